//! Addresses of every family, and how the kernel lays them out.
//!
//! `family` is what they are, `encode` and `decode` know their layouts, and no system is called: the names of network
//! interfaces that addresses have are looked up in a table that the caller brings ([`Interfaces`]).

mod decode;
mod display;
mod encode;
mod family;
mod interfaces;
mod layout;
mod path;
mod raw;
#[cfg(test)]
mod tests;

pub use family::Address;
pub use interfaces::{Interfaces, NoInterfaces};
#[cfg(target_vendor = "apple")]
pub(crate) use layout::AF_SYSTEM;
pub(crate) use layout::{INET_LEN, INET6_LEN};
pub(crate) use path::{below, leads_out, plain};
pub use raw::{CAPACITY, RawAddress};
