//! Sending a file.

use std::io::{self, Read, Seek, SeekFrom};
use std::time::Duration;

use berkeley_constants::SOCK_STREAM;
use wasip2::filesystem::types::Descriptor;

use crate::bindings::file as wit;
use crate::endpoint::Socket;
use crate::error::{Errno, Error, Result};

/// How much is read at once of a file that the kernel does not send from.
const PART: usize = 1 << 16;

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
