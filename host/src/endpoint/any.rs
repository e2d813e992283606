//! A socket of whichever network: one plain branch for each call.
#![allow(clippy::disallowed_methods, reason = "its callers are behind the policy")]

use std::fs::File;
use std::io::{self, IoSlice};
use std::sync::Arc;
use std::time::Duration;

use berkeley_constants as c;
use c::ioctl::{FIONREAD, SIOCATMARK};

use super::contract::{Arrived, Endpoint, Passed, Sending};
use super::control::OutgoingControl;
use crate::address::RawAddress;
use crate::cmsg;
use crate::error::Errno;
use crate::sys::{self, Memory, RawMessage, Received};

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

    /// The family, type and protocol of a socket from elsewhere. ENOTSOCK.
    pub(crate) fn numbers(&self) -> io::Result<(i32, i32, i32)> {
        match self {
            Self::Kernel(socket) => sys::numbers(socket),
            Self::Endpoint(endpoint) => {
                let option = |name| number(&**endpoint, name);
                Ok((option(c::SO_DOMAIN)?, option(c::SO_TYPE)?, option(c::SO_PROTOCOL)?))
            }
        }
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
            Self::Endpoint(endpoint) => {
                let buffers = &[IoSlice::new(data)];
                Ok(endpoint.send(Sending { buffers, address: None, control: &[], passed: &[], flags })?)
            }
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

    pub(crate) fn shutdown(&self, how: i32) -> io::Result<()> {
        match self {
            Self::Kernel(socket) => sys::shutdown(socket, how),
            Self::Endpoint(endpoint) => Ok(endpoint.shutdown(how)?),
        }
    }

    pub(crate) fn local_address(&self) -> io::Result<RawAddress> {
        match self {
            Self::Kernel(socket) => sys::local_address(socket),
            Self::Endpoint(endpoint) => Ok(endpoint.local_address()?),
        }
    }

    pub(crate) fn peer_address(&self) -> io::Result<RawAddress> {
        match self {
            Self::Kernel(socket) => Ok(sys::from_sockaddr(&socket.peer_addr()?)),
            Self::Endpoint(endpoint) => Ok(endpoint.peer_address()?),
        }
    }

    pub(crate) fn getsockopt(&self, level: i32, name: i32, size: usize) -> io::Result<Vec<u8>> {
        match self {
            Self::Kernel(socket) => sys::getsockopt(socket, level, name, size),
            Self::Endpoint(endpoint) => Ok(endpoint.option(level, name, size)?),
        }
    }

    pub(crate) fn setsockopt(&self, level: i32, name: i32, value: &[u8]) -> io::Result<()> {
        match self {
            Self::Kernel(socket) => sys::setsockopt(socket, level, name, value),
            Self::Endpoint(endpoint) => Ok(endpoint.set_option(level, name, value)?),
        }
    }

    /// setsockopt(2) with a null pointer and a length.
    pub(crate) fn setsockopt_null(&self, level: i32, name: i32, len: u32) -> io::Result<()> {
        match self {
            Self::Kernel(socket) => sys::setsockopt_null(socket, level, name, len),
            // A negative length is refused as none is.
            Self::Endpoint(endpoint) if len == 0 || len > i32::MAX as u32 => {
                Ok(endpoint.set_option(level, name, &[])?)
            }
            Self::Endpoint(_) => Err(Errno::EFAULT.into()),
        }
    }

    /// ioctl(2), of one of the requests that the contract has. ENOPROTOOPT: another.
    pub(crate) fn ioctl_number(&self, request: i32) -> io::Result<i32> {
        match self {
            Self::Kernel(socket) => sys::ioctl_number(socket, request),
            Self::Endpoint(endpoint) => Ok(endpoint.ioctl(request)?),
        }
    }

    /// Windows's WSAIoctl. EOPNOTSUPP elsewhere.
    pub(crate) fn ioctl(&self, control: u32, argument: &[u8]) -> io::Result<()> {
        match self {
            Self::Kernel(socket) => sys::ioctl(socket, control, argument),
            Self::Endpoint(_) => Err(Errno::EOPNOTSUPP.into()),
        }
    }

    /// Windows's WSADuplicateSocket. EOPNOTSUPP elsewhere.
    pub(crate) fn share(&self, process: u32) -> io::Result<Vec<u8>> {
        match self {
            Self::Kernel(socket) => sys::share(socket, process),
            Self::Endpoint(_) => Err(Errno::EOPNOTSUPP.into()),
        }
    }

    /// The number of a name in macOS's PF_SYSTEM. EAFNOSUPPORT elsewhere.
    pub(crate) fn control_id(&self, name: &[u8]) -> io::Result<u32> {
        match self {
            Self::Kernel(socket) => sys::control_id(socket, name),
            Self::Endpoint(_) => Err(Errno::EAFNOSUPPORT.into()),
        }
    }

    /// SO_ERROR, which is none any more then.
    pub(crate) fn take_error(&self) -> io::Result<Option<io::Error>> {
        match self {
            Self::Kernel(socket) => socket.take_error(),
            Self::Endpoint(endpoint) => {
                let error = number(&**endpoint, c::SO_ERROR)?;
                Ok((error != 0).then(|| Errno::from_number(error).into()))
            }
        }
    }

    /// The limit of calls that wait: SO_RCVTIMEO or SO_SNDTIMEO; none is no limit.
    pub(crate) fn limit(&self, option: i32) -> io::Result<Option<Duration>> {
        match self {
            Self::Kernel(socket) if option == c::SO_RCVTIMEO => socket.read_timeout(),
            Self::Kernel(socket) => socket.write_timeout(),
            Self::Endpoint(endpoint) => {
                let value = endpoint.option(c::SOL_SOCKET, option, 16)?;
                let word = |at| value.get(at..at + 8).and_then(|word| word.try_into().ok()).map(u64::from_ne_bytes);
                let (seconds, micros) = (word(0).unwrap_or(0), word(8).unwrap_or(0));
                let limit = Duration::from_secs(seconds) + Duration::from_micros(micros);
                Ok((!limit.is_zero()).then_some(limit))
            }
        }
    }

    /// Sees to it that closing the connection resets it.
    pub(crate) fn reset_when_closed(&self) -> io::Result<()> {
        match self {
            Self::Kernel(socket) => socket.set_linger(Some(Duration::ZERO)),
            Self::Endpoint(endpoint) => {
                Ok(endpoint.set_option(c::SOL_SOCKET, c::SO_LINGER, &[1i32, 0].map(i32::to_ne_bytes).concat())?)
            }
        }
    }

    /// Has it hold at most so much that came.
    pub(crate) fn set_receive_buffer(&self, size: usize) -> io::Result<()> {
        match self {
            Self::Kernel(socket) => socket.set_recv_buffer_size(size),
            Self::Endpoint(endpoint) => {
                let size = i32::try_from(size).unwrap_or(i32::MAX).to_ne_bytes();
                Ok(endpoint.set_option(c::SOL_SOCKET, c::SO_RCVBUF, &size)?)
            }
        }
    }

    /// What is held for it.
    pub(crate) fn memory(&self) -> Memory {
        match self {
            Self::Kernel(socket) => sys::memory(socket),
            Self::Endpoint(endpoint) => {
                let ask = |request| endpoint.ioctl(request).map_or(0, |held| usize::try_from(held).unwrap_or(0));
                Memory { received: ask(FIONREAD), sent: ask(c::ioctl::SIOCOUTQ), ..Memory::default() }
            }
        }
    }

    /// How many connections wait for a listener to accept them.
    pub(crate) fn unaccepted(&self) -> usize {
        self.kernel().map_or(0, |socket| sys::unaccepted(socket))
    }

    /// How much a stream has to be received: FIONREAD.
    pub(crate) fn available(&self) -> io::Result<u64> {
        match self {
            Self::Kernel(socket) => sys::available(socket),
            Self::Endpoint(endpoint) => Ok(u64::try_from(endpoint.ioctl(FIONREAD)?).unwrap_or(0)),
        }
    }

    /// Whether a stream's urgent data is next to be received: sockatmark(3).
    pub(crate) fn at_mark(&self) -> bool {
        match self {
            Self::Kernel(socket) => sys::at_mark(socket),
            Self::Endpoint(endpoint) => endpoint.ioctl(SIOCATMARK).is_ok_and(|at_mark| at_mark == 1),
        }
    }

    /// The length of the datagram that is next to be received; it stays.
    pub(crate) fn next_length(&self) -> io::Result<usize> {
        match self {
            Self::Kernel(socket) => sys::next_length(socket),
            Self::Endpoint(endpoint) => {
                Ok(endpoint.receive(0, 0, c::MSG_PEEK | c::MSG_TRUNC | c::MSG_DONTWAIT)?.length)
            }
        }
    }
}

/// An option of SOL_SOCKET that is a number.
fn number(endpoint: &dyn Endpoint, name: i32) -> Result<i32, Errno> {
    let value = endpoint.option(c::SOL_SOCKET, name, size_of::<i32>())?;
    value.first_chunk().map(|bytes| i32::from_ne_bytes(*bytes)).ok_or(Errno::EINVAL)
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
