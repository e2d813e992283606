//! Control messages, of which fewer types are known and some hold their data otherwise. Their layout is Linux's.

use std::borrow::Cow;

use berkeley_constants as c;
use windows_sys::Win32::Networking::WinSock as ws;

use crate::cmsg::LINUX;
use crate::error::Errno;
use crate::number;
use crate::sys::layout;

/// Control messages as Winsock takes them. EOPNOTSUPP: of a type that it does not have.
pub(super) fn native_control(control: &[u8]) -> Result<Vec<u8>, Errno> {
    let mut native = Vec::new();
    for (level, kind, data) in LINUX.parse(control) {
        let (level, kind) = number::native_control(level, kind).ok_or(Errno::EOPNOTSUPP)?;
        let data = match (level, kind, data) {
            (ws::IPPROTO_IP, ws::IP_PKTINFO, _) => Cow::Owned(layout::windows_pktinfo(data)),
            // Linux takes one byte too.
            (ws::IPPROTO_IP, ws::IP_TOS, [tos]) => Cow::Owned(i32::from(*tos).to_ne_bytes().to_vec()),
            _ => Cow::Borrowed(data),
        };
        LINUX.put(&mut native, (level, kind, &data));
    }
    Ok(native)
}

/// Control messages as Linux has them, but for those that it has not.
pub(super) fn linux_control(control: &[u8]) -> Vec<u8> {
    let mut linux = Vec::new();
    for (level, kind, data) in LINUX.parse(control) {
        let Some((level, kind)) = number::linux_control(level, kind) else { continue };
        let data = match (level, kind) {
            (c::IPPROTO_IP, c::IP_PKTINFO) => Cow::Owned(layout::linux_pktinfo(data)),
            (c::IPPROTO_IP, c::IP_TOS) => Cow::Borrowed(&data[..data.len().min(1)]),
            _ => Cow::Borrowed(data),
        };
        LINUX.put(&mut linux, (level, kind, &data));
    }
    linux
}
