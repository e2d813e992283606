//! TLS 1.2 and 1.3 over a stream: what Python's `ssl` has.
//!
//! The host has the protocol; the bytes travel over the stream that the guest has, under the host's policy for it. A
//! [`TlsStream`] is a client's side or a server's, over a [`TcpStream`](crate::net::TcpStream) or whatever else is read
//! and written.
//!
//! ```no_run
//! use std::io::{Read, Write};
//! use berkeley_guest::net::TcpStream;
//! use berkeley_guest::tls::{Config, Terms, TlsStream};
//!
//! // Whom the host trusts; `Terms` has the other choices.
//! let config = Config::new(Terms::default())?;
//! let stream = TcpStream::connect("example.com:443")?;
//! let mut stream = TlsStream::client(&config, Some("example.com"), stream)?;
//! stream.write_all(b"GET / HTTP/1.0\r\nHost: example.com\r\n\r\n")?;
//! let mut answer = String::new();
//! stream.read_to_string(&mut answer)?;
//! # Ok::<(), std::io::Error>(())
//! ```

mod error;
mod pem;
mod stream;
mod terms;

pub use pem::certificates;
pub use stream::{Config, TlsStream};
pub use terms::{TLS_1_2, TLS_1_3};

pub use crate::bindings::tls::{Error, Identity, RevocationCheck, Terms, Verification, VerifyFlags, VerifyMode};
