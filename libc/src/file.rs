//! Sockets and files together: sendfile(2).

use core::ffi::c_int;

use berkeley_guest::bindings::file as wit;
use berkeley_guest::error::Errno;

use crate::description::downcast;
use crate::endpoint::Socket;
use crate::export::exported;
use crate::failure::{Failure, Result};
use crate::memory::{MOST, Out};
use crate::table::{Entry, Foreign, lookup};

/// How much is read at once of what the host does not send by itself.
const PART: usize = 1 << 16;

/// Sends to anything but a socket, or what the kernel does not send from, by reading and writing, from where the file is.
fn copy(to: &Entry, from: &Foreign, count: usize) -> Result<usize> {
    let mut buffer = vec![0; PART.min(count)];
    let mut sent = 0;
    while sent < count {
        let length = from.read(&mut buffer[..PART.min(count - sent)])?;
        let mut rest = &buffer[..length];
        while !rest.is_empty() {
            let written = match to {
                Entry::Own(description) => description.write(&[rest]),
                Entry::Foreign(file) => file.write(rest),
            };
            let done = *written.as_ref().unwrap_or(&0);
            sent += done;
            rest = &rest[done..];
            if done == 0 || !rest.is_empty() && matches!(to, Entry::Own(_)) {
                // What was read and not written is read again.
                from.seek(-(rest.len() as i64), libc::SEEK_CUR)?;
                return if sent > 0 { Ok(sent) } else { written };
            }
        }
        if length == 0 {
            break;
        }
    }
    Ok(sent)
}

exported! {
    /// sendfile(2)
    fn sendfile(to: c_int, from: c_int, offset: Out<i64>, count: usize) -> isize {
        let to = lookup(to)?;
        let Entry::Foreign(from) = lookup(from)? else { return Err(Errno::Einval.into()) };
        let count = count.min(MOST);
        let begin = if offset.is_null() { from.seek(0, libc::SEEK_CUR)? } else { offset.get()? };
        let start = u64::try_from(begin).map_err(|_| Errno::Einval)?;
        let socket = match &to {
            Entry::Own(description) => downcast::<Socket>(description),
            Entry::Foreign(_) => None,
        };
        let sent = match (&socket, from.file()) {
            // What an alarm may end is sent in parts.
            (Some(socket), Ok(file)) if !socket.is_alarmed(0) => {
                wit::sendfile(socket.writing(), &file, start, Some(count as u64)).map_err(Failure::from).map(|sent| sent as usize)
            }
            _ => Err(Errno::Einval.into()),
        };
        let sent = match sent {
            Err(failure) if failure == Errno::Einval.into() => {
                let before = from.seek(0, libc::SEEK_CUR)?;
                from.seek(begin, libc::SEEK_SET)?;
                let sent = copy(&to, &from, count);
                from.seek(before, libc::SEEK_SET)?;
                sent?
            }
            sent => sent?,
        };
        let end = begin + sent as i64;
        if offset.is_null() {
            from.seek(end, libc::SEEK_SET)?;
        } else {
            offset.put(end)?;
        }
        Ok(sent as isize)
    }
}
