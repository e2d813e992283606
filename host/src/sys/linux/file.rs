//! Files.

use std::fs::File;
use std::io;

use socket2::Socket;

/// sendfile(2): sends at most so many bytes of the file from there on, and goes on from behind them.
pub(crate) fn sendfile(socket: &Socket, file: &File, at: &mut u64, count: usize) -> io::Result<usize> {
    Ok(rustix::fs::sendfile(socket, file, Some(at), count)?)
}
