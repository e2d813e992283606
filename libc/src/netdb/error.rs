//! What the functions of netdb.h fail with: `h_errno`, and the codes of getaddrinfo(3).
#![allow(unsafe_code, reason = "`h_errno` is a place in memory")]

use core::cell::UnsafeCell;
use core::ffi::{CStr, c_char, c_int};

use berkeley_guest::bindings::error::{Error, GaiCode, HostCode};

use crate::failure::Failure;
use crate::memory::In;

/// netdb.h of musl, by the cases of the contract.
const CODES: [(GaiCode, c_int); 11] = [
    (GaiCode::Badflags, -1),
    (GaiCode::Noname, -2),
    (GaiCode::Again, EAI_AGAIN),
    (GaiCode::Fail, -4),
    (GaiCode::Nodata, -5),
    (GaiCode::Family, EAI_FAMILY),
    (GaiCode::Socktype, -7),
    (GaiCode::Service, -8),
    (GaiCode::Addrfamily, -9),
    (GaiCode::Memory, -10),
    (GaiCode::Overflow, EAI_OVERFLOW),
];
const EAI_AGAIN: c_int = -3;
pub(super) const EAI_FAMILY: c_int = -6;
const EAI_SYSTEM: c_int = -11;
pub(super) const EAI_OVERFLOW: c_int = -12;

/// The code of an error; with EAI_SYSTEM, `errno` says more.
pub(super) fn code(error: Error) -> c_int {
    match error {
        Error::Gai(code) => CODES.iter().find(|(of, _)| *of == code).map_or(-4, |(_, number)| *number),
        Error::GaiNumber(number) => number,
        Error::TimedOut => EAI_AGAIN,
        error => system(error.into()),
    }
}

/// EAI_SYSTEM, with that in `errno`.
pub(super) fn system(failure: Failure) -> c_int {
    failure.report();
    EAI_SYSTEM
}

pub(super) const HOST_NOT_FOUND: c_int = 1;
pub(super) const TRY_AGAIN: c_int = 2;
pub(super) const NO_RECOVERY: c_int = 3;
pub(super) const NO_DATA: c_int = 4;
/// `errno` says more.
pub(super) const NETDB_INTERNAL: c_int = -1;

/// The value of `h_errno` for an error.
pub(super) fn host_code(error: Error) -> c_int {
    match error {
        Error::Herror(HostCode::HostNotFound) | Error::Gai(GaiCode::Noname) => HOST_NOT_FOUND,
        Error::Herror(HostCode::TryAgain) | Error::Gai(GaiCode::Again) | Error::TimedOut => TRY_AGAIN,
        Error::Herror(HostCode::NoData) | Error::Gai(GaiCode::Nodata) => NO_DATA,
        Error::Herror(_) | Error::Gai(_) | Error::GaiNumber(_) => NO_RECOVERY,
        error => {
            Failure::from(error).report();
            NETDB_INTERNAL
        }
    }
}

/// A place in memory that programs know, be it by its name.
#[repr(transparent)]
struct Place(UnsafeCell<c_int>);

// SAFETY: there is one thread.
unsafe impl Sync for Place {}

#[unsafe(export_name = "h_errno")]
static H_ERRNO: Place = Place(UnsafeCell::new(0));

#[unsafe(no_mangle)]
extern "C" fn __h_errno_location() -> *mut c_int {
    H_ERRNO.0.get()
}

/// Leaves the code in `h_errno`.
pub(super) fn report(code: c_int) {
    // SAFETY: the place is always there.
    unsafe { *H_ERRNO.0.get() = code };
}

fn text(code: c_int) -> &'static CStr {
    match code {
        0 => c"Resolver Error 0 (no error)",
        HOST_NOT_FOUND => c"Unknown host",
        TRY_AGAIN => c"Host name lookup failure",
        NO_RECOVERY => c"Unknown server error",
        NO_DATA => c"No address associated with name",
        NETDB_INTERNAL => c"Resolver internal error",
        _ => c"Unknown resolver error",
    }
}

/// hstrerror(3)
#[unsafe(no_mangle)]
extern "C" fn hstrerror(code: c_int) -> *const c_char {
    text(code).as_ptr()
}

/// herror(3)
#[unsafe(no_mangle)]
extern "C" fn herror(prefix: In<c_char>) {
    // SAFETY: the place is always there.
    let text = text(unsafe { *H_ERRNO.0.get() }).to_string_lossy();
    match prefix.text_if() {
        Ok(Some(prefix)) if !prefix.is_empty() => eprintln!("{}: {text}", String::from_utf8_lossy(prefix)),
        _ => eprintln!("{text}"),
    }
}
