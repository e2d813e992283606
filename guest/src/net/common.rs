//! What the types of [`net`](crate::net) and [`os::unix::net`](crate::os::unix::net) do in common.

use std::fmt;
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::time::Duration;

use berkeley_constants::{AF_INET, AF_INET6, SHUT_RD, SHUT_RDWR, SHUT_WR, SO_ERROR, SOL_SOCKET};

use crate::address::Address;
use crate::error::{Errno, ErrnoExt, Error, Result};
use crate::option::Timeval;
use crate::socket::{self, Socket};

/// A socket of the address's family.
pub(super) fn socket_for(address: &SocketAddr, r#type: i32) -> Result<Socket> {
    create(if address.is_ipv4() { AF_INET } else { AF_INET6 }, r#type)
}

/// Makes a socket.
pub(crate) fn create(family: i32, r#type: i32) -> Result<Socket> {
    Ok(blocking(Socket::new(family, r#type, 0)?))
}

/// Makes two sockets that are connected with each other, and puts each into its type.
pub(crate) fn pair<T: From<Socket>>(family: i32, r#type: i32) -> io::Result<(T, T)> {
    let (one, other) = socket::socketpair(family, r#type, 0)?;
    Ok((blocking(one).into(), blocking(other).into()))
}

/// Takes the next connection.
pub(crate) fn accept(listener: &Socket) -> Result<(Socket, Address)> {
    let (socket, peer) = listener.accept()?;
    Ok((blocking(socket), peer))
}

/// A socket of `std` is blocking at first; the default time limit is for those of Python's shape.
fn blocking(socket: Socket) -> Socket {
    if socket::getdefaulttimeout().is_some() {
        socket.settimeout(None);
    }
    socket
}

pub(crate) fn take_error(socket: &Socket) -> io::Result<Option<io::Error>> {
    Ok(match socket.getsockopt(SOL_SOCKET, SO_ERROR)? {
        0 => None,
        number => {
            let errno = <Errno as ErrnoExt>::from_number(number);
            Some(errno.map_or(Error::OsNumber(number), Error::Os).into())
        }
    })
}

/// The number of a direction.
pub(crate) fn direction(how: Shutdown) -> i32 {
    match how {
        Shutdown::Read => SHUT_RD,
        Shutdown::Write => SHUT_WR,
        Shutdown::Both => SHUT_RDWR,
    }
}

/// Writes the local address and the peer's by these names, as far as there are any.
pub(crate) fn addresses<A: TryFrom<Address> + fmt::Debug>(
    socket: &Socket,
    names: [&str; 2],
    fields: &mut fmt::DebugStruct<'_, '_>,
) {
    for (name, address) in names.into_iter().zip([socket.getsockname(), socket.getpeername()]) {
        if let Some(address) = address.ok().and_then(|address| A::try_from(address).ok()) {
            fields.field(name, &address);
        }
    }
}

/// Sets an option that is a number; one that is too large for the kernel's type is too large for the option too.
pub(crate) fn set_number(socket: &Socket, level: i32, name: i32, value: u32) -> io::Result<()> {
    Ok(socket.setsockopt(level, name, i32::try_from(value).unwrap_or(i32::MAX))?)
}

pub(crate) fn number(socket: &Socket, level: i32, name: i32) -> io::Result<u32> {
    Ok(socket.getsockopt(level, name)? as u32)
}

pub(crate) fn set_flag(socket: &Socket, level: i32, name: i32, value: bool) -> io::Result<()> {
    Ok(socket.setsockopt(level, name, value)?)
}

pub(crate) fn flag(socket: &Socket, level: i32, name: i32) -> io::Result<bool> {
    Ok(socket.getsockopt(level, name)? != 0)
}

/// Sets SO_RCVTIMEO or SO_SNDTIMEO.
pub(crate) fn set_timeout(socket: &Socket, name: i32, limit: Option<Duration>) -> io::Result<()> {
    if limit == Some(Duration::ZERO) {
        return Err(Error::Invalid("cannot set a time limit of zero").into());
    }
    Ok(socket.setsockopt(SOL_SOCKET, name, Timeval::from(limit))?)
}

pub(crate) fn timeout(socket: &Socket, name: i32) -> io::Result<Option<Duration>> {
    Ok(socket.getsockopt_as::<Timeval>(SOL_SOCKET, name)?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_have_the_numbers_of_shutdown() {
        assert_eq!([Shutdown::Read, Shutdown::Write, Shutdown::Both].map(direction), [0, 1, 2]);
    }
}
