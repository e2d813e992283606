//! What waits to be received.

use std::io;

use socket2::Socket;

use crate::sys::call::get_number;

/// sys/socket.h: how long the next datagram is.
const SO_NREAD: i32 = 0x1020;

/// The length of the datagram that is next to be received; it stays: SO_NREAD.
pub(crate) fn next_length(socket: &Socket) -> io::Result<usize> {
    Ok(usize::try_from(get_number(socket, libc::SOL_SOCKET, SO_NREAD)?).unwrap_or(0))
}
