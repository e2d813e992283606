//! WASI 0.3: the interfaces of `wasi:sockets`, whose calls, streams and futures are concurrent, and the kinds of
//! file.

mod address;
mod bindings;
mod error;
mod filesystem;
mod linker;
mod lookup;
mod stream;
mod tcp;
mod udp;

#[cfg(any(fuzzing, test))]
pub(in crate::wasi) use address::goes_both_ways;
pub use filesystem::add_filesystem_to_linker;
pub use linker::{add_sockets_to_linker, add_to_linker};
