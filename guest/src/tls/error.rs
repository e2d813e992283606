//! What can go wrong in TLS, as `std` sorts it.

use std::io;

use crate::bindings::tls::Error;

/// As `std` sorts errors; the [`Error`] is inside.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error {
            Error::WantRead | Error::WantWrite | Error::WantChoice => io::ErrorKind::WouldBlock,
            Error::Closed => io::ErrorKind::BrokenPipe,
            Error::UnexpectedEof => io::ErrorKind::UnexpectedEof,
            Error::Invalid(_) => io::ErrorKind::InvalidInput,
            Error::Limit(_) => io::ErrorKind::QuotaExceeded,
            Error::Verification(_) | Error::Alert(_) | Error::Protocol(_) => io::ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}
