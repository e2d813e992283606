//! Sending.

use core::ffi::c_int;

use berkeley_constants::{MSG_MORE, SOCK_STREAM};
use berkeley_guest::bindings::ancillary::sendmsg;

use super::life::Socket;
use crate::failure::Result;
use crate::signal;

/// How much of a stream is handed to the host at once: it copies what it is handed.
pub(crate) const PART: usize = 64 << 20;

/// How much is joined to one buffer because copying it costs less than telling the host of each.
const JOINED: usize = 1 << 13;

impl Socket {
    /// What a call that sends with those flags came to: on a stream EPIPE comes with a signal.
    pub(crate) fn told<T>(&self, result: Result<T>, flags: c_int) -> Result<T> {
        if result.is_ok() || self.r#type() != SOCK_STREAM { result } else { signal::told(result, flags) }
    }

    /// send(2): in blocking mode a stream takes all of it.
    pub(crate) fn send(&self, data: &[u8], flags: c_int) -> Result<usize> {
        if self.is_alarmed(flags) {
            return self.send_alarmed(data, flags);
        }
        // Less than all of a part goes where the time limit has come, or the stream has failed.
        self.in_parts(data, flags, |part, _| {
            let sent = self.writing().send(part, flags)? as usize;
            Ok((sent, sent < part.len()))
        })
    }

    /// Sends part after part by a function which also learns whether something was sent already, and tells how much went and
    /// whether that is all that goes. A failure counts where nothing went before.
    #[inline]
    pub(super) fn in_parts(
        &self,
        data: &[u8],
        flags: c_int,
        mut send: impl FnMut(&[u8], bool) -> Result<(usize, bool)>,
    ) -> Result<usize> {
        let mut sent = 0;
        loop {
            let (more, is_last) = match send(&data[sent..data.len().min(sent + PART)], sent > 0) {
                Ok(told) => told,
                Err(_) if sent > 0 => return Ok(sent),
                Err(error) => return Err(error),
            };
            sent += more;
            if sent == data.len() || is_last || !self.fills(flags) {
                return Ok(sent);
            }
        }
    }

    /// Sends the buffers, which are so many bytes, one after the other, as one message or as much of a stream.
    pub(crate) fn send_all(&self, buffers: &[&[u8]], total: usize, flags: c_int) -> Result<usize> {
        if total > JOINED && total <= PART && !self.is_alarmed(flags) {
            return Ok(sendmsg(self.writing(), buffers, &[], flags, None)? as usize);
        }
        if total <= JOINED || self.r#type() != SOCK_STREAM {
            return self.send(&buffers.concat(), flags);
        }
        // So much need not be copied to leave in few segments.
        let mut sent = 0;
        let mut rest = buffers.iter().filter(|buffer| !buffer.is_empty()).peekable();
        while let Some(buffer) = rest.next() {
            let more = if rest.peek().is_some() { MSG_MORE } else { 0 };
            match self.send(buffer, flags | more) {
                Ok(length) if length < buffer.len() => return Ok(sent + length),
                Ok(length) => sent += length,
                Err(_) if sent > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(sent)
    }
}
