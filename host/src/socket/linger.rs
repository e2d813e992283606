//! SO_LINGER of guests that yield.
//!
//! With a time, whoever closes the last descriptor of a socket waits in the kernel: also who closes a queue that it was
//! sent to, or receives without taking it. That would be a thread that runs others. So the kernel is not told the time;
//! it is kept here, and the guest is told it. Without a time, when closing resets the connection, nobody waits.

use berkeley_constants as c;

use super::handle::Socket;
use crate::error::Result;
use crate::wait::Waiting;

/// sys/socket.h: the size of struct linger, of two integers.
const LINGER: usize = 8;

impl Socket {
    /// Sets SO_LINGER, if that is what the option is and the guest yields. Whether it did.
    pub(super) fn set_linger(&self, level: i32, name: i32, value: &[u8]) -> Result<bool> {
        let descriptor = self.descriptor()?;
        let Some([on, time]) = value.as_chunks().0.first_chunk().filter(|_| self.keeps_linger(level, name)) else {
            return Ok(false);
        };
        let socket = descriptor.socket();
        socket.setsockopt(level, name, value)?;
        let is_time = i32::from_ne_bytes(*on) != 0 && i32::from_ne_bytes(*time) != 0;
        if is_time {
            // What the kernel makes of the time: of one that is too long it tells another.
            let told = socket.getsockopt(level, name, LINGER)?;
            socket.setsockopt(level, name, &[0; LINGER])?;
            let time = told.last_chunk().map_or(*time, |time| *time);
            descriptor.file().keep_linger(i32::from_ne_bytes(time));
        } else {
            descriptor.file().keep_linger(0);
        }
        Ok(true)
    }

    /// SO_LINGER as the guest has set it, if that is what the option is and the kernel was not told.
    pub(super) fn linger(&self, level: i32, name: i32, size: usize) -> Result<Option<Vec<u8>>> {
        let kept = self.descriptor()?.file().kept_linger();
        let value = || [1i32, kept].map(i32::to_ne_bytes).concat().into_iter().take(size).collect();
        Ok((kept != 0 && self.keeps_linger(level, name)).then(value))
    }

    /// What was accepted has the option from its listener.
    pub(super) fn inherit_linger(&self, listener: &Self) -> Result<()> {
        self.descriptor()?.file().keep_linger(listener.descriptor()?.file().kept_linger());
        Ok(())
    }

    fn keeps_linger(&self, level: i32, name: i32) -> bool {
        (level, name) == (c::SOL_SOCKET, c::SO_LINGER) && self.shared.waiting == Waiting::Yield
    }
}
