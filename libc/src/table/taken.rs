//! Which numbers are taken, as far as it is known.

use core::cell::Cell;
use core::ffi::c_int;

thread_local! {
    static TAKEN: Cell<c_int> = const { Cell::new(0) };
    static HIGHEST: Cell<c_int> = const { Cell::new(0) };
}

/// The highest number that was ever given here.
pub(crate) fn highest() -> c_int {
    HIGHEST.get()
}

/// The number is given.
pub(super) fn given(number: c_int) {
    HIGHEST.set(HIGHEST.get().max(number));
}

/// The number up to which all are taken.
pub(super) fn up_to() -> c_int {
    TAKEN.get()
}

/// All numbers up to that one are taken.
pub(super) fn set(number: c_int) {
    TAKEN.set(number);
}

/// The number is free from now on.
pub(super) fn freed(number: c_int) {
    // No more than that while a thread ends.
    let _ = TAKEN.try_with(|taken| taken.set(taken.get().min(number)));
}
