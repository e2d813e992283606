//! Sockets and files together: Python's `sendfile` and `makefile`.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use wasip2::filesystem::preopens::get_directories;
use wasip2::filesystem::types::{DescriptorFlags, ErrorCode, OpenFlags, PathFlags};

pub use wasip2::filesystem::types::Descriptor;

use crate::bindings::file as wit;
use crate::error::{Errno, Error, Result};
use crate::socket::{SOCK_STREAM, Socket};

/// How much is read at once of a file that the kernel does not send from.
const PART: usize = 1 << 16;

/// The usual size of a file's buffer.
const BUFFER: usize = 1 << 13;

impl Socket {
    /// Sends `count` bytes of the file from `offset` on, or all up to its end, and tells how many: sendfile(2).
    ///
    /// The host's kernel copies them; from a file that it cannot copy from they are read and sent. Fewer than `count`
    /// were sent only where the file ends. The time limit is for each wait, as in Python: a transfer may take longer
    /// while it gets on.
    ///
    /// The socket must be a stream and not be non-blocking, and `count` not be 0: [`Error::Invalid`]. EBADF (the file
    /// was not opened for reading), EINVAL (it is a directory), EPIPE.
    ///
    /// ```no_run
    /// use berkeley_guest::file;
    /// use berkeley_guest::socket::{ConnectionOptions, create_connection};
    ///
    /// let socket = create_connection(("127.0.0.1", 8080), &ConnectionOptions::default())?;
    /// let sent = socket.sendfile(&file::open("/data/page.html")?, 0, None)?;
    /// # Ok::<(), berkeley_guest::Error>(())
    /// ```
    pub fn sendfile(&self, file: &Descriptor, mut offset: u64, count: Option<u64>) -> Result<u64> {
        self.sendfile_at(file, &mut offset, count)
    }

    /// As `sendfile`, and moves the offset on behind what was sent, be it all or, where it fails, a part; Python moves
    /// the file's own position so.
    pub fn sendfile_at(&self, file: &Descriptor, offset: &mut u64, count: Option<u64>) -> Result<u64> {
        let limit = self.check_sendfile(count)?;
        let begin = *offset;
        let end = count.map(|count| begin.saturating_add(count));
        loop {
            match self.send_part(file, offset, end) {
                Ok(0) => break,
                Ok(_) if end == Some(*offset) => break,
                Ok(_) => {}
                Err(Error::Os(Errno::Einval)) if *offset == begin => {
                    self.send_read(&mut Reading { file, offset: begin }, offset, count).map_err(|error| {
                        match Error::of(&error) {
                            Some(error) => error.clone(),
                            // What cannot be read either keeps the kernel's answer.
                            None => Error::Os(if *offset == begin { Errno::Einval } else { Errno::Eio }),
                        }
                    })?;
                    break;
                }
                Err(error) => return Err(error),
            }
            // Less than was asked for: the file has ended, or something stopped it, which only another call tells. That
            // one has no need to wait, for this one has.
            self.settimeout(Some(Duration::ZERO));
            let next = self.send_part(file, offset, end);
            self.settimeout(limit);
            match next {
                Ok(0) => break,
                Ok(_) => {}
                Err(Error::Os(Errno::Eagain)) if limit.is_some() => return Err(Error::TimedOut),
                Err(error) => return Err(error),
            }
        }
        Ok(*offset - begin)
    }

    /// One call of the host: how much was sent up to the end, by which the offset moves on.
    fn send_part(&self, file: &Descriptor, offset: &mut u64, end: Option<u64>) -> Result<u64> {
        let sent = wit::sendfile(self.handle(), file, *offset, end.map(|end| end - *offset))?;
        *offset += sent;
        Ok(sent)
    }

    /// Sends what anything else gives, such as a `std::fs::File` or a `Cursor`, from `offset` on, by reading it: what
    /// Python's `sendfile` does for files that are not regular.
    ///
    /// Behind it, or after an error, the file's position is where what was sent ends. The other terms are those of
    /// [`sendfile`](Self::sendfile).
    pub fn sendfile_from(&self, file: &mut (impl Read + Seek), offset: u64, count: Option<u64>) -> io::Result<u64> {
        self.check_sendfile(count)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut at = offset;
        let result = self.send_read(file, &mut at, count);
        if at > offset {
            file.seek(SeekFrom::Start(at))?;
        }
        result.map(|()| at - offset)
    }

    /// The time limit, if the arguments are such as Python takes.
    fn check_sendfile(&self, count: Option<u64>) -> Result<Option<Duration>> {
        // As Python asks, which lets SOCK_SEQPACKET through.
        if self.r#type() & SOCK_STREAM == 0 {
            return Err(Error::Invalid("only SOCK_STREAM type sockets are supported"));
        }
        if count == Some(0) {
            return Err(Error::Invalid("count must be a positive integer (got 0)"));
        }
        match self.gettimeout() {
            Some(Duration::ZERO) => Err(Error::Invalid("non-blocking sockets are not supported")),
            limit => Ok(limit),
        }
    }

    /// Sends what is read, and moves the offset on behind it.
    fn send_read(&self, file: &mut dyn Read, offset: &mut u64, count: Option<u64>) -> io::Result<()> {
        let mut file = file.take(count.unwrap_or(u64::MAX));
        let mut buffer = vec![0; PART];
        loop {
            let length = match file.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let mut rest = &buffer[..length];
            while !rest.is_empty() {
                let sent = self.send(rest)?;
                *offset += sent as u64;
                rest = &rest[sent..];
            }
        }
    }
}

/// A descriptor of WASI that is read from a place on.
struct Reading<'a> {
    file: &'a Descriptor,
    offset: u64,
}

impl Read for Reading<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer.len() as u64, self.offset);
        let (data, _) = read.map_err(|code| io::Error::other(code.name()))?;
        buffer[..data.len()].copy_from_slice(&data);
        self.offset += data.len() as u64;
        Ok(data.len())
    }
}

/// Reads from the socket without a buffer: [`Socket::recv_into`].
impl Read for &Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.recv_into(buffer)?)
    }
}

/// Writes to the socket without a buffer: [`Socket::send`].
impl Write for &Socket {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        Ok(self.send(data)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// As for `&Socket`.
impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buffer)
    }
}

/// As for `&Socket`.
impl Write for Socket {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        (&*self).write(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

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

impl Read for Raw {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.timed_out {
            return Err(Error::Invalid("cannot read from timed out object").into());
        }
        let received = self.socket.recv_into(buffer);
        self.timed_out = received == Err(Error::TimedOut);
        Ok(received?)
    }
}

impl Write for Raw {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.socket.write(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for SocketFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader()?.read(buffer)
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

    /// Does nothing for a file that is for reading alone, as in Python.
    fn flush(&mut self) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), Write::flush)
    }
}

/// Opens a file for reading, as a descriptor of WASI, in one of the directories that the host granted.
///
/// A relative path is one from the root. ENOENT, EACCES (in none of the directories, among others).
pub fn open(path: impl AsRef<Path>) -> Result<Descriptor> {
    let path = Path::new("/").join(path.as_ref());
    let directories = get_directories();
    let inside = directories.iter().filter_map(|(directory, name)| {
        let name = Path::new("/").join(name.trim_start_matches("./"));
        Some((directory, plain(&path).strip_prefix(plain(&name)).ok()?.to_path_buf()))
    });
    // The most specific directory leaves the shortest path.
    let found = inside.min_by_key(|(_, rest)| rest.components().count());
    let (directory, rest) = found.ok_or(Error::Os(Errno::Eacces))?;
    let rest = match rest.to_str().ok_or(Error::Os(Errno::Eilseq))? {
        "" => ".",
        rest => rest,
    };
    let opened = directory.open_at(PathFlags::SYMLINK_FOLLOW, rest, OpenFlags::empty(), DescriptorFlags::READ);
    opened.map_err(|code| Error::Os(errno(code)))
}

/// The path without `.`; WASI itself sees to `..`.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|component| *component != Component::CurDir).collect()
}

/// WASI's code by the name that POSIX has for it.
fn errno(code: ErrorCode) -> Errno {
    match code {
        ErrorCode::Access => Errno::Eacces,
        ErrorCode::WouldBlock => Errno::Eagain,
        ErrorCode::BadDescriptor => Errno::Ebadf,
        ErrorCode::Busy => Errno::Ebusy,
        ErrorCode::Exist => Errno::Eexist,
        ErrorCode::FileTooLarge => Errno::Efbig,
        ErrorCode::IllegalByteSequence => Errno::Eilseq,
        ErrorCode::Invalid => Errno::Einval,
        ErrorCode::IsDirectory => Errno::Eisdir,
        ErrorCode::Loop => Errno::Eloop,
        ErrorCode::NameTooLong => Errno::Enametoolong,
        ErrorCode::NoDevice => Errno::Enodev,
        ErrorCode::NoEntry => Errno::Enoent,
        ErrorCode::InsufficientMemory => Errno::Enomem,
        ErrorCode::NotDirectory => Errno::Enotdir,
        ErrorCode::Unsupported => Errno::Eopnotsupp,
        ErrorCode::NoSuchDevice => Errno::Enxio,
        ErrorCode::Overflow => Errno::Eoverflow,
        ErrorCode::NotPermitted => Errno::Eperm,
        ErrorCode::ReadOnly => Errno::Erofs,
        ErrorCode::TextFileBusy => Errno::Etxtbsy,
        _ => Errno::Eio,
    }
}
