//! What goes to the peer.

use std::io::Write;

use super::connection::{Connection, MOST_AT_ONCE, Stage};
use super::error::{Error, Result};

/// How many bytes wait for the peer until no more is written.
const MOST_WAITING: usize = 1 << 16;

impl Connection {
    /// What the peer is to get next.
    pub(crate) fn take(&mut self, size: usize) -> Vec<u8> {
        let size = size.min(MOST_AT_ONCE);
        let taken = if size >= self.outgoing.len() {
            std::mem::take(&mut self.outgoing)
        } else {
            self.outgoing.drain(..size).collect()
        };
        // It has become less.
        let _ = self.account();
        taken
    }

    /// Fetches what rustls has for the peer.
    pub(super) fn collect(&mut self) {
        if let Stage::Open(connection) = &mut self.stage {
            while connection.wants_write() && matches!(connection.write_tls(&mut self.outgoing), Ok(1..)) {}
        }
    }

    /// Writes the bytes, and tells how many of them.
    pub(crate) fn write(&mut self, plaintext: &[u8]) -> Result<usize> {
        if self.closed {
            return Err(Error::Closed);
        }
        let room = MOST_WAITING.saturating_sub(self.outgoing.len());
        let plaintext = &plaintext[..plaintext.len().min(room)];
        let connection = self.sound()?;
        if room == 0 {
            return Err(Error::WantWrite);
        }
        let written = connection.writer().write(plaintext).map_err(|error| Error::Protocol(error.to_string()))?;
        self.collect();
        self.account()?;
        Ok(written)
    }

    /// Ends this side, and tells whether the peer has ended its own.
    pub(crate) fn close(&mut self) -> Result<bool> {
        self.sound()?.send_close_notify();
        self.closed = true;
        self.collect();
        self.account()?;
        Ok(self.peer_closed)
    }

    /// The connection, once the handshake is done and as long as nothing has gone wrong since.
    fn sound(&mut self) -> Result<&mut rustls::Connection> {
        self.handshake()?;
        match &self.failure {
            Some(failure) => Err(failure.clone()),
            None => self.open(),
        }
    }
}
