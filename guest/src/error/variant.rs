//! The error.

use std::{fmt, io};

use super::errno::{Errno, ErrnoExt, kind};
use crate::bindings::error as wit;
pub use crate::bindings::error::{GaiCode, HostCode};

/// The error of every function of this crate that speaks as Python does.
///
/// It becomes a [`std::io::Error`] of the right kind by `?` or `into()`, and [`Error::of`] finds it in there again.
///
/// ```no_run
/// use berkeley_guest::socket::{AF_INET, SOCK_STREAM, Socket};
/// use berkeley_guest::error::Errno;
///
/// let socket = Socket::new(AF_INET, SOCK_STREAM, 0)?;
/// match socket.connect(("127.0.0.1", 1)) {
///     Err(error) if error.errno() == Some(Errno::Econnrefused) => println!("nobody is there"),
///     result => result?,
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The operating system's answer: `OSError` with this errno.
    Os(Errno),
    /// The operating system's answer by a number without a name.
    OsNumber(i32),
    /// The socket's time limit ran out: `TimeoutError`.
    TimedOut,
    /// The host does not allow it: `PermissionError`. The text says what was refused.
    Denied(String),
    /// A look-up failed: `gaierror`.
    Gai(GaiCode),
    /// A look-up failed with a number without a name: `gaierror`.
    GaiNumber(i32),
    /// A look-up by the older functions failed: `herror`.
    Herror(HostCode),
    /// An argument that Python refuses by itself, such as a malformed address.
    Invalid(&'static str),
}

/// This crate's results.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The error number, as Python's `OSError.errno`, in names: EACCES for what the host does not allow.
    pub fn errno(&self) -> Option<Errno> {
        match self {
            Self::Os(errno) => Some(*errno),
            Self::Denied(_) => Some(Errno::Eacces),
            _ => None,
        }
    }

    /// Python's `errno` attribute: the error number in Linux's numbering, a `gaierror`'s EAI_ code, a `herror`'s
    /// h_errno; none for a time-out.
    pub fn number(&self) -> Option<i32> {
        match self {
            Self::Os(_) | Self::Denied(_) => self.errno().map(ErrnoExt::number),
            Self::OsNumber(number) | Self::GaiNumber(number) => Some(*number),
            Self::Gai(code) => Some(gai(*code).0),
            Self::Herror(code) => Some(host(*code).0),
            Self::TimedOut | Self::Invalid(_) => None,
        }
    }

    /// Whether a call in non-blocking mode would have had to wait (`BlockingIOError`).
    pub fn would_block(&self) -> bool {
        matches!(self, Self::Os(Errno::Eagain | Errno::Einprogress | Errno::Ealready))
    }

    /// The kind that `std` gives such an error.
    pub fn kind(&self) -> io::ErrorKind {
        use io::ErrorKind as Kind;
        match self {
            Self::Os(errno) => kind(*errno),
            Self::TimedOut => Kind::TimedOut,
            Self::Denied(_) => Kind::PermissionDenied,
            Self::Invalid(_) => Kind::InvalidInput,
            Self::Gai(GaiCode::Noname | GaiCode::Nodata) | Self::Herror(HostCode::HostNotFound | HostCode::NoData) => {
                Kind::NotFound
            }
            _ => Kind::Other,
        }
    }
}

/// A `gaierror`'s number and text, as glibc has them.
fn gai(code: GaiCode) -> (i32, &'static str) {
    match code {
        GaiCode::Addrfamily => (-9, "Address family for hostname not supported"),
        GaiCode::Again => (-3, "Temporary failure in name resolution"),
        GaiCode::Badflags => (-1, "Bad value for ai_flags"),
        GaiCode::Fail => (-4, "Non-recoverable failure in name resolution"),
        GaiCode::Family => (-6, "ai_family not supported"),
        GaiCode::Memory => (-10, "Memory allocation failure"),
        GaiCode::Nodata => (-5, "No address associated with hostname"),
        GaiCode::Noname => (-2, "Name or service not known"),
        GaiCode::Overflow => (-12, "Result too large for supplied buffer"),
        GaiCode::Service => (-8, "Servname not supported for ai_socktype"),
        GaiCode::Socktype => (-7, "ai_socktype not supported"),
    }
}

/// A `herror`'s number and text, as glibc has them.
fn host(code: HostCode) -> (i32, &'static str) {
    match code {
        HostCode::HostNotFound => (1, "Unknown host"),
        HostCode::TryAgain => (2, "Host name lookup failure"),
        HostCode::NoRecovery => (3, "Unknown server error"),
        HostCode::NoData => (4, "No address associated with name"),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Os(errno) => write!(f, "{} ({})", errno.description(), errno.name()),
            Self::OsNumber(number) => write!(f, "error {number}"),
            Self::TimedOut => f.write_str("timed out"),
            Self::Denied(text) => write!(f, "{text} (EACCES)"),
            Self::Gai(code) => f.write_str(gai(*code).1),
            Self::GaiNumber(number) => write!(f, "look-up failed ({number})"),
            Self::Herror(code) => f.write_str(host(*code).1),
            Self::Invalid(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Error {}

impl From<wit::Error> for Error {
    fn from(error: wit::Error) -> Self {
        match error {
            wit::Error::Os(errno) => Self::Os(errno),
            wit::Error::OsNumber(number) => Self::OsNumber(number),
            wit::Error::TimedOut => Self::TimedOut,
            wit::Error::Denied(text) => Self::Denied(text),
            wit::Error::Gai(code) => Self::Gai(code),
            wit::Error::GaiNumber(number) => Self::GaiNumber(number),
            wit::Error::Herror(code) => Self::Herror(code),
        }
    }
}
