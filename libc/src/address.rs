//! Addresses: wasi-libc's structures, and the contract's cases.
//!
//! The families of wasi-libc have its layouts: its numbers, and `struct sockaddr_in6` of 32 bytes. The others have Linux's.

mod decode;
mod encode;

pub(crate) use decode::decode;
pub(crate) use encode::encode;

#[cfg(test)]
mod tests;
