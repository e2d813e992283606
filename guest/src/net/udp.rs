//! UDP.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use berkeley_constants::{
    IP_ADD_MEMBERSHIP, IP_DROP_MEMBERSHIP, IP_MULTICAST_LOOP, IP_MULTICAST_TTL, IPPROTO_IP, IPPROTO_IPV6,
    IPV6_JOIN_GROUP, IPV6_LEAVE_GROUP, IPV6_MULTICAST_LOOP, SO_BROADCAST, SOCK_DGRAM, SOL_SOCKET,
};

use super::addresses::{ToSocketAddrs, first_of};
use super::common::{self, socket_for};
use super::share::share;
use crate::error::Error;
use crate::option::{IpMreq, Ipv6Mreq};
use crate::socket::Socket;

/// A UDP socket: [`std::net::UdpSocket`].
///
/// ```no_run
/// use berkeley_guest::net::UdpSocket;
///
/// let socket = UdpSocket::bind("127.0.0.1:0")?;
/// socket.send_to(b"ping", "127.0.0.1:7")?;
/// let mut buffer = [0; 100];
/// let (len, peer) = socket.recv_from(&mut buffer)?;
/// println!("{peer} sent {len} bytes");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct UdpSocket(Socket);

impl UdpSocket {
    /// Binds to the first of the addresses that can be had; port 0 lets the system choose. The error is that of the
    /// last one: `AddrInUse`, `AddrNotAvailable`, `PermissionDenied` and others.
    pub fn bind<A: ToSocketAddrs>(addr: A) -> io::Result<Self> {
        first_of(addr, |address| {
            let socket = socket_for(address, SOCK_DGRAM)?;
            socket.bind(address)?;
            Ok(Self(socket))
        })
    }

    /// Sets the peer to send to and to receive from: the first of the addresses that can be had. The error is that of
    /// the last one.
    pub fn connect<A: ToSocketAddrs>(&self, addr: A) -> io::Result<()> {
        first_of(addr, |address| self.0.connect(address))
    }

    /// Sends a datagram to the first of the addresses. `InvalidInput` if there is none.
    pub fn send_to<A: ToSocketAddrs>(&self, buf: &[u8], addr: A) -> io::Result<usize> {
        let first = addr.to_socket_addrs()?.next();
        Ok(self.0.sendto(buf, first.ok_or(Error::Invalid("no addresses to send data to"))?)?)
    }

    /// Sets whether it may send to broadcast addresses: SO_BROADCAST.
    pub fn set_broadcast(&self, broadcast: bool) -> io::Result<()> {
        common::set_flag(&self.0, SOL_SOCKET, SO_BROADCAST, broadcast)
    }

    /// Whether it may send to broadcast addresses.
    pub fn broadcast(&self) -> io::Result<bool> {
        common::flag(&self.0, SOL_SOCKET, SO_BROADCAST)
    }

    /// Sets whether this machine gets what it sends to groups of IPv4 itself: IP_MULTICAST_LOOP.
    pub fn set_multicast_loop_v4(&self, multicast_loop_v4: bool) -> io::Result<()> {
        common::set_flag(&self.0, IPPROTO_IP, IP_MULTICAST_LOOP, multicast_loop_v4)
    }

    /// Whether this machine gets what it sends to groups of IPv4 itself.
    pub fn multicast_loop_v4(&self) -> io::Result<bool> {
        common::flag(&self.0, IPPROTO_IP, IP_MULTICAST_LOOP)
    }

    /// Sets how many hops a packet to a group of IPv4 may take: IP_MULTICAST_TTL. `InvalidInput` beyond 255.
    pub fn set_multicast_ttl_v4(&self, multicast_ttl_v4: u32) -> io::Result<()> {
        common::set_number(&self.0, IPPROTO_IP, IP_MULTICAST_TTL, multicast_ttl_v4)
    }

    /// How many hops a packet to a group of IPv4 may take.
    pub fn multicast_ttl_v4(&self) -> io::Result<u32> {
        common::number(&self.0, IPPROTO_IP, IP_MULTICAST_TTL)
    }

    /// Sets whether this machine gets what it sends to groups of IPv6 itself: IPV6_MULTICAST_LOOP.
    pub fn set_multicast_loop_v6(&self, multicast_loop_v6: bool) -> io::Result<()> {
        common::set_flag(&self.0, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, multicast_loop_v6)
    }

    /// Whether this machine gets what it sends to groups of IPv6 itself.
    pub fn multicast_loop_v6(&self) -> io::Result<bool> {
        common::flag(&self.0, IPPROTO_IPV6, IPV6_MULTICAST_LOOP)
    }

    /// Joins a group, on the interface that has the address; `0.0.0.0` lets the system choose.
    pub fn join_multicast_v4(&self, multiaddr: &Ipv4Addr, interface: &Ipv4Addr) -> io::Result<()> {
        Ok(self.0.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, membership_v4(multiaddr, interface))?)
    }

    /// Joins a group, on the interface of that index; 0 lets the system choose.
    pub fn join_multicast_v6(&self, multiaddr: &Ipv6Addr, interface: u32) -> io::Result<()> {
        Ok(self.0.setsockopt(IPPROTO_IPV6, IPV6_JOIN_GROUP, membership_v6(multiaddr, interface))?)
    }

    /// Leaves a group that was joined with the same arguments. `AddrNotAvailable` if it was not.
    pub fn leave_multicast_v4(&self, multiaddr: &Ipv4Addr, interface: &Ipv4Addr) -> io::Result<()> {
        Ok(self.0.setsockopt(IPPROTO_IP, IP_DROP_MEMBERSHIP, membership_v4(multiaddr, interface))?)
    }

    /// Leaves a group that was joined with the same arguments. `AddrNotAvailable` if it was not.
    pub fn leave_multicast_v6(&self, multiaddr: &Ipv6Addr, interface: u32) -> io::Result<()> {
        Ok(self.0.setsockopt(IPPROTO_IPV6, IPV6_LEAVE_GROUP, membership_v6(multiaddr, interface))?)
    }
}

share!(UdpSocket(SocketAddr): socket, inet, peer, datagram, batch, ttl);

fn membership_v4(&multiaddr: &Ipv4Addr, &interface: &Ipv4Addr) -> IpMreq {
    IpMreq { multiaddr, interface }
}

fn membership_v6(&multiaddr: &Ipv6Addr, interface_index: u32) -> Ipv6Mreq {
    Ipv6Mreq { multiaddr, interface_index }
}
