//! What can go wrong: one error type for the whole core.

use std::fmt;
use std::io;

use berkeley_constants::errno;

use crate::number;

/// An error number in Linux's generic numbering, whatever the host's system is: errno(3).
///
/// ```
/// use berkeley_host::Errno;
///
/// assert_eq!(Errno::ECONNREFUSED.to_string(), "Connection refused (ECONNREFUSED)");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Errno(i32);

macro_rules! errno_constants {
    ($($name:ident $case:ident $number:literal $text:literal;)*) => {
        #[allow(missing_docs, reason = "the names are errno(3)'s own")]
        impl Errno {
            $(pub const $name: Self = Self($number);)*
        }
    };
}
berkeley_constants::for_each_errno!(errno_constants);

impl Errno {
    /// The number in Linux's generic numbering.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The error of that number in the host system's own numbering.
    pub const fn from_native(number: i32) -> Self {
        Self(number::linux_errno(number))
    }

    /// The error of that number in Linux's generic numbering.
    pub const fn from_number(number: i32) -> Self {
        Self(number)
    }

    /// The error of a system call; none where it is of another kind.
    pub(crate) fn of(error: &io::Error) -> Option<Self> {
        error.raw_os_error().map(Self::from_native)
    }

    /// The name, such as `ECONNREFUSED`, if it has one.
    pub fn name(self) -> Option<&'static str> {
        errno::name(self.0)
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (errno::description(self.0), self.name()) {
            (Some(text), Some(name)) => write!(f, "{text} ({name})"),
            _ => write!(f, "error {}", self.0),
        }
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "Errno({})", self.0),
        }
    }
}

/// A failure of getaddrinfo(3) or getnameinfo(3): an EAI_ code as Linux numbers it, which is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GaiCode(pub i32);

/// A failure of gethostbyname(3) or gethostbyaddr(3): an h_errno code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HostCode(pub i32);

/// A refusal: what the guest may not do, and what would have allowed it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Refusal {
    operation: String,
    grant: Option<String>,
    denial: Option<String>,
    absolute: bool,
}

impl Refusal {
    pub(crate) fn of(operation: String) -> Self {
        Self { operation, grant: None, denial: None, absolute: false }
    }

    /// One that no policy can spare the guest.
    pub(crate) fn absolute(operation: String) -> Self {
        Self { absolute: true, ..Self::of(operation) }
    }

    /// Adds the rule that would allow it.
    pub fn with_grant(mut self, grant: impl Into<String>) -> Self {
        self.grant = Some(grant.into());
        self
    }

    /// Adds the rule that denies it.
    pub fn with_denial(mut self, denial: impl Into<String>) -> Self {
        self.denial = Some(denial.into());
        self
    }

    /// What was refused, as the end of the sentence «not allowed to …».
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// The rule that would have allowed it, if the policy knows one.
    pub fn grant(&self) -> Option<&str> {
        self.grant.as_deref()
    }

    /// Whether no policy would have allowed it.
    pub fn is_absolute(&self) -> bool {
        self.absolute
    }

    /// The rule that denies it, if one does, with where it was written.
    pub fn denial(&self) -> Option<&str> {
        self.denial.as_deref()
    }
}

/// The sentence that the guest gets. It names no rule: how to change the policy is the host's affair.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not allowed to {}", self.operation)
    }
}

/// The error of every operation of the core.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The operating system's answer.
    #[error("{0}")]
    Os(Errno),
    /// The socket's time limit ran out.
    #[error("timed out")]
    TimedOut,
    /// The policy does not grant it.
    #[error("{0}")]
    Denied(Box<Refusal>),
    /// A look-up failed.
    #[error("look-up failed with EAI code {}", .0.0)]
    Gai(GaiCode),
    /// A look-up by the older functions failed.
    #[error("look-up failed with h_errno {}", .0.0)]
    Host(HostCode),
}

/// The core's results.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Whether it says that the call would have had to wait.
    pub fn would_block(&self) -> bool {
        *self == Self::Os(Errno::EAGAIN)
    }
}

impl From<Errno> for Error {
    fn from(errno: Errno) -> Self {
        Self::Os(errno)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Os(Errno::of(&error).unwrap_or(Errno::EIO))
    }
}

impl From<Errno> for io::Error {
    fn from(errno: Errno) -> Self {
        Self::from_raw_os_error(number::native_errno(errno.0))
    }
}

#[cfg(unix)]
impl From<rustix::io::Errno> for Error {
    fn from(error: rustix::io::Errno) -> Self {
        Self::Os(Errno::from_native(error.raw_os_error()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_numbers_become_errnos() {
        let refused = io::Error::from(Errno::ECONNREFUSED);
        assert_eq!(Error::from(refused), Error::Os(Errno::ECONNREFUSED));
        assert_eq!(Error::from(io::Error::other("no number")), Error::Os(Errno::EIO));
        assert!(Error::from(io::Error::from(Errno::EAGAIN)).would_block());
    }

    #[test]
    fn a_number_without_a_name_is_kept() {
        assert_eq!(Errno::from_native(512).number(), 512);
        assert_eq!(Errno::from_native(512).to_string(), "error 512");
    }
}
