//! The system calls of macOS and its kin, where they are not Linux's too.

pub(super) mod address;
pub(super) mod control;
mod file;
mod interface;
mod message;
mod netdb;
mod option;
pub(super) mod socket;

pub(crate) use file::*;
pub(crate) use interface::*;
pub(crate) use message::*;
pub(crate) use netdb::*;
pub(crate) use option::*;
pub(crate) use socket::*;
