//! Python's `socket` module, by its names and meaning: <https://docs.python.org/3/library/socket.html>.
//!
//! What takes a host and a port takes `("example.com", 443)`, a [`std::net::SocketAddr`], or an [`Address`] of any
//! family; unix sockets take a path. The functions and the constants of Python's module are found here under their names,
//! by `use berkeley_guest::socket::*`.
//!
//! ```no_run
//! use std::time::Duration;
//! use berkeley_guest::socket::*;
//!
//! let server = create_server(("127.0.0.1", 0), &ServerOptions::default())?;
//! let port = server.getsockname()?.port().unwrap_or(0);
//!
//! let client = create_connection(("127.0.0.1", port), &ConnectionOptions::default())?;
//! let (peer, address) = server.accept()?;
//! client.sendall(b"hello")?;
//! peer.settimeout(Some(Duration::from_secs(5)));
//! assert_eq!(peer.recv(1024)?, b"hello");
//! # Ok::<(), berkeley_guest::Error>(())
//! ```

mod connection;
mod server;

pub use berkeley_constants::*;

pub use self::connection::{ConnectionOptions, create_connection, create_connection_all_errors};
pub use self::server::{ServerOptions, create_server, has_dualstack_ipv6};
pub use crate::address::{Address, ToAddress};
pub use crate::ancillary::{CMSG_LEN, CMSG_SPACE, recv_fds, send_fds, send_fds_to};
pub use crate::endpoint::{
    DEFAULT_BACKLOG, RCVALL_MAX, RCVALL_OFF, RCVALL_ON, RCVALL_SOCKETLEVELONLY, SIO_KEEPALIVE_VALS,
    SIO_LOOPBACK_FAST_PATH, SIO_RCVALL, Socket, close, dup, fromfd, fromfd_as, fromshare, getdefaulttimeout, preopened,
    setdefaulttimeout, socketpair,
};
pub use crate::interface::{gethostname, if_indextoname, if_nameindex, if_nametoindex, local_cid, sethostname};
pub use crate::netdb::{
    AddressInfo, Hints, HostEntry, Service, getaddrinfo, getfqdn, gethostbyaddr, gethostbyname, gethostbyname_ex,
    getnameinfo, getprotobyname, getservbyname, getservbyport, htonl, htons, inet_aton, inet_ntoa, inet_ntop,
    inet_pton, ntohl, ntohs,
};
pub use crate::option::{
    GroupReq, GroupSourceReq, IpMreq, IpMreqSource, IpMreqn, Ipv6Mreq, Linger, OptionStruct, OptionValue, TcpInfo,
    Timeval,
};

/// Whether the platform has IPv6: always, though the host may not.
pub const HAS_IPV6: bool = true;

/// [`HAS_IPV6`] by Python's name.
#[allow(non_upper_case_globals, reason = "that is its name")]
pub const has_ipv6: bool = HAS_IPV6;

/// Python's other name for its `socket` class.
pub type SocketType = Socket;

/// The name of an error number in Linux's numbering: Python's `errno.errorcode`.
///
/// ```
/// assert_eq!(berkeley_guest::socket::errorcode(111), Some("ECONNREFUSED"));
/// ```
pub fn errorcode(number: i32) -> Option<&'static str> {
    errno::name(number)
}
