//! What errors are called: strerror(3), of all errors that the contract has.
#![allow(unsafe_code, reason = "the symbols take the place of wasi-libc's")]

use core::ffi::{CStr, c_char, c_int, c_void};

use berkeley_guest::error::Errno;

use crate::number::errno;

macro_rules! texts {
    ($($name:ident $case:ident $number:literal $text:literal;)*) => {
        fn text(errno: Errno) -> &'static CStr {
            let text = match errno {
                $(Errno::$case => concat!($text, "\0"),)*
            };
            CStr::from_bytes_with_nul(text.as_bytes()).unwrap_or_default()
        }
    };
}
berkeley_constants::for_each_errno!(texts);

/// strerror(3)
#[unsafe(no_mangle)]
extern "C" fn strerror(number: c_int) -> *const c_char {
    match errno::name(number) {
        Some(errno) => text(errno),
        None if number == 0 => c"Success",
        None if number == ENOTCAPABLE => c"Capabilities insufficient",
        None => c"No error information",
    }
    .as_ptr()
}

/// An error of WASI's alone.
const ENOTCAPABLE: c_int = 76;

/// strerror_l(3): there is one language.
#[unsafe(no_mangle)]
extern "C" fn strerror_l(number: c_int, _locale: *mut c_void) -> *const c_char {
    strerror(number)
}

/// The same, by the name that musl's own functions call.
#[unsafe(no_mangle)]
extern "C" fn __strerror_l(number: c_int, _locale: *mut c_void) -> *const c_char {
    strerror(number)
}
