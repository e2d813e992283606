//! TCP.

use std::io;
use std::iter::FusedIterator;
use std::net::SocketAddr;
use std::time::Duration;

use berkeley_constants::{
    IPPROTO_IPV6, IPPROTO_TCP, IPV6_V6ONLY, SO_LINGER, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, TCP_NODELAY,
};

use super::addresses::{ToSocketAddrs, first_of};
use super::common::{self, socket_for};
use super::share::share;
use crate::error::Error;
use crate::option::Linger;
use crate::socket::{DEFAULT_BACKLOG, Socket};

/// A TCP connection: [`std::net::TcpStream`]. Dropping it closes it.
///
/// ```no_run
/// use std::io::{Read, Write};
/// use berkeley_guest::net::{Shutdown, TcpStream};
///
/// let mut stream = TcpStream::connect("127.0.0.1:7")?;
/// stream.write_all(b"hello")?;
/// stream.shutdown(Shutdown::Write)?;
/// let mut answer = String::new();
/// stream.read_to_string(&mut answer)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct TcpStream(Socket);

impl TcpStream {
    /// Connects to the first of the addresses that answers. The error is that of the last one: `ConnectionRefused`,
    /// `PermissionDenied` and others.
    pub fn connect<A: ToSocketAddrs>(addr: A) -> io::Result<Self> {
        first_of(addr, |address| {
            let socket = socket_for(address, SOCK_STREAM)?;
            socket.connect(address)?;
            Ok(Self(socket))
        })
    }

    /// Connects to the address within the time limit. `TimedOut` when it runs out; `InvalidInput` for a limit of zero.
    pub fn connect_timeout(addr: &SocketAddr, timeout: Duration) -> io::Result<Self> {
        if timeout.is_zero() {
            return Err(Error::Invalid("cannot set a time limit of zero").into());
        }
        let socket = socket_for(addr, SOCK_STREAM)?;
        socket.settimeout(Some(timeout));
        socket.connect(addr)?;
        socket.settimeout(None);
        Ok(Self(socket))
    }

    /// Sets whether closing waits for what is still to be sent, and how long: SO_LINGER, in whole seconds. Zero
    /// resets the connection; none closes in the background.
    pub fn set_linger(&self, linger: Option<Duration>) -> io::Result<()> {
        Ok(self.0.setsockopt(SOL_SOCKET, SO_LINGER, Linger::from(linger))?)
    }

    /// How long closing waits for what is still to be sent.
    pub fn linger(&self) -> io::Result<Option<Duration>> {
        Ok(self.0.getsockopt_as::<Linger>(SOL_SOCKET, SO_LINGER)?.into())
    }

    /// Sets whether data are sent at once, without waiting for more: TCP_NODELAY.
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        common::set_flag(&self.0, IPPROTO_TCP, TCP_NODELAY, nodelay)
    }

    /// Whether data are sent at once.
    pub fn nodelay(&self) -> io::Result<bool> {
        common::flag(&self.0, IPPROTO_TCP, TCP_NODELAY)
    }
}

share!(TcpStream(SocketAddr): socket, inet, peer, shutdown, stream, ttl);

/// Takes TCP connections: [`std::net::TcpListener`].
///
/// ```no_run
/// use berkeley_guest::net::TcpListener;
///
/// let listener = TcpListener::bind("127.0.0.1:8080")?;
/// for stream in listener.incoming() {
///     println!("{} is here", stream?.peer_addr()?);
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct TcpListener(Socket);

impl TcpListener {
    /// Listens at the first of the addresses that can be had; port 0 lets the system choose. The error is that of the
    /// last one: `AddrInUse`, `AddrNotAvailable`, `PermissionDenied` and others.
    pub fn bind<A: ToSocketAddrs>(addr: A) -> io::Result<Self> {
        first_of(addr, |address| {
            let socket = socket_for(address, SOCK_STREAM)?;
            // So a server can start again while connections of the last one linger.
            socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, true)?;
            socket.bind(address)?;
            socket.listen(DEFAULT_BACKLOG)?;
            Ok(Self(socket))
        })
    }

    /// The connections, one after the other, without end, by a listener that goes with them.
    pub fn into_incoming(self) -> IntoIncoming {
        IntoIncoming { listener: self }
    }

    /// Sets whether only connections of IPv6 are taken: IPV6_V6ONLY. `InvalidInput`, for a listener is bound already;
    /// `std` has it deprecated for that.
    #[deprecated(note = "a listener is bound already, and then this fails")]
    pub fn set_only_v6(&self, only_v6: bool) -> io::Result<()> {
        common::set_flag(&self.0, IPPROTO_IPV6, IPV6_V6ONLY, only_v6)
    }

    /// Whether only connections of IPv6 are taken.
    #[deprecated(note = "it goes with `set_only_v6`")]
    pub fn only_v6(&self) -> io::Result<bool> {
        common::flag(&self.0, IPPROTO_IPV6, IPV6_V6ONLY)
    }
}

share!(TcpListener(SocketAddr): socket, inet, listener: TcpStream, ttl);

/// The connections that a listener takes, without end: what [`TcpListener::into_incoming`] gives.
#[derive(Debug)]
pub struct IntoIncoming {
    listener: TcpListener,
}

impl Iterator for IntoIncoming {
    type Item = io::Result<TcpStream>;

    fn next(&mut self) -> Option<Self::Item> {
        self.listener.incoming().next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::MAX, None)
    }
}

impl FusedIterator for IntoIncoming {}
