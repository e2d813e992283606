//! Sockets: how they are made, and what is asked of them.

use std::io;
use std::os::fd::AsRawFd;
use std::ptr;

use socket2::{SockAddr, Socket};

use crate::address::RawAddress;
use crate::number::native_family;
use crate::sys::address::from_sockaddr;
use crate::sys::call::answer;
use crate::sys::own::socket::{accept_into, native_kind, prepare};

/// A socket that does not block: socket(2).
pub(crate) fn socket(family: i32, kind: i32, protocol: i32) -> io::Result<Socket> {
    let socket = Socket::new_raw(native_family(family).into(), native_kind(kind), Some(protocol.into()))?;
    prepare(&socket)?;
    Ok(socket)
}

/// Two sockets that do not block, connected with each other: socketpair(2).
pub(crate) fn pair(family: i32, kind: i32, protocol: i32) -> io::Result<(Socket, Socket)> {
    let pair = Socket::pair_raw(native_family(family).into(), native_kind(kind), Some(protocol.into()))?;
    prepare(&pair.0)?;
    prepare(&pair.1)?;
    Ok(pair)
}

/// What connecting answered.
pub(crate) fn connect_error(error: io::Error) -> io::Error {
    error
}

/// accept(2): the connection does not block, and is closed on exec.
pub(crate) fn accept(socket: &Socket) -> io::Result<(Socket, RawAddress)> {
    // SAFETY: the storage and its length are valid for the call.
    let (accepted, address) = unsafe { SockAddr::try_init(|storage, len| accept_into(socket, storage.cast(), len)) }?;
    Ok((accepted, from_sockaddr(&address)))
}

/// As [`accept`], of a family that would fail if it were asked for the peer's address.
pub(crate) fn accept_nameless(socket: &Socket) -> io::Result<(Socket, RawAddress)> {
    // SAFETY: null pointers ask for no address.
    let accepted = unsafe { accept_into(socket, ptr::null_mut(), ptr::null_mut()) }?;
    Ok((accepted, RawAddress::from_bytes(&[])))
}

/// getsockname(2).
pub(crate) fn local_address(socket: &Socket) -> io::Result<RawAddress> {
    Ok(from_sockaddr(&socket.local_addr()?))
}

/// Whether calls do not wait: O_NONBLOCK.
pub(crate) fn is_nonblocking(socket: &Socket) -> io::Result<bool> {
    socket.nonblocking()
}

/// shutdown(2) with any number.
pub(crate) fn shutdown(socket: &Socket, how: i32) -> io::Result<()> {
    // SAFETY: no memory is involved.
    answer(unsafe { libc::shutdown(socket.as_raw_fd(), how) }).map(drop)
}
