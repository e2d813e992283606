//! The sockets: those of the guest crate, or of std.

#[cfg(feature = "guest")]
pub(crate) use berkeley_guest::net::{TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
#[cfg(not(feature = "guest"))]
pub(crate) use std::net::{TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
