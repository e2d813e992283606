//! The numbers of Windows: Winsock's, and of the system's own errors those that it answers now and then.
#![allow(clippy::unnecessary_cast, reason = "the tables' macros convert, for some numbers are of another type")]

use berkeley_constants as c;
use c::errno as e;
pub(super) use windows_sys::Win32::Networking::WinSock as names;

use super::event;
use super::table::{Name, Pairs, Table, by_name, linux_of};

mod errors {
    pub(super) use windows_sys::Win32::Foundation::*;
    pub(super) use windows_sys::Win32::Networking::WinSock::*;
}

/// The errors that Winsock calls as Linux does, and those of Windows' that it answers now and then.
pub(super) const ERRORS: &Pairs<i32> = by_name!(e, errors: ;
    EINTR = WSAEINTR
    EBADF = WSAEBADF
    EACCES = WSAEACCES
    EFAULT = WSAEFAULT
    EINVAL = WSAEINVAL
    EMFILE = WSAEMFILE
    EAGAIN = WSAEWOULDBLOCK
    EINPROGRESS = WSAEINPROGRESS
    EALREADY = WSAEALREADY
    ENOTSOCK = WSAENOTSOCK
    EDESTADDRREQ = WSAEDESTADDRREQ
    EMSGSIZE = WSAEMSGSIZE
    EPROTOTYPE = WSAEPROTOTYPE
    ENOPROTOOPT = WSAENOPROTOOPT
    EPROTONOSUPPORT = WSAEPROTONOSUPPORT
    ESOCKTNOSUPPORT = WSAESOCKTNOSUPPORT
    EOPNOTSUPP = WSAEOPNOTSUPP
    EPFNOSUPPORT = WSAEPFNOSUPPORT
    EAFNOSUPPORT = WSAEAFNOSUPPORT
    EADDRINUSE = WSAEADDRINUSE
    EADDRNOTAVAIL = WSAEADDRNOTAVAIL
    ENETDOWN = WSAENETDOWN
    ENETUNREACH = WSAENETUNREACH
    ENETRESET = WSAENETRESET
    ECONNABORTED = WSAECONNABORTED
    ECONNRESET = WSAECONNRESET
    ENOBUFS = WSAENOBUFS
    EISCONN = WSAEISCONN
    ENOTCONN = WSAENOTCONN
    ESHUTDOWN = WSAESHUTDOWN
    ETOOMANYREFS = WSAETOOMANYREFS
    ETIMEDOUT = WSAETIMEDOUT
    ECONNREFUSED = WSAECONNREFUSED
    ELOOP = WSAELOOP
    ENAMETOOLONG = WSAENAMETOOLONG
    EHOSTDOWN = WSAEHOSTDOWN
    EHOSTUNREACH = WSAEHOSTUNREACH
    ENOTEMPTY = WSAENOTEMPTY
    EUSERS = WSAEUSERS
    EDQUOT = WSAEDQUOT
    ESTALE = WSAESTALE
    EREMOTE = WSAEREMOTE
    ECANCELED = WSAECANCELLED
    EAGAIN = WSASYSNOTREADY
    ENOENT = ERROR_FILE_NOT_FOUND
    ENOENT = ERROR_PATH_NOT_FOUND
    ENOTDIR = ERROR_DIRECTORY
    EACCES = ERROR_ACCESS_DENIED
    EBADF = ERROR_INVALID_HANDLE
    ENOMEM = ERROR_NOT_ENOUGH_MEMORY
    ENOMEM = ERROR_OUTOFMEMORY
    EINVAL = ERROR_INVALID_PARAMETER
    ENAMETOOLONG = ERROR_FILENAME_EXCED_RANGE
    EOPNOTSUPP = ERROR_NOT_SUPPORTED
    EEXIST = ERROR_ALREADY_EXISTS
    EINVAL = ERROR_INVALID_NAME
);

/// The number of AF_HYPERV is Windows' own.
pub(super) const FAMILIES: &Pairs<i32> = by_name!(c, names: AF_IRDA AF_HYPERV);
/// A family that Winsock answers for with WSAEAFNOSUPPORT.
pub(super) const NO_FAMILY: i32 = 0x7fff;

pub(super) const FLAGS: &Pairs<i32> = by_name!(c, names: MSG_ERRQUEUE);
/// What holds without being asked for, or is a hint that changes no data. The host waits by itself, for all of what was
/// asked for too.
pub(super) const NEEDLESS_FLAGS: i32 =
    c::MSG_DONTWAIT | c::MSG_NOSIGNAL | c::MSG_CMSG_CLOEXEC | c::MSG_CONFIRM | c::MSG_WAITALL | c::MSG_EOR;
pub(super) const NEEDLESS_LOOKUP_FLAGS: i32 = 0;
pub(super) const NEEDLESS_NAME_FLAGS: i32 = c::NI_IDN;

pub(super) const LOOKUP_ERRORS: &Table<i32> = &[by_name!(c, names: ;
    EAI_NONAME = WSAHOST_NOT_FOUND
    EAI_NODATA = WSANO_DATA
    EAI_AGAIN = WSATRY_AGAIN
    EAI_FAIL = WSANO_RECOVERY
    EAI_BADFLAGS = WSAEINVAL
    EAI_FAMILY = WSAEAFNOSUPPORT
    EAI_SOCKTYPE = WSAESOCKTNOSUPPORT
    EAI_SERVICE = WSATYPE_NOT_FOUND
    EAI_MEMORY = WSA_NOT_ENOUGH_MEMORY
)];

/// netdb.h: h_errno.
const HOST_ERRORS: &Pairs<i32> =
    &[(1, names::WSAHOST_NOT_FOUND), (2, names::WSATRY_AGAIN), (3, names::WSANO_RECOVERY), (4, names::WSANO_DATA)];

/// The code of a look-up by the older functions that failed: NO_RECOVERY, where Linux has none.
pub(crate) fn linux_host_error(native: i32) -> i32 {
    linux_of(&[HOST_ERRORS], native).unwrap_or(3)
}

/// The events that may be asked for.
pub(super) const EVENTS: &Table<i32> = &[
    by_name!(c, names: ; POLLIN = POLLRDNORM POLLPRI = POLLRDBAND POLLOUT = POLLWRNORM),
    by_name!(event, names: POLLRDNORM POLLRDBAND POLLWRNORM),
];
/// What is told beside them. POLLHUP is told when the peer alone has ended, too: then there is the end to be read.
pub(super) const EVENTS_TOLD: &Table<i32> = &[
    by_name!(c, names: POLLERR POLLHUP POLLNVAL; POLLRDHUP = POLLHUP POLLIN = POLLHUP),
    by_name!(event, names: ; POLLRDNORM = POLLHUP),
];

/// The options that mean the same.
pub(super) const OPTIONS: &Pairs<Name> = &[
    ((c::SOL_SOCKET, c::SO_LINGER), (names::SOL_SOCKET, names::SO_LINGER)),
    ((c::IPPROTO_IP, c::IP_OPTIONS), (names::IPPROTO_IP, names::IP_OPTIONS)),
    ((c::IPPROTO_IP, c::IP_MTU), (names::IPPROTO_IP, names::IP_MTU)),
    ((c::IPPROTO_IP, c::IP_UNICAST_IF), (names::IPPROTO_IP, names::IP_UNICAST_IF)),
    ((c::IPPROTO_IPV6, c::IPV6_MTU), (names::IPPROTO_IPV6, names::IPV6_MTU)),
    ((c::IPPROTO_IPV6, c::IPV6_HDRINCL), (names::IPPROTO_IPV6, names::IPV6_HDRINCL)),
    ((c::IPPROTO_IPV6, c::IPV6_RECVPKTINFO), (names::IPPROTO_IPV6, names::IPV6_PKTINFO)),
    ((c::IPPROTO_IPV6, c::IPV6_RECVHOPLIMIT), (names::IPPROTO_IPV6, names::IPV6_HOPLIMIT)),
    ((c::IPPROTO_IPV6, c::IPV6_RECVRTHDR), (names::IPPROTO_IPV6, names::IPV6_RECVRTHDR)),
    ((c::IPPROTO_IPV6, c::IPV6_UNICAST_IF), (names::IPPROTO_IPV6, names::IPV6_UNICAST_IF)),
    ((c::IPPROTO_TCP, c::TCP_KEEPIDLE), (names::IPPROTO_TCP, names::TCP_KEEPIDLE)),
];

/// The types of control messages.
pub(super) const CONTROLS: &Pairs<Name> = &[
    ((c::IPPROTO_IP, c::IP_TTL), (names::IPPROTO_IP, names::IP_HOPLIMIT)),
    ((c::IPPROTO_IP, c::IP_TOS), (names::IPPROTO_IP, names::IP_TOS)),
];
