//! How long a wait lasts.

use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};

use crate::clock;

/// A moment to give up at; none is never.
pub(crate) type Deadline = Option<Instant>;

/// The moment that is so far from now; none if it is beyond what the clock can tell.
pub(crate) fn deadline_after(limit: Duration) -> Deadline {
    clock::now().checked_add(limit)
}

/// The future's output; none when the deadline comes first.
///
/// One that has come already lets others run, and takes no time: tokio's timer would take until its next millisecond.
pub(crate) async fn until<F: Future>(deadline: Deadline, future: F) -> Option<F::Output> {
    let Some(deadline) = deadline else { return Some(future.await) };
    let over = async {
        if deadline <= clock::now() {
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep_until(deadline.into()).await;
        }
    };
    match select(pin!(future), pin!(over)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}

/// How long to wait before asking again where nothing tells when to.
pub(crate) const PAUSE: Duration = Duration::from_millis(1);

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_deadline_that_has_come_takes_no_time_and_lets_others_run() {
        let began = clock::now();
        let other = tokio::spawn(async {});
        assert_eq!(until(Some(began), pending::<()>()).await, None);
        assert!(other.is_finished());
        assert_eq!(clock::now(), began);
        assert_eq!(until(Some(began), async { 7 }).await, Some(7));
        let later = deadline_after(Duration::from_millis(3));
        assert_eq!(until(later, pending::<()>()).await, None);
        assert!(later <= Some(clock::now()));
    }
}
