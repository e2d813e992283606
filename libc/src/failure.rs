//! What a call fails with: a number for `errno`, and what it gives back.
#![allow(unsafe_code, reason = "`errno` is a place in memory")]

use core::ffi::{c_char, c_int};

use berkeley_guest::bindings::error::Error;
use berkeley_guest::error::Errno;

use crate::number::errno;

/// A value of `errno`, in wasi-libc's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure(c_int);

pub(crate) type Result<T, E = Failure> = core::result::Result<T, E>;

unsafe extern "C" {
    /// errno.h: where `errno` is.
    safe fn __errno_location() -> *mut c_int;
}

impl Failure {
    /// What a function of wasi-libc's own has left in `errno`.
    pub(crate) fn last() -> Self {
        // SAFETY: wasi-libc gives the place of a variable that is always there.
        Self(unsafe { *__errno_location() })
    }

    /// The number.
    pub(crate) fn number(self) -> c_int {
        self.0
    }

    /// Leaves the number in `errno`.
    pub(crate) fn report(self) {
        // SAFETY: as above.
        unsafe { *__errno_location() = self.0 };
    }
}

impl From<Errno> for Failure {
    fn from(name: Errno) -> Self {
        Self(errno::number(name))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Os(name) => name.into(),
            Error::OsNumber(number) => Self(errno::from_linux(number)),
            // Only sockets that are non-blocking have a time limit here, and it is none.
            Error::TimedOut => Errno::Eagain.into(),
            // The host's user is told by the host what was refused.
            Error::Denied(_) => Errno::Eacces.into(),
            _ => Errno::Eio.into(),
        }
    }
}

/// What a function gives back when it has failed.
pub(crate) trait Answer {
    /// That value.
    const FAILED: Self;
}

impl Answer for c_int {
    const FAILED: Self = -1;
}

impl Answer for isize {
    const FAILED: Self = -1;
}

impl Answer for i64 {
    const FAILED: Self = -1;
}

impl Answer for u32 {
    const FAILED: Self = 0;
}

impl Answer for *const c_char {
    const FAILED: Self = core::ptr::null();
}

impl Answer for () {
    const FAILED: Self = ();
}
