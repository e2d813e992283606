//! Receiving with MSG_WAITALL: all that was asked for, up to where the kernel would end it.

use berkeley_constants as c;
use c::{POLLERR, POLLHUP};

use super::attempt::Blocked;
use super::handle::Socket;
use crate::address::Address;
use crate::cmsg;
use crate::endpoint::Carried;
use crate::error::Result;
use crate::sys::RawMessage;

/// It gives as much at least, so that a guest that gets less knows that there is no more to get.
const LEAST_WHOLE: u64 = 1 << 16;

impl Socket {
    /// Receives bytes, and tells who sent the first.
    pub(super) async fn receive_whole(&self, size: u64, flags: i32) -> Result<(Vec<u8>, Option<Address>)> {
        if self.family == c::AF_UNIX {
            // Of descriptors, behind which the kernel ends it, messages alone tell.
            let (message, peer) = self.receive_whole_message(Blocked::Untried, size, 0, flags).await?;
            return Ok((message.data, peer));
        }
        let size = self.whole(size);
        // The kernel's limit is for all that one call waits.
        let patience = &mut self.patience(flags, c::SO_RCVTIMEO);
        let (mut data, peer) = self.recvfrom_within(Blocked::Untried, size as u64, flags, patience).await?;
        while !data.is_empty() && data.len() < size && !self.ends_here()? {
            let left = (size - data.len()) as u64;
            match self.recvfrom_within(Blocked::Untried, left, flags, patience).await {
                Ok((more, _)) if !more.is_empty() => data.extend(more),
                // What stopped it is told by the next call, as the kernel does it.
                _ => break,
            }
        }
        Ok((data, peer))
    }

    /// As `receive_message`; with MSG_WAITALL all of it.
    pub(crate) async fn receive_whole_message(
        &self,
        blocked: Blocked,
        size: u64,
        ancillary_size: u64,
        flags: i32,
    ) -> Result<(RawMessage<Carried>, Option<Address>)> {
        let fills = self.fills(flags);
        // Without room for them, credentials could not be told from descriptors.
        let unasked = fills && ancillary_size == 0 && self.passes_credentials();
        let ancillary_size = if unasked { cmsg::ROOM_FOR_CREDENTIALS } else { ancillary_size };
        // The kernel's limit is for all that one call waits.
        let patience = &mut self.patience(flags, c::SO_RCVTIMEO);
        let (mut message, peer) = self.receive_message(blocked, size, ancillary_size, flags, patience).await?;
        let size = self.whole(size);
        while fills && (1..size).contains(&message.data.len()) && !self.ends_here()? {
            // The kernel ends it after descriptors, also where there was no room for them, and before what others sent.
            let is_unix = self.family == c::AF_UNIX;
            if is_unix && (!message.descriptors.is_empty() || message.flags & c::MSG_CTRUNC != 0) {
                break;
            }
            if is_unix && !message.control.is_empty() {
                let peeked = flags | c::MSG_PEEK;
                let next = self.receive_message(Blocked::Untried, 1, ancillary_size, peeked, patience).await;
                if !next.is_ok_and(|(next, _)| cmsg::plain(&next.control).eq(cmsg::plain(&message.control))) {
                    break;
                }
            }
            let left = (size - message.data.len()) as u64;
            match self.receive_message(Blocked::Untried, left, ancillary_size, flags, patience).await {
                Ok((more, _)) if !more.data.is_empty() => message.append(more),
                // What stopped it is told by the next call, as the kernel does it.
                _ => break,
            }
        }
        if unasked && !message.control.is_empty() {
            message.control.clear();
            message.flags |= c::MSG_CTRUNC;
        }
        Ok((message, peer))
    }

    /// Whether the kernel tells of each message who sent it.
    fn passes_credentials(&self) -> bool {
        self.family == c::AF_UNIX && self.getsockopt_unseen(c::SOL_SOCKET, c::SO_PASSCRED).is_ok_and(|on| on != 0)
    }

    /// How much of what was asked for one call gives.
    fn whole(&self, size: u64) -> usize {
        self.room(size).max(size.min(LEAST_WHOLE) as usize)
    }

    /// Whether a call that receives takes as much as was asked for, as in Linux a stream's does that may wait without
    /// limit and has MSG_WAITALL.
    pub(super) fn fills(&self, flags: i32) -> bool {
        let asked = flags & c::MSG_WAITALL != 0 && flags & (self.no_wait() | c::MSG_PEEK) == 0;
        asked && self.limit.is_none() && self.is_stream()
    }

    /// Whether a call that has received something asks for no more: urgent data is next, or the connection ended with an
    /// error, which is for the call after it.
    fn ends_here(&self) -> Result<bool> {
        let descriptor = self.descriptor()?;
        let broken = POLLERR | POLLHUP;
        Ok(descriptor.socket().at_mark() || descriptor.events(0)? & broken == broken)
    }
}
