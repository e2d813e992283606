//! Streams of files, which read and write at once: wasmtime's do so on other threads.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::Arc;

use bytes::Bytes;
use wasmtime_wasi_io::poll::Pollable;
use wasmtime_wasi_io::streams::{InputStream, OutputStream, StreamError, StreamResult};

use super::inode::Key;
use super::ledger::Ledger;

/// How much is read or written at once.
const MOST: usize = 64 << 10;

/// Reads a file from a place on.
pub(super) struct Reader {
    file: Arc<File>,
    at: u64,
}

impl Reader {
    pub(super) fn new(file: Arc<File>, at: u64) -> Self {
        Self { file, at }
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Reader {
    async fn ready(&mut self) {}
}

impl InputStream for Reader {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        if size == 0 {
            return Ok(Bytes::new());
        }
        let mut buffer = vec![0; size.min(MOST)];
        let mut file = &*self.file;
        let read = file.seek(SeekFrom::Start(self.at)).and_then(|_| file.read(&mut buffer));
        match read {
            Ok(0) => Err(StreamError::Closed),
            Ok(length) => {
                self.at += length as u64;
                buffer.truncate(length);
                Ok(buffer.into())
            }
            Err(error) => Err(StreamError::LastOperationFailed(error.into())),
        }
    }
}

/// Writes to a file from a place on, or at its end.
pub(super) struct Writer {
    file: Arc<File>,
    key: Option<Key>,
    at: Option<u64>,
    ledger: Ledger,
    is_closed: bool,
}

impl Writer {
    pub(super) fn new(file: Arc<File>, key: Option<Key>, at: Option<u64>, ledger: Ledger) -> Self {
        Self { file, key, at, ledger, is_closed: false }
    }

    /// Writes all of it.
    pub(super) fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.ledger.room()?;
        self.ledger.will_write(self.key, self.at, bytes.len())?;
        let mut file = &*self.file;
        file.seek(self.at.map_or(SeekFrom::End(0), SeekFrom::Start))?;
        file.write_all(bytes)?;
        self.ledger.wrote(self.key);
        self.at = self.at.map(|at| at + bytes.len() as u64);
        Ok(())
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Writer {
    async fn ready(&mut self) {}
}

impl OutputStream for Writer {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        if self.is_closed {
            return Err(StreamError::Closed);
        }
        self.put(&bytes).map_err(|error| {
            self.is_closed = true;
            StreamError::LastOperationFailed(error.into())
        })
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        if self.is_closed { Err(StreamError::Closed) } else { Ok(MOST) }
    }
}
