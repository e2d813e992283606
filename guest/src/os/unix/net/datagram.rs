//! Datagrams.

use std::io::{self, IoSlice, IoSliceMut};
use std::path::Path;

use berkeley_constants::{AF_UNIX, SOCK_DGRAM};

use super::address::SocketAddr;
use super::ancillary::SocketAncillary;
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

    /// Receives a datagram into the buffers, and control messages with it; what those had before is gone. Tells how many
    /// bytes there are, whether more were lost, and who sent them.
    pub fn recv_vectored_with_ancillary_from(
        &self,
        bufs: &mut [IoSliceMut<'_>],
        ancillary: &mut SocketAncillary<'_>,
    ) -> io::Result<(usize, bool, SocketAddr)> {
        let (count, truncated, peer) = ancillary.receive(&self.0, bufs)?;
        Ok((count, truncated, peer.try_into()?))
    }

    /// As [`recv_vectored_with_ancillary_from`](Self::recv_vectored_with_ancillary_from), without the sender.
    pub fn recv_vectored_with_ancillary(
        &self,
        bufs: &mut [IoSliceMut<'_>],
        ancillary: &mut SocketAncillary<'_>,
    ) -> io::Result<(usize, bool)> {
        let (count, truncated, _) = ancillary.receive(&self.0, bufs)?;
        Ok((count, truncated))
    }

    /// Sends the buffers as one datagram to the one at the path, and the control messages with it.
    pub fn send_vectored_with_ancillary_to<P: AsRef<Path>>(
        &self,
        bufs: &[IoSlice<'_>],
        ancillary: &mut SocketAncillary<'_>,
        path: P,
    ) -> io::Result<usize> {
        Ok(ancillary.send(&self.0, bufs, Some(SocketAddr::from_pathname(path)?))?)
    }

    /// Sends the buffers as one datagram to the peer that it is connected to, and the control messages with it.
    pub fn send_vectored_with_ancillary(
        &self,
        bufs: &[IoSlice<'_>],
        ancillary: &mut SocketAncillary<'_>,
    ) -> io::Result<usize> {
        Ok(ancillary.send(&self.0, bufs, None)?)
    }
}

share!(UnixDatagram(SocketAddr): socket, unix, local, peer, shutdown, datagram, batch);
