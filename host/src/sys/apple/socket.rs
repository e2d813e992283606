//! Sockets: how they are made, and what else is asked of them.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd};

use berkeley_constants as c;
use c::ioctl::{FIONREAD, SIOCATMARK, SIOCOUTQ};
use socket2::{Socket, Type};

use crate::error::Errno;
use crate::number::linux_family;
use crate::sys::call::{answer, get_number};

/// Whether a call that blocked would ask how connecting went by connecting again.
pub(crate) const CONNECTS_AGAIN: bool = false;

/// The type. What else a new socket needs, `prepare` gives it.
pub(in crate::sys) fn native_kind(kind: i32) -> Type {
    Type::from(kind)
}

/// Sees to it that a new socket does not block, is closed on exec, and raises no signal.
pub(in crate::sys) fn prepare(socket: &Socket) -> io::Result<()> {
    socket.set_cloexec(true)?;
    socket.set_nonblocking(true)?;
    socket.set_nosigpipe(true)
}

/// # Safety
///
/// The address and its length are valid for the call, or null.
pub(in crate::sys) unsafe fn accept_into(
    socket: &Socket,
    address: *mut libc::sockaddr,
    len: *mut libc::socklen_t,
) -> io::Result<Socket> {
    // SAFETY: as the caller promises; the descriptor returned belongs to nobody else.
    let accepted = unsafe { Socket::from_raw_fd(answer(libc::accept(socket.as_raw_fd(), address, len))?) };
    prepare(&accepted)?;
    Ok(accepted)
}

/// The kernel collects sockets that are on their way to nobody but each other by itself.
pub(crate) fn collect_sockets() {}

/// What Linux's ioctl(2) tells for these requests, of which Apple's systems have one as an option. ENOPROTOOPT: another.
pub(crate) fn ioctl_number(socket: &Socket, request: i32) -> io::Result<i32> {
    /// sys/sockio.h
    const AT_MARK: libc::c_ulong = 0x4004_7307;
    match request {
        FIONREAD => Ok(rustix::io::ioctl_fionread(socket)?.try_into().unwrap_or(i32::MAX)),
        SIOCOUTQ => get_number(socket, libc::SOL_SOCKET, libc::SO_NWRITE),
        SIOCATMARK => {
            let mut number = 0;
            // SAFETY: the request writes one number, for which there is room.
            answer(unsafe { libc::ioctl(socket.as_raw_fd(), AT_MARK, &raw mut number) })?;
            Ok(number)
        }
        _ => Err(Errno::ENOPROTOOPT.into()),
    }
}

/// The family, type and protocol of a socket from elsewhere. The protocol is the usual one: nothing tells it. ENOTSOCK.
pub(crate) fn numbers(socket: &Socket) -> io::Result<(i32, i32, i32)> {
    let kind = get_number(socket, libc::SOL_SOCKET, libc::SO_TYPE)?;
    let family = linux_family(socket.local_addr()?.family().into());
    let protocol = match (family, kind) {
        (c::AF_INET | c::AF_INET6, c::SOCK_STREAM) => c::IPPROTO_TCP,
        (c::AF_INET | c::AF_INET6, c::SOCK_DGRAM) => c::IPPROTO_UDP,
        _ => 0,
    };
    Ok((family, kind, protocol))
}

/// The number of a control of PF_SYSTEM by its name: CTLIOCGINFO. ENOENT.
pub(crate) fn control_id(socket: &Socket, name: &[u8]) -> io::Result<u32> {
    // SAFETY: cleared, the structure is valid.
    let mut info: libc::ctl_info = unsafe { std::mem::zeroed() };
    // A NUL must be left.
    if name.len() >= info.ctl_name.len() || name.contains(&0) {
        return Err(Errno::EINVAL.into());
    }
    for (to, from) in info.ctl_name.iter_mut().zip(name) {
        *to = *from as libc::c_char;
    }
    // SAFETY: the request reads and writes one such structure.
    answer(unsafe { libc::ioctl(socket.as_raw_fd(), libc::CTLIOCGINFO, &raw mut info) })?;
    Ok(info.ctl_id)
}
