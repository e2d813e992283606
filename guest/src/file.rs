//! Sockets and files together: Python's `sendfile` and `makefile`.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};

use wasip2::filesystem::preopens::get_directories;
use wasip2::filesystem::types::{DescriptorFlags, ErrorCode, OpenFlags, PathFlags};

pub use wasip2::filesystem::types::Descriptor;

use crate::bindings::file as wit;
use crate::error::{Errno, Error, Result};
use crate::socket::{SOCK_STREAM, Socket};

impl Socket {
    /// Sends `count` bytes of the file from `offset` on, or all up to its end, and tells how many: sendfile(2).
    ///
    /// The host's kernel copies them. The socket must be a stream and not be non-blocking, as in Python.
    ///
    /// ```no_run
    /// use berkeley_guest::file;
    /// use berkeley_guest::socket::{ConnectionOptions, create_connection};
    ///
    /// let socket = create_connection(("127.0.0.1", 8080), &ConnectionOptions::default())?;
    /// let sent = socket.sendfile(&file::open("/data/page.html")?, 0, None)?;
    /// # Ok::<(), berkeley_guest::Error>(())
    /// ```
    pub fn sendfile(&self, file: &Descriptor, offset: u64, count: Option<u64>) -> Result<u64> {
        if !self.getblocking() {
            return Err(Error::Invalid("non-blocking sockets are not supported"));
        }
        if self.r#type() != SOCK_STREAM {
            return Err(Error::Invalid("only SOCK_STREAM type sockets are supported"));
        }
        if count == Some(0) {
            return Err(Error::Invalid("count must be a positive integer (got 0)"));
        }
        Ok(wit::sendfile(self.handle(), file, offset, count)?)
    }
}

/// A socket as a file, with a buffer for each direction: Python's `makefile`.
///
/// The socket must be blocking; it may have a time limit, but when that runs out the buffers' state is not known.
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
    reader: BufReader<Raw>,
    writer: BufWriter<Raw>,
}

/// A socket without a buffer.
#[derive(Debug)]
struct Raw(Socket);

impl Socket {
    /// The socket as a file; it stays open, though the socket be closed: Python's `makefile`.
    pub fn makefile(&self) -> Result<SocketFile> {
        Ok(SocketFile { reader: BufReader::new(Raw(self.dup()?)), writer: BufWriter::new(Raw(self.dup()?)) })
    }
}

impl Read for Raw {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.0.recv_into(buffer)?)
    }
}

impl Write for Raw {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        Ok(self.0.send(data)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for SocketFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

impl BufRead for SocketFile {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.reader.consume(amount);
    }
}

impl Write for SocketFile {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.writer.write(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
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

fn errno(code: ErrorCode) -> Errno {
    match code {
        ErrorCode::NoEntry => Errno::Enoent,
        ErrorCode::Access => Errno::Eacces,
        ErrorCode::NotPermitted => Errno::Eperm,
        ErrorCode::NotDirectory => Errno::Enotdir,
        ErrorCode::IsDirectory => Errno::Eisdir,
        ErrorCode::Loop => Errno::Eloop,
        ErrorCode::NameTooLong => Errno::Enametoolong,
        ErrorCode::Invalid => Errno::Einval,
        _ => Errno::Eio,
    }
}
