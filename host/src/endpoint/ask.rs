//! What is asked and told of a socket of whichever network, but for its data.

use std::io;
use std::time::Duration;

use berkeley_constants as c;
use c::ioctl::{FIONREAD, SIOCATMARK};

use super::any::AnySocket;
use super::contract::Endpoint;
use crate::address::RawAddress;
use crate::error::Errno;
use crate::sys::{self, Memory};

impl AnySocket {
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
                let limit = Duration::from_secs(seconds).saturating_add(Duration::from_micros(micros));
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
