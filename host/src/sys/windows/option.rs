//! Options: getsockopt, setsockopt.

use std::io;

use berkeley_constants as c;
use socket2::{Socket, Type};
use windows_sys::Win32::Networking::WinSock as ws;

use super::address::renumber;
use super::call::{answer, number_of};
use super::socket::numbers;
use crate::address::CAPACITY;
use crate::error::Errno;
use crate::number::{self, linux_errno};
use crate::sys::{layout, native};

/// getsockopt(2), at most `size` bytes.
pub(crate) fn getsockopt(socket: &Socket, level: i32, name: i32, size: usize) -> io::Result<Vec<u8>> {
    let int = |value: i32| value.to_ne_bytes().to_vec();
    let mut value = match (level, name) {
        (c::SOL_SOCKET, c::SO_DOMAIN) => int(numbers(socket)?.0),
        (c::SOL_SOCKET, c::SO_PROTOCOL) => int(numbers(socket)?.2),
        (c::SOL_SOCKET, c::SO_ERROR) => int(linux_errno(get_number(socket, level, name)?)),
        (c::SOL_SOCKET, c::SO_RCVTIMEO | c::SO_SNDTIMEO) => {
            layout::timeval_of(get_number(socket, level, name)?.cast_unsigned())
        }
        (c::SOL_SOCKET, c::SO_LINGER) => layout::long_linger(get_number(socket, level, name)?.to_ne_bytes()),
        _ => return get_option(socket, level, name, size),
    };
    value.truncate(size);
    Ok(value)
}

fn get_number(socket: &Socket, level: i32, name: i32) -> io::Result<i32> {
    let bytes = get_option(socket, level, name, size_of::<i32>())?;
    Ok(bytes.try_into().map_or(0, i32::from_ne_bytes))
}

fn get_option(socket: &Socket, level: i32, name: i32, size: usize) -> io::Result<Vec<u8>> {
    let (level, name) = native::option(level, name)?;
    let mut value = vec![0u8; size];
    let mut len = size as i32;
    // SAFETY: the buffer has `len` bytes.
    answer(unsafe { ws::getsockopt(number_of(socket), level, name, value.as_mut_ptr(), &raw mut len) })?;
    value.truncate(len as usize);
    Ok(value)
}

/// setsockopt(2).
pub(crate) fn setsockopt(socket: &Socket, level: i32, name: i32, value: &[u8]) -> io::Result<()> {
    let converted = match (level, name) {
        // To listen again where connections of an earlier listener linger, which Linux means by it, needs nothing. What
        // Windows means is to take the port from another program.
        (c::SOL_SOCKET, c::SO_REUSEADDR) if socket.r#type()? == Type::STREAM => return Ok(()),
        (c::SOL_SOCKET, c::SO_RCVTIMEO | c::SO_SNDTIMEO) => layout::milliseconds_of(value)?.to_ne_bytes().to_vec(),
        (c::SOL_SOCKET, c::SO_LINGER) => layout::short_linger(value)?.to_vec(),
        (c::IPPROTO_IP, c::IP_ADD_MEMBERSHIP | c::IP_DROP_MEMBERSHIP) => layout::membership(value, true),
        (c::IPPROTO_IP, c::IP_MULTICAST_IF) => layout::membership(value, false),
        _ if layout::is_source_membership(level, name) => layout::source_membership(value),
        _ if number::is_group_option(level, name) => native_group(value),
        _ => value.to_vec(),
    };
    let (level, name) = native::option(level, name)?;
    // SAFETY: the buffer has that many bytes. Options whose value holds pointers are refused before (see `option`).
    answer(unsafe { ws::setsockopt(number_of(socket), level, name, converted.as_ptr(), converted.len() as i32) })
        .map(drop)
}

/// `struct group_req` and `group_source_req`, whose addresses name their families by this system's numbers.
fn native_group(value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    for at in [8, 8 + CAPACITY] {
        if let Some(address) = value.get_mut(at..) {
            renumber(address);
        }
    }
    value
}

/// setsockopt(2) with a null pointer and a length. EOPNOTSUPP: no option of Windows' takes one.
pub(crate) fn setsockopt_null(_: &Socket, level: i32, name: i32, _: u32) -> io::Result<()> {
    native::option(level, name)?;
    Err(Errno::EOPNOTSUPP.into())
}
