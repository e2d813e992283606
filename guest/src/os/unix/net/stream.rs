//! Connections.

use std::io;
use std::path::Path;

use berkeley_constants::{AF_UNIX, SOCK_STREAM};

use super::address::SocketAddr;
use super::bound::bound;
use crate::net::common;
use crate::net::share::share;
use crate::socket::{DEFAULT_BACKLOG, Socket};

/// A connection between unix sockets.
///
/// ```no_run
/// use std::io::{Read, Write};
/// use berkeley_guest::os::unix::net::UnixStream;
///
/// let (mut left, mut right) = UnixStream::pair()?;
/// left.write_all(b"hello")?;
/// let mut buffer = [0; 5];
/// right.read_exact(&mut buffer)?;
///
/// let stream = UnixStream::connect("/run/socket")?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct UnixStream(Socket);

impl UnixStream {
    /// Connects to the listener at the path. `NotFound`, `ConnectionRefused`, `PermissionDenied`.
    pub fn connect<P: AsRef<Path>>(path: P) -> io::Result<Self> {
        Self::connect_addr(&SocketAddr::from_pathname(path)?)
    }

    /// Connects to the listener at the address. `ConnectionRefused`, `PermissionDenied`.
    pub fn connect_addr(socket_addr: &SocketAddr) -> io::Result<Self> {
        let socket = common::create(AF_UNIX, SOCK_STREAM)?;
        socket.connect(socket_addr)?;
        Ok(Self(socket))
    }

    /// Makes two that are connected with each other.
    pub fn pair() -> io::Result<(Self, Self)> {
        common::pair(AF_UNIX, SOCK_STREAM)
    }
}

share!(UnixStream(SocketAddr): socket, peer, shutdown, stream);

/// Takes connections of unix sockets.
///
/// ```no_run
/// use berkeley_guest::os::unix::net::UnixListener;
///
/// let listener = UnixListener::bind("/run/socket")?;
/// for stream in &listener {
///     println!("{:?}", stream?);
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct UnixListener(Socket);

impl UnixListener {
    /// Listens at the path, where a new file comes to be, which stays. `AddrInUse` if there is one, `NotFound`,
    /// `PermissionDenied`.
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<Self> {
        Self::bind_addr(&SocketAddr::from_pathname(path)?)
    }

    /// Listens at the address. `AddrInUse`, `PermissionDenied`.
    pub fn bind_addr(socket_addr: &SocketAddr) -> io::Result<Self> {
        let socket = bound(SOCK_STREAM, socket_addr)?;
        socket.listen(DEFAULT_BACKLOG)?;
        Ok(Self(socket))
    }
}

share!(UnixListener(SocketAddr): socket, listener: UnixStream);

impl<'a> IntoIterator for &'a UnixListener {
    type Item = io::Result<UnixStream>;
    type IntoIter = Incoming<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.incoming()
    }
}
