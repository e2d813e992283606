//! Sockets by their numbers.

use std::time::Duration;

use berkeley_constants::{SOCK_CLOEXEC, SOCK_NONBLOCK};

use super::handle::Handle;
use super::life::{DETECT, Socket};
use super::mode::getdefaulttimeout;
use super::table;
use crate::error::{Errno, Error, Result};

impl Socket {
    /// Takes the socket that [`detach`](Self::detach) gave this number: Python's `socket(fileno=…)`. EBADF.
    ///
    /// It has the default time limit, as a new one does. If another socket has the number already, both are one: they
    /// share mode and time limit, and to close one closes the other.
    pub fn from_fileno(fileno: i32) -> Result<Self> {
        Self::from_fileno_as(fileno, DETECT, DETECT, DETECT)
    }

    /// As `from_fileno`, for a socket of that family, type and protocol: Python's `socket(family, type, proto, fileno)`.
    ///
    /// Each that is -1 is what the host says. The others are taken at their word, and not looked at.
    pub fn from_fileno_as(fileno: i32, family: i32, r#type: i32, proto: i32) -> Result<Self> {
        if fileno < 0 {
            return Err(Error::Invalid("negative file descriptor"));
        }
        let handle = table::get(fileno).ok_or(Error::Os(Errno::Ebadf))?;
        let (numbers, limit) = as_told(family, r#type, proto);
        let socket = Self::numbered(fileno, handle, numbers);
        socket.settimeout(limit);
        Ok(socket)
    }
}

impl Socket {
    /// The socket of that number as it is, with its own mode.
    pub(crate) fn by_number(fileno: i32) -> Option<Self> {
        table::get(fileno).map(|handle| Self::numbered(fileno, handle, [DETECT; 3]))
    }

    /// A socket that is closed.
    ///
    /// # Panics
    ///
    /// If there can be no more sockets at all: it takes the room of a pair for a moment.
    #[cfg(any(unix, target_os = "wasi"))]
    pub(crate) fn nowhere() -> Self {
        use berkeley_constants::{AF_UNIX, SOCK_DGRAM};

        let (one, _) =
            crate::bindings::socket::socketpair(AF_UNIX, SOCK_DGRAM, 0).expect("there is room for a pair of sockets");
        let socket = Self::from_handle(one);
        // It was open.
        let _ = socket.close();
        socket
    }
}

/// A second socket to the one of that number, with the default time limit: Python's `fromfd`. EBADF.
pub fn fromfd(fileno: i32) -> Result<Socket> {
    fromfd_as(fileno, DETECT, DETECT, DETECT)
}

/// As [`fromfd`], for a socket of that family, type and protocol: Python's `fromfd(fd, family, type, proto)`.
///
/// Each that is -1 is what the host says. The others are taken at their word, and not looked at.
pub fn fromfd_as(fileno: i32, family: i32, r#type: i32, proto: i32) -> Result<Socket> {
    let handle = table::get(fileno).ok_or(Error::Os(Errno::Ebadf))?;
    let (numbers, limit) = as_told(family, r#type, proto);
    let socket = Socket::told(handle.dup()?, numbers);
    socket.settimeout(limit);
    Ok(socket)
}

/// A second number for the socket of that number, for [`Socket::from_fileno`] or [`close`]: Python's `socket.dup(fd)`.
/// EBADF.
pub fn dup(fileno: i32) -> Result<i32> {
    let handle = table::get(fileno).ok_or(Error::Os(Errno::Ebadf))?;
    Ok(table::insert(&Handle::new(handle.dup()?)))
}

/// Closes the socket of that number, such as [`Socket::detach`] gave: Python's `socket.close(fd)`. EBADF.
pub fn close(fileno: i32) -> Result<()> {
    let handle = table::remove(fileno).ok_or(Error::Os(Errno::Ebadf))?;
    Ok(handle.close()?)
}

/// The numbers as they are remembered, and the time limit of a socket that is taken by its number.
fn as_told(family: i32, r#type: i32, proto: i32) -> ([i32; 3], Option<Duration>) {
    if r#type == DETECT {
        return ([family, DETECT, proto], getdefaulttimeout());
    }
    let limit = if r#type & SOCK_NONBLOCK != 0 { Some(Duration::ZERO) } else { getdefaulttimeout() };
    ([family, r#type & !(SOCK_NONBLOCK | SOCK_CLOEXEC), proto], limit)
}
