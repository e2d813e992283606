//! Options: getsockopt(2), setsockopt(2).

use std::borrow::Cow;
use std::io;

use berkeley_constants as c;
use socket2::Socket;

use super::address::native_address;
use super::socket::numbers;
use crate::address::{CAPACITY, INET_LEN, INET6_LEN};
use crate::error::Errno;
use crate::number::{self, linux_errno};
use crate::sys::call::{get_number, get_option, set_option, set_option_null};
use crate::sys::{layout, native};

/// sys/un.h: the level of the options of unix sockets.
const SOL_LOCAL: i32 = 0;

/// getsockopt(2), at most `size` bytes.
pub(crate) fn getsockopt(socket: &Socket, level: i32, name: i32, size: usize) -> io::Result<Vec<u8>> {
    let int = |value: i32| value.to_ne_bytes().to_vec();
    let mut value = match (level, name) {
        (c::SOL_SOCKET, c::SO_DOMAIN) => int(numbers(socket)?.0),
        (c::SOL_SOCKET, c::SO_PROTOCOL) => int(numbers(socket)?.2),
        (c::SOL_SOCKET, c::SO_ERROR) => int(linux_errno(get_number(socket, libc::SOL_SOCKET, libc::SO_ERROR)?)),
        (c::SOL_SOCKET, c::SO_PEERCRED) => peer_credentials(socket)?,
        _ => {
            let (level, name) = native::option(level, name)?;
            return get_option(socket, level, name, size);
        }
    };
    value.truncate(size);
    Ok(value)
}

/// Linux's `struct ucred`: LOCAL_PEERPID, LOCAL_PEERCRED.
fn peer_credentials(socket: &Socket) -> io::Result<Vec<u8>> {
    let pid = get_number(socket, SOL_LOCAL, libc::LOCAL_PEERPID)?;
    let bytes = get_option(socket, SOL_LOCAL, libc::LOCAL_PEERCRED, size_of::<libc::xucred>())?;
    if bytes.len() < size_of::<libc::xucred>() {
        return Err(Errno::EINVAL.into());
    }
    // SAFETY: the structure is of plain numbers, and there are as many bytes.
    let credentials: libc::xucred = unsafe { bytes.as_ptr().cast::<libc::xucred>().read_unaligned() };
    let (uid, gid) = (credentials.cr_uid, credentials.cr_groups[0]);
    Ok([pid.to_ne_bytes(), uid.to_ne_bytes(), gid.to_ne_bytes()].concat())
}

/// setsockopt(2).
pub(crate) fn setsockopt(socket: &Socket, level: i32, name: i32, value: &[u8]) -> io::Result<()> {
    let converted = if layout::is_source_membership(level, name) {
        Cow::Owned(layout::source_membership(value))
    } else if number::is_group_option(level, name) {
        Cow::Owned(native_group(value))
    } else {
        Cow::Borrowed(value)
    };
    let (level, name) = native::option(level, name)?;
    set_option(socket, level, name, &converted)
}

/// `struct group_req` and `group_source_req`, in which addresses follow the index at once.
fn native_group(value: &[u8]) -> Vec<u8> {
    let Some((index, addresses)) = value.split_at_checked(8) else { return value.to_vec() };
    let mut native = index[..4].to_vec();
    for address in addresses.chunks(CAPACITY) {
        let len = match address.first_chunk().map(|family| i32::from(u16::from_ne_bytes(*family))) {
            Some(c::AF_INET) => INET_LEN,
            Some(c::AF_INET6) => INET6_LEN,
            _ => address.len(),
        };
        let mut one = native_address(&address[..len.min(address.len())]);
        one.to_mut().resize(CAPACITY, 0);
        native.extend_from_slice(&one);
    }
    native
}

/// setsockopt(2) with a null pointer and a length.
pub(crate) fn setsockopt_null(socket: &Socket, level: i32, name: i32, len: u32) -> io::Result<()> {
    let (level, name) = native::option(level, name)?;
    set_option_null(socket, level, name, len)
}
