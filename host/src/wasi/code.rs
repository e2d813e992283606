//! What a call of WASI's ends with: its error codes, whatever the version.

use berkeley_constants as c;
use wasmtime::component::ResourceTableError;

use crate::error::{Errno, Error, GaiCode};

/// An error code of WASI's. Each version lacks some of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    AccessDenied,
    NotSupported,
    InvalidArgument,
    OutOfMemory,
    Timeout,
    ConcurrencyConflict,
    NotInProgress,
    WouldBlock,
    InvalidState,
    NewSocketLimit,
    AddressNotBindable,
    AddressInUse,
    RemoteUnreachable,
    ConnectionRefused,
    ConnectionBroken,
    ConnectionReset,
    ConnectionAborted,
    DatagramTooLarge,
    NameUnresolvable,
    TemporaryResolverFailure,
    PermanentResolverFailure,
    Other,
}

impl From<Error> for Code {
    fn from(error: Error) -> Self {
        match error {
            Error::Os(errno) => errno.into(),
            Error::TimedOut => Self::Timeout,
            Error::Denied(_) => Self::AccessDenied,
            Error::Gai(code) => code.into(),
            Error::Host(_) => Self::NameUnresolvable,
        }
    }
}

impl From<Errno> for Code {
    fn from(errno: Errno) -> Self {
        match errno {
            Errno::EPERM | Errno::EACCES => Self::AccessDenied,
            Errno::EADDRINUSE => Self::AddressInUse,
            Errno::EADDRNOTAVAIL => Self::AddressNotBindable,
            Errno::EAGAIN | Errno::EINTR => Self::WouldBlock,
            Errno::EALREADY => Self::ConcurrencyConflict,
            Errno::ETIMEDOUT => Self::Timeout,
            Errno::EPIPE => Self::ConnectionBroken,
            Errno::ECONNREFUSED => Self::ConnectionRefused,
            Errno::ECONNRESET => Self::ConnectionReset,
            Errno::ECONNABORTED => Self::ConnectionAborted,
            Errno::EINVAL => Self::InvalidArgument,
            Errno::EHOSTUNREACH | Errno::EHOSTDOWN | Errno::ENETDOWN | Errno::ENETUNREACH | Errno::ENONET => {
                Self::RemoteUnreachable
            }
            Errno::EISCONN | Errno::ENOTCONN | Errno::EDESTADDRREQ => Self::InvalidState,
            Errno::ENFILE | Errno::EMFILE => Self::NewSocketLimit,
            Errno::EMSGSIZE => Self::DatagramTooLarge,
            Errno::ENOMEM | Errno::ENOBUFS => Self::OutOfMemory,
            Errno::EOPNOTSUPP
            | Errno::ENOPROTOOPT
            | Errno::EPFNOSUPPORT
            | Errno::EPROTONOSUPPORT
            | Errno::EPROTOTYPE
            | Errno::ESOCKTNOSUPPORT
            | Errno::EAFNOSUPPORT => Self::NotSupported,
            _ => Self::Other,
        }
    }
}

impl From<GaiCode> for Code {
    fn from(code: GaiCode) -> Self {
        match code.0 {
            c::EAI_AGAIN => Self::TemporaryResolverFailure,
            c::EAI_FAIL => Self::PermanentResolverFailure,
            c::EAI_MEMORY => Self::OutOfMemory,
            _ => Self::NameUnresolvable,
        }
    }
}

/// What a call ends with: a code for the guest, or the end of the guest.
#[derive(Debug)]
#[expect(unreachable_pub, reason = "a trait that the macro declares public names it")]
pub enum Failure {
    Code(Code),
    /// The guest broke the rules of the component model, or of WASI.
    Trap(wasmtime::Error),
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Self::Code(code)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Code(error.into())
    }
}

impl From<ResourceTableError> for Failure {
    fn from(error: ResourceTableError) -> Self {
        Self::Trap(error.into())
    }
}
