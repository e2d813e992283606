//! What Python's module has on Windows alone. On other hosts it fails, by EOPNOTSUPP; on Linux Python has no such names
//! at all.

use super::life::Socket;
use crate::bindings::socket as wit;
use crate::error::Result;

/// A control code of [`Socket::ioctl`]: whether a raw socket receives all packets, as the RCVALL_ values say.
pub const SIO_RCVALL: u32 = 0x9800_0001;
/// A control code of [`Socket::ioctl`]: how TCP keeps a connection alive.
pub const SIO_KEEPALIVE_VALS: u32 = 0x9800_0004;
/// A control code of [`Socket::ioctl`]: whether TCP over the loopback is faster.
pub const SIO_LOOPBACK_FAST_PATH: u32 = 0x9800_0010;
/// A value of [`SIO_RCVALL`]: no.
pub const RCVALL_OFF: u32 = 0;
/// A value of [`SIO_RCVALL`]: yes.
pub const RCVALL_ON: u32 = 1;
/// A value of [`SIO_RCVALL`]: without the interface's promiscuous mode.
pub const RCVALL_SOCKETLEVELONLY: u32 = 2;
/// The largest value of [`SIO_RCVALL`].
pub const RCVALL_MAX: u32 = 3;

impl Socket {
    /// Calls Windows's WSAIoctl with a control code and its argument's bytes: for [`SIO_RCVALL`] and
    /// [`SIO_LOOPBACK_FAST_PATH`] one number, for [`SIO_KEEPALIVE_VALS`] three (whether, and after how many milliseconds
    /// first and then), each of four bytes, the lowest first. EINVAL: another code or argument. EOPNOTSUPP: the host is
    /// not Windows.
    ///
    /// On Linux Python's sockets have no such method. TCP is kept alive by the options SO_KEEPALIVE, TCP_KEEPIDLE and
    /// TCP_KEEPINTVL.
    pub fn ioctl(&self, control: u32, option: &[u8]) -> Result<()> {
        Ok(self.handle().ioctl(control, option)?)
    }

    /// Gives a process on Windows a share of the socket, as bytes for [`fromshare`], or for Python's there. EOPNOTSUPP:
    /// the host is not Windows.
    ///
    /// On Linux Python's sockets have no such method. A socket goes to another program by
    /// [`send_fds`](crate::ancillary::send_fds).
    pub fn share(&self, process: u32) -> Result<Vec<u8>> {
        Ok(self.handle().share(process)?)
    }
}

/// Takes a socket that another process on Windows gave by [`Socket::share`]. EOPNOTSUPP: the host is not Windows.
///
/// On Linux Python's module has no such function. A socket comes from another program by
/// [`recv_fds`](crate::ancillary::recv_fds).
pub fn fromshare(data: &[u8]) -> Result<Socket> {
    Ok(Socket::from_handle(wit::fromshare(data)?))
}
