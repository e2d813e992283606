//! Asking for options, and setting them.

use super::life::Socket;
use crate::bindings::option as wit;
use crate::error::{Error, Result};
use crate::option::{OptionStruct, OptionValue};

impl Socket {
    /// An option's value as an integer: getsockopt(2). ENOPROTOOPT.
    ///
    /// [`getsockopt_as`](Self::getsockopt_as) gives structures, [`getsockopt_bytes`](Self::getsockopt_bytes) bytes.
    pub fn getsockopt(&self, level: i32, name: i32) -> Result<i32> {
        Ok(wit::getsockopt(self.handle(), level, name)?)
    }

    /// An option's value as a structure: `SO_LINGER` as [`Linger`], `SO_RCVTIMEO` as [`Timeval`], `SO_PEERCRED` as
    /// [`Credentials`], `TCP_INFO` as [`TcpInfo`], `IP_MULTICAST_IF` as [`Ipv4Addr`].
    ///
    /// [`Linger`]: crate::option::Linger
    /// [`Timeval`]: crate::option::Timeval
    /// [`Credentials`]: crate::ancillary::Credentials
    /// [`TcpInfo`]: crate::option::TcpInfo
    /// [`Ipv4Addr`]: std::net::Ipv4Addr
    ///
    /// ENOPROTOOPT; [`Error::Invalid`] where the value is too short for the structure.
    pub fn getsockopt_as<T: OptionStruct>(&self, level: i32, name: i32) -> Result<T> {
        let bytes = self.getsockopt_bytes(level, name, T::SIZE)?;
        T::from_bytes(&bytes).ok_or(Error::Invalid("the option's value is too short for the structure"))
    }

    /// An option's value as bytes, at most `size` of them: Python's `getsockopt(level, name, buflen)`.
    ///
    /// A size beyond 1024 is refused, as in Python.
    pub fn getsockopt_bytes(&self, level: i32, name: i32, size: usize) -> Result<Vec<u8>> {
        let out_of_range = Error::Invalid("getsockopt buflen out of range");
        let size = u32::try_from(size).ok().filter(|size| (1..=1024).contains(size)).ok_or(out_of_range)?;
        Ok(wit::getsockopt_bytes(self.handle(), level, name, size)?)
    }

    /// Sets an option to an integer, bytes, or a null pointer with a length: setsockopt(2). ENOPROTOOPT, EINVAL.
    pub fn setsockopt<'a>(&self, level: i32, name: i32, value: impl Into<OptionValue<'a>>) -> Result<()> {
        let value = match value.into() {
            OptionValue::Int(value) => wit::OptionValue::Int(value),
            OptionValue::Bytes(value) => wit::OptionValue::Bytes(value.into_owned()),
            OptionValue::Null(len) => wit::OptionValue::Null(len),
        };
        Ok(wit::setsockopt(self.handle(), level, name, &value)?)
    }
}
