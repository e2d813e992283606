//! Addresses of sockets, and connections between them.

use berkeley_constants::errno::EAGAIN;

use super::life::Socket;
use crate::address::{Address, ToAddress};
use crate::error::{Error, Result};

/// The backlog that `listen` takes in Python when none is given.
pub const DEFAULT_BACKLOG: i32 = 128;

impl Socket {
    /// Takes the next connection and its peer's address; [`Address::Unspecified`] where the family tells none.
    ///
    /// The new socket has the default time limit, whatever this one's mode; if there is none, it is blocking.
    pub fn accept(&self) -> Result<(Self, Address)> {
        let (handle, peer) = self.handle().accept()?;
        let socket = self.alike(handle);
        socket.set_default_timeout();
        Ok((socket, peer.map_or(Address::Unspecified, Into::into)))
    }

    /// Gives it a local address: bind(2). EADDRINUSE, EADDRNOTAVAIL, EINVAL.
    pub fn bind(&self, address: impl ToAddress) -> Result<()> {
        Ok(self.handle().bind(&address.to_address(self.family())?.into())?)
    }

    /// Makes it take connections: listen(2). Python's default is [`DEFAULT_BACKLOG`]; a negative one is 0.
    ///
    /// A socket that is not bound is bound to a port that the system chooses. EADDRINUSE, EOPNOTSUPP.
    pub fn listen(&self, backlog: i32) -> Result<()> {
        Ok(self.handle().listen(backlog.max(0))?)
    }

    /// Connects to a peer: connect(2). ECONNREFUSED, ENETUNREACH; EINPROGRESS in non-blocking mode.
    pub fn connect(&self, address: impl ToAddress) -> Result<()> {
        Ok(self.handle().connect(&address.to_address(self.family())?.into())?)
    }

    /// As `connect`, but the error number of the system, in Linux's numbering, is the result; 0 is success, and EAGAIN
    /// a time-out. Other errors, such as a host name that is not known, remain errors.
    pub fn connect_ex(&self, address: impl ToAddress) -> Result<i32> {
        let address = address.to_address(self.family())?;
        match self.handle().connect(&address.into()).map_err(Error::from) {
            Ok(()) => Ok(0),
            Err(Error::TimedOut) => Ok(EAGAIN),
            Err(error @ (Error::Os(_) | Error::OsNumber(_) | Error::Denied(_))) => error.number().ok_or(error),
            Err(error) => Err(error),
        }
    }

    /// Ends one direction or both: SHUT_RD, SHUT_WR, SHUT_RDWR. ENOTCONN, EINVAL.
    pub fn shutdown(&self, how: i32) -> Result<()> {
        Ok(self.handle().shutdown(how)?)
    }

    /// The local address; [`Address::Unspecified`] where the family tells none.
    pub fn getsockname(&self) -> Result<Address> {
        Ok(self.handle().getsockname()?.map_or(Address::Unspecified, Into::into))
    }

    /// The peer's address; [`Address::Unspecified`] where the family tells none. ENOTCONN.
    pub fn getpeername(&self) -> Result<Address> {
        Ok(self.handle().getpeername()?.map_or(Address::Unspecified, Into::into))
    }
}
