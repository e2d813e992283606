//! The functions of `wasi:sockets` of WASI 0.2; they lift, call and lower.

mod address;
mod error;
mod lookup;
mod network;
mod tcp;
mod udp;

#[cfg(any(fuzzing, test))]
pub(in crate::wasi) use address::goes_both_ways;
