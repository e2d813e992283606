#![doc = include_str!("../README.md")]
//!
//! # Layers
//!
//! Each file uses only files of its own layer, without a circle, and of the layers above it in this list, which begins
//! at the ground:
//!
//! 1. `bindings`, `error`: the contract as generated, and what can go wrong
//! 2. `place`, `text`, `layout`, `task`: bytes of the host in a program's own buffer, as text, and as Linux's structures;
//!    what a task of WASI 0.3 waits for
//! 3. `address`, `interface`, `option`: what is said to a socket and of it, as values
//! 4. `netdb`: names of hosts, services and protocols
//! 5. `endpoint`, `whole`: the socket itself, and what takes several of its calls
//! 6. `ancillary`, `file`, `poll`, `poller`, `stream`: sockets with control messages, with files, many at once, and their
//!    bytes straight from and to memory
//! 7. `socket`: all of that as Python's module
//! 8. `net`, `os`, `tls`: what has the shapes of `std`, and TLS over them
//! 9. `future`: all of that awaited
//! 10. `program`: a program of WASI 0.3

pub mod address;
pub mod ancillary;
#[doc(hidden)]
pub mod bindings;
mod endpoint;
pub mod error;
pub mod file;
pub mod future;
pub mod interface;
mod layout;
pub mod net;
pub mod netdb;
pub mod option;
pub mod os;
#[doc(hidden)]
pub mod place;
pub mod poll;
pub mod poller;
#[cfg(all(feature = "p3", target_arch = "wasm32"))]
mod program;
pub mod socket;
#[cfg(feature = "p3-library")]
mod stream;
#[cfg(feature = "p3-library")]
mod task;
mod text;
pub mod tls;
#[doc(hidden)]
pub mod whole;

pub use address::{Address, ToAddress};
pub use berkeley_constants as constants;
pub use error::{Error, Result};
pub use socket::Socket;
