//! Socket options, with the bounds that WASI sets.

use berkeley_constants as c;

use super::address::Family;
use super::code::Code;
use crate::error::{Errno, Error};
use crate::option::Value;
use crate::socket::Socket;

/// A level and a name.
pub(super) type Name = (i32, i32);

pub(super) const KEEP_ALIVE: Name = (c::SOL_SOCKET, c::SO_KEEPALIVE);
pub(super) const KEEP_IDLE: Name = (c::IPPROTO_TCP, c::TCP_KEEPIDLE);
pub(super) const KEEP_INTERVAL: Name = (c::IPPROTO_TCP, c::TCP_KEEPINTVL);
pub(super) const KEEP_COUNT: Name = (c::IPPROTO_TCP, c::TCP_KEEPCNT);
pub(super) const RECEIVE_BUFFER: Name = (c::SOL_SOCKET, c::SO_RCVBUF);
pub(super) const SEND_BUFFER: Name = (c::SOL_SOCKET, c::SO_SNDBUF);

const NANOSECONDS: u64 = 1_000_000_000;

/// The option's value, which is not negative.
pub(super) fn count(socket: &Socket, (level, name): Name) -> Result<u32, Code> {
    u32::try_from(socket.getsockopt(level, name)?).map_err(|_| Code::NotSupported)
}

/// Sets the option to the value that is nearest within the bounds. Nothing takes 0.
fn set_within(socket: &Socket, (level, name): Name, value: u64, most: i32) -> Result<(), Code> {
    if value == 0 {
        return Err(Code::InvalidArgument);
    }
    let value = i32::try_from(value).unwrap_or(most).min(most);
    Ok(socket.setsockopt(level, name, &Value::Int(value))?)
}

pub(super) fn flag(socket: &Socket, name: Name) -> Result<bool, Code> {
    Ok(count(socket, name)? != 0)
}

pub(super) fn set_flag(socket: &Socket, (level, name): Name, value: bool) -> Result<(), Code> {
    Ok(socket.setsockopt(level, name, &Value::Int(value.into()))?)
}

/// A time, in nanoseconds, that the kernel has in seconds.
pub(super) fn time(socket: &Socket, name: Name) -> Result<u64, Code> {
    Ok(u64::from(count(socket, name)?) * NANOSECONDS)
}

/// What is no whole second becomes the next one. No system has less room for it than Linux.
pub(super) fn set_time(socket: &Socket, name: Name, nanoseconds: u64) -> Result<(), Code> {
    set_within(socket, name, nanoseconds.div_ceil(NANOSECONDS), i16::MAX.into())
}

pub(super) fn set_count(socket: &Socket, name: Name, value: u32) -> Result<(), Code> {
    set_within(socket, name, value.into(), i8::MAX.into())
}

/// Where a socket of that family has how many routers may pass its packets on.
pub(super) fn hop_limit_of(family: Family) -> Name {
    match family {
        Family::V4 => (c::IPPROTO_IP, c::IP_TTL),
        Family::V6 => (c::IPPROTO_IPV6, c::IPV6_UNICAST_HOPS),
    }
}

pub(super) fn hops(socket: &Socket, name: Name) -> Result<u8, Code> {
    u8::try_from(count(socket, name)?).map_err(|_| Code::NotSupported)
}

pub(super) fn set_hops(socket: &Socket, name: Name, value: u8) -> Result<(), Code> {
    set_within(socket, name, value.into(), u8::MAX.into())
}

/// The size of a buffer, as it was set. Linux sets aside as much again for its own use, and tells the sum.
pub(super) fn buffer(socket: &Socket, name: Name) -> Result<u64, Code> {
    let size = u64::from(count(socket, name)?);
    Ok(if cfg!(target_os = "linux") { size / 2 } else { size })
}

/// Asks for a buffer of that size; it is a hint.
pub(super) fn set_buffer(socket: &Socket, (level, name): Name, value: u64) -> Result<(), Code> {
    if value == 0 {
        return Err(Code::InvalidArgument);
    }
    let value = i32::try_from(value).unwrap_or(i32::MAX);
    match socket.setsockopt(level, name, &Value::Int(value)) {
        // The BSDs refuse what is too much for them; Linux gives what it can.
        Err(Error::Os(Errno::ENOBUFS)) => Ok(()),
        result => Ok(result?),
    }
}
