//! What goes to the peer.

use std::io::{self, Write};

use super::connection::{Connection, MOST_AT_ONCE, Stage};
use super::error::{Error, Result};

impl Connection {
    /// What the peer is to get next.
    pub(crate) fn take(&mut self, size: usize) -> Vec<u8> {
        let size = size.min(MOST_AT_ONCE);
        let mut taken = Vec::new();
        if !self.first.is_empty() {
            taken.extend(self.first.drain(..size.min(self.first.len())));
        }
        if let Stage::Open(connection) = &mut self.stage {
            let mut taker = Taker { taken: &mut taken, size };
            while connection.wants_write() && matches!(connection.write_tls(&mut taker), Ok(1..)) {}
        }
        taken
    }

    /// Writes the bytes, and tells how many of them.
    pub(crate) fn write(&mut self, plaintext: &[u8]) -> Result<usize> {
        if self.closed {
            return Err(Error::Closed);
        }
        match self.sound()?.writer().write(plaintext) {
            Ok(0) if !plaintext.is_empty() => Err(Error::WantWrite),
            Ok(count) => Ok(count),
            Err(error) => Err(Error::Protocol(error.to_string())),
        }
    }

    /// Ends this side, and tells whether the peer has ended its own.
    pub(crate) fn close(&mut self) -> Result<bool> {
        self.sound()?.send_close_notify();
        self.closed = true;
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

/// Takes so many bytes and no more.
struct Taker<'a> {
    taken: &'a mut Vec<u8>,
    size: usize,
}

impl Write for Taker<'_> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let count = data.len().min(self.size - self.taken.len());
        self.taken.extend_from_slice(&data[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
