//! The contract's numbers as a call takes them: what this system does not have is an error.

use berkeley_constants as c;

use crate::error::{Errno, Error, GaiCode};
use crate::number;

/// The flags of a message. EOPNOTSUPP.
pub(super) fn flags(linux: i32) -> Result<i32, Errno> {
    number::native_flags(linux).ok_or(Errno::EOPNOTSUPP)
}

/// The option's level and name. ENOPROTOOPT.
#[cfg(not(target_os = "linux"))]
pub(super) fn option(level: i32, name: i32) -> Result<(i32, i32), Errno> {
    number::native_option(level, name).ok_or(Errno::ENOPROTOOPT)
}

const BAD_FLAGS: Error = Error::Gai(GaiCode(c::EAI_BADFLAGS));

/// The flags of getaddrinfo(3). EAI_BADFLAGS.
pub(super) fn lookup_flags(linux: i32) -> Result<i32, Error> {
    number::native_lookup_flags(linux).ok_or(BAD_FLAGS)
}

/// The flags of getnameinfo(3). EAI_BADFLAGS.
pub(super) fn name_flags(linux: i32) -> Result<i32, Error> {
    number::native_name_flags(linux).ok_or(BAD_FLAGS)
}
