//! Sockets: how they are made, and what else is asked of them.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::net::UnixDatagram;

use berkeley_constants as c;
use c::ioctl::{FIONREAD, SIOCATMARK, SIOCOUTQ};
use socket2::{Socket, Type};

use crate::error::Errno;
use crate::sys::call::{answer, get_number};

/// Whether a call that blocked would ask how connecting went by connecting again.
pub(crate) const CONNECTS_AGAIN: bool = true;

/// The type, with the flags for a socket that does not block and is closed on exec.
pub(in crate::sys) fn native_kind(kind: i32) -> Type {
    Type::from(kind | c::SOCK_NONBLOCK | c::SOCK_CLOEXEC)
}

/// A new socket needs nothing more.
pub(in crate::sys) fn prepare(_: &Socket) -> io::Result<()> {
    Ok(())
}

/// # Safety
///
/// The address and its length are valid for the call, or null.
pub(in crate::sys) unsafe fn accept_into(
    socket: &Socket,
    address: *mut libc::sockaddr,
    len: *mut libc::socklen_t,
) -> io::Result<Socket> {
    let flags = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    // SAFETY: as the caller promises; the descriptor returned belongs to nobody else.
    unsafe { Ok(Socket::from_raw_fd(answer(libc::accept4(socket.as_raw_fd(), address, len, flags))?)) }
}

/// Has the kernel look for sockets that are on their way to nobody but each other, as it does when a unix socket is
/// closed.
pub(crate) fn collect_sockets() {
    drop(UnixDatagram::unbound());
}

/// The family, type and protocol of a socket from elsewhere. ENOTSOCK.
pub(crate) fn numbers(socket: &Socket) -> io::Result<(i32, i32, i32)> {
    let option = |name| get_number(socket, c::SOL_SOCKET, name);
    Ok((option(c::SO_DOMAIN)?, option(c::SO_TYPE)?, option(c::SO_PROTOCOL)?))
}

/// ioctl(2), of one of the requests that the contract has. ENOPROTOOPT: another.
pub(crate) fn ioctl_number(socket: &Socket, request: i32) -> io::Result<i32> {
    if !matches!(request, FIONREAD | SIOCOUTQ | SIOCATMARK) {
        return Err(Errno::ENOPROTOOPT.into());
    }
    let mut number = 0;
    // SAFETY: each of these requests writes one number, for which there is room.
    answer(unsafe { libc::ioctl(socket.as_raw_fd(), request as _, &raw mut number) })?;
    Ok(number)
}

/// EAFNOSUPPORT: PF_SYSTEM is macOS's own.
pub(crate) fn control_id(_: &Socket, _: &[u8]) -> io::Result<u32> {
    Err(Errno::EAFNOSUPPORT.into())
}
