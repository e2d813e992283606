//! Error codes, as WASI 0.2 has them.

use crate::wasi::code::Code;
use crate::wasi::p2::bindings::network::ErrorCode;

impl From<Code> for ErrorCode {
    fn from(code: Code) -> Self {
        match code {
            Code::AccessDenied => Self::AccessDenied,
            Code::NotSupported => Self::NotSupported,
            Code::InvalidArgument => Self::InvalidArgument,
            Code::OutOfMemory => Self::OutOfMemory,
            Code::Timeout => Self::Timeout,
            Code::ConcurrencyConflict => Self::ConcurrencyConflict,
            Code::NotInProgress => Self::NotInProgress,
            Code::WouldBlock => Self::WouldBlock,
            Code::InvalidState => Self::InvalidState,
            Code::NewSocketLimit => Self::NewSocketLimit,
            Code::AddressNotBindable => Self::AddressNotBindable,
            Code::AddressInUse => Self::AddressInUse,
            Code::RemoteUnreachable => Self::RemoteUnreachable,
            Code::ConnectionRefused => Self::ConnectionRefused,
            Code::ConnectionReset => Self::ConnectionReset,
            Code::ConnectionAborted => Self::ConnectionAborted,
            Code::DatagramTooLarge => Self::DatagramTooLarge,
            Code::NameUnresolvable => Self::NameUnresolvable,
            Code::TemporaryResolverFailure => Self::TemporaryResolverFailure,
            Code::PermanentResolverFailure => Self::PermanentResolverFailure,
            Code::ConnectionBroken | Code::Other => Self::Unknown,
        }
    }
}
