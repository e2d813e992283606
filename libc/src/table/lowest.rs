//! The lowest number that is free, which POSIX promises to who opens something. The table gives the one that was freed last.
//!
//! What wasi-libc itself opens has the table's choice, and what it closes is not noticed.

use core::ffi::{c_int, c_void};

use super::held::{Held, move_to};
use super::layout::{Functions, Raw};
use super::{own, raw, taken};
use crate::failure::{Failure, Result};

/// An entry that only holds its number. Its data are the count of a table that counts.
static NOTHING: Functions = Functions {
    free,
    get_read_stream: None,
    get_write_stream: None,
    set_blocking: None,
    fstat: None,
    get_file: None,
    seek: None,
    #[cfg(table = "referenced")]
    close_streams: None,
    getfl: None,
    setfl: None,
    isatty: None,
    sockets: [None; 13],
};

unsafe extern "C" fn free(data: *mut c_void) {
    // SAFETY: they are those of `nothing`.
    drop(unsafe { Box::from_raw(data.cast::<u32>()) });
}

fn nothing() -> Raw {
    Raw { data: Box::into_raw(Box::new(0_u32)).cast(), functions: &raw const NOTHING }
}

/// Gives what has the number, which it got just now, the lowest one that is free.
pub(super) fn settle(fd: c_int) -> c_int {
    let errno = Failure::last();
    let lowest = (taken::up_to()..fd).find(|&number| Held::of(number).is_err());
    // Where it cannot be had, the number that it has is as good.
    let number = lowest.filter(|lowest| exchange(fd, *lowest).is_ok()).unwrap_or(fd);
    taken::set(lowest.unwrap_or(fd) + 1);
    note(number);
    // Looking is no failure of the program's.
    errno.report();
    number
}

/// Tells what has the number which one it is.
pub(super) fn note(fd: c_int) {
    taken::given(fd);
    if let Ok(held) = Held::of(fd) {
        own::note(&held.raw(), fd);
    }
}

/// Moves the entry to the number, which is free.
fn exchange(fd: c_int, number: c_int) -> Result<()> {
    let mut others = Vec::new();
    let reached = loop {
        match raw::insert(nothing()) {
            Ok(other) if other == number => break move_to(fd, number),
            Ok(other) => others.push(other),
            Err(failure) => break Err(failure),
        }
    };
    // The lowest is freed last, so that the table gives it next.
    others.sort_unstable();
    for other in others.into_iter().rev() {
        raw::remove(other)?;
    }
    reached
}
