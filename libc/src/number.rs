//! Numbers: wasi-libc's, which programs are compiled with, and Linux's, which the contract speaks.
//!
//! wasi-libc's own numbers stay, for wasi-libc itself and Rust's standard library know them. What it has no number for has
//! Linux's, unless wasi-libc uses that one for something else.

pub(crate) mod errno;
pub(crate) mod event;
pub(crate) mod file;
pub(crate) mod socket;
pub(crate) mod value;
