//! How long a call waits, for those who are told of calls.
//!
//! A call that waits by yielding is pending meanwhile, and whoever polls it sees that. One that waits on the guest's own
//! thread does so deep inside a poll, and tells it here.

use std::cell::Cell;
use std::time::Duration;

use crate::clock;

thread_local! {
    /// How long the call that this thread is in has waited; none where nobody measures.
    static WAITED: Cell<Option<Duration>> = const { Cell::new(None) };
}

/// Whether this thread is in a call that is measured.
pub(crate) fn is_running() -> bool {
    WAITED.get().is_some()
}

/// Runs a call, or a part of one, and tells how much of it was waiting on this thread.
pub(crate) fn measure<T>(call: impl FnOnce() -> T) -> (T, Duration) {
    /// Leaves the thread as it was, also where the call panics.
    struct Reset(Option<Duration>);
    impl Drop for Reset {
        fn drop(&mut self) {
            WAITED.set(self.0);
        }
    }
    let _reset = Reset(WAITED.replace(Some(Duration::ZERO)));
    let result = call();
    (result, WAITED.get().unwrap_or_default())
}

/// Waits on this thread.
pub(crate) fn waiting<T>(wait: impl FnOnce() -> T) -> T {
    let Some(waited) = WAITED.get() else { return wait() };
    let began = clock::now();
    let result = wait();
    WAITED.set(Some(waited + (clock::now() - began)));
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_waiting_is_measured_and_only_inside() {
        const LONG: Duration = Duration::from_millis(2);
        waiting(|| ());
        assert!(!is_running());
        let (inner, waited) = measure(|| {
            assert!(is_running());
            waiting(|| std::thread::sleep(LONG));
            waiting(|| std::thread::sleep(LONG));
            7
        });
        assert_eq!(inner, 7);
        assert!(waited >= 2 * LONG && !is_running(), "{waited:?}");
        assert_eq!(measure(|| ()).1, Duration::ZERO);
    }
}
