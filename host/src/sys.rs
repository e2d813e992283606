//! The system calls that no safe crate offers in the shape needed here, and all of this crate's `unsafe`.
//!
//! Everything exported is safe to call with any arguments. Numbers, addresses and structures are Linux's on every
//! system, as the contract has them; what a system has otherwise its own file translates: `linux`, `apple` and
//! `windows`, and `unix` for what the former two have alike.
#![allow(unsafe_code, reason = "this module is set aside for it")]

use std::collections::VecDeque;
use std::ffi::CString;
use std::fs::File;
#[cfg(not(target_os = "linux"))]
use std::time::Duration;

use crate::address::RawAddress;
use crate::error::Errno;

#[cfg(any(test, not(target_os = "linux")))]
mod layout;

#[cfg(target_os = "linux")]
#[path = "sys/linux.rs"]
mod native;
#[cfg(target_vendor = "apple")]
#[path = "sys/apple.rs"]
mod native;
#[cfg(windows)]
#[path = "sys/windows.rs"]
mod native;
#[cfg(unix)]
mod unix;

#[cfg(not(any(target_os = "linux", target_vendor = "apple", windows)))]
compile_error!("berkeley-host is made for Linux, macOS and Windows");

/// An open socket, in the type that this system's standard library has for it.
#[cfg(unix)]
pub type OwnedSocket = std::os::fd::OwnedFd;
/// An open socket, in the type that this system's standard library has for it.
#[cfg(windows)]
pub type OwnedSocket = std::os::windows::io::OwnedSocket;

pub(crate) use native::*;
#[cfg(unix)]
pub(crate) use unix::*;

/// A message as recvmsg(2) gave it.
#[derive(Debug, Default)]
pub(crate) struct RawMessage {
    pub(crate) data: Vec<u8>,
    /// What the kernel told as the length.
    pub(crate) length: usize,
    pub(crate) control: Vec<u8>,
    /// The descriptors in the control messages, in their order.
    pub(crate) descriptors: VecDeque<Received>,
    pub(crate) flags: i32,
}

impl RawMessage {
    /// Adds what was received next.
    pub(crate) fn append(&mut self, next: Self) {
        self.data.extend(next.data);
        self.length += next.length;
        self.flags |= next.flags;
        self.descriptors.extend(next.descriptors);
        if !next.control.is_empty() {
            self.control = next.control;
        }
    }
}

/// What a descriptor that was received is of.
#[cfg_attr(windows, allow(dead_code, reason = "there none is ever received"))]
pub(crate) enum Opened {
    Socket(OwnedSocket),
    /// A file or a directory.
    File(File),
    /// Neither; as the end of the sentence «receive …».
    Other(&'static str),
}

/// One answer of [`getaddrinfo`].
pub(crate) struct Info {
    pub(crate) family: i32,
    pub(crate) kind: i32,
    pub(crate) protocol: i32,
    pub(crate) canonical_name: Vec<u8>,
    pub(crate) address: RawAddress,
}

/// A host: its name, its aliases, its addresses in network order.
pub(crate) type Host = (Vec<u8>, Vec<Vec<u8>>, Vec<Vec<u8>>);

/// How often a socket is looked at for what the reactor does not tell.
#[cfg(not(target_os = "linux"))]
const LOOK: Duration = Duration::from_millis(10);

/// The bytes as a C string; EINVAL if they hold a NUL.
pub(crate) fn c_string(bytes: &[u8]) -> Result<CString, Errno> {
    CString::new(bytes).map_err(|_| Errno::EINVAL)
}
