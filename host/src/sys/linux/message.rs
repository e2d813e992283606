//! What waits to be received.

use std::io;
use std::os::fd::AsRawFd;

use socket2::Socket;

use crate::sys::call::answer;

/// The length of the datagram that is next to be received; it stays.
pub(crate) fn next_length(socket: &Socket) -> io::Result<usize> {
    let flags = libc::MSG_PEEK | libc::MSG_TRUNC | libc::MSG_DONTWAIT;
    socket.recv_with_flags(&mut [], flags)
}

/// How much of what a unix socket has sent waits to be received, in bytes of the kernel's memory: SIOCOUTQ.
pub(crate) fn unreceived(socket: &Socket) -> io::Result<usize> {
    let mut bytes: libc::c_int = 0;
    // SAFETY: the request writes one integer. It has the number of the terminals' TIOCOUTQ.
    answer(unsafe { libc::ioctl(socket.as_raw_fd(), libc::TIOCOUTQ, &raw mut bytes) })?;
    Ok(usize::try_from(bytes).unwrap_or(0))
}
