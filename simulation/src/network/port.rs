//! Which ports are free.

use std::net::{IpAddr, SocketAddr};

use berkeley_constants as c;
use berkeley_host::Errno;

use super::socket::{Body, Socket, SocketId};
use super::state::{HostId, State};

/// Ports that are given where none is asked for: ip_local_port_range.
const FIRST: u16 = 32_768;
const LAST: u16 = 60_999;

impl Socket {
    /// The local address; none where it is not bound.
    pub(super) fn local(&self) -> Option<SocketAddr> {
        match &self.body {
            Body::Tcp(tcp) => tcp.local,
            Body::Udp(udp) => udp.local,
            Body::Unix(_) => None,
        }
    }

    /// Whether it hears packets to the address, as far as its own says.
    pub(super) fn hears(&self, to: SocketAddr) -> bool {
        self.local().is_some_and(|local| local.port() == to.port() && self.takes(local.ip(), to.ip()))
    }

    /// An IPv6 socket bound to any address takes IPv4 as well, unless it is said not to.
    fn takes(&self, local: IpAddr, to: IpAddr) -> bool {
        if !local.is_unspecified() {
            return local == to;
        }
        match self.family {
            c::AF_INET => to.is_ipv4(),
            _ => to.is_ipv6() || !self.is_on(c::IPPROTO_IPV6, c::IPV6_V6ONLY),
        }
    }

    /// Whether the address is of IPv4, and it is a socket of IPv6 alone.
    pub(super) fn refuses(&self, address: SocketAddr) -> bool {
        self.family == c::AF_INET6 && address.is_ipv4() && self.is_on(c::IPPROTO_IPV6, c::IPV6_V6ONLY)
    }

    /// Whether both cannot be bound to these addresses.
    fn conflicts(&self, other: &Self, local: SocketAddr) -> bool {
        let Some(theirs) = other.local().filter(|theirs| theirs.port() == local.port()) else { return false };
        if self.protocol != other.protocol
            || !(self.takes(local.ip(), theirs.ip()) || other.takes(theirs.ip(), local.ip()))
        {
            return false;
        }
        let both = |name| self.is_on(c::SOL_SOCKET, name) && other.is_on(c::SOL_SOCKET, name);
        let listens = matches!(&other.body, Body::Tcp(tcp) if tcp.is_listening());
        !(both(c::SO_REUSEPORT) || both(c::SO_REUSEADDR) && !listens)
    }
}

impl State {
    /// The address to bind the socket to, with a port if none is asked for. EADDRINUSE, EADDRNOTAVAIL.
    pub(super) fn claim(&mut self, id: SocketId, wanted: SocketAddr) -> Result<SocketAddr, Errno> {
        self.claim_for(id, wanted, None)
    }

    /// The same, for a connection to that peer: a port from which one is in TIME_WAIT with another peer is free for it.
    pub(super) fn claim_for(
        &mut self,
        id: SocketId,
        wanted: SocketAddr,
        peer: Option<SocketAddr>,
    ) -> Result<SocketAddr, Errno> {
        let host = self.socket(id)?.host;
        let is_group = wanted.ip().is_multicast() || self.is_broadcast(host, wanted.ip());
        if !is_group && !self.has_address(host, wanted.ip()) {
            return Err(Errno::EADDRNOTAVAIL);
        }
        if wanted.port() != 0 {
            return if self.is_free(id, wanted) { Ok(wanted) } else { Err(Errno::EADDRINUSE) };
        }
        let count = u64::from(LAST - FIRST) + 1;
        let start = self.random.below(count);
        let ports = (0..count).map(|step| FIRST + ((start + step) % count) as u16);
        let mut wanted = ports.map(|port| SocketAddr::new(wanted.ip(), port));
        wanted.find(|local| self.is_unused(id, *local, (host, peer))).ok_or(Errno::EADDRINUSE)
    }

    fn others(&self, id: SocketId) -> impl Iterator<Item = &Socket> {
        let host = self.sockets.get(&id).map(|socket| socket.host);
        let all = host.into_iter().flat_map(|host| self.of_host(host));
        all.filter(move |(other, _)| *other != id).map(|(_, other)| other)
    }

    fn is_free(&self, id: SocketId, local: SocketAddr) -> bool {
        let Some(own) = self.sockets.get(&id) else { return false };
        !self.others(id).any(|other| own.conflicts(other, local)) && !self.is_kept_by_past(own, local)
    }

    /// Whether no other has the port at all.
    fn is_unused(&self, id: SocketId, local: SocketAddr, (host, peer): (HostId, Option<SocketAddr>)) -> bool {
        let Some(own) = self.sockets.get(&id) else { return false };
        let is_past = match peer {
            Some(peer) => self.past.contains_key(&(host, local, peer)),
            None => self.is_kept_by_past(own, local),
        };
        if is_past {
            return false;
        }
        let same = |other: &Socket| {
            other.protocol == own.protocol && other.local().is_some_and(|theirs| theirs.port() == local.port())
        };
        !self.others(id).any(same)
    }

    /// Whether it is the address of all: 255.255.255.255, or that of a network of the host's, which are of 256 addresses.
    pub(super) fn is_broadcast(&self, host: HostId, ip: IpAddr) -> bool {
        let IpAddr::V4(ip) = ip else { return false };
        let network = |own: &IpAddr| matches!(own, IpAddr::V4(own) if own.octets()[..3] == ip.octets()[..3]);
        ip.is_broadcast() || ip.octets()[3] == 255 && self.hosts[host].addresses.iter().any(network)
    }
}
