//! The system calls of macOS and its kin, where they are not Linux's too.

use std::borrow::Cow;
use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd};
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use berkeley_constants as c;
use c::errno as e;
use socket2::{SockAddr, SockAddrStorage, Socket, Type};

use super::Host;
use super::layout::{self, APPLE_CONTROL, LINUX_CONTROL};
use super::number::{self, Pairs};
use super::unix::{answer, get_option, list, set_option, set_option_null, text};
use crate::address::{CAPACITY, RawAddress};
use crate::error::{Errno, Error, HostCode};

// A structure of its own on every system, of the same size.
const _: () = assert!(size_of::<libc::sockaddr_storage>() == CAPACITY);

/// Whether a call that blocked would ask how connecting went by connecting again.
pub(crate) const CONNECTS_AGAIN: bool = false;

/// The errors that both have.
const ERRORS: &Pairs<i32> = &[
    (e::EPERM, libc::EPERM),
    (e::ENOENT, libc::ENOENT),
    (e::ESRCH, libc::ESRCH),
    (e::EINTR, libc::EINTR),
    (e::EIO, libc::EIO),
    (e::ENXIO, libc::ENXIO),
    (e::E2BIG, libc::E2BIG),
    (e::ENOEXEC, libc::ENOEXEC),
    (e::EBADF, libc::EBADF),
    (e::ECHILD, libc::ECHILD),
    (e::EDEADLK, libc::EDEADLK),
    (e::ENOMEM, libc::ENOMEM),
    (e::EACCES, libc::EACCES),
    (e::EFAULT, libc::EFAULT),
    (e::ENOTBLK, libc::ENOTBLK),
    (e::EBUSY, libc::EBUSY),
    (e::EEXIST, libc::EEXIST),
    (e::EXDEV, libc::EXDEV),
    (e::ENODEV, libc::ENODEV),
    (e::ENOTDIR, libc::ENOTDIR),
    (e::EISDIR, libc::EISDIR),
    (e::EINVAL, libc::EINVAL),
    (e::ENFILE, libc::ENFILE),
    (e::EMFILE, libc::EMFILE),
    (e::ENOTTY, libc::ENOTTY),
    (e::ETXTBSY, libc::ETXTBSY),
    (e::EFBIG, libc::EFBIG),
    (e::ENOSPC, libc::ENOSPC),
    (e::ESPIPE, libc::ESPIPE),
    (e::EROFS, libc::EROFS),
    (e::EMLINK, libc::EMLINK),
    (e::EPIPE, libc::EPIPE),
    (e::EDOM, libc::EDOM),
    (e::ERANGE, libc::ERANGE),
    (e::EAGAIN, libc::EAGAIN),
    (e::EINPROGRESS, libc::EINPROGRESS),
    (e::EALREADY, libc::EALREADY),
    (e::ENOTSOCK, libc::ENOTSOCK),
    (e::EDESTADDRREQ, libc::EDESTADDRREQ),
    (e::EMSGSIZE, libc::EMSGSIZE),
    (e::EPROTOTYPE, libc::EPROTOTYPE),
    (e::ENOPROTOOPT, libc::ENOPROTOOPT),
    (e::EPROTONOSUPPORT, libc::EPROTONOSUPPORT),
    (e::ESOCKTNOSUPPORT, libc::ESOCKTNOSUPPORT),
    (e::EOPNOTSUPP, libc::EOPNOTSUPP),
    (e::EOPNOTSUPP, libc::ENOTSUP),
    (e::EPFNOSUPPORT, libc::EPFNOSUPPORT),
    (e::EAFNOSUPPORT, libc::EAFNOSUPPORT),
    (e::EADDRINUSE, libc::EADDRINUSE),
    (e::EADDRNOTAVAIL, libc::EADDRNOTAVAIL),
    (e::ENETDOWN, libc::ENETDOWN),
    (e::ENETUNREACH, libc::ENETUNREACH),
    (e::ENETRESET, libc::ENETRESET),
    (e::ECONNABORTED, libc::ECONNABORTED),
    (e::ECONNRESET, libc::ECONNRESET),
    (e::ENOBUFS, libc::ENOBUFS),
    (e::EISCONN, libc::EISCONN),
    (e::ENOTCONN, libc::ENOTCONN),
    (e::ESHUTDOWN, libc::ESHUTDOWN),
    (e::ETOOMANYREFS, libc::ETOOMANYREFS),
    (e::ETIMEDOUT, libc::ETIMEDOUT),
    (e::ECONNREFUSED, libc::ECONNREFUSED),
    (e::ELOOP, libc::ELOOP),
    (e::ENAMETOOLONG, libc::ENAMETOOLONG),
    (e::EHOSTDOWN, libc::EHOSTDOWN),
    (e::EHOSTUNREACH, libc::EHOSTUNREACH),
    (e::ENOTEMPTY, libc::ENOTEMPTY),
    (e::EUSERS, libc::EUSERS),
    (e::EDQUOT, libc::EDQUOT),
    (e::ESTALE, libc::ESTALE),
    (e::EREMOTE, libc::EREMOTE),
    (e::ENOLCK, libc::ENOLCK),
    (e::ENOSYS, libc::ENOSYS),
    (e::EOVERFLOW, libc::EOVERFLOW),
    (e::ECANCELED, libc::ECANCELED),
    (e::EIDRM, libc::EIDRM),
    (e::ENOMSG, libc::ENOMSG),
    (e::EILSEQ, libc::EILSEQ),
    (e::EBADMSG, libc::EBADMSG),
    (e::EMULTIHOP, libc::EMULTIHOP),
    (e::ENODATA, libc::ENODATA),
    (e::ENOLINK, libc::ENOLINK),
    (e::ENOSR, libc::ENOSR),
    (e::ENOSTR, libc::ENOSTR),
    (e::EPROTO, libc::EPROTO),
    (e::ETIME, libc::ETIME),
    (e::ENOTRECOVERABLE, libc::ENOTRECOVERABLE),
    (e::EOWNERDEAD, libc::EOWNERDEAD),
];

/// sys/socket.h: the number of AF_SYSTEM is macOS' own.
const FAMILIES: &Pairs<i32> = &[
    (c::AF_UNSPEC, libc::AF_UNSPEC),
    (c::AF_UNIX, libc::AF_UNIX),
    (c::AF_INET, libc::AF_INET),
    (c::AF_INET6, libc::AF_INET6),
    (c::AF_IPX, libc::AF_IPX),
    (c::AF_APPLETALK, libc::AF_APPLETALK),
    (c::AF_SNA, libc::AF_SNA),
    (c::AF_DECnet, libc::AF_DECnet),
    (c::AF_VSOCK, libc::AF_VSOCK),
    (crate::address::AF_SYSTEM, libc::AF_SYSTEM),
];
/// A family that the kernel answers for with EAFNOSUPPORT.
const NO_FAMILY: i32 = 0xff;
/// The size of sys/vsock.h's `struct sockaddr_vm`, which ends sooner than Linux's.
const VSOCK_LEN: usize = 12;

const FLAGS: &Pairs<i32> = &[
    (c::MSG_OOB, libc::MSG_OOB),
    (c::MSG_PEEK, libc::MSG_PEEK),
    (c::MSG_DONTROUTE, libc::MSG_DONTROUTE),
    (c::MSG_EOR, libc::MSG_EOR),
    (c::MSG_TRUNC, libc::MSG_TRUNC),
    (c::MSG_CTRUNC, libc::MSG_CTRUNC),
    (c::MSG_WAITALL, libc::MSG_WAITALL),
    (c::MSG_DONTWAIT, libc::MSG_DONTWAIT),
];
/// What holds without being asked for (SO_NOSIGPIPE, and FD_CLOEXEC afterwards), or is a hint that changes no data.
const NEEDLESS_FLAGS: i32 = c::MSG_NOSIGNAL | c::MSG_CMSG_CLOEXEC | c::MSG_CONFIRM;

const LOOKUP_FLAGS: &Pairs<i32> = &[
    (c::AI_PASSIVE, libc::AI_PASSIVE),
    (c::AI_CANONNAME, libc::AI_CANONNAME),
    (c::AI_NUMERICHOST, libc::AI_NUMERICHOST),
    (c::AI_V4MAPPED, libc::AI_V4MAPPED),
    (c::AI_ALL, libc::AI_ALL),
    (c::AI_ADDRCONFIG, libc::AI_ADDRCONFIG),
    (c::AI_NUMERICSERV, libc::AI_NUMERICSERV),
];

const NAME_FLAGS: &Pairs<i32> = &[
    (c::NI_NUMERICHOST, libc::NI_NUMERICHOST),
    (c::NI_NUMERICSERV, libc::NI_NUMERICSERV),
    (c::NI_NOFQDN, libc::NI_NOFQDN),
    (c::NI_NAMEREQD, libc::NI_NAMEREQD),
    (c::NI_DGRAM, libc::NI_DGRAM),
];

/// netdb.h; the first and the last but one are of older standards.
const LOOKUP_ERRORS: &Pairs<i32> = &[
    (c::EAI_ADDRFAMILY, 1),
    (c::EAI_AGAIN, libc::EAI_AGAIN),
    (c::EAI_BADFLAGS, libc::EAI_BADFLAGS),
    (c::EAI_FAIL, libc::EAI_FAIL),
    (c::EAI_FAMILY, libc::EAI_FAMILY),
    (c::EAI_MEMORY, libc::EAI_MEMORY),
    (c::EAI_NODATA, 7),
    (c::EAI_NONAME, libc::EAI_NONAME),
    (c::EAI_SERVICE, libc::EAI_SERVICE),
    (c::EAI_SOCKTYPE, libc::EAI_SOCKTYPE),
    (c::EAI_OVERFLOW, libc::EAI_OVERFLOW),
];

/// An option's level and number, as the contract has them and as macOS does.
type Option2 = ((i32, i32), (i32, i32));

// netinet/in.h, netinet6/in6.h and netinet/tcp.h, where the `libc` crate does not have them.
const IPV6_PATHMTU: i32 = 44;
const IPV6_RECVPATHMTU: i32 = 43;
const TCP_NOTSENT_LOWAT: i32 = 0x201;
const MCAST: [i32; 6] = [80, 81, 82, 83, 84, 85];
/// sys/socket.h: how long the next datagram is.
const SO_NREAD: i32 = 0x1020;
/// sys/un.h: the level of the options of unix sockets.
const SOL_LOCAL: i32 = 0;

/// The options that mean the same, by level and number.
const OPTIONS: &[Option2] = &[
    ((c::SOL_SOCKET, c::SO_DEBUG), (libc::SOL_SOCKET, libc::SO_DEBUG)),
    ((c::SOL_SOCKET, c::SO_REUSEADDR), (libc::SOL_SOCKET, libc::SO_REUSEADDR)),
    ((c::SOL_SOCKET, c::SO_REUSEPORT), (libc::SOL_SOCKET, libc::SO_REUSEPORT)),
    ((c::SOL_SOCKET, c::SO_TYPE), (libc::SOL_SOCKET, libc::SO_TYPE)),
    ((c::SOL_SOCKET, c::SO_ERROR), (libc::SOL_SOCKET, libc::SO_ERROR)),
    ((c::SOL_SOCKET, c::SO_DONTROUTE), (libc::SOL_SOCKET, libc::SO_DONTROUTE)),
    ((c::SOL_SOCKET, c::SO_BROADCAST), (libc::SOL_SOCKET, libc::SO_BROADCAST)),
    ((c::SOL_SOCKET, c::SO_SNDBUF), (libc::SOL_SOCKET, libc::SO_SNDBUF)),
    ((c::SOL_SOCKET, c::SO_RCVBUF), (libc::SOL_SOCKET, libc::SO_RCVBUF)),
    ((c::SOL_SOCKET, c::SO_KEEPALIVE), (libc::SOL_SOCKET, libc::SO_KEEPALIVE)),
    ((c::SOL_SOCKET, c::SO_OOBINLINE), (libc::SOL_SOCKET, libc::SO_OOBINLINE)),
    // In seconds, as Linux's is; macOS' SO_LINGER counts the ticks of its clock.
    ((c::SOL_SOCKET, c::SO_LINGER), (libc::SOL_SOCKET, libc::SO_LINGER_SEC)),
    ((c::SOL_SOCKET, c::SO_RCVLOWAT), (libc::SOL_SOCKET, libc::SO_RCVLOWAT)),
    ((c::SOL_SOCKET, c::SO_SNDLOWAT), (libc::SOL_SOCKET, libc::SO_SNDLOWAT)),
    ((c::SOL_SOCKET, c::SO_RCVTIMEO), (libc::SOL_SOCKET, libc::SO_RCVTIMEO)),
    ((c::SOL_SOCKET, c::SO_SNDTIMEO), (libc::SOL_SOCKET, libc::SO_SNDTIMEO)),
    ((c::SOL_SOCKET, c::SO_ACCEPTCONN), (libc::SOL_SOCKET, libc::SO_ACCEPTCONN)),
    ((c::SOL_SOCKET, c::SO_TIMESTAMP), (libc::SOL_SOCKET, libc::SO_TIMESTAMP)),
    ((c::IPPROTO_IP, c::IP_TOS), (libc::IPPROTO_IP, libc::IP_TOS)),
    ((c::IPPROTO_IP, c::IP_TTL), (libc::IPPROTO_IP, libc::IP_TTL)),
    ((c::IPPROTO_IP, c::IP_HDRINCL), (libc::IPPROTO_IP, libc::IP_HDRINCL)),
    ((c::IPPROTO_IP, c::IP_PKTINFO), (libc::IPPROTO_IP, libc::IP_PKTINFO)),
    ((c::IPPROTO_IP, c::IP_RECVTTL), (libc::IPPROTO_IP, libc::IP_RECVTTL)),
    ((c::IPPROTO_IP, c::IP_RECVTOS), (libc::IPPROTO_IP, libc::IP_RECVTOS)),
    ((c::IPPROTO_IP, c::IP_MULTICAST_IF), (libc::IPPROTO_IP, libc::IP_MULTICAST_IF)),
    ((c::IPPROTO_IP, c::IP_MULTICAST_TTL), (libc::IPPROTO_IP, libc::IP_MULTICAST_TTL)),
    ((c::IPPROTO_IP, c::IP_MULTICAST_LOOP), (libc::IPPROTO_IP, libc::IP_MULTICAST_LOOP)),
    ((c::IPPROTO_IP, c::IP_ADD_MEMBERSHIP), (libc::IPPROTO_IP, libc::IP_ADD_MEMBERSHIP)),
    ((c::IPPROTO_IP, c::IP_DROP_MEMBERSHIP), (libc::IPPROTO_IP, libc::IP_DROP_MEMBERSHIP)),
    ((c::IPPROTO_IP, c::IP_ADD_SOURCE_MEMBERSHIP), (libc::IPPROTO_IP, libc::IP_ADD_SOURCE_MEMBERSHIP)),
    ((c::IPPROTO_IP, c::IP_DROP_SOURCE_MEMBERSHIP), (libc::IPPROTO_IP, libc::IP_DROP_SOURCE_MEMBERSHIP)),
    ((c::IPPROTO_IP, c::IP_BLOCK_SOURCE), (libc::IPPROTO_IP, libc::IP_BLOCK_SOURCE)),
    ((c::IPPROTO_IP, c::IP_UNBLOCK_SOURCE), (libc::IPPROTO_IP, libc::IP_UNBLOCK_SOURCE)),
    ((c::IPPROTO_IPV6, c::IPV6_CHECKSUM), (libc::IPPROTO_IPV6, libc::IPV6_CHECKSUM)),
    ((c::IPPROTO_IPV6, c::IPV6_UNICAST_HOPS), (libc::IPPROTO_IPV6, libc::IPV6_UNICAST_HOPS)),
    ((c::IPPROTO_IPV6, c::IPV6_MULTICAST_IF), (libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_IF)),
    ((c::IPPROTO_IPV6, c::IPV6_MULTICAST_HOPS), (libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_HOPS)),
    ((c::IPPROTO_IPV6, c::IPV6_MULTICAST_LOOP), (libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_LOOP)),
    ((c::IPPROTO_IPV6, c::IPV6_JOIN_GROUP), (libc::IPPROTO_IPV6, libc::IPV6_JOIN_GROUP)),
    ((c::IPPROTO_IPV6, c::IPV6_LEAVE_GROUP), (libc::IPPROTO_IPV6, libc::IPV6_LEAVE_GROUP)),
    ((c::IPPROTO_IPV6, c::IPV6_V6ONLY), (libc::IPPROTO_IPV6, libc::IPV6_V6ONLY)),
    ((c::IPPROTO_IPV6, c::IPV6_RECVPKTINFO), (libc::IPPROTO_IPV6, libc::IPV6_RECVPKTINFO)),
    ((c::IPPROTO_IPV6, c::IPV6_PKTINFO), (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO)),
    ((c::IPPROTO_IPV6, c::IPV6_RECVHOPLIMIT), (libc::IPPROTO_IPV6, libc::IPV6_RECVHOPLIMIT)),
    ((c::IPPROTO_IPV6, c::IPV6_RECVTCLASS), (libc::IPPROTO_IPV6, libc::IPV6_RECVTCLASS)),
    ((c::IPPROTO_IPV6, c::IPV6_TCLASS), (libc::IPPROTO_IPV6, libc::IPV6_TCLASS)),
    ((c::IPPROTO_IPV6, c::IPV6_DONTFRAG), (libc::IPPROTO_IPV6, libc::IPV6_DONTFRAG)),
    ((c::IPPROTO_IPV6, c::IPV6_PATHMTU), (libc::IPPROTO_IPV6, IPV6_PATHMTU)),
    ((c::IPPROTO_IPV6, c::IPV6_RECVPATHMTU), (libc::IPPROTO_IPV6, IPV6_RECVPATHMTU)),
    ((c::IPPROTO_TCP, c::TCP_NODELAY), (libc::IPPROTO_TCP, libc::TCP_NODELAY)),
    ((c::IPPROTO_TCP, c::TCP_MAXSEG), (libc::IPPROTO_TCP, libc::TCP_MAXSEG)),
    ((c::IPPROTO_TCP, c::TCP_CORK), (libc::IPPROTO_TCP, libc::TCP_NOPUSH)),
    ((c::IPPROTO_TCP, c::TCP_KEEPIDLE), (libc::IPPROTO_TCP, libc::TCP_KEEPALIVE)),
    ((c::IPPROTO_TCP, c::TCP_KEEPINTVL), (libc::IPPROTO_TCP, libc::TCP_KEEPINTVL)),
    ((c::IPPROTO_TCP, c::TCP_KEEPCNT), (libc::IPPROTO_TCP, libc::TCP_KEEPCNT)),
    ((c::IPPROTO_TCP, c::TCP_FASTOPEN), (libc::IPPROTO_TCP, libc::TCP_FASTOPEN)),
    ((c::IPPROTO_TCP, c::TCP_NOTSENT_LOWAT), (libc::IPPROTO_TCP, TCP_NOTSENT_LOWAT)),
];

/// Those that internet sockets of both kinds have at their own levels: MCAST_.
const GROUP_OPTIONS: &Pairs<i32> = &[
    (c::MCAST_JOIN_GROUP, MCAST[0]),
    (c::MCAST_LEAVE_GROUP, MCAST[1]),
    (c::MCAST_JOIN_SOURCE_GROUP, MCAST[2]),
    (c::MCAST_LEAVE_SOURCE_GROUP, MCAST[3]),
    (c::MCAST_BLOCK_SOURCE, MCAST[4]),
    (c::MCAST_UNBLOCK_SOURCE, MCAST[5]),
];

/// The types of control messages.
const CONTROLS: &[Option2] = &[
    ((c::SOL_SOCKET, c::SCM_RIGHTS), (libc::SOL_SOCKET, libc::SCM_RIGHTS)),
    ((c::SOL_SOCKET, c::SO_TIMESTAMP), (libc::SOL_SOCKET, libc::SCM_TIMESTAMP)),
    ((c::IPPROTO_IP, c::IP_PKTINFO), (libc::IPPROTO_IP, libc::IP_PKTINFO)),
    ((c::IPPROTO_IP, c::IP_TTL), (libc::IPPROTO_IP, libc::IP_RECVTTL)),
    ((c::IPPROTO_IP, c::IP_TOS), (libc::IPPROTO_IP, libc::IP_RECVTOS)),
    ((c::IPPROTO_IPV6, c::IPV6_PKTINFO), (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO)),
    ((c::IPPROTO_IPV6, c::IPV6_HOPLIMIT), (libc::IPPROTO_IPV6, libc::IPV6_HOPLIMIT)),
    ((c::IPPROTO_IPV6, c::IPV6_TCLASS), (libc::IPPROTO_IPV6, libc::IPV6_TCLASS)),
];

/// Linux's number of an error of this system's.
pub(crate) const fn linux_errno(native: i32) -> i32 {
    number::linux_errno_of(ERRORS, native)
}

/// This system's number of an error of Linux's.
pub(crate) const fn native_errno(linux: i32) -> i32 {
    number::native_errno_of(ERRORS, linux)
}

pub(super) fn native_family(linux: i32) -> i32 {
    number::native_of(FAMILIES, linux).unwrap_or(NO_FAMILY)
}

pub(super) fn linux_family(native: i32) -> i32 {
    number::linux_of(FAMILIES, native).unwrap_or(native)
}

/// EOPNOTSUPP: one that this system does not have.
pub(super) fn native_flags(linux: i32) -> io::Result<i32> {
    match number::native_bits(FLAGS, linux & !NEEDLESS_FLAGS) {
        (native, 0) => Ok(native),
        _ => Err(Errno::EOPNOTSUPP.into()),
    }
}

pub(super) fn linux_flags(native: i32) -> i32 {
    number::linux_bits(FLAGS, native)
}

pub(super) fn native_lookup_flags(linux: i32) -> i32 {
    number::native_bits(LOOKUP_FLAGS, linux).0
}

pub(super) fn native_name_flags(linux: i32) -> i32 {
    number::native_bits(NAME_FLAGS, linux).0
}

pub(super) fn linux_gai(native: i32) -> i32 {
    number::linux_of(LOOKUP_ERRORS, native).unwrap_or(c::EAI_FAIL)
}

/// poll.h: POLLWRNORM and POLLWRBAND of Linux's; those of macOS' are POLLOUT and this.
const LINUX_POLLWRNORM: i16 = 0x100;
const LINUX_POLLWRBAND: i16 = 0x200;
const POLLWRBAND: i16 = 0x100;
/// The events whose numbers agree.
const SAME_EVENTS: i16 = c::POLLIN | c::POLLPRI | c::POLLOUT | c::POLLERR | c::POLLHUP | c::POLLNVAL | 0x40 | 0x80;

pub(super) fn native_events(linux: i16) -> i16 {
    let moved = |from, to| if linux & from != 0 { to } else { 0 };
    linux & SAME_EVENTS | moved(LINUX_POLLWRNORM, c::POLLOUT) | moved(LINUX_POLLWRBAND, POLLWRBAND)
}

pub(super) fn linux_events(native: i16, asked: i16) -> i16 {
    let moved = |from, to| if native & from != 0 { to } else { 0 };
    let told = native & SAME_EVENTS
        | moved(c::POLLOUT, LINUX_POLLWRNORM)
        | moved(POLLWRBAND, LINUX_POLLWRBAND)
        | moved(c::POLLHUP, c::POLLRDHUP);
    told & (asked | c::POLLERR | c::POLLHUP | c::POLLNVAL)
}

/// ENOPROTOOPT: one that this system does not have.
fn native_option(level: i32, name: i32) -> io::Result<(i32, i32)> {
    if let Some((_, native)) = OPTIONS.iter().find(|(linux, _)| *linux == (level, name)) {
        return Ok(*native);
    }
    let internet = matches!(level, c::IPPROTO_IP | c::IPPROTO_IPV6);
    let of_group = number::native_of(GROUP_OPTIONS, name).filter(|_| internet);
    of_group.map(|name| (level, name)).ok_or_else(|| Errno::ENOPROTOOPT.into())
}

/// What connecting answered.
pub(crate) fn connect_error(error: io::Error) -> io::Error {
    error
}

/// The address in the form that `socket2` takes: the length and the family have a byte each.
pub(crate) fn to_sockaddr(address: &RawAddress) -> SockAddr {
    let bytes = native_address(address.as_bytes());
    let mut storage = SockAddrStorage::zeroed();
    // SAFETY: the storage is a plain structure of CAPACITY bytes, of which any bytes are a valid value, and the address
    // has at most as many.
    unsafe {
        ptr::copy_nonoverlapping(bytes.as_ptr(), (&raw mut storage).cast(), bytes.len());
        SockAddr::new(storage, bytes.len() as libc::socklen_t)
    }
}

fn native_address(linux: &[u8]) -> Vec<u8> {
    let mut bytes = linux.to_vec();
    let family = linux.first_chunk().map_or(c::AF_UNSPEC, |bytes| u16::from_ne_bytes(*bytes).into());
    if family == c::AF_VSOCK {
        bytes.truncate(VSOCK_LEN);
    }
    let len = bytes.len() as u8;
    if let Some(header) = bytes.first_chunk_mut() {
        *header = [len, native_family(family) as u8];
    }
    bytes
}

/// The address that `socket2` gave.
pub(crate) fn from_sockaddr(address: &SockAddr) -> RawAddress {
    let len = (address.len() as usize).min(CAPACITY);
    // SAFETY: the storage is a plain structure of CAPACITY bytes, all of which were initialised before the call.
    unsafe { from_parts(address.as_ptr().cast(), len as libc::socklen_t) }
}

/// The address that the C library gave.
///
/// # Safety
///
/// There are so many bytes there.
pub(super) unsafe fn from_parts(address: *const u8, len: libc::socklen_t) -> RawAddress {
    // SAFETY: as the caller promises.
    let mut bytes = unsafe { std::slice::from_raw_parts(address, (len as usize).min(CAPACITY)) }.to_vec();
    let Some(header) = bytes.first_chunk_mut() else { return RawAddress::from_bytes(&[]) };
    let [_, family] = *header;
    let family = linux_family(family.into());
    *header = (family as u16).to_ne_bytes();
    // There are no names that begin with a NUL, but zeros behind every path.
    if family == c::AF_UNIX {
        let path = bytes[2..].iter().position(|byte| *byte == 0).unwrap_or(bytes.len() - 2);
        bytes.truncate(2 + path);
    }
    RawAddress::from_bytes(&bytes)
}

/// The type. What else a new socket needs, `prepare` gives it.
pub(super) fn native_kind(kind: i32) -> Type {
    Type::from(kind)
}

/// Sees to it that a new socket does not block, is closed on exec, and raises no signal.
pub(super) fn prepare(socket: &Socket) -> io::Result<()> {
    socket.set_cloexec(true)?;
    socket.set_nonblocking(true)?;
    socket.set_nosigpipe(true)
}

/// # Safety
///
/// The address and its length are valid for the call, or null.
pub(super) unsafe fn accept_into(
    socket: &Socket,
    address: *mut libc::sockaddr,
    len: *mut libc::socklen_t,
) -> io::Result<Socket> {
    // SAFETY: as the caller promises; the descriptor returned belongs to nobody else.
    let accepted = unsafe { Socket::from_raw_fd(answer(libc::accept(socket.as_raw_fd(), address, len))?) };
    prepare(&accepted)?;
    Ok(accepted)
}

/// The length of the datagram that is next to be received; it stays: SO_NREAD.
pub(crate) fn next_length(socket: &Socket) -> io::Result<usize> {
    Ok(usize::try_from(native_int(socket, libc::SOL_SOCKET, SO_NREAD)?).unwrap_or(0))
}

/// Nothing tells what of that which a unix socket has sent waits to be received: it lies with its peer.
pub(crate) fn unreceived(_: &Socket) -> io::Result<usize> {
    Err(Errno::EOPNOTSUPP.into())
}

/// The kernel collects sockets that are on their way to nobody but each other by itself.
pub(crate) fn collect_sockets() {}

/// ENODEV: the hosts of macOS' virtual machines tell it by other means.
pub(crate) fn local_cid() -> io::Result<u32> {
    Err(Errno::ENODEV.into())
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

/// The family, type and protocol of a socket from elsewhere. The protocol is the usual one: nothing tells it. ENOTSOCK.
pub(crate) fn numbers(socket: &Socket) -> io::Result<(i32, i32, i32)> {
    let kind = native_int(socket, libc::SOL_SOCKET, libc::SO_TYPE)?;
    let family = linux_family(socket.local_addr()?.family().into());
    let protocol = match (family, kind) {
        (c::AF_INET | c::AF_INET6, c::SOCK_STREAM) => c::IPPROTO_TCP,
        (c::AF_INET | c::AF_INET6, c::SOCK_DGRAM) => c::IPPROTO_UDP,
        _ => 0,
    };
    Ok((family, kind, protocol))
}

/// sendfile(2): sends at most so many bytes of the file from there on, and goes on from behind them.
pub(crate) fn sendfile(socket: &Socket, file: &File, at: &mut u64, count: usize) -> io::Result<usize> {
    let offset = libc::off_t::try_from(*at).map_err(|_| io::Error::from(Errno::EINVAL))?;
    let mut len = count as libc::off_t;
    // SAFETY: the length is valid for the call; there are no headers.
    let result = answer(unsafe {
        libc::sendfile(file.as_raw_fd(), socket.as_raw_fd(), offset, &raw mut len, ptr::null_mut(), 0)
    });
    let sent = usize::try_from(len).unwrap_or(0);
    match result {
        // What stopped it is told by the next call. Where it sent nothing, the length is what it was.
        Err(error) if sent == 0 || Errno::of(&error).is_none_or(|errno| !is_pause(errno)) => Err(error),
        _ => {
            *at += sent as u64;
            Ok(sent)
        }
    }
}

/// Whether it sets the length: to how much was sent before.
fn is_pause(error: Errno) -> bool {
    matches!(error, Errno::EAGAIN | Errno::EINTR)
}

fn native_int(socket: &Socket, level: i32, name: i32) -> io::Result<i32> {
    let bytes = get_option(socket, level, name, size_of::<i32>())?;
    Ok(bytes.try_into().map_or(0, i32::from_ne_bytes))
}

/// getsockopt(2), at most `size` bytes.
pub(crate) fn getsockopt(socket: &Socket, level: i32, name: i32, size: usize) -> io::Result<Vec<u8>> {
    let int = |value: i32| value.to_ne_bytes().to_vec();
    let mut value = match (level, name) {
        (c::SOL_SOCKET, c::SO_DOMAIN) => int(numbers(socket)?.0),
        (c::SOL_SOCKET, c::SO_PROTOCOL) => int(numbers(socket)?.2),
        (c::SOL_SOCKET, c::SO_ERROR) => int(linux_errno(native_int(socket, libc::SOL_SOCKET, libc::SO_ERROR)?)),
        (c::SOL_SOCKET, c::SO_PEERCRED) => peer_credentials(socket)?,
        _ => {
            let (level, name) = native_option(level, name)?;
            return get_option(socket, level, name, size);
        }
    };
    value.truncate(size);
    Ok(value)
}

/// Linux's `struct ucred`: LOCAL_PEERPID, LOCAL_PEERCRED.
fn peer_credentials(socket: &Socket) -> io::Result<Vec<u8>> {
    let pid = native_int(socket, SOL_LOCAL, libc::LOCAL_PEERPID)?;
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
    let converted = match (level, name) {
        (
            c::IPPROTO_IP,
            c::IP_ADD_SOURCE_MEMBERSHIP | c::IP_DROP_SOURCE_MEMBERSHIP | c::IP_BLOCK_SOURCE | c::IP_UNBLOCK_SOURCE,
        ) => Cow::Owned(layout::source_membership(value)),
        (c::IPPROTO_IP | c::IPPROTO_IPV6, name) if number::native_of(GROUP_OPTIONS, name).is_some() => {
            Cow::Owned(native_group(value))
        }
        _ => Cow::Borrowed(value),
    };
    let (level, name) = native_option(level, name)?;
    set_option(socket, level, name, &converted)
}

/// `struct group_req` and `group_source_req`, in which addresses follow the index at once.
fn native_group(value: &[u8]) -> Vec<u8> {
    let Some((index, addresses)) = value.split_at_checked(8) else { return value.to_vec() };
    let mut native = index[..4].to_vec();
    for address in addresses.chunks(CAPACITY) {
        let len = match address.first_chunk().map(|family| i32::from(u16::from_ne_bytes(*family))) {
            Some(c::AF_INET) => crate::address::INET_LEN,
            Some(c::AF_INET6) => crate::address::INET6_LEN,
            _ => address.len(),
        };
        let mut one = native_address(&address[..len.min(address.len())]);
        one.resize(CAPACITY, 0);
        native.extend(one);
    }
    native
}

/// setsockopt(2) with a null pointer and a length.
pub(crate) fn setsockopt_null(socket: &Socket, level: i32, name: i32, len: u32) -> io::Result<()> {
    let (level, name) = native_option(level, name)?;
    set_option_null(socket, level, name, len)
}

/// Control messages as this system lays them out. EOPNOTSUPP: of a type that it does not have.
pub(super) fn native_control(control: &[u8]) -> io::Result<Cow<'_, [u8]>> {
    let native = |(level, kind, data): layout::Message| {
        let (_, (level, kind)) = CONTROLS.iter().find(|(linux, _)| *linux == (level, kind))?;
        // What is received by one number is sent by another.
        let kind = match (*level, *kind) {
            (libc::IPPROTO_IP, libc::IP_RECVTTL) => libc::IP_TTL,
            (libc::IPPROTO_IP, libc::IP_RECVTOS) => libc::IP_TOS,
            (_, kind) => kind,
        };
        Some((*level, kind, data))
    };
    let messages: Option<Vec<_>> = LINUX_CONTROL.parse(control).into_iter().map(native).collect();
    Ok(Cow::Owned(APPLE_CONTROL.put(messages.ok_or(Errno::EOPNOTSUPP)?)))
}

/// Control messages as Linux has them, but for those that it has not.
pub(super) fn linux_control(control: Vec<u8>) -> Vec<u8> {
    let linux = |(level, kind, mut data): layout::Message| {
        let ((level, kind), _) = CONTROLS.iter().find(|(_, native)| *native == (level, kind))?;
        match (*level, *kind, data.as_slice()) {
            (c::IPPROTO_IP, c::IP_TTL, [ttl]) => data = i32::from(*ttl).to_ne_bytes().to_vec(),
            // The microseconds have four bytes, and four behind them that mean nothing.
            (c::SOL_SOCKET, c::SO_TIMESTAMP, [.., _, _, _, _]) => {
                let at = data.len() - 4;
                data[at..].fill(0);
            }
            _ => {}
        }
        Some((*level, *kind, data))
    };
    LINUX_CONTROL.put(APPLE_CONTROL.parse(&control).into_iter().filter_map(linux))
}

/// netdb.h's functions of old answer with what is theirs until the next call.
fn one_at_a_time() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// netdb.h; the `libc` crate does not declare these.
mod libc_netdb {
    unsafe extern "C" {
        pub(super) static h_errno: libc::c_int;
        pub(super) fn gethostbyname2(name: *const libc::c_char, family: libc::c_int) -> *mut libc::hostent;
        pub(super) fn gethostbyaddr(
            address: *const libc::c_void,
            len: libc::socklen_t,
            family: libc::c_int,
        ) -> *mut libc::hostent;
        pub(super) fn getservbyname(name: *const libc::c_char, protocol: *const libc::c_char) -> *mut libc::servent;
        pub(super) fn getservbyport(port: libc::c_int, protocol: *const libc::c_char) -> *mut libc::servent;
        pub(super) fn getprotobyname(name: *const libc::c_char) -> *mut libc::protoent;
    }
}

/// gethostbyname2(3). Blocks.
pub(crate) fn gethostbyname(name: &CStr, family: i32) -> Result<Host, Error> {
    let _guard = one_at_a_time();
    // SAFETY: the name ends with a NUL; nobody else of this process asks meanwhile.
    unsafe { host(libc_netdb::gethostbyname2(name.as_ptr(), native_family(family))) }
}

/// gethostbyaddr(3), the address in network order. Blocks.
pub(crate) fn gethostbyaddr(address: &[u8], family: i32) -> Result<Host, Error> {
    let _guard = one_at_a_time();
    let len = address.len() as libc::socklen_t;
    // SAFETY: the address has that many bytes; nobody else of this process asks meanwhile.
    unsafe { host(libc_netdb::gethostbyaddr(address.as_ptr().cast(), len, native_family(family))) }
}

/// # Safety
///
/// The entry is null, or one that the C library has filled.
unsafe fn host(entry: *const libc::hostent) -> Result<Host, Error> {
    // SAFETY: the lists end with null pointers, names end with NULs, and addresses have the length told.
    unsafe {
        let entry = entry.as_ref().ok_or(Error::Host(HostCode(libc_netdb::h_errno)))?;
        let aliases = list(entry.h_aliases).map(|alias| text(alias)).collect();
        let length = entry.h_length as usize;
        let address = |at: *mut libc::c_char| std::slice::from_raw_parts(at.cast::<u8>(), length).to_vec();
        Ok((text(entry.h_name), aliases, list(entry.h_addr_list).map(address).collect()))
    }
}

/// getservbyname(3): the port.
pub(crate) fn getservbyname(name: &CStr, protocol: Option<&CStr>) -> Option<u16> {
    let _guard = one_at_a_time();
    let protocol = protocol.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: the texts end with NULs; nobody else of this process asks meanwhile.
    unsafe { libc_netdb::getservbyname(name.as_ptr(), protocol).as_ref() }
        .map(|entry| u16::from_be(entry.s_port as u16))
}

/// getservbyport(3): the name.
pub(crate) fn getservbyport(port: u16, protocol: Option<&CStr>) -> Option<Vec<u8>> {
    let _guard = one_at_a_time();
    let protocol = protocol.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: the text ends with a NUL, and so does the name; nobody else of this process asks meanwhile.
    unsafe { libc_netdb::getservbyport(port.to_be().into(), protocol).as_ref().map(|entry| text(entry.s_name)) }
}

/// getprotobyname(3): the number.
pub(crate) fn getprotobyname(name: &CStr) -> Option<i32> {
    let _guard = one_at_a_time();
    // SAFETY: the name ends with a NUL; nobody else of this process asks meanwhile.
    unsafe { libc_netdb::getprotobyname(name.as_ptr()).as_ref() }.map(|entry| entry.p_proto)
}
