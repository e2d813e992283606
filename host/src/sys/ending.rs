//! Closing as an ending process does it, which Linux alone lets a thread do.

use std::io;

use socket2::Socket;

/// Who closes a socket after others without waiting for its peer.
pub(crate) struct Ending;

impl Ending {
    /// There is none.
    pub(crate) fn of(_: &Socket) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
