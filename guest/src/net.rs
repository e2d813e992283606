//! TCP and UDP in the shapes of [`std::net`]: change the `use` and a program runs.
//!
//! Names are looked up by the host, and its errors are found again by [`Error::of`](crate::Error::of);
//! [`raw_os_error`](std::io::Error::raw_os_error) is the C library's number, as it is of `std`'s own errors. As in `std`, a
//! new socket is blocking; the time limits for reading and writing are the kernel's own, and when one runs out the call
//! fails with [`WouldBlock`](std::io::ErrorKind::WouldBlock). Each type is a [`Socket`](crate::Socket) inside, and
//! converts from and into one.

mod addresses;
pub(crate) mod common;
mod named;
pub(crate) mod share;
mod tcp;
mod udp;

pub use std::net::{AddrParseError, IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, SocketAddrV4, SocketAddrV6};

pub use self::addresses::ToSocketAddrs;
pub use self::tcp::{Incoming, IntoIncoming, TcpListener, TcpStream};
pub use self::udp::UdpSocket;
