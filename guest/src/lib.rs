//! The whole Berkeley-sockets surface for Rust programs compiled to WebAssembly components.
//!
//! * [`socket`] is Python's `socket` module, by its names and meaning.
//! * [`net`] and [`os::unix::net`] have the shapes of `std`: change the `use` and a program runs.
//! * [`poll`] waits for many sockets.
//! * [`tls`] is TLS over them.
//!
//! The program runs in a host that offers the WIT package `berkeley:sockets`, such as `berkeley run`; what the host
//! does not grant fails with EACCES.
//!
//! ```no_run
//! use std::io::{Read, Write};
//! use berkeley_guest::net::TcpStream;
//!
//! let mut stream = TcpStream::connect("example.com:80")?;
//! stream.write_all(b"GET / HTTP/1.0\r\nHost: example.com\r\n\r\n")?;
//! let mut answer = String::new();
//! stream.read_to_string(&mut answer)?;
//! # Ok::<(), std::io::Error>(())
//! ```

pub mod address;
pub mod ancillary;
#[doc(hidden)]
pub mod bindings;
pub mod error;
pub mod file;
pub mod interface;
pub mod net;
pub mod netdb;
pub mod option;
pub mod os;
pub mod poll;
pub mod socket;
mod text;
pub mod tls;

pub use address::{Address, ToAddress};
pub use berkeley_constants as constants;
pub use error::{Error, Result};
pub use socket::Socket;
