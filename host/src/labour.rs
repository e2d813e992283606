//! Work that takes the processor for long: done beside the executor, so that other guests go on meanwhile.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread;

use crate::pool::Pool;
use crate::wait::Waiting;

/// How many threads work at most.
const MOST_WORKERS: usize = 8;

/// Where a guest's work is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Labour {
    /// On the guest's own thread.
    Here,
    /// On one of the process's few threads for it. A guest has one piece of work there at a time, and its turn comes when
    /// those have been done that came before.
    Beside,
}

impl From<Waiting> for Labour {
    fn from(waiting: Waiting) -> Self {
        match waiting {
            Waiting::Inline => Self::Here,
            Waiting::Yield => Self::Beside,
        }
    }
}

impl Labour {
    /// Does the work. Where nobody waits for it any more, it is not begun.
    pub(crate) async fn run<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> T {
        if self == Self::Here {
            return work();
        }
        let work = Arc::new(Mutex::new(Some(work)));
        let take = {
            let work = work.clone();
            move || work.lock().unwrap_or_else(PoisonError::into_inner).take()
        };
        let taken = take.clone();
        // Each piece is one of its own: they begin in the order in which they come.
        static LAST: AtomicU64 = AtomicU64::new(0);
        let turn = LAST.fetch_add(1, Ordering::Relaxed);
        let done = WORKERS.clone().run(turn, move || taken().map(|work| catch_unwind(AssertUnwindSafe(work)))).await;
        match done.flatten() {
            Some(Ok(done)) => done,
            Some(Err(panic)) => resume_unwind(panic),
            // There is no thread to be had.
            None => take().expect("work that was not done")(),
        }
    }
}

/// The process's threads.
static WORKERS: LazyLock<Arc<Pool>> = LazyLock::new(|| Pool::new("berkeley-work", most()));

fn most() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(MOST_WORKERS)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn work_is_done_here_at_once() {
        let own = thread::current().id();
        assert_eq!(Labour::Here.run(move || thread::current().id() == own).now_or_never(), Some(true));
    }

    #[tokio::test]
    async fn work_is_done_beside_and_a_panic_comes_back() {
        let own = thread::current().id();
        assert!(Labour::Beside.run(move || thread::current().id() != own).await);
        let panics = AssertUnwindSafe(Labour::Beside.run(|| panic!("expected"))).catch_unwind().await;
        assert!(panics.is_err());
        assert_eq!(Labour::Beside.run(|| 7).await, 7);
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_is_not_begun() {
        // All of the threads are kept busy, until the sender is dropped.
        let (hold, held) = mpsc::channel::<()>();
        let held = Arc::new(Mutex::new(held));
        let (busy, mut told) = tokio::sync::mpsc::unbounded_channel();
        let mut keeping: Vec<_> = (0..most())
            .map(|_| {
                let (held, busy) = (held.clone(), busy.clone());
                Box::pin(Labour::Beside.run(move || {
                    busy.send(()).expect("somebody is told");
                    held.lock().expect("no panic").recv().is_err()
                }))
            })
            .collect();
        for keeping in &mut keeping {
            assert!(keeping.now_or_never().is_none());
            told.recv().await.expect("it has begun");
        }
        let (begun, told) = mpsc::channel();
        let given_up = Labour::Beside.run(move || begun.send(()).is_ok());
        assert!(given_up.now_or_never().is_none());
        drop(hold);
        for keeping in keeping {
            assert!(keeping.await);
        }
        assert!(Labour::Beside.run(|| true).await);
        // The sender is gone, and it has sent nothing.
        assert_eq!(told.recv(), Err(mpsc::RecvError));
    }
}
