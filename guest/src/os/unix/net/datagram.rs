//! Datagrams.

use std::io;
use std::path::Path;

use berkeley_constants::{AF_UNIX, SOCK_DGRAM};

use super::address::SocketAddr;
use super::bound::bound;
use crate::net::common;
use crate::net::share::share;
use crate::socket::Socket;

/// A unix socket for datagrams.
///
/// ```no_run
/// use berkeley_guest::os::unix::net::UnixDatagram;
///
/// let (left, right) = UnixDatagram::pair()?;
/// left.send(b"hello")?;
/// let mut buffer = [0; 100];
/// assert_eq!(right.recv(&mut buffer)?, 5);
///
/// let socket = UnixDatagram::unbound()?;
/// socket.send_to(b"hello", "/run/socket")?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct UnixDatagram(Socket);

impl UnixDatagram {
    /// Makes one that is bound to the path, where a new file comes to be, which stays. `AddrInUse` if there is one,
    /// `NotFound`, `PermissionDenied`.
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<Self> {
        Self::bind_addr(&SocketAddr::from_pathname(path)?)
    }

    /// Makes one that is bound to the address. `AddrInUse`, `PermissionDenied`.
    pub fn bind_addr(socket_addr: &SocketAddr) -> io::Result<Self> {
        Ok(Self(bound(SOCK_DGRAM, socket_addr)?))
    }

    /// Makes one without an address.
    pub fn unbound() -> io::Result<Self> {
        Ok(Self(common::create(AF_UNIX, SOCK_DGRAM)?))
    }

    /// Makes two that are connected with each other.
    pub fn pair() -> io::Result<(Self, Self)> {
        common::pair(AF_UNIX, SOCK_DGRAM)
    }

    /// Sets the peer to send to and to receive from: the one at the path. `NotFound`, `ConnectionRefused`,
    /// `PermissionDenied`.
    pub fn connect<P: AsRef<Path>>(&self, path: P) -> io::Result<()> {
        self.connect_addr(&SocketAddr::from_pathname(path)?)
    }

    /// Sets the peer to send to and to receive from. `ConnectionRefused`, `PermissionDenied`.
    pub fn connect_addr(&self, socket_addr: &SocketAddr) -> io::Result<()> {
        Ok(self.0.connect(socket_addr)?)
    }

    /// Sends a datagram to the one at the path. `NotFound`, `ConnectionRefused`, `PermissionDenied`.
    pub fn send_to<P: AsRef<Path>>(&self, buf: &[u8], path: P) -> io::Result<usize> {
        self.send_to_addr(buf, &SocketAddr::from_pathname(path)?)
    }

    /// Sends a datagram to the one at the address. `ConnectionRefused`, `PermissionDenied`.
    pub fn send_to_addr(&self, buf: &[u8], socket_addr: &SocketAddr) -> io::Result<usize> {
        Ok(self.0.sendto(buf, socket_addr)?)
    }
}

share!(UnixDatagram(SocketAddr): socket, peer, shutdown, datagram);
