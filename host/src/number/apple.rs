//! The numbers of macOS and its kin.
#![allow(clippy::unnecessary_cast, reason = "the tables' macros convert, for some numbers are of another type")]

use berkeley_constants as c;
use c::errno as e;
pub(super) use libc as names;

use super::event;
use super::table::{Name, Pairs, Table, by_name};

/// The errors that both have. EOPNOTSUPP has two numbers here.
pub(super) const ERRORS: &Pairs<i32> = by_name!(e, names:
    EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EDEADLK ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST
    EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM
    ERANGE EAGAIN EINPROGRESS EALREADY ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT
    ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET
    ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED ELOOP
    ENAMETOOLONG EHOSTDOWN EHOSTUNREACH ENOTEMPTY EUSERS EDQUOT ESTALE EREMOTE ENOLCK ENOSYS EOVERFLOW ECANCELED
    EIDRM ENOMSG EILSEQ EBADMSG EMULTIHOP ENODATA ENOLINK ENOSR ENOSTR EPROTO ETIME ENOTRECOVERABLE EOWNERDEAD;
    EOPNOTSUPP = ENOTSUP
);

/// sys/socket.h: the number of AF_SYSTEM is macOS' own.
pub(super) const FAMILIES: &Pairs<i32> = &[
    (c::AF_SNA, libc::AF_SNA),
    (c::AF_DECnet, libc::AF_DECnet),
    (c::AF_VSOCK, libc::AF_VSOCK),
    (libc::AF_SYSTEM, libc::AF_SYSTEM),
];
/// A family that the kernel answers for with EAFNOSUPPORT.
pub(super) const NO_FAMILY: i32 = 0xff;

pub(super) const FLAGS: &Pairs<i32> = by_name!(c, names: MSG_EOR MSG_WAITALL MSG_DONTWAIT);
/// What holds without being asked for (SO_NOSIGPIPE, and FD_CLOEXEC afterwards), or is a hint that changes no data.
pub(super) const NEEDLESS_FLAGS: i32 = c::MSG_NOSIGNAL | c::MSG_CMSG_CLOEXEC | c::MSG_CONFIRM;
/// What this system does not have is left out.
pub(super) const NEEDLESS_LOOKUP_FLAGS: i32 = !0;
pub(super) const NEEDLESS_NAME_FLAGS: i32 = !0;

/// netdb.h; the last two are of older standards, and one of them the `libc` crate does not have.
pub(super) const LOOKUP_ERRORS: &Table<i32> = &[
    by_name!(c, names:
        EAI_AGAIN EAI_BADFLAGS EAI_FAIL EAI_FAMILY EAI_MEMORY EAI_NONAME EAI_SERVICE EAI_SOCKTYPE EAI_OVERFLOW EAI_NODATA
    ),
    &[(c::EAI_ADDRFAMILY, 1)],
];

/// The events that may be asked for.
pub(super) const EVENTS: &Table<i32> = &[
    by_name!(c, names: POLLIN POLLPRI POLLOUT POLLERR POLLHUP POLLNVAL),
    by_name!(event, names: POLLRDNORM POLLRDBAND POLLWRNORM POLLWRBAND),
];
/// What is told beside them.
pub(super) const EVENTS_TOLD: &Table<i32> = &[by_name!(c, names: ; POLLRDHUP = POLLHUP)];

/// The options that mean the same. Of SO_LINGER it is the one in seconds, as Linux's is; the other counts the ticks of
/// the system's clock.
pub(super) const OPTIONS: &Pairs<Name> = &[
    ((c::SOL_SOCKET, c::SO_REUSEPORT), (libc::SOL_SOCKET, libc::SO_REUSEPORT)),
    ((c::SOL_SOCKET, c::SO_LINGER), (libc::SOL_SOCKET, libc::SO_LINGER_SEC)),
    ((c::SOL_SOCKET, c::SO_TIMESTAMP), (libc::SOL_SOCKET, libc::SO_TIMESTAMP)),
    ((c::IPPROTO_IPV6, c::IPV6_RECVPKTINFO), (libc::IPPROTO_IPV6, libc::IPV6_RECVPKTINFO)),
    ((c::IPPROTO_IPV6, c::IPV6_PKTINFO), (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO)),
    ((c::IPPROTO_IPV6, c::IPV6_RECVHOPLIMIT), (libc::IPPROTO_IPV6, libc::IPV6_RECVHOPLIMIT)),
    ((c::IPPROTO_IPV6, c::IPV6_PATHMTU), (libc::IPPROTO_IPV6, IPV6_PATHMTU)),
    ((c::IPPROTO_IPV6, c::IPV6_RECVPATHMTU), (libc::IPPROTO_IPV6, IPV6_RECVPATHMTU)),
    ((c::IPPROTO_TCP, c::TCP_CORK), (libc::IPPROTO_TCP, libc::TCP_NOPUSH)),
    ((c::IPPROTO_TCP, c::TCP_KEEPIDLE), (libc::IPPROTO_TCP, libc::TCP_KEEPALIVE)),
    ((c::IPPROTO_TCP, c::TCP_NOTSENT_LOWAT), (libc::IPPROTO_TCP, TCP_NOTSENT_LOWAT)),
];

// netinet6/in6.h and netinet/tcp.h; the `libc` crate does not have these.
const IPV6_PATHMTU: i32 = 44;
const IPV6_RECVPATHMTU: i32 = 43;
const TCP_NOTSENT_LOWAT: i32 = 0x201;

/// The types of control messages, as they are received.
pub(super) const CONTROLS: &Pairs<Name> = &[
    ((c::SOL_SOCKET, c::SCM_RIGHTS), (libc::SOL_SOCKET, libc::SCM_RIGHTS)),
    ((c::SOL_SOCKET, c::SO_TIMESTAMP), (libc::SOL_SOCKET, libc::SCM_TIMESTAMP)),
    ((c::IPPROTO_IP, c::IP_TTL), (libc::IPPROTO_IP, libc::IP_RECVTTL)),
    ((c::IPPROTO_IP, c::IP_TOS), (libc::IPPROTO_IP, libc::IP_RECVTOS)),
];
