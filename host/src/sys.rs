//! The system calls that no safe crate offers in the shape needed here, and all of this crate's `unsafe`.
//!
//! Everything exported is safe to call with any arguments. Numbers, addresses and structures are Linux's on every
//! system, as the contract has them; what a system has otherwise stands in its own directory: `linux`, `apple` and
//! `windows`, and `unix` for what the former two have alike. Each has the same files, one for each trade.
//!
//! `unix` is built on `linux` or `apple`, and all of them on the files beside them, which name no system's directory
//! but by `own`: that of the system at hand.
#![allow(unsafe_code, reason = "this module is set aside for it")]

mod address;
mod batch;
#[cfg(unix)]
mod call;
#[cfg(not(target_os = "linux"))]
mod ending;
mod file;
#[cfg(any(test, not(target_os = "linux")))]
mod layout;
mod lent;
mod memory;
mod message;
mod native;
mod netdb;
mod placed;
#[cfg(not(target_os = "linux"))]
mod poll;
#[cfg(not(target_os = "linux"))]
mod selector;
mod socket;
mod text;

#[cfg(target_vendor = "apple")]
mod apple;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(target_vendor = "apple")]
use apple as own;
#[cfg(target_os = "linux")]
use linux as own;
#[cfg(windows)]
use windows as own;

#[cfg(not(any(target_os = "linux", target_vendor = "apple", windows)))]
compile_error!("berkeley-host is made for Linux, macOS and Windows");

pub(crate) use address::{from_sockaddr, to_sockaddr};
pub(crate) use batch::{Arrival, HAS_BATCHES, MOST_AT_ONCE, Packet};
#[cfg(not(target_os = "linux"))]
pub(crate) use batch::{receive_many, send_many};
#[cfg(not(target_os = "linux"))]
pub(crate) use ending::Ending;
pub(crate) use file::Special;
pub(crate) use lent::{lent, lent_lists, state};
pub(crate) use memory::Memory;
#[cfg(not(target_os = "linux"))]
pub(crate) use memory::{memory, unaccepted};
pub(crate) use message::{Opened, RawMessage};
pub(crate) use netdb::{Host, Info};
pub(crate) use own::*;
pub(crate) use placed::{Placed, Source};
#[cfg(not(target_os = "linux"))]
pub(crate) use selector::Selector;
pub use socket::OwnedSocket;
pub(crate) use socket::Received;
pub(crate) use text::c_string;
#[cfg(unix)]
pub(crate) use unix::*;
