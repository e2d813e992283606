//! WASI 0.3: the interfaces of `wasi:sockets`, whose calls, streams and futures are concurrent.

mod address;
mod bindings;
mod error;
mod linker;
mod lookup;
mod stream;
mod tcp;
mod udp;

pub use linker::{add_sockets_to_linker, add_to_linker};
