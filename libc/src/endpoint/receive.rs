//! Receiving.

use core::ffi::c_int;

use berkeley_constants::{MSG_PEEK, MSG_TRUNC, SOCK_STREAM};
use berkeley_guest::bindings::address::SocketAddress;
use berkeley_guest::bindings::ancillary::recvmsg;
use berkeley_guest::error::Errno;
use berkeley_guest::{place, whole};

use super::life::Socket;
use crate::failure::Result;

impl Socket {
    /// recv(2), into the buffer: tells the length, which with MSG_TRUNC may be more than there is room for.
    pub(crate) fn receive(&self, buffer: &mut [u8], flags: c_int) -> Result<usize> {
        self.heed_alarm(flags)?;
        if self.tells_length(flags) {
            return Ok(self.receive_message(buffer, flags)?.0);
        }
        if self.takes_parts(buffer.len(), flags) {
            return Ok(whole::receive_into(self.reading(), buffer, flags)?.0);
        }
        Ok(place::receive(buffer, |size| Ok((self.reading().recv(size, flags)?, ())))?.0)
    }

    /// What a call answers that receives into what is no memory, as in Linux: it waits as it is told to, and may find
    /// nothing, or the end. EFAULT: something has come, and stays.
    pub(crate) fn receive_nowhere(&self, flags: c_int) -> Result<usize> {
        if !self.reading().recv(1, flags | MSG_PEEK)?.is_empty() {
            return Err(Errno::Efault.into());
        }
        // The end, which stays, or an empty datagram, which does not.
        Ok(self.reading().recv(1, flags)?.len())
    }

    /// recvfrom(2): as `receive`, and tells who sent it.
    pub(crate) fn receive_from(&self, buffer: &mut [u8], flags: c_int) -> Result<(usize, Option<SocketAddress>)> {
        self.heed_alarm(flags)?;
        if self.tells_length(flags) {
            return self.receive_message(buffer, flags);
        }
        if self.takes_parts(buffer.len(), flags) {
            return Ok(whole::receive_into(self.reading(), buffer, flags)?);
        }
        Ok(place::receive(buffer, |size| self.reading().recvfrom(size, flags))?)
    }

    /// Whether a call with those flags may take several of the host's.
    pub(crate) fn takes_parts(&self, size: usize, flags: c_int) -> bool {
        whole::takes_parts(size, flags) && self.fills(flags)
    }

    /// Whether a call with those flags tells a datagram's true length.
    fn tells_length(&self, flags: c_int) -> bool {
        flags & MSG_TRUNC != 0 && self.r#type() != SOCK_STREAM
    }

    /// By the one call of the contract that tells the true length.
    fn receive_message(&self, buffer: &mut [u8], flags: c_int) -> Result<(usize, Option<SocketAddress>)> {
        let message = recvmsg(self.reading(), buffer.len() as u64, 0, flags)?;
        put(buffer, &message.data);
        Ok((message.length as usize, message.address))
    }
}

fn put(buffer: &mut [u8], data: &[u8]) -> usize {
    buffer[..data.len()].copy_from_slice(data);
    data.len()
}
