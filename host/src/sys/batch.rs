//! Datagrams that one system call sends or receives.

use crate::address::RawAddress;

/// A datagram that is sent along with others.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux has calls that read it"))]
pub(crate) struct Packet<'a> {
    /// How many bytes of the data are its.
    pub(crate) length: usize,
    /// None is the peer that the socket is connected to.
    pub(crate) peer: Option<&'a RawAddress>,
    pub(crate) control: &'a [u8],
}

/// A datagram that came along with others.
pub(crate) struct Arrival {
    /// How many bytes of the data are its.
    pub(crate) length: usize,
    /// What the kernel told as the length.
    pub(crate) told: usize,
    pub(crate) control: Vec<u8>,
    pub(crate) flags: i32,
    pub(crate) peer: RawAddress,
}

/// UIO_MAXIOV: no call takes more datagrams.
pub(crate) const MOST_AT_ONCE: usize = 1024;

/// Whether the system has such calls: Linux has.
pub(crate) const HAS_BATCHES: bool = cfg!(target_os = "linux");

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::io;
    use std::sync::atomic::AtomicBool;

    use socket2::Socket;

    use super::{Arrival, Packet};

    /// Nobody calls it.
    pub(crate) fn send_many(_: &Socket, _: &[u8], _: &[Packet<'_>], _: &AtomicBool, _: i32) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Nobody calls it.
    pub(crate) fn receive_many(_: &Socket, _: (usize, usize, usize), _: i32) -> io::Result<(Vec<u8>, Vec<Arrival>)> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::{receive_many, send_many};
