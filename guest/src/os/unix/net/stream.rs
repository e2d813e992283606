//! Connections.

use std::io::{self, IoSlice, IoSliceMut};
use std::path::Path;

use berkeley_constants::{AF_UNIX, SO_PEERCRED, SOCK_STREAM, SOL_SOCKET};

use super::address::SocketAddr;
use super::ancillary::SocketAncillary;
use super::bound::bound;
use super::credentials::UCred;
use crate::ancillary::Credentials;
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

    /// Who the peer was when it connected or listened: SO_PEERCRED.
    pub fn peer_cred(&self) -> io::Result<UCred> {
        Ok(self.0.getsockopt_as::<Credentials>(SOL_SOCKET, SO_PEERCRED)?.into())
    }

    /// Receives into the buffers, and control messages with it; what those had before is gone.
    pub fn recv_vectored_with_ancillary(
        &self,
        bufs: &mut [IoSliceMut<'_>],
        ancillary: &mut SocketAncillary<'_>,
    ) -> io::Result<usize> {
        Ok(ancillary.receive(&self.0, bufs)?.0)
    }

    /// Sends the buffers, and the control messages with them.
    ///
    /// ```no_run
    /// use std::io::IoSlice;
    /// use berkeley_guest::os::fd::AsRawFd;
    /// use berkeley_guest::os::unix::net::{SocketAncillary, UnixStream};
    ///
    /// let (stream, gift) = (UnixStream::connect("/run/socket")?, UnixStream::connect("/run/other")?);
    /// let mut room = [0; 128];
    /// let mut ancillary = SocketAncillary::new(&mut room);
    /// ancillary.add_fds(&[gift.as_raw_fd()]);
    /// stream.send_vectored_with_ancillary(&[IoSlice::new(b"take this")], &mut ancillary)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn send_vectored_with_ancillary(
        &self,
        bufs: &[IoSlice<'_>],
        ancillary: &mut SocketAncillary<'_>,
    ) -> io::Result<usize> {
        Ok(ancillary.send(&self.0, bufs, None)?)
    }
}

share!(UnixStream(SocketAddr): socket, unix, local, peer, shutdown, stream);

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

share!(UnixListener(SocketAddr): socket, unix, listener: UnixStream);

impl<'a> IntoIterator for &'a UnixListener {
    type Item = io::Result<UnixStream>;
    type IntoIter = Incoming<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.incoming()
    }
}
