//! Sockets of every family.

use super::connect;
use super::source::{Async, Direction};
use crate::address::{Address, ToAddress};
use crate::ancillary::{Batch, ControlMessage, Datagrams, Message};
use crate::endpoint;
use crate::error::Result;
use crate::poll::AsSocket;

/// A socket of any family: [`crate::Socket`], awaited. Its methods have the names and the errors of that one's.
///
/// What does not wait, such as `bind`, `listen` and options, is called on the socket inside:
///
/// ```no_run
/// use berkeley_guest::future::{Socket, block_on};
/// use berkeley_guest::socket::{AF_UNIX, SOCK_SEQPACKET};
///
/// block_on(async {
///     let listener = Socket::new(AF_UNIX, SOCK_SEQPACKET, 0)?;
///     listener.get_ref().bind("/run/socket")?;
///     listener.get_ref().listen(8)?;
///     let (peer, _) = listener.accept().await?;
///     let message = peer.recvmsg(100, 100, 0).await?;
///     println!("{} sockets came", message.sockets().len());
///     Ok::<(), berkeley_guest::Error>(())
/// })?;
/// # Ok::<(), berkeley_guest::Error>(())
/// ```
pub type Socket = Async<endpoint::Socket>;

impl Async<endpoint::Socket> {
    /// Makes a socket, as [`crate::Socket::new`] does.
    pub fn new(family: i32, r#type: i32, proto: i32) -> Result<Self> {
        Ok(endpoint::Socket::new(family, r#type, proto)?.into())
    }

    /// Takes the next connection and its peer's address; [`Address::Unspecified`] where the family tells none.
    pub async fn accept(&self) -> Result<(Self, Address)> {
        connect::accept(self).await
    }

    /// Connects to a peer. A name is looked up in one call of the host, for which all tasks wait.
    pub async fn connect(&self, address: impl ToAddress) -> Result<()> {
        connect::connect(self, address).await
    }
}

/// What every socket has, beside what its own type calls it.
impl<T: AsSocket + Send + Sync + 'static> Async<T> {
    /// Sends the buffers as one message with control messages: [`crate::Socket::sendmsg`].
    ///
    /// On a stream it tells how many bytes were taken; the control messages went with the first of them.
    ///
    /// ```no_run
    /// use berkeley_guest::ancillary::ControlMessage;
    /// use berkeley_guest::future::UnixStream;
    ///
    /// # async fn pass(peer: UnixStream, listener: berkeley_guest::Socket) -> std::io::Result<()> {
    /// peer.sendmsg(&[b"serve this"], &[ControlMessage::Rights(&[&listener])], 0).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn sendmsg(&self, buffers: &[&[u8]], ancillary: &[ControlMessage<'_>], flags: i32) -> Result<usize> {
        self.with(Direction::Write, |socket| socket.as_socket().sendmsg(buffers, ancillary, flags)).await
    }

    /// As [`sendmsg`](Self::sendmsg), to an address.
    pub async fn sendmsg_to(
        &self,
        buffers: &[&[u8]],
        ancillary: &[ControlMessage<'_>],
        flags: i32,
        address: impl ToAddress,
    ) -> Result<usize> {
        let address = address.to_address(self.as_socket().family())?;
        self.with(Direction::Write, |socket| socket.as_socket().sendmsg_to(buffers, ancillary, flags, &address)).await
    }

    /// Sends the datagrams by one call, and tells how many went, which are taken out of the batch:
    /// [`crate::Socket::send_many`]. It waits until one of them can go.
    pub async fn send_many(&self, batch: &mut Batch) -> Result<usize> {
        self.with(Direction::Write, |socket| socket.as_socket().send_many(batch)).await
    }

    /// Waits for a datagram, and receives it and those that are there by then, at most `count` of at most `size` bytes
    /// each: [`crate::Socket::recv_many`].
    pub async fn recv_many(&self, count: usize, size: usize) -> Result<Datagrams> {
        self.recv_many_flags(count, size, 0, 0).await
    }

    /// As [`recv_many`](Self::recv_many), with control messages and MSG_ flags: [`crate::Socket::recv_many_flags`].
    pub async fn recv_many_flags(
        &self,
        count: usize,
        size: usize,
        ancillary_size: usize,
        flags: i32,
    ) -> Result<Datagrams> {
        self.with(Direction::Read, |socket| socket.as_socket().recv_many_flags(count, size, ancillary_size, flags))
            .await
    }

    /// Receives a message of at most `size` bytes, with at most `ancillary_size` bytes of control messages:
    /// [`crate::Socket::recvmsg`].
    pub async fn recvmsg(&self, size: usize, ancillary_size: usize, flags: i32) -> Result<Message> {
        self.with(Direction::Read, |socket| socket.as_socket().recvmsg(size, ancillary_size, flags)).await
    }
}

/// For datagrams and streams of every family.
impl Async<endpoint::Socket> {
    /// Receives at most `size` bytes. Nothing is the end of a stream, or an empty datagram.
    pub async fn recv(&self, size: usize) -> Result<Vec<u8>> {
        self.recv_flags(size, 0).await
    }

    /// As [`recv`](Self::recv), with MSG_ flags.
    pub async fn recv_flags(&self, size: usize, flags: i32) -> Result<Vec<u8>> {
        self.with(Direction::Read, |socket| socket.recv_flags(size, flags)).await
    }

    /// Receives at most `size` bytes, and tells who sent them; [`Address::Unspecified`] where nothing tells.
    pub async fn recvfrom(&self, size: usize) -> Result<(Vec<u8>, Address)> {
        self.with(Direction::Read, |socket| socket.recvfrom(size)).await
    }

    /// Sends, and tells how many bytes were taken.
    pub async fn send(&self, data: &[u8]) -> Result<usize> {
        self.send_flags(data, 0).await
    }

    /// As [`send`](Self::send), with MSG_ flags.
    pub async fn send_flags(&self, data: &[u8], flags: i32) -> Result<usize> {
        self.with(Direction::Write, |socket| socket.send_flags(data, flags)).await
    }

    /// Sends to the address.
    pub async fn sendto(&self, data: &[u8], address: impl ToAddress) -> Result<usize> {
        let address = address.to_address(self.get_ref().family())?;
        self.with(Direction::Write, |socket| socket.sendto(data, &address)).await
    }
}
