//! Passing sockets.

use super::message::{ControlMessage, Message, Received};
use super::size::CMSG_LEN;
use crate::address::ToAddress;
use crate::endpoint::Socket;
use crate::error::Result;

/// Sends sockets along with the buffers, of which there must be some bytes: Python's `send_fds`.
pub fn send_fds(socket: &Socket, buffers: &[&[u8]], sockets: &[&Socket], flags: i32) -> Result<usize> {
    socket.sendmsg(buffers, &[ControlMessage::Rights(sockets)], flags)
}

/// As [`send_fds`], to an address.
pub fn send_fds_to(
    socket: &Socket,
    buffers: &[&[u8]],
    sockets: &[&Socket],
    flags: i32,
    address: impl ToAddress,
) -> Result<usize> {
    socket.sendmsg_to(buffers, &[ControlMessage::Rights(sockets)], flags, address)
}

/// Receives at most `size` bytes and at most `most` sockets: Python's `recv_fds`.
///
/// It is [`Socket::recvmsg`] with room for the sockets, and gives the same message. Control messages of other kinds are left
/// out.
///
/// ```no_run
/// use berkeley_guest::ancillary::recv_fds;
/// # fn example(channel: &berkeley_guest::Socket) -> berkeley_guest::Result<()> {
///
/// let mut message = recv_fds(channel, 100, 1, 0)?;
/// for socket in message.take_sockets() {
///     socket.sendall(&message.data)?;
/// }
/// # Ok(())
/// # }
/// ```
pub fn recv_fds(socket: &Socket, size: usize, most: usize, flags: i32) -> Result<Message> {
    let mut message = socket.recvmsg(size, CMSG_LEN(most.saturating_mul(size_of::<i32>())), flags)?;
    message.ancillary.retain(|received| matches!(received, Received::Rights(_)));
    Ok(message)
}
