//! The module `berkeley_sockets._native`: it calls the host in the place of the bindings that componentize-py makes.
//!
//! Those copy every list of bytes that is sent, and never free the copy. Here the host reads them where they are, in the
//! buffer of whatever object has them. All functions of the contract are called so, by one table that is generated from it.
//!
//! It is a shared library for WebAssembly, which componentize-py links with CPython; on other systems it is only checked.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod call;
#[rustfmt::skip]
mod contract;
mod heap;
mod install;
mod lift;
mod lower;
mod object;
mod plain;
mod python;
mod types;

#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
