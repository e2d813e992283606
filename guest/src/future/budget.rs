//! How much a task may do before others have their turn.
//!
//! A socket that is always ready would let a task that reads from it go on for ever. So each task may make so many calls;
//! the next one only asks to be made again.

use std::cell::Cell;
use std::task::{Context, Poll};

/// How many calls a task makes in a row.
const CALLS: u32 = 128;

thread_local! {
    static LEFT: Cell<u32> = const { Cell::new(CALLS) };
}

/// A task has its turn. Other runtimes do not say so: there the calls of all tasks are counted in one row.
pub(super) fn renew() {
    LEFT.set(CALLS);
}

/// Counts one call. Pending: the task has made enough of them, and is woken at once.
pub(super) fn poll_spend(cx: &Context<'_>) -> Poll<()> {
    match LEFT.get().checked_sub(1) {
        Some(left) => {
            LEFT.set(left);
            Poll::Ready(())
        }
        None => {
            renew();
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::task::Waker;

    use super::*;
    use crate::future::wakers::tests::Count;

    #[test]
    fn a_task_stops_in_time_and_is_woken() {
        let count = Arc::new(Count::default());
        let waker = Waker::from(count.clone());
        let cx = Context::from_waker(&waker);
        renew();
        for round in 0..3 {
            let calls = (0..).take_while(|_| poll_spend(&cx).is_ready()).count();
            assert_eq!((calls, count.get()), (CALLS as usize, round + 1));
        }
    }
}
