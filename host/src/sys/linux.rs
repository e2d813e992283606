//! The system calls that Linux alone has, or has otherwise. Its numbers and structures are the contract's.

pub(super) mod address;
mod batch;
pub(super) mod control;
mod ending;
mod file;
mod interface;
mod memory;
mod message;
mod netdb;
mod option;
mod selector;
pub(super) mod socket;

pub(crate) use batch::*;
pub(crate) use ending::*;
pub(crate) use file::*;
pub(crate) use interface::*;
pub(crate) use memory::*;
pub(crate) use message::*;
pub(crate) use netdb::*;
pub(crate) use option::*;
pub(crate) use selector::*;
pub(crate) use socket::*;
