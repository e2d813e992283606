//! What this kernel has, and lets this process use: asked without a guest, and without a policy.
//!
//! It tells apart what a guest is refused from what nobody could have.
//!
//! ```
//! // TCP, and an option of it.
//! assert!(berkeley_host::kernel::socket(2, 1, 0).is_ok());
//! assert!(berkeley_host::kernel::option((2, 1, 0), 6, 1, None).is_ok());
//! // An address family that is none: EAFNOSUPPORT.
//! assert_eq!(berkeley_host::kernel::socket(46, 1, 0).unwrap_err().raw_os_error(), Some(97));
//! ```

use std::io;

use crate::error::Errno;
use crate::option::{Access, access};
use crate::sys;

/// Whether it makes sockets of the family, type and protocol: socket(2). EAFNOSUPPORT, EPROTONOSUPPORT, EPERM and so on.
pub fn socket(family: i32, kind: i32, protocol: i32) -> io::Result<()> {
    sys::socket(family, kind, protocol).map(drop)
}

/// Whether a new socket of the family, type and protocol takes the option's value: setsockopt(2); or, without one, has
/// the option: getsockopt(2).
///
/// ENOPROTOOPT, EPERM and so on. An option that no guest may set is refused here too: EACCES.
pub fn option(
    (family, kind, protocol): (i32, i32, i32),
    level: i32,
    name: i32,
    value: Option<&[u8]>,
) -> io::Result<()> {
    const LONGEST: usize = 1024;
    let socket = sys::socket(family, kind, protocol)?;
    if access(level, name) == Access::Never {
        return Err(Errno::EACCES.into());
    }
    match value {
        Some(value) => sys::setsockopt(&socket, level, name, value),
        None => sys::getsockopt(&socket, level, name, LONGEST).map(drop),
    }
}
