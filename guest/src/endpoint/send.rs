//! Sending.

use std::time::Instant;

use berkeley_constants::MSG_DONTWAIT;

use super::life::Socket;
use crate::address::ToAddress;
use crate::error::{Error, Result};

/// How much of a stream is handed to the host at once: it copies what it is handed.
pub(crate) const PART: usize = 64 << 20;

impl Socket {
    /// Sends, and tells how many bytes were taken: send(2).
    pub fn send(&self, data: &[u8]) -> Result<usize> {
        self.send_flags(data, 0)
    }

    /// As `send`, with MSG_ flags.
    pub fn send_flags(&self, data: &[u8], flags: i32) -> Result<usize> {
        // In blocking mode a stream takes all of it, though the host takes no more than a part at once.
        let mut sent = 0;
        loop {
            let part = &data[sent..data.len().min(sent + PART)];
            match self.handle().send(part, flags) {
                Ok(more) => sent += more as usize,
                Err(_) if sent > 0 => return Ok(sent),
                Err(error) => return Err(error.into()),
            }
            if sent == data.len() || !self.fills() || flags & MSG_DONTWAIT != 0 {
                return Ok(sent);
            }
        }
    }

    /// Sends all of it; the time limit holds for the whole. After an error nothing tells how much was sent.
    pub fn sendall(&self, data: &[u8]) -> Result<()> {
        self.sendall_flags(data, 0)
    }

    /// As `sendall`, with MSG_ flags.
    pub fn sendall_flags(&self, data: &[u8], flags: i32) -> Result<()> {
        if data.len() <= PART {
            return Ok(self.handle().sendall(data, flags)?);
        }
        // The host counts the limit anew for each part, so each is given what is left.
        let limit = self.gettimeout();
        let began = Instant::now();
        let result = data.chunks(PART).try_for_each(|part| {
            if let Some(limit) = limit.filter(|limit| !limit.is_zero()) {
                let left = limit.saturating_sub(began.elapsed());
                if left.is_zero() {
                    return Err(Error::TimedOut);
                }
                self.settimeout(Some(left));
            }
            Ok(self.handle().sendall(part, flags)?)
        });
        self.settimeout(limit);
        result
    }

    /// Sends to the address: sendto(2).
    pub fn sendto(&self, data: &[u8], address: impl ToAddress) -> Result<usize> {
        self.sendto_flags(data, 0, address)
    }

    /// As `sendto`, with MSG_ flags.
    pub fn sendto_flags(&self, data: &[u8], flags: i32, address: impl ToAddress) -> Result<usize> {
        Ok(self.handle().sendto(data, flags, &address.to_address(self.family())?.into())? as usize)
    }
}
