//! What Windows alone has: sockets that processes give each other as bytes, and control codes.

use std::io;

use socket2::Socket;

use crate::error::Errno;
use crate::sys::socket::OwnedSocket;

/// Whether processes share sockets by telling each other bytes: on Windows.
pub(crate) const SHARES: bool = false;

/// EOPNOTSUPP.
pub(crate) fn share(_: &Socket, _: u32) -> io::Result<Vec<u8>> {
    Err(Errno::EOPNOTSUPP.into())
}

/// EOPNOTSUPP.
pub(crate) fn from_share(_: &[u8]) -> io::Result<OwnedSocket> {
    Err(Errno::EOPNOTSUPP.into())
}

/// EOPNOTSUPP: the control codes are Windows's.
pub(crate) fn ioctl(_: &Socket, _: u32, _: &[u8]) -> io::Result<()> {
    Err(Errno::EOPNOTSUPP.into())
}
