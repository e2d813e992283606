//! The system calls that Linux and Apple's systems have alike.

mod file;
mod interface;
mod message;
mod netdb;
mod path;
mod poll;
mod process;
mod share;
mod socket;

pub(crate) use file::*;
pub(crate) use interface::*;
pub(crate) use message::*;
pub(crate) use netdb::*;
pub(crate) use path::*;
pub(crate) use poll::*;
pub(crate) use process::*;
pub(crate) use share::*;
pub(crate) use socket::*;
