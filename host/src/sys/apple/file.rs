//! Files.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::ptr;

use socket2::Socket;

use crate::error::Errno;
use crate::sys::call::answer;
use crate::sys::file::Special;

/// sendfile(2): sends at most so many bytes of the file from there on, and goes on from behind them.
pub(crate) fn sendfile(socket: &Socket, file: &File, at: &mut u64, count: usize) -> io::Result<usize> {
    let offset = libc::off_t::try_from(*at).map_err(|_| io::Error::from(Errno::EINVAL))?;
    let mut len = count as libc::off_t;
    // SAFETY: the length is valid for the call; there are no headers.
    let result = answer(unsafe {
        libc::sendfile(file.as_raw_fd(), socket.as_raw_fd(), offset, &raw mut len, ptr::null_mut(), 0)
    });
    let sent = usize::try_from(len).unwrap_or(0);
    match result {
        // What stopped it is told by the next call. Where it sent nothing, the length is what it was.
        Err(error) if sent == 0 || Errno::of(&error).is_none_or(|errno| !is_pause(errno)) => Err(error),
        _ => {
            *at += sent as u64;
            Ok(sent)
        }
    }
}

/// What is at the path beneath the directory, if it is a special file: nothing tells that keeps to the directory.
pub(crate) fn special_at(_: &File, _: &str, _: bool) -> Option<Special> {
    None
}

/// Whether what is to be sent is read without waiting: nothing tells.
pub(crate) fn is_at_hand(_: &File, _: u64, _: usize) -> bool {
    true
}

/// Whether it sets the length: to how much was sent before.
fn is_pause(error: Errno) -> bool {
    matches!(error, Errno::EAGAIN | Errno::EINTR)
}
