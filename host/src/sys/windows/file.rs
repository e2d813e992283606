//! Files.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};

use socket2::Socket;

use super::message::send;
use crate::sys::file::Special;

/// Sends at most so many bytes of the file from there on, and goes on from behind them.
///
/// TransmitFile would have the kernel read the file, but waits, or asks to be waited for, as no other call here does.
pub(crate) fn sendfile(socket: &Socket, mut file: &File, at: &mut u64, count: usize) -> io::Result<usize> {
    const MOST: usize = 1 << 16;
    let mut data = Vec::new();
    file.seek(SeekFrom::Start(*at))?;
    file.take(count.min(MOST) as u64).read_to_end(&mut data)?;
    if data.is_empty() {
        return Ok(0);
    }
    let sent = send(socket, &data, 0)?;
    *at += sent as u64;
    Ok(sent)
}

/// What is at the path beneath the directory, if it is a special file: nothing tells that keeps to the directory.
pub(crate) fn special_at(_: &File, _: &str, _: bool) -> Option<Special> {
    None
}

/// Whether what is to be sent is read without waiting: nothing tells.
pub(crate) fn is_at_hand(_: &File, _: u64, _: usize) -> bool {
    true
}

/// Reads at most so many bytes from there on. Fewer: the file ends there, or for now.
pub(crate) fn read_at(file: &File, at: u64, size: usize) -> io::Result<Vec<u8>> {
    use std::os::windows::fs::FileExt as _;
    let mut data = vec![0; size];
    let read = file.seek_read(&mut data, at)?;
    data.truncate(read);
    Ok(data)
}

/// Whether the file may be read, and whether it may be written. Nobody is ever handed one.
pub(crate) fn access(_: &File) -> (bool, bool) {
    (true, false)
}
