//! UDP.

use std::io;
use std::net::SocketAddr;

use super::source::Async;
use crate::net::{self, ToSocketAddrs};

/// A UDP socket: [`net::UdpSocket`], awaited.
///
/// ```no_run
/// use berkeley_guest::future::{UdpSocket, block_on};
///
/// block_on(async {
///     let socket = UdpSocket::bind("127.0.0.1:0").await?;
///     socket.send_to(b"ping", "127.0.0.1:7").await?;
///     let mut buffer = [0; 100];
///     let (length, peer) = socket.recv_from(&mut buffer).await?;
///     println!("{peer} sent {length} bytes");
///     std::io::Result::Ok(())
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub type UdpSocket = Async<net::UdpSocket>;

impl Async<net::UdpSocket> {
    /// Binds, as [`net::UdpSocket::bind`] does.
    pub async fn bind<A: ToSocketAddrs>(addr: A) -> io::Result<Self> {
        Ok(net::UdpSocket::bind(addr)?.into())
    }

    /// Sets the peer, as [`net::UdpSocket::connect`] does.
    pub async fn connect<A: ToSocketAddrs>(&self, addr: A) -> io::Result<()> {
        self.get_ref().connect(addr)
    }

    /// The local address.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.get_ref().local_addr()
    }

    /// The peer's address. `NotConnected`.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.get_ref().peer_addr()
    }

    /// Sends a datagram to the first of the addresses. `InvalidInput` if there is none.
    pub async fn send_to<A: ToSocketAddrs>(&self, buf: &[u8], addr: A) -> io::Result<usize> {
        let none = || io::Error::new(io::ErrorKind::InvalidInput, "no addresses to send data to");
        let first = addr.to_socket_addrs()?.next().ok_or_else(none)?;
        self.write_with(|socket| socket.send_to(buf, first)).await
    }

    /// Receives a datagram into the buffer, and tells how many bytes there are and who sent it. The rest of a datagram
    /// that is longer than the buffer is lost.
    pub async fn recv_from(&self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.read_with(|socket| socket.recv_from(buf)).await
    }

    /// As [`recv_from`](Self::recv_from), but leaves the datagram to be received again.
    pub async fn peek_from(&self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.read_with(|socket| socket.peek_from(buf)).await
    }

    /// Sends a datagram to the peer that it is connected to.
    pub async fn send(&self, buf: &[u8]) -> io::Result<usize> {
        self.write_with(|socket| socket.send(buf)).await
    }

    /// Receives a datagram into the buffer; once connected, only from the peer.
    pub async fn recv(&self, buf: &mut [u8]) -> io::Result<usize> {
        self.read_with(|socket| socket.recv(buf)).await
    }
}
