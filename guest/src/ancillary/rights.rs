//! Passing sockets.

use super::message::ControlMessage;
use super::size::CMSG_LEN;
use crate::address::{Address, ToAddress};
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

/// Receives at most `size` bytes and at most `most` sockets: Python's `recv_fds`. What else comes is left out.
pub fn recv_fds(socket: &Socket, size: usize, most: usize, flags: i32) -> Result<(Vec<u8>, Vec<Socket>, i32, Address)> {
    let mut message = socket.recvmsg(size, CMSG_LEN(most.saturating_mul(size_of::<i32>())), flags)?;
    let (data, flags) = (std::mem::take(&mut message.data), message.flags);
    let address = message.address.clone();
    Ok((data, message.sockets(), flags, address))
}
