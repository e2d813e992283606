//! How a program ends: with its own exit code, of which the C library for WASI 0.2 knows success and failure alone.

#![allow(unsafe_code, reason = "the symbols take the place of the C library's")]

use core::ffi::c_int;

/// _Exit(3): what exit(3), and what ends Rust's programs, come to in the end.
#[unsafe(no_mangle)]
extern "C" fn _Exit(code: c_int) -> ! {
    // The low eight bits, as everywhere.
    wasip2::cli::exit::exit_with_code(code as u8);
    unreachable!("the host does not return from it")
}

/// The same, by its name in POSIX.
#[unsafe(no_mangle)]
extern "C" fn _exit(code: c_int) -> ! {
    _Exit(code)
}
