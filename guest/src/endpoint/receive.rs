//! Receiving.

use berkeley_constants::{AF_UNIX, MSG_TRUNC, SOCK_STREAM};

use super::life::Socket;
use crate::address::Address;
use crate::bindings::ancillary::recvmsg;
use crate::bindings::error as wit;
use crate::error::Result;
use crate::place;
use crate::whole::{self, Part};

impl Socket {
    /// Receives at most `size` bytes: recv(2). Nothing is the end of a stream, or an empty datagram.
    pub fn recv(&self, size: usize) -> Result<Vec<u8>> {
        self.recv_flags(size, 0)
    }

    /// As `recv`, with MSG_ flags.
    ///
    /// Whatever the flags, there are no more bytes than `size`: where Python's `recv` with MSG_TRUNC gives a datagram's
    /// true length, filled up with what was in memory, [`recv_into_flags`](Self::recv_into_flags) tells it.
    pub fn recv_flags(&self, size: usize, flags: i32) -> Result<Vec<u8>> {
        // As in Python, nothing is asked for nothing.
        if size == 0 {
            return Ok(Vec::new());
        }
        if !self.takes_parts(size, flags) {
            return Ok(self.handle().recv(size as u64, flags)?);
        }
        let mut data = Vec::new();
        whole::receive(self.handle(), size, flags, |have, flags| {
            let (more, is_last) = self.receive_more((size - have) as u64, flags)?;
            data.extend_from_slice(&more);
            Ok(Part { length: more.len(), is_last })
        })?;
        Ok(data)
    }

    /// Receives into the buffer, and tells how many bytes there are: Python's `recv_into`. A part of the buffer is for
    /// fewer bytes: `&mut buffer[..4]`.
    ///
    /// With MSG_TRUNC a datagram's true length is told, which may be more than the buffer has; the other calls tell of
    /// no more than they give. On TCP, where that flag discards, the buffer is filled with zeros.
    pub fn recv_into(&self, buffer: &mut [u8]) -> Result<usize> {
        self.recv_into_flags(buffer, 0)
    }

    /// As `recv_into`, with MSG_ flags.
    pub fn recv_into_flags(&self, buffer: &mut [u8], flags: i32) -> Result<usize> {
        // As in Python, nothing is asked for nothing.
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.tells_length(flags) {
            return Ok(self.receive_into(buffer, flags)?.0);
        }
        if self.takes_parts(buffer.len(), flags) {
            return Ok(whole::receive_into(self.handle(), buffer, flags)?.0);
        }
        self.receive_part(buffer, flags)
    }

    /// By one call of the host's.
    fn receive_part(&self, buffer: &mut [u8], flags: i32) -> Result<usize> {
        Ok(place::receive(buffer, |size| Ok((self.handle().recv(size, flags)?, ())))?.0)
    }

    /// As `recv_into_flags`, but asks the host even for nothing, as recv(2) does, which takes a datagram: what `std` has
    /// where Python asks nothing for nothing.
    pub(crate) fn recv_taking(&self, buffer: &mut [u8], flags: i32) -> Result<usize> {
        if buffer.is_empty() {
            return self.receive_part(buffer, flags);
        }
        self.recv_into_flags(buffer, flags)
    }

    /// Receives at most `size` bytes, and tells who sent them; [`Address::Unspecified`] where nothing tells: recvfrom(2).
    pub fn recvfrom(&self, size: usize) -> Result<(Vec<u8>, Address)> {
        self.recvfrom_flags(size, 0)
    }

    /// As `recvfrom`, with MSG_ flags.
    pub fn recvfrom_flags(&self, size: usize, flags: i32) -> Result<(Vec<u8>, Address)> {
        let (data, peer) = self.handle().recvfrom(size as u64, flags)?;
        Ok((data, peer.map_or(Address::Unspecified, Into::into)))
    }

    /// Receives into the buffer, and tells how many bytes there are and who sent them: Python's `recvfrom_into`.
    pub fn recvfrom_into(&self, buffer: &mut [u8]) -> Result<(usize, Address)> {
        self.recvfrom_into_flags(buffer, 0)
    }

    /// As `recvfrom_into`, with MSG_ flags.
    pub fn recvfrom_into_flags(&self, buffer: &mut [u8], flags: i32) -> Result<(usize, Address)> {
        if self.tells_length(flags) {
            return self.receive_into(buffer, flags);
        }
        let (length, peer) = if self.takes_parts(buffer.len(), flags) {
            whole::receive_into(self.handle(), buffer, flags)?
        } else {
            place::receive(buffer, |size| self.handle().recvfrom(size, flags))?
        };
        Ok((length, peer.map_or(Address::Unspecified, Into::into)))
    }

    /// Whether a call with those flags may take several of the host's.
    fn takes_parts(&self, size: usize, flags: i32) -> bool {
        whole::takes_parts(size, flags) && self.fills()
    }

    /// A part of what such a call gives, and whether it is the last.
    fn receive_more(&self, size: u64, flags: i32) -> Result<(Vec<u8>, bool), wit::Error> {
        let socket = self.handle();
        if self.family() != AF_UNIX {
            return Ok((socket.recv(size, flags)?, false));
        }
        let message = recvmsg(socket, size, 0, flags)?;
        let is_last = whole::is_last(socket, &message);
        Ok((message.data, is_last))
    }

    /// Whether a call with those flags tells a datagram's true length.
    fn tells_length(&self, flags: i32) -> bool {
        flags & MSG_TRUNC != 0 && self.r#type() != SOCK_STREAM
    }

    /// Receives by the one call of the contract that tells the true length.
    fn receive_into(&self, buffer: &mut [u8], flags: i32) -> Result<(usize, Address)> {
        let message = recvmsg(self.handle(), buffer.len() as u64, 0, flags)?;
        fill(buffer, &message.data);
        Ok((message.length as usize, message.address.map_or(Address::Unspecified, Into::into)))
    }
}

fn fill(buffer: &mut [u8], data: &[u8]) -> usize {
    buffer[..data.len()].copy_from_slice(data);
    data.len()
}
