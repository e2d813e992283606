//! Values of socket options: integers, bytes, and the structures of the options that have one.
//!
//! The structures turn into what [`setsockopt`](crate::Socket::setsockopt) takes; those that can be asked for come from
//! [`getsockopt_as`](crate::Socket::getsockopt_as):
//!
//! ```no_run
//! use berkeley_guest::socket::*;
//!
//! let socket = Socket::new(AF_INET, SOCK_STREAM, 0)?;
//! socket.setsockopt(SOL_SOCKET, SO_LINGER, Linger { on: true, seconds: 5 })?;
//! assert_eq!(socket.getsockopt_as::<Linger>(SOL_SOCKET, SO_LINGER)?.seconds, 5);
//!
//! let receiver = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
//! let group = IpMreq { multiaddr: [239, 1, 2, 3].into(), interface: [127, 0, 0, 1].into() };
//! receiver.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, group)?;
//! # Ok::<(), berkeley_guest::Error>(())
//! ```

mod membership;
mod plain;
mod tcp_info;
mod value;

pub use membership::{GroupReq, GroupSourceReq, IpMreq, IpMreqSource, IpMreqn, Ipv6Mreq};
pub use plain::{Linger, Timeval};
pub use tcp_info::TcpInfo;
pub use value::{OptionStruct, OptionValue};
