//! How entries and their functions lie in memory.
//!
//! *Referenced*: wasi-sdk 29 to 33, Rust 1.95. *Counted*: wasi-libc since July 2026, whose entries begin with a count of the
//! descriptors that share them, and whose functions have no `close_streams`.

use core::ffi::{c_int, c_void};

/// A function that is not called from here.
pub(super) type Slot = Option<unsafe extern "C" fn()>;

/// Looks up a stream: with three places for its parts, or one for a structure.
#[cfg(streams = "separate")]
pub(super) type GetStream = unsafe extern "C" fn(*mut c_void, *mut c_void, *mut c_void, *mut c_void) -> c_int;
#[cfg(streams = "together")]
pub(super) type GetStream = unsafe extern "C" fn(*mut c_void, *mut c_void) -> c_int;

/// What can be done with a descriptor. wasi-libc tells of what is missing by an error of its own, but for `free` and
/// `fstat`.
#[repr(C)]
pub(super) struct Functions {
    pub(super) free: unsafe extern "C" fn(*mut c_void),
    pub(super) get_read_stream: Option<GetStream>,
    pub(super) get_write_stream: Option<GetStream>,
    pub(super) set_blocking: Option<unsafe extern "C" fn(*mut c_void, bool) -> c_int>,
    pub(super) fstat: Option<unsafe extern "C" fn(*mut c_void, *mut libc::stat) -> c_int>,
    pub(super) get_file: Option<unsafe extern "C" fn(*mut c_void, *mut u32) -> c_int>,
    pub(super) seek: Option<unsafe extern "C" fn(*mut c_void, i64, c_int) -> i64>,
    #[cfg(table = "referenced")]
    pub(super) close_streams: Option<unsafe extern "C" fn(*mut c_void)>,
    pub(super) getfl: Option<unsafe extern "C" fn(*mut c_void) -> c_int>,
    pub(super) setfl: Option<unsafe extern "C" fn(*mut c_void, c_int) -> c_int>,
    pub(super) isatty: Option<unsafe extern "C" fn(*mut c_void) -> c_int>,
    /// What wasi-libc's functions for sockets call, and its `poll`; this crate has all of them itself: `accept4`, `bind`,
    /// `connect`, `getsockname`, `getpeername`, `listen`, `recvfrom`, `sendto`, `shutdown`, `getsockopt`, `setsockopt`,
    /// `poll_register`, `poll_finish`.
    pub(super) sockets: [Slot; 13],
}

/// An entry of the table.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Raw {
    pub(super) data: *mut c_void,
    pub(super) functions: *const Functions,
}
