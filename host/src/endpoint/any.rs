//! A socket of whichever network: one plain branch for each call.
#![allow(clippy::disallowed_methods, reason = "its callers are behind the policy")]

use std::fs::File;
use std::io::{self, IoSlice};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use berkeley_constants as c;

use super::contract::{Arrived, Endpoint, Passed, Sending};
use super::control::OutgoingControl;
use crate::address::RawAddress;
use crate::cmsg;
use crate::sys::{self, Arrival, Packet, RawMessage, Received};

/// An open socket.
#[derive(Clone)]
pub(crate) enum AnySocket {
    /// The kernel's.
    Kernel(Arc<socket2::Socket>),
    /// Another network's.
    Endpoint(Arc<dyn Endpoint>),
}

/// What came by SCM_RIGHTS.
#[derive(Debug)]
pub(crate) enum Carried {
    /// A descriptor of the process.
    Descriptor(Received),
    /// What has none.
    Passed(Passed),
}

impl AnySocket {
    /// The kernel's socket that it is, if it is one.
    pub(crate) fn kernel(&self) -> Option<&Arc<socket2::Socket>> {
        match self {
            Self::Kernel(socket) => Some(socket),
            Self::Endpoint(_) => None,
        }
    }

    /// The endpoint of another network that it is, if it is one.
    pub(crate) fn endpoint(&self) -> Option<&Arc<dyn Endpoint>> {
        match self {
            Self::Kernel(_) => None,
            Self::Endpoint(endpoint) => Some(endpoint),
        }
    }

    /// dup(2).
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        Ok(match self {
            Self::Kernel(socket) => Self::Kernel(Arc::new(socket.try_clone()?)),
            Self::Endpoint(endpoint) => Self::Endpoint(endpoint.clone()),
        })
    }

    pub(crate) fn bind(&self, address: &RawAddress) -> io::Result<()> {
        match self {
            Self::Kernel(socket) => socket.bind(&sys::to_sockaddr(address)),
            Self::Endpoint(endpoint) => Ok(endpoint.bind(address)?),
        }
    }

    pub(crate) fn listen(&self, backlog: i32) -> io::Result<()> {
        match self {
            Self::Kernel(socket) => socket.listen(backlog),
            Self::Endpoint(endpoint) => Ok(endpoint.listen(backlog)?),
        }
    }

    /// accept(2); `nameless` is of a family that would fail if it were asked for the peer's address.
    pub(crate) fn accept(&self, nameless: bool) -> io::Result<(Self, RawAddress)> {
        match self {
            Self::Kernel(socket) => {
                let (accepted, peer) = if nameless { sys::accept_nameless(socket) } else { sys::accept(socket) }?;
                Ok((Self::Kernel(Arc::new(accepted)), peer))
            }
            Self::Endpoint(endpoint) => {
                let (accepted, peer) = endpoint.accept()?;
                Ok((Self::Endpoint(accepted), peer))
            }
        }
    }

    pub(crate) fn connect(&self, peer: &RawAddress) -> io::Result<()> {
        match self {
            Self::Kernel(socket) => socket.connect(&sys::to_sockaddr(peer)).map_err(sys::connect_error),
            Self::Endpoint(endpoint) => Ok(endpoint.connect(peer)?),
        }
    }

    pub(crate) fn send(&self, data: &[u8], flags: i32) -> io::Result<usize> {
        match self {
            Self::Kernel(socket) => sys::send(socket, data, flags),
            Self::Endpoint(_) => self.send_message(&[IoSlice::new(data)], None, None, flags),
        }
    }

    pub(crate) fn send_to(&self, data: &[u8], peer: &RawAddress, flags: i32) -> io::Result<usize> {
        match self {
            Self::Kernel(socket) => sys::send_to(socket, data, &sys::to_sockaddr(peer), flags),
            Self::Endpoint(_) => self.send_message(&[IoSlice::new(data)], None, Some(peer), flags),
        }
    }

    /// sendmsg(2); with control messages, unless a part was sent before.
    pub(crate) fn send_message(
        &self,
        buffers: &[IoSlice<'_>],
        control: Option<&OutgoingControl>,
        address: Option<&RawAddress>,
        flags: i32,
    ) -> io::Result<usize> {
        match self {
            Self::Kernel(socket) => {
                let bytes = control.map_or(&[][..], OutgoingControl::as_bytes);
                let peer = address.map(sys::to_sockaddr);
                sys::send_message(socket, buffers, bytes, peer.as_ref(), flags)
            }
            Self::Endpoint(endpoint) => {
                let messages = control.map(OutgoingControl::messages).unwrap_or_default();
                let passed = control.map_or(&[][..], OutgoingControl::passed);
                Ok(endpoint.send(Sending { buffers, address, control: &messages, passed, flags })?)
            }
        }
    }

    pub(crate) fn receive(&self, size: usize, flags: i32) -> io::Result<(Vec<u8>, RawAddress)> {
        match self {
            Self::Kernel(socket) => sys::receive(socket, size, flags),
            Self::Endpoint(endpoint) => {
                let Arrived { data, address, .. } = endpoint.receive(size, 0, flags)?;
                Ok((data, address.unwrap_or(RawAddress::from_bytes(&[]))))
            }
        }
    }

    /// recv(2), from a connection.
    pub(crate) fn receive_unnamed(&self, size: usize, flags: i32) -> io::Result<Vec<u8>> {
        match self {
            Self::Kernel(socket) => sys::receive_unnamed(socket, size, flags),
            Self::Endpoint(endpoint) => Ok(endpoint.receive(size, 0, flags)?.data),
        }
    }

    /// recv(2), from a connection, into the buffer.
    pub(crate) fn receive_into(&self, buffer: &mut [u8], flags: i32) -> io::Result<usize> {
        match self {
            Self::Kernel(socket) => sys::receive_into(socket, buffer, flags),
            Self::Endpoint(endpoint) => {
                let data = endpoint.receive(buffer.len(), 0, flags)?.data;
                buffer[..data.len()].copy_from_slice(&data);
                Ok(data.len())
            }
        }
    }

    pub(crate) fn receive_message(
        &self,
        (size, control): (usize, usize),
        flags: i32,
    ) -> io::Result<(RawMessage<Carried>, RawAddress)> {
        match self {
            Self::Kernel(socket) => {
                let (message, peer) = sys::receive_message(socket, (size, control), flags)?;
                Ok((message.carrying(Carried::Descriptor), peer))
            }
            Self::Endpoint(endpoint) => Ok(arrived(endpoint.receive(size, control, flags)?)),
        }
    }

    /// sendmmsg(2), of the kernel's sockets: tells how many of the datagrams went. Those of UDP may go as one, unless they
    /// are to go apart.
    pub(crate) fn send_many(
        &self,
        data: &[u8],
        packets: &[Packet<'_>],
        (is_udp, apart): (bool, &AtomicBool),
        flags: i32,
    ) -> io::Result<usize> {
        let never = AtomicBool::new(true);
        match self {
            Self::Kernel(socket) => sys::send_many(socket, data, packets, if is_udp { apart } else { &never }, flags),
            Self::Endpoint(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// recvmmsg(2), of the kernel's sockets: so many datagrams, of so many bytes and of so many of control messages each.
    pub(crate) fn receive_many(&self, sizes: (usize, usize, usize), flags: i32) -> io::Result<(Vec<u8>, Vec<Arrival>)> {
        match self {
            Self::Kernel(socket) => sys::receive_many(socket, sizes, flags),
            Self::Endpoint(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Sends at most so many bytes of the file from there on, and goes on from behind them.
    pub(crate) fn sendfile(&self, file: &File, at: &mut u64, count: usize) -> io::Result<usize> {
        match self {
            Self::Kernel(socket) => sys::sendfile(socket, file, at, count),
            Self::Endpoint(_) => {
                let data = sys::read_at(file, *at, count)?;
                let sent = if data.is_empty() { 0 } else { self.send(&data, c::MSG_DONTWAIT | c::MSG_NOSIGNAL)? };
                *at += sent as u64;
                Ok(sent)
            }
        }
    }
}

/// The message as the kernel would have laid it out: what was passed on is known by its place in the list.
fn arrived(came: Arrived) -> (RawMessage<Carried>, RawAddress) {
    let mut control = Vec::new();
    for (level, kind, data) in &came.control {
        cmsg::LINUX.put(&mut control, (*level, *kind, data));
    }
    if !came.passed.is_empty() {
        let numbers: Vec<_> = (0..came.passed.len() as i32).flat_map(i32::to_ne_bytes).collect();
        cmsg::LINUX.put(&mut control, (c::SOL_SOCKET, c::SCM_RIGHTS, &numbers));
    }
    let message = RawMessage {
        data: came.data,
        length: came.length,
        control,
        descriptors: came.passed.into_iter().map(Carried::Passed).collect(),
        flags: came.flags,
    };
    (message, came.address.unwrap_or(RawAddress::from_bytes(&[])))
}
