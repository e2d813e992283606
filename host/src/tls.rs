//! TLS without input and output: bytes from the peer go in, bytes for the peer come out.
//!
//! It holds no socket and asks no policy, for nothing here reaches beyond the guest.

mod certificate;
mod chain;
mod config;
mod connection;
mod error;
mod fault;
mod framing;
mod incoming;
mod outgoing;
mod roots;
mod signature;
mod state;
mod terms;
mod verify;

#[allow(unreachable_pub, reason = "the bindings want it public")]
pub use config::Config;
#[allow(unreachable_pub, reason = "the bindings want it public")]
pub use connection::Connection;
pub(crate) use error::Error;
pub(crate) use state::Tls;
pub(crate) use terms::{Identity, Terms, VerifyMode};
