//! The calls, with what they are asked.

use std::fmt;
use std::time::Duration;

use crate::address::Address;
use crate::option::Value;
use crate::resolver::Query;

/// A call of a guest's, by its name in POSIX, with what it was asked. Numbers are Linux's.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names are those of the manual pages of the calls")]
pub enum Call<'a> {
    Socket { family: i32, kind: i32, protocol: i32 },
    Socketpair { family: i32, kind: i32, protocol: i32 },
    Preopened { name: &'a str },
    Fromshare,
    Share { process: u32 },
    Ioctl { control: u32, size: usize },
    Bind { address: &'a Address },
    Listen { backlog: i32 },
    Accept,
    Connect { address: &'a Address },
    Send { size: usize, flags: i32 },
    Sendall { size: usize, flags: i32 },
    Sendto { size: usize, flags: i32, address: &'a Address },
    Sendmsg { size: usize, control: usize, flags: i32, address: Option<&'a Address> },
    Sendmmsg { datagrams: usize, size: usize, flags: i32 },
    Sendfile { offset: u64, count: Option<u64> },
    Recv { size: u64, flags: i32 },
    Recvfrom { size: u64, flags: i32 },
    Recvmsg { size: u64, control: u64, flags: i32 },
    Recvmmsg { datagrams: u32, size: u64, control: u64, flags: i32 },
    Shutdown { how: i32 },
    Close,
    Dup,
    Getsockopt { level: i32, name: i32, size: Option<u32> },
    Setsockopt { level: i32, name: i32, value: &'a Value },
    Getsockname,
    Getpeername,
    Settimeout { limit: Option<Duration> },
    Poll { interests: Interests<'a>, limit: Option<Duration> },
    Subscribe { events: i16 },
    EpollCreate,
    EpollCtl { operation: i32, events: u32 },
    EpollWait { watched: usize, most: u32, limit: Option<Duration> },
    Getaddrinfo { query: &'a Query },
    Getnameinfo { address: &'a Address, flags: i32 },
    Gethostbyname { name: &'a [u8] },
    Gethostbyaddr { address: std::net::IpAddr },
    Getservbyname { name: &'a [u8], protocol: Option<&'a [u8]> },
    Getservbyport { port: u16, protocol: Option<&'a [u8]> },
    Getprotobyname { name: &'a [u8] },
    IfNameindex,
    IfNametoindex { name: &'a [u8] },
    IfIndextoname { index: u32 },
    Gethostname,
    Sethostname { name: &'a [u8] },
    LocalCid,
}

impl Call<'_> {
    /// The call's name, as the manual has it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Socket { .. } => "socket",
            Self::Socketpair { .. } => "socketpair",
            Self::Preopened { .. } => "preopened",
            Self::Fromshare => "fromshare",
            Self::Share { .. } => "share",
            Self::Ioctl { .. } => "ioctl",
            Self::Bind { .. } => "bind",
            Self::Listen { .. } => "listen",
            Self::Accept => "accept",
            Self::Connect { .. } => "connect",
            Self::Send { .. } => "send",
            Self::Sendall { .. } => "sendall",
            Self::Sendto { .. } => "sendto",
            Self::Sendmsg { .. } => "sendmsg",
            Self::Sendmmsg { .. } => "sendmmsg",
            Self::Sendfile { .. } => "sendfile",
            Self::Recv { .. } => "recv",
            Self::Recvfrom { .. } => "recvfrom",
            Self::Recvmsg { .. } => "recvmsg",
            Self::Recvmmsg { .. } => "recvmmsg",
            Self::Shutdown { .. } => "shutdown",
            Self::Close => "close",
            Self::Dup => "dup",
            Self::Getsockopt { .. } => "getsockopt",
            Self::Setsockopt { .. } => "setsockopt",
            Self::Getsockname => "getsockname",
            Self::Getpeername => "getpeername",
            Self::Settimeout { .. } => "settimeout",
            Self::Poll { .. } => "poll",
            Self::Subscribe { .. } => "subscribe",
            Self::EpollCreate => "epoll_create",
            Self::EpollCtl { .. } => "epoll_ctl",
            Self::EpollWait { .. } => "epoll_wait",
            Self::Getaddrinfo { .. } => "getaddrinfo",
            Self::Getnameinfo { .. } => "getnameinfo",
            Self::Gethostbyname { .. } => "gethostbyname",
            Self::Gethostbyaddr { .. } => "gethostbyaddr",
            Self::Getservbyname { .. } => "getservbyname",
            Self::Getservbyport { .. } => "getservbyport",
            Self::Getprotobyname { .. } => "getprotobyname",
            Self::IfNameindex => "if_nameindex",
            Self::IfNametoindex { .. } => "if_nametoindex",
            Self::IfIndextoname { .. } => "if_indextoname",
            Self::Gethostname => "gethostname",
            Self::Sethostname { .. } => "sethostname",
            Self::LocalCid => "local_cid",
        }
    }

    /// Whether it looks a name or an address up.
    pub fn looks_up(&self) -> bool {
        matches!(
            self,
            Self::Getaddrinfo { .. }
                | Self::Getnameinfo { .. }
                | Self::Gethostbyname { .. }
                | Self::Gethostbyaddr { .. }
        )
    }
}

/// What poll(2) is asked: sockets by their numbers, each with the events that it is watched for.
#[derive(Clone, Copy)]
pub struct Interests<'a> {
    at: &'a (dyn Fn(usize) -> (u64, i16) + Sync),
    len: usize,
}

impl<'a> Interests<'a> {
    pub(crate) fn new(len: usize, at: &'a (dyn Fn(usize) -> (u64, i16) + Sync)) -> Self {
        Self { at, len }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number of each socket, and its events.
    pub fn iter(&self) -> impl Iterator<Item = (u64, i16)> + 'a {
        let at = self.at;
        (0..self.len).map(at)
    }
}

impl fmt::Debug for Interests<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
