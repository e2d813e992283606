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
pub(crate) async fn until<F: Future>(deadline: Deadline, future: F) -> Option<F::Output> {
    let Some(deadline) = deadline else { return Some(future.await) };
    match select(pin!(future), pin!(tokio::time::sleep_until(deadline.into()))).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}

/// How long to wait before asking again where nothing tells when to.
pub(crate) const PAUSE: Duration = Duration::from_millis(1);
