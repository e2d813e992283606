//! WASI 0.2: the interfaces of `wasi:sockets` that a guest calls and polls.

mod bindings;
mod imports;
mod input;
mod linker;
mod lookup;
mod network;
mod output;
mod tcp;
mod udp;

pub use linker::{add_sockets_to_linker, add_to_linker};
