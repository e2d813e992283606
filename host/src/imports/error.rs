//! Errors: the core's, as the contract spells them.

use berkeley_constants as c;
use wasmtime::component::ResourceTableError;

use super::wit::error as wit;
use crate::error::{Errno, Error, GaiCode, HostCode};
use crate::view::SocketCtxView;

/// What a call ends with: an error for the guest, or the end of the guest.
#[derive(Debug)]
#[expect(unreachable_pub, reason = "a trait that the macro declares public names it")]
pub enum Failure {
    Error(Error),
    /// The guest broke the component model's rules.
    Trap(wasmtime::Error),
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// Turns what only a broken guest can cause into a trap.
pub(super) trait OrTrap<T> {
    fn or_trap(self) -> Result<T, Failure>;
}

impl<T> OrTrap<T> for Result<T, ResourceTableError> {
    fn or_trap(self) -> Result<T, Failure> {
        self.map_err(|error| Failure::Trap(error.into()))
    }
}

impl wit::Host for SocketCtxView<'_> {
    fn convert_error(&mut self, failure: Failure) -> wasmtime::Result<wit::Error> {
        match failure {
            Failure::Error(error) => Ok(error.into()),
            Failure::Trap(error) => Err(error),
        }
    }
}

impl From<Error> for wit::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Os(errno) => by_name(errno).map_or(Self::OsNumber(errno.number()), Self::Os),
            Error::TimedOut => Self::TimedOut,
            Error::Denied(refusal) => Self::Denied(refusal.to_string()),
            Error::Gai(code) => gai(code).map_or(Self::GaiNumber(code.0), Self::Gai),
            Error::Host(code) => Self::Herror(host(code)),
        }
    }
}

macro_rules! by_number {
    ($($name:ident $case:ident $number:literal $text:literal;)*) => {
        fn by_name(errno: Errno) -> Option<wit::Errno> {
            match errno.number() {
                $($number => Some(wit::Errno::$case),)*
                _ => None,
            }
        }
    };
}
berkeley_constants::for_each_errno!(by_number);

/// glibc has it; CPython does not.
const EAI_NODATA: i32 = -5;
const EAI_ADDRFAMILY: i32 = -9;

fn gai(code: GaiCode) -> Option<wit::GaiCode> {
    Some(match code.0 {
        EAI_ADDRFAMILY => wit::GaiCode::Addrfamily,
        c::EAI_AGAIN => wit::GaiCode::Again,
        c::EAI_BADFLAGS => wit::GaiCode::Badflags,
        c::EAI_FAIL => wit::GaiCode::Fail,
        c::EAI_FAMILY => wit::GaiCode::Family,
        c::EAI_MEMORY => wit::GaiCode::Memory,
        EAI_NODATA => wit::GaiCode::Nodata,
        c::EAI_NONAME => wit::GaiCode::Noname,
        c::EAI_OVERFLOW => wit::GaiCode::Overflow,
        c::EAI_SERVICE => wit::GaiCode::Service,
        c::EAI_SOCKTYPE => wit::GaiCode::Socktype,
        _ => return None,
    })
}

fn host(code: HostCode) -> wit::HostCode {
    match code.0 {
        1 => wit::HostCode::HostNotFound,
        2 => wit::HostCode::TryAgain,
        4 => wit::HostCode::NoData,
        _ => wit::HostCode::NoRecovery,
    }
}
