//! Receiving.

use core::ffi::c_int;

use berkeley_constants::{MSG_PEEK, MSG_TRUNC, MSG_WAITALL, SOCK_STREAM};
use berkeley_guest::bindings::address::SocketAddress;
use berkeley_guest::bindings::ancillary::recvmsg;
use berkeley_guest::error::Errno;
use berkeley_guest::place;

use super::life::Socket;
use crate::failure::Result;

/// How much of a stream the host gives by one call to one that waits for all of it, at least.
pub(crate) const LEAST_PART: usize = 1 << 16;

impl Socket {
    /// recv(2), into the buffer: tells the length, which with MSG_TRUNC may be more than there is room for.
    pub(crate) fn receive(&self, buffer: &mut [u8], flags: c_int) -> Result<usize> {
        if self.tells_length(flags) {
            return Ok(self.receive_message(buffer, flags)?.0);
        }
        let all = flags & (MSG_WAITALL | MSG_PEEK) == MSG_WAITALL && self.fills(flags);
        let mut length = 0_usize;
        loop {
            // Of a part so small the host gives all; less is all that there was to get.
            let most = if all { LEAST_PART } else { usize::MAX };
            let part = buffer.len().min(length.saturating_add(most));
            let wanted = part - length;
            let more = match self.receive_part(&mut buffer[length..part], flags) {
                // What stops it is told by the next call, as the kernel does it.
                Err(_) if length > 0 => break,
                more => more?,
            };
            length += more;
            if !all || more < wanted || length == buffer.len() {
                break;
            }
        }
        Ok(length)
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

    /// By one call of the host's.
    fn receive_part(&self, buffer: &mut [u8], flags: c_int) -> Result<usize> {
        Ok(place::receive(buffer, |size| Ok((self.reading().recv(size, flags)?, ())))?.0)
    }

    /// recvfrom(2): as `receive`, and tells who sent it.
    pub(crate) fn receive_from(&self, buffer: &mut [u8], flags: c_int) -> Result<(usize, Option<SocketAddress>)> {
        if self.tells_length(flags) {
            return self.receive_message(buffer, flags);
        }
        if flags & MSG_WAITALL != 0 && self.r#type() == SOCK_STREAM {
            // What comes in parts is not told who sent it.
            return Ok((self.receive(buffer, flags)?, None));
        }
        Ok(place::receive(buffer, |size| self.reading().recvfrom(size, flags))?)
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
