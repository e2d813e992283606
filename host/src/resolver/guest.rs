//! The look-ups of one guest: how many at once, and for how long.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::ask::Lookup;
use super::clock;
use crate::budget::Budget;
use crate::clock::now;
use crate::error::{Errno, Result};
use crate::limits::Limit;
use crate::pool::{GuestId, Pool};
use crate::wait::until;

/// How many threads look-ups block in at most: the C library's cannot be awaited, nor ended.
const THREADS: usize = 32;

/// The process's threads for them.
static POOL: LazyLock<Arc<Pool>> = LazyLock::new(|| Pool::new("berkeley-names", THREADS));

/// How many look-ups of one guest may wait until they may be asked.
const WAITING: usize = 1024;

/// What a guest's look-ups have in common.
pub(crate) struct Lookups {
    guest: GuestId,
    at_once: Arc<Semaphore>,
    waiting: Budget,
    time: Duration,
    /// Whether the time is tokio's, which may be paused.
    by_tokio: bool,
}

/// Who asks, as long as the look-up is polled.
#[derive(Clone)]
struct Asker {
    guest: GuestId,
    /// What the look-up counts as. Threads hold it as well: nothing ends a call of the C library.
    _permit: Arc<OwnedSemaphorePermit>,
}

tokio::task_local! {
    static ASKER: Asker;
}

impl Lookups {
    /// So many at once, each for so long.
    pub(crate) fn new(at_once: usize, time: Duration, by_tokio: bool) -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self {
            guest: LAST.fetch_add(1, Ordering::Relaxed) + 1,
            at_once: Arc::new(Semaphore::new(at_once.min(Semaphore::MAX_PERMITS))),
            waiting: Budget::default(),
            time,
            by_tokio,
        }
    }

    /// The answer of a look-up; or the limit that was met, where it took too long, or too many wait.
    ///
    /// The time counts from here. A look-up that was given up counts until it ends.
    pub(crate) async fn limited<T, F>(&self, ask: impl FnOnce() -> F) -> std::result::Result<Result<T>, Limit>
    where
        F: Future<Output = Result<T>>,
    {
        let look_up = async {
            let place = self.waiting.take(1, WAITING).ok_or(Limit::Lookups)?;
            // Nobody closes it.
            let permit = self.at_once.clone().acquire_owned().await.map_err(|_| Limit::Lookups)?;
            drop(place);
            let asker = Asker { guest: self.guest, _permit: Arc::new(permit) };
            Ok(ASKER.scope(asker, async { ask().await }).await)
        };
        match now().checked_add(self.time) {
            Some(end) if self.by_tokio => until(Some(end), look_up).await.unwrap_or(Err(Limit::LookupTime)),
            Some(end) => clock::before(end, look_up).await.unwrap_or(Err(Limit::LookupTime)),
            None => look_up.await,
        }
    }
}

/// Runs a call that blocks, in one of the few threads that this process has for look-ups, where guests take turns.
///
/// For resolvers: what a guest's look-up does here counts as that guest's. ECANCELED: it panics, or there is no thread.
///
/// ```
/// use berkeley_host::Error;
/// use berkeley_host::resolver::blocking;
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// # runtime.block_on(async {
/// let hosts = blocking(|| std::fs::read_to_string("/etc/hosts").map_err(Error::from)).await;
/// # assert!(hosts.is_ok() || cfg!(windows));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn blocking<T: Send + 'static>(call: impl FnOnce() -> Result<T> + Send + 'static) -> Lookup<'static, T> {
    Box::pin(async move {
        // The host's own look-ups are one guest's.
        let asker = ASKER.try_with(Clone::clone).ok();
        let guest = asker.as_ref().map_or(0, |asker| asker.guest);
        let call = move || {
            let _counted = asker;
            call()
        };
        POOL.clone().run(guest, call).await.unwrap_or_else(|| Err(Errno::ECANCELED.into()))
    })
}

/// Runs a call in the same threads, unless it is known not to block: then at once.
pub(super) fn answered<T: Send + 'static>(
    at_once: bool,
    call: impl FnOnce() -> Result<T> + Send + 'static,
) -> Lookup<'static, T> {
    if at_once { Box::pin(async move { call() }) } else { blocking(call) }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::Pin;
    use std::sync::mpsc;
    use std::task::Poll;

    use super::*;

    async fn waits<F: Future + ?Sized>(mut future: Pin<&mut F>) -> bool {
        poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await
    }

    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn what_was_given_up_counts_until_it_ends() {
        let lookups = Lookups::new(1, LONG, false);
        let ((key, locked), (tell, begun)) = (mpsc::channel::<()>(), mpsc::channel());
        let call = move || {
            tell.send(()).expect("the test listens");
            // The key is thrown away.
            let _ = locked.recv();
            Ok(())
        };
        let mut given_up = Box::pin(lookups.limited(|| blocking(call)));
        assert!(waits(given_up.as_mut()).await);
        begun.recv().expect("it begins");
        drop(given_up);
        let mut next = Box::pin(lookups.limited(|| blocking(|| Ok(7))));
        assert!(waits(next.as_mut()).await);
        assert_eq!(lookups.at_once.available_permits(), 0);
        drop(key);
        assert_eq!(next.await, Ok(Ok(7)));
    }

    #[tokio::test]
    async fn so_many_may_wait_and_no_more() {
        let lookups = Lookups::new(2, LONG, false);
        let never = || Box::pin(lookups.limited(std::future::pending::<Result<()>>));
        let mut asked: Vec<_> = (0..2 + WAITING).map(|_| never()).collect();
        for look_up in &mut asked {
            assert!(waits(look_up.as_mut()).await);
        }
        assert_eq!(never().await, Err(Limit::Lookups));
        asked.pop();
        assert!(waits(never().as_mut()).await);
    }
}
