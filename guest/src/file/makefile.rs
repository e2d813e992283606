//! A socket as a file.

use std::io::{self, BufRead, BufReader, BufWriter, IoSlice, IoSliceMut, Read, Write};

use crate::endpoint::{Socket, room};
use crate::error::{Errno, Error, Result};

/// The usual size of a file's buffer.
const BUFFER: usize = 1 << 13;

/// A socket as a file, with a buffer for each direction: Python's `makefile`.
///
/// It has the socket's own mode and time limit. When the limit runs out while it is read, it can be read no more, as in
/// Python, for nothing tells what is missing. Text is read by [`BufRead::lines`] and written by `write!`. What was
/// written is sent when the buffer is full, by `flush`, by [`close`](Self::close) and when it is dropped.
///
/// ```no_run
/// use std::io::{BufRead, Write};
/// use berkeley_guest::socket::{ConnectionOptions, create_connection};
///
/// let socket = create_connection(("127.0.0.1", 25), &ConnectionOptions::default())?;
/// let mut file = socket.makefile()?;
/// file.write_all(b"NOOP\r\n")?;
/// file.flush()?;
/// let mut line = String::new();
/// file.read_line(&mut line)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct SocketFile {
    /// None where it is for writing alone.
    reader: Option<BufReader<Raw>>,
    /// None where it is for reading alone.
    writer: Option<BufWriter<Raw>>,
}

/// A socket that a file keeps open: Python's `SocketIO`.
#[derive(Debug)]
struct Raw {
    socket: Socket,
    timed_out: bool,
}

impl Socket {
    /// The socket as a file for reading and writing, with buffers of the usual size; it stays open, though the socket
    /// be closed or dropped: Python's `makefile("rwb")`. EBADF.
    pub fn makefile(&self) -> Result<SocketFile> {
        self.makefile_with("rw", None)
    }

    /// As `makefile`, for reading (`r`), for writing (`w`) or both, with buffers of that many bytes; 0 is none.
    ///
    /// As in Python, `b` may stand in the mode, and a mode without `w` is for reading. [`Error::Invalid`] for others.
    pub fn makefile_with(&self, mode: &str, buffering: Option<usize>) -> Result<SocketFile> {
        if !mode.chars().all(|ch| "rwb".contains(ch)) {
            return Err(Error::Invalid("invalid mode (only r, w, b allowed)"));
        }
        if self.fileno() == -1 {
            return Err(Error::Os(Errno::Ebadf));
        }
        let (writing, size) = (mode.contains('w'), buffering.unwrap_or(BUFFER));
        let reading = mode.contains('r') || !writing;
        let raw = || Raw { socket: self.for_file(), timed_out: false };
        Ok(SocketFile {
            // A line is sought byte by byte, if need be; other reads pass so small a buffer by.
            reader: reading.then(|| BufReader::with_capacity(size.max(1), raw())),
            writer: writing.then(|| BufWriter::with_capacity(size, raw())),
        })
    }
}

impl SocketFile {
    /// Sends what is left in the buffer, and lets go of the socket; dropping the file does so too, but tells of no error.
    pub fn close(mut self) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), Write::flush)
    }

    /// The socket's number: [`Socket::fileno`].
    pub fn fileno(&self) -> i32 {
        let raw = self.reader.as_ref().map(BufReader::get_ref).or(self.writer.as_ref().map(BufWriter::get_ref));
        raw.map_or(-1, |raw| raw.socket.fileno())
    }

    fn reader(&mut self) -> io::Result<&mut BufReader<Raw>> {
        self.reader.as_mut().ok_or_else(|| unsupported("the file is not for reading"))
    }

    fn writer(&mut self) -> io::Result<&mut BufWriter<Raw>> {
        self.writer.as_mut().ok_or_else(|| unsupported("the file is not for writing"))
    }
}

/// Python's `UnsupportedOperation`.
fn unsupported(text: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, Error::Invalid(text))
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.socket.release_file();
    }
}

impl Raw {
    fn receive(&mut self, receive: impl FnOnce(&Socket) -> Result<usize>) -> io::Result<usize> {
        if self.timed_out {
            return Err(Error::Invalid("cannot read from timed out object").into());
        }
        let received = receive(&self.socket);
        self.timed_out = received == Err(Error::TimedOut);
        Ok(received?)
    }
}

impl Read for Raw {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.receive(|socket| socket.recv_into(buffer))
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        self.receive(|socket| socket.recv_vectored(buffers))
    }
}

impl Write for Raw {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.socket.write(data)
    }

    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        self.socket.write_vectored(buffers)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for SocketFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.read_vectored(&mut [IoSliceMut::new(buffer)])
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let reader = self.reader()?;
        // `BufReader` would wait to fill its own buffer.
        if room(buffers) == 0 { Ok(0) } else { reader.read_vectored(buffers) }
    }
}

impl BufRead for SocketFile {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader()?.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if let Some(reader) = &mut self.reader {
            reader.consume(amount);
        }
    }
}

impl Write for SocketFile {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.writer()?.write(data)
    }

    /// `BufWriter` itself would take the first buffer alone where they do not fit.
    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        let writer = self.writer()?;
        let length = buffers.iter().fold(0, |length: usize, buffer| length.saturating_add(buffer.len()));
        if length > writer.capacity() - writer.buffer().len() {
            writer.flush()?;
        }
        if length >= writer.capacity() {
            return writer.get_mut().write_vectored(buffers);
        }
        buffers.iter().try_for_each(|buffer| writer.write_all(buffer))?;
        Ok(length)
    }

    /// Does nothing for a file that is for reading alone, as in Python.
    fn flush(&mut self) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), Write::flush)
    }
}
