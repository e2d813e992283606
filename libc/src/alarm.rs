//! The clock that rings while a program waits, and at the end of its calls: alarm(2), setitimer(2). The runtime of C programs
//! keeps it, and delivers its signal.

use core::cell::Cell;
use core::ffi::c_int;
use std::time::{Duration, Instant};

use crate::export::{self, exported};
use crate::memory::In;

/// Delivers the signal, under a mask of signals if there is one, and tells what came of it.
type Ring = extern "C" fn(In<u64>) -> c_int;

/// The program's handler was called: what waits fails.
const HANDLED: c_int = 1;
/// It was called, and what waits goes on, where the call is one that may: SA_RESTART.
const RESTARTS: c_int = 2;

thread_local! {
    /// When it rings, and how.
    static ALARM: Cell<Option<(Instant, Ring)>> = const { Cell::new(None) };
    /// What came of the last time.
    static LAST: Cell<c_int> = const { Cell::new(0) };
    /// Whether the call that ends is the one that has set the clock, which is none of the program's.
    static IS_NEW: Cell<bool> = const { Cell::new(false) };
}

exported! {
    /// Has the clock ring after so many nanoseconds, once; `u64::MAX` is never. For the runtime alone.
    fn __berkeley_alarm(after: u64, ring: Ring) -> () {
        let at = (after != u64::MAX).then(|| Instant::now().checked_add(Duration::from_nanos(after))).flatten();
        ALARM.set(at.map(|at| (at, ring)));
        export::at_end(at.map(|_| ring_after_call as fn()));
        IS_NEW.set(at.is_some());
        Ok(())
    }
}

/// Whether it will ring.
pub(crate) fn is_set() -> bool {
    ALARM.get().is_some()
}

/// How long until it rings, if it will.
pub(crate) fn left() -> Option<Duration> {
    ALARM.get().map(|(at, _)| at.saturating_duration_since(Instant::now()))
}

/// Rings if it is time to, under the mask, if it is one. Whether the program's handler was called.
pub(crate) fn ring(mask: In<u64>) -> bool {
    let Some((_, ring)) = ALARM.get().filter(|(at, _)| *at <= Instant::now()) else { return false };
    ALARM.set(None);
    let told = ring(mask);
    LAST.set(told);
    told == HANDLED || told == RESTARTS
}

/// Rings if it is time to, at the end of a call that has not waited: as in Linux what it answers is the same.
fn ring_after_call() {
    if !IS_NEW.replace(false) {
        ring(In::null());
    }
}

/// Whether the signal that ended a wait just now lets a call go on.
pub(crate) fn restarts() -> bool {
    LAST.get() == RESTARTS
}
