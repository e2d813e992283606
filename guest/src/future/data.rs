//! How the bytes of a stream are moved: under WASI 0.3, where there are many, straight from and to the program's memory.

use crate::endpoint::Socket;
use crate::error::Result;

/// What is kept for a socket's data.
#[derive(Debug, Default)]
pub(super) struct Data {
    #[cfg(feature = "p3-library")]
    straight: super::concurrent::Straight,
}

impl Data {
    /// Whether the next call that receives, or sends, waits before it is tried.
    pub(super) fn waits_first(&self, receives: bool) -> bool {
        #[cfg(feature = "p3-library")]
        return if receives { self.straight.receives_late() } else { self.straight.sends_late() };
        #[cfg(not(feature = "p3-library"))]
        {
            let _ = receives;
            false
        }
    }

    /// Receives into the buffer, which has room. EAGAIN.
    pub(super) fn receive(&self, socket: &Socket, buffer: &mut [u8]) -> Result<usize> {
        #[cfg(feature = "p3-library")]
        return self.straight.receive(socket, buffer);
        #[cfg(not(feature = "p3-library"))]
        socket.recv_into(buffer)
    }

    /// Sends, and tells how many bytes were taken. EAGAIN.
    pub(super) fn send(&self, socket: &Socket, data: &[u8]) -> Result<usize> {
        #[cfg(feature = "p3-library")]
        return self.straight.send(socket, data);
        #[cfg(not(feature = "p3-library"))]
        socket.send(data)
    }
}
