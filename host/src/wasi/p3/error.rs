//! Error codes, as WASI 0.3 has them.

use super::bindings::{ip_name_lookup, types};
use crate::view::SocketCtxView;
use crate::wasi::code::{Code, Failure};

impl From<Code> for types::ErrorCode {
    fn from(code: Code) -> Self {
        match code {
            Code::AccessDenied => Self::AccessDenied,
            Code::NotSupported => Self::NotSupported,
            Code::InvalidArgument => Self::InvalidArgument,
            Code::OutOfMemory => Self::OutOfMemory,
            Code::Timeout => Self::Timeout,
            Code::InvalidState => Self::InvalidState,
            Code::AddressNotBindable => Self::AddressNotBindable,
            Code::AddressInUse => Self::AddressInUse,
            Code::RemoteUnreachable => Self::RemoteUnreachable,
            Code::ConnectionRefused => Self::ConnectionRefused,
            Code::ConnectionBroken => Self::ConnectionBroken,
            Code::ConnectionReset => Self::ConnectionReset,
            Code::ConnectionAborted => Self::ConnectionAborted,
            Code::DatagramTooLarge => Self::DatagramTooLarge,
            Code::NewSocketLimit => Self::Other(Some("too many open sockets".into())),
            Code::ConcurrencyConflict
            | Code::NotInProgress
            | Code::WouldBlock
            | Code::NameUnresolvable
            | Code::TemporaryResolverFailure
            | Code::PermanentResolverFailure
            | Code::Other => Self::Other(None),
        }
    }
}

impl From<Code> for ip_name_lookup::ErrorCode {
    fn from(code: Code) -> Self {
        match code {
            Code::AccessDenied => Self::AccessDenied,
            Code::InvalidArgument => Self::InvalidArgument,
            Code::NameUnresolvable => Self::NameUnresolvable,
            Code::TemporaryResolverFailure => Self::TemporaryResolverFailure,
            Code::PermanentResolverFailure => Self::PermanentResolverFailure,
            _ => Self::Other(None),
        }
    }
}

impl types::Host for SocketCtxView<'_> {
    fn convert_error_code(&mut self, failure: Failure) -> wasmtime::Result<types::ErrorCode> {
        match failure {
            Failure::Code(code) => Ok(code.into()),
            Failure::Trap(error) => Err(error),
        }
    }
}
