//! A program of WASI 0.3: its entry point runs `main`, as that of WASI 0.2 does, but so that it may wait beside others.
#![allow(unsafe_code, reason = "`main` is called as the C library calls it")]
#![allow(clippy::undocumented_unsafe_blocks, reason = "the macro is generated")]

use crate::bindings::program::exports::wasi::cli::run::Guest;
use crate::task;

struct Program;

crate::bindings::program::export!(Program with_types_in crate::bindings::program);

impl Guest for Program {
    async fn run() -> Result<(), ()> {
        unsafe extern "C" {
            /// What the compiler makes of `main`.
            fn __main_void() -> i32;
        }
        // SAFETY: it is called once, in the program's one thread.
        let code = task::without(|| unsafe { __main_void() });
        if code == 0 { Ok(()) } else { Err(()) }
    }
}
