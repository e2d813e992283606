//! Control messages, which are laid out otherwise and of which fewer types are known.

use std::borrow::Cow;

use berkeley_constants as c;

use crate::cmsg::{APPLE, LINUX};
use crate::error::Errno;
use crate::number;

/// Control messages as this system lays them out. EOPNOTSUPP: of a type that it does not have.
pub(in crate::sys) fn native_control(control: &[u8]) -> Result<Cow<'_, [u8]>, Errno> {
    let mut native = Vec::new();
    for (level, kind, data) in LINUX.parse(control) {
        // What is received by one number is sent by another.
        let (level, kind) = match number::native_control(level, kind).ok_or(Errno::EOPNOTSUPP)? {
            (libc::IPPROTO_IP, libc::IP_RECVTTL) => (libc::IPPROTO_IP, libc::IP_TTL),
            (libc::IPPROTO_IP, libc::IP_RECVTOS) => (libc::IPPROTO_IP, libc::IP_TOS),
            same => same,
        };
        APPLE.put(&mut native, (level, kind, data));
    }
    Ok(Cow::Owned(native))
}

/// Control messages as Linux has them, but for those that it has not.
pub(in crate::sys) fn linux_control(control: Vec<u8>) -> Vec<u8> {
    let mut linux = Vec::new();
    for (level, kind, data) in APPLE.parse(&control) {
        let Some((level, kind)) = number::linux_control(level, kind) else { continue };
        let data = match (level, kind, data) {
            (c::IPPROTO_IP, c::IP_TTL, [ttl]) => Cow::Owned(i32::from(*ttl).to_ne_bytes().to_vec()),
            // The microseconds have four bytes, and four behind them that mean nothing.
            (c::SOL_SOCKET, c::SO_TIMESTAMP, [time @ .., _, _, _, _]) => Cow::Owned([time, &[0; 4]].concat()),
            _ => Cow::Borrowed(data),
        };
        LINUX.put(&mut linux, (level, kind, &data));
    }
    linux
}
