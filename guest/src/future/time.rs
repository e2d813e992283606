//! Timers, by the monotonic clock.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use wasip2::clocks::monotonic_clock::subscribe_duration;

use super::reactor::Timer;
use super::runtime::{self, Waiting};
use crate::endpoint::nanoseconds;

/// Ends after so long a time, and not before.
///
/// ```no_run
/// use std::time::Duration;
/// use berkeley_guest::future::{block_on, sleep};
///
/// block_on(sleep(Duration::from_millis(10)));
/// ```
pub fn sleep(duration: Duration) -> Sleep {
    Sleep { at: Instant::now().checked_add(duration), wait: Mutex::default() }
}

/// Ends at that moment, and not before.
pub fn sleep_until(at: Instant) -> Sleep {
    Sleep { at: Some(at), wait: Mutex::default() }
}

/// What [`sleep`] gives.
#[must_use = "a future does nothing unless it is awaited"]
pub struct Sleep {
    /// None never comes.
    at: Option<Instant>,
    wait: Mutex<Wait>,
}

#[derive(Default)]
struct Wait {
    ours: Timer,
    theirs: Option<Waiting>,
}

impl Sleep {
    /// The moment at which it ends; none is beyond what the clock can tell.
    pub fn deadline(&self) -> Option<Instant> {
        self.at
    }

    /// Has it end at another moment.
    pub fn reset(&mut self, at: Instant) {
        *self = sleep_until(at);
    }
}

/// So long that nobody sees its end.
const FAR: Duration = Duration::from_secs(1 << 32);

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let now = Instant::now();
        let at = self.at.unwrap_or(now + FAR);
        if at <= now {
            return Poll::Ready(());
        }
        let wait = self.wait.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Some(other) = others_clock() else {
            wait.ours.register(cx.waker(), at);
            return Poll::Pending;
        };
        let mut theirs = wait.theirs.take().unwrap_or_else(|| other(nanoseconds(at - now)));
        let result = pin!(&mut theirs).poll(cx);
        if result.is_pending() {
            wait.theirs = Some(theirs);
        }
        result
    }
}

/// How another runtime, or a task of WASI 0.3 that is none of this crate's, waits for so many nanoseconds to pass.
fn others_clock() -> Option<fn(u64) -> Waiting> {
    if runtime::other().is_some() {
        return Some(|length| match runtime::other() {
            Some(wait) => wait(subscribe_duration(length)),
            None => Box::pin(std::future::ready(())),
        });
    }
    #[cfg(feature = "p3-library")]
    if !runtime::is_entered() && crate::task::is_any() {
        return Some(super::concurrent::clock);
    }
    None
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep").field("deadline", &self.at).finish_non_exhaustive()
    }
}

/// Runs the future for so long a time at most, and then drops it. It is asked first: with no time at all it may still end.
///
/// ```no_run
/// use std::time::Duration;
/// use berkeley_guest::future::{UdpSocket, block_on, timeout};
///
/// block_on(async {
///     let socket = UdpSocket::bind("127.0.0.1:0").await?;
///     let mut buffer = [0; 100];
///     match timeout(Duration::from_secs(1), socket.recv_from(&mut buffer)).await {
///         Ok(received) => println!("{:?}", received?),
///         Err(elapsed) => println!("{elapsed}"),
///     }
///     std::io::Result::Ok(())
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub async fn timeout<F: Future>(limit: Duration, future: F) -> Result<F::Output, Elapsed> {
    let mut future = pin!(future);
    let mut sleep = sleep(limit);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Ok(output)),
        Poll::Pending => Pin::new(&mut sleep).poll(cx).map(|()| Err(Elapsed(()))),
    })
    .await
}

/// The time of a [`timeout`] is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed(());

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("timed out")
    }
}

impl std::error::Error for Elapsed {}

/// An error of the kind `TimedOut`.
impl From<Elapsed> for io::Error {
    fn from(elapsed: Elapsed) -> Self {
        Self::new(io::ErrorKind::TimedOut, elapsed)
    }
}
