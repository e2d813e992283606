//! WASI 0.2: the interfaces of `wasi:sockets` that a guest calls and polls, and the kinds of file that it sees.

mod bindings;
mod filesystem;
mod imports;
mod input;
mod linker;
mod lookup;
mod network;
mod output;
mod tcp;
mod udp;

pub use filesystem::add_filesystem_to_linker;
#[cfg(any(fuzzing, test))]
pub(in crate::wasi) use imports::goes_both_ways;
pub use linker::{add_sockets_to_linker, add_to_linker};
