//! What waits to be received.

use std::io;

use socket2::Socket;

/// The length of the datagram that is next to be received; it stays.
pub(crate) fn next_length(socket: &Socket) -> io::Result<usize> {
    let flags = libc::MSG_PEEK | libc::MSG_TRUNC | libc::MSG_DONTWAIT;
    socket.recv_with_flags(&mut [], flags)
}
