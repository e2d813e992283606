//! TLS without input and output: bytes from the peer go in, bytes for the peer come out.
//!
//! It holds no socket and asks no policy, for nothing here reaches beyond the guest.

mod algorithm;
mod certificate;
mod chain;
mod config;
mod connection;
mod constraint;
#[cfg(test)]
mod cost;
mod curve521;
mod error;
mod extension;
mod fault;
mod fitness;
mod framing;
mod hello;
mod identity;
mod incoming;
mod list;
#[cfg(test)]
mod matrix;
mod name;
mod outgoing;
mod path;
mod provider;
mod revocation;
mod roots;
mod share;
mod signature;
mod state;
mod strict;
mod terms;
mod title;
mod verify;

#[allow(unreachable_pub, reason = "the bindings want it public")]
pub use config::Config;
#[allow(unreachable_pub, reason = "the bindings want it public")]
pub use connection::Connection;
pub(crate) use error::Error;
pub(crate) use identity::Identity;
pub use state::TlsRoots;
pub(crate) use state::{Calendar, Tls};
pub(crate) use terms::{Terms, VerifyMode};
