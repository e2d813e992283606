//! What the kernel holds for a socket.

#[cfg(not(target_os = "linux"))]
use socket2::Socket;

/// What the kernel holds for a socket, in bytes, with its own overhead.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// What came and was not read.
    pub(crate) received: usize,
    /// What was sent and has not arrived or, over unix sockets, was not received.
    pub(crate) sent: usize,
    /// What options and control messages take.
    pub(crate) options: usize,
    /// How much may come: SO_RCVBUF.
    pub(crate) receive_buffer: usize,
}

/// Only Linux tells.
#[cfg(not(target_os = "linux"))]
pub(crate) fn memory(_: &Socket) -> Memory {
    Memory::default()
}

/// Only Linux tells.
#[cfg(not(target_os = "linux"))]
pub(crate) fn unaccepted(_: &Socket) -> usize {
    0
}
