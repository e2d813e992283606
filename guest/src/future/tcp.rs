//! TCP.

use std::io;
use std::net::{Shutdown, SocketAddr};

use berkeley_constants::{AF_INET, AF_INET6, SOCK_STREAM};

use super::connect::{accept, connect, create};
use super::source::Async;
use crate::net::{self, ToSocketAddrs};

/// A TCP connection: [`net::TcpStream`], awaited.
///
/// ```no_run
/// use berkeley_guest::future::{TcpStream, block_on};
///
/// block_on(async {
///     let stream = TcpStream::connect("127.0.0.1:7").await?;
///     stream.get_ref().set_nodelay(true)?;
///     stream.write_all(b"hello").await?;
///     let mut answer = [0; 5];
///     stream.read_exact(&mut answer).await
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub type TcpStream = Async<net::TcpStream>;

/// Takes TCP connections: [`net::TcpListener`], awaited.
///
/// ```no_run
/// use berkeley_guest::future::{TcpListener, block_on, spawn};
///
/// block_on(async {
///     let listener = TcpListener::bind("127.0.0.1:8080").await?;
///     for _ in 0..10 {
///         let (stream, peer) = listener.accept().await?;
///         spawn(async move {
///             let said = stream.write_all(b"hello").await;
///             println!("{peer}: {said:?}");
///         });
///     }
///     std::io::Result::Ok(())
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub type TcpListener = Async<net::TcpListener>;

impl Async<net::TcpStream> {
    /// Connects to the first of the addresses that answers. The error is that of the last one: `ConnectionRefused`,
    /// `PermissionDenied` and others. A name is looked up in one call of the host, for which all tasks wait.
    pub async fn connect<A: ToSocketAddrs>(addr: A) -> io::Result<Self> {
        let addresses: Vec<_> = addr.to_socket_addrs()?.collect();
        let mut last = io::Error::new(io::ErrorKind::InvalidInput, "could not resolve to any addresses");
        for address in addresses {
            match Self::connect_to(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn connect_to(address: SocketAddr) -> io::Result<Self> {
        let stream = create(if address.is_ipv4() { AF_INET } else { AF_INET6 }, SOCK_STREAM)?;
        connect(&stream, address).await?;
        Ok(stream)
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

impl Async<net::TcpListener> {
    /// Listens, as [`net::TcpListener::bind`] does.
    pub async fn bind<A: ToSocketAddrs>(addr: A) -> io::Result<Self> {
        Ok(net::TcpListener::bind(addr)?.into())
    }

    /// Takes the next connection, and gives it with its peer's address.
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, peer) = accept(self).await?;
        Ok((stream, peer.try_into()?))
    }

    /// The local address.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.get_ref().local_addr()
    }
}
