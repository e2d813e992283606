//! How host names are looked up.
//!
//! A [`Resolver`] is asked; [`SystemResolver`] unless the embedder has another. Resolvers that block have
//! [`blocking`] for it: few threads of this process, where guests take turns.

mod ask;
mod clock;
mod guest;
mod hosts;
mod listed;
#[cfg(test)]
mod silent;
mod system;

pub use ask::{AddressInfo, HostEntry, Lookup, Query, Resolver};
pub(crate) use ask::{HOST_NOT_FOUND, NONAME, internet};
pub(crate) use guest::Lookups;
pub use guest::blocking;
pub use hosts::Hosts;
#[cfg(test)]
pub(crate) use silent::Silent;
pub use system::SystemResolver;
pub(crate) use system::{getaddrinfo, has_plain_service};
