//! New sockets.

use berkeley_constants::SOCK_NONBLOCK;

use super::life::Socket;
use crate::bindings::socket as wit;
use crate::error::Result;

impl Socket {
    /// Makes a socket: socket(2). SOCK_NONBLOCK and SOCK_CLOEXEC may be added to the type.
    ///
    /// EAFNOSUPPORT, EPROTONOSUPPORT, EINVAL, EMFILE; EACCES for what the host must grant.
    pub fn new(family: i32, r#type: i32, proto: i32) -> Result<Self> {
        let socket = Self::from_handle(wit::create(family, r#type, proto)?);
        if r#type & SOCK_NONBLOCK == 0 {
            socket.set_default_timeout();
        }
        Ok(socket)
    }
}

/// Two sockets that are connected with each other: socketpair(2). Python's defaults are AF_UNIX, SOCK_STREAM, 0.
pub fn socketpair(family: i32, r#type: i32, proto: i32) -> Result<(Socket, Socket)> {
    let (one, other) = wit::socketpair(family, r#type, proto)?;
    let sockets = (Socket::from_handle(one), Socket::from_handle(other));
    if r#type & SOCK_NONBLOCK == 0 {
        sockets.0.set_default_timeout();
        sockets.1.set_default_timeout();
    }
    Ok(sockets)
}

/// The sockets that the host opened beforehand, by name: `--socket NAME=…` of the command.
///
/// Each call gives new sockets, as [`Socket::dup`] does.
pub fn preopened() -> Result<Vec<(String, Socket)>> {
    let sockets = wit::preopened()?;
    Ok(sockets.into_iter().map(|(name, handle)| (name, Socket::from_handle(handle))).collect())
}
