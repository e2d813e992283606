//! Moments to give up at, in whatever runtime the guest is: a look-up has a time limit without any, too.

use std::collections::BTreeMap;
use std::pin::{Pin, pin};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Instant;

use futures_util::future::{Either, select};

/// The future's output; none where the moment comes first.
pub(super) async fn before<F: Future>(moment: Instant, future: F) -> Option<F::Output> {
    match select(pin!(future), Alarm { moment, number: None }).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}

/// A moment, and a number that tells apart those who await the same one.
type Time = (Instant, u64);

/// Who waits, woken by a thread that lasts as long as somebody does.
struct Clock {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    alarms: BTreeMap<Time, Waker>,
    has_thread: bool,
    /// The number of the last alarm.
    last: u64,
}

static CLOCK: Clock =
    Clock { state: Mutex::new(State { alarms: BTreeMap::new(), has_thread: false, last: 0 }), changed: Condvar::new() };

impl Clock {
    /// Has the alarm wake; whether somebody will. Gives the alarm its number.
    fn set(&'static self, alarm: &mut Alarm, waker: &Waker) -> bool {
        let mut state = self.lock();
        let number = *alarm.number.get_or_insert_with(|| {
            state.last += 1;
            state.last
        });
        state.alarms.insert((alarm.moment, number), waker.clone());
        if state.has_thread {
            self.changed.notify_one();
        } else {
            state.has_thread = thread::Builder::new().name("berkeley-clock".into()).spawn(|| self.run()).is_ok();
        }
        state.has_thread
    }

    fn run(&self) {
        let mut state = self.lock();
        while let Some((time, _)) = state.alarms.first_key_value() {
            let left = time.0.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let first = state.alarms.pop_first();
                drop(state);
                first.into_iter().for_each(|(_, waker)| waker.wake());
                state = self.lock();
            } else {
                state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
            }
        }
        state.has_thread = false;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Is ready once its moment has come.
struct Alarm {
    moment: Instant,
    /// None until it has waited.
    number: Option<u64>,
}

impl Future for Alarm {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // Where nobody would wake it, waiting ends here.
        if self.moment <= Instant::now() || !CLOCK.set(&mut self, context.waker()) {
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        let Some(number) = self.number else { return };
        let mut state = CLOCK.lock();
        let waker = state.alarms.remove(&(self.moment, number));
        if state.alarms.is_empty() {
            // The thread ends.
            CLOCK.changed.notify_one();
        }
        drop(state);
        // It may be the last of a task's, whose end may set alarms.
        drop(waker);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn the_first_of_the_two_counts() {
        let far = Instant::now() + Duration::from_secs(1000);
        assert_eq!(before(far, async { 7 }).await, Some(7));
        let never = std::future::pending::<()>;
        let soon = |milliseconds| before(Instant::now() + Duration::from_millis(milliseconds), never());
        assert_eq!(tokio::join!(soon(20), soon(0), soon(10)), (None, None, None));
        let mut dropped = Box::pin(before(far, never()));
        assert!(std::future::poll_fn(|context| Poll::Ready(dropped.as_mut().poll(context).is_pending())).await);
        let waits = || CLOCK.lock().alarms.keys().any(|(moment, _)| *moment == far);
        assert!(waits());
        drop(dropped);
        assert!(!waits());
    }
}
