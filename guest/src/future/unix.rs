//! Unix sockets.

use std::io;
use std::net::Shutdown;
use std::path::Path;

use berkeley_constants::{AF_UNIX, SOCK_STREAM};

use super::connect::{accept, connect, create};
use super::source::Async;
use crate::os::unix::net::{self, SocketAddr};

/// A connection between unix sockets: [`net::UnixStream`], awaited.
///
/// ```no_run
/// use berkeley_guest::future::{UnixStream, block_on};
///
/// block_on(async {
///     let (left, right) = UnixStream::pair()?;
///     left.write_all(b"hello").await?;
///     let mut buffer = [0; 5];
///     right.read_exact(&mut buffer).await
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub type UnixStream = Async<net::UnixStream>;

/// Takes connections of unix sockets: [`net::UnixListener`], awaited.
pub type UnixListener = Async<net::UnixListener>;

/// A unix socket for datagrams: [`net::UnixDatagram`], awaited.
pub type UnixDatagram = Async<net::UnixDatagram>;

impl Async<net::UnixStream> {
    /// Connects to the listener at the path. `NotFound`, `ConnectionRefused`, `PermissionDenied`. It waits while the
    /// listener has no room.
    pub async fn connect<P: AsRef<Path>>(path: P) -> io::Result<Self> {
        Self::connect_addr(&SocketAddr::from_pathname(path)?).await
    }

    /// Connects to the listener at the address, as [`connect`](Self::connect) does.
    pub async fn connect_addr(address: &SocketAddr) -> io::Result<Self> {
        let stream = create(AF_UNIX, SOCK_STREAM)?;
        connect(&stream, address).await?;
        Ok(stream)
    }

    /// Makes two that are connected with each other.
    pub fn pair() -> io::Result<(Self, Self)> {
        let (one, other) = net::UnixStream::pair()?;
        Ok((one.into(), other.into()))
    }

    /// The local address.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.get_ref().local_addr()
    }

    /// The peer's address. `NotConnected`.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.get_ref().peer_addr()
    }

    /// Ends reading, writing or both. `NotConnected`.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.get_ref().shutdown(how)
    }
}

impl Async<net::UnixListener> {
    /// Listens at the path, as [`net::UnixListener::bind`] does.
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<Self> {
        Ok(net::UnixListener::bind(path)?.into())
    }

    /// Listens at the address, as [`net::UnixListener::bind_addr`] does.
    pub fn bind_addr(address: &SocketAddr) -> io::Result<Self> {
        Ok(net::UnixListener::bind_addr(address)?.into())
    }

    /// Takes the next connection, and gives it with its peer's address.
    pub async fn accept(&self) -> io::Result<(UnixStream, SocketAddr)> {
        let (stream, peer) = accept(self).await?;
        Ok((stream, peer.try_into()?))
    }

    /// The local address.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.get_ref().local_addr()
    }
}

impl Async<net::UnixDatagram> {
    /// Makes one that is bound to the path, as [`net::UnixDatagram::bind`] does.
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<Self> {
        Ok(net::UnixDatagram::bind(path)?.into())
    }

    /// Makes one without an address.
    pub fn unbound() -> io::Result<Self> {
        Ok(net::UnixDatagram::unbound()?.into())
    }

    /// Makes two that are connected with each other.
    pub fn pair() -> io::Result<(Self, Self)> {
        let (one, other) = net::UnixDatagram::pair()?;
        Ok((one.into(), other.into()))
    }

    /// Sets the peer to send to and to receive from: the one at the path.
    pub fn connect<P: AsRef<Path>>(&self, path: P) -> io::Result<()> {
        self.get_ref().connect(path)
    }

    /// The local address.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.get_ref().local_addr()
    }

    /// Sends a datagram to the one at the path. `NotFound`, `ConnectionRefused`, `PermissionDenied`.
    pub async fn send_to<P: AsRef<Path>>(&self, buf: &[u8], path: P) -> io::Result<usize> {
        let address = SocketAddr::from_pathname(path)?;
        self.write_with(|socket| socket.send_to_addr(buf, &address)).await
    }

    /// Receives a datagram into the buffer, and tells how many bytes there are and who sent it. The rest of a datagram
    /// that is longer than the buffer is lost.
    pub async fn recv_from(&self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.read_with(|socket| socket.recv_from(buf)).await
    }

    /// Sends a datagram to the peer that it is connected to.
    pub async fn send(&self, buf: &[u8]) -> io::Result<usize> {
        self.write_with(|socket| socket.send(buf)).await
    }

    /// Receives a datagram into the buffer.
    pub async fn recv(&self, buf: &mut [u8]) -> io::Result<usize> {
        self.read_with(|socket| socket.recv(buf)).await
    }
}
