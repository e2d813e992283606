//! Whom datagrams come to.

use std::net::SocketAddr;

use berkeley_constants as c;
use berkeley_host::Errno;

use super::{Datagram, OVERHEAD};
use crate::network::packet::{Body as Packed, Packet};
use crate::network::socket::{Body, Socket};
use crate::network::state::{HostId, State};

impl State {
    pub(in crate::network) fn udp_arrive(
        &mut self,
        host: HostId,
        from: SocketAddr,
        to: SocketAddr,
        data: Vec<u8>,
        (hops, class): (u8, u8),
    ) {
        let is_group = to.ip().is_multicast();
        let is_for_many = is_group || self.is_broadcast(host, to.ip());
        let joined = |socket: &Socket| matches!(&socket.body, Body::Udp(udp) if udp.groups.contains(&to.ip()));
        if is_group && !self.of_host(host).any(|(_, socket)| joined(socket)) {
            return;
        }
        let hears = |socket: &Socket| {
            let Body::Udp(udp) = &socket.body else { return false };
            let takes = !is_group || joined(socket) || socket.is_on(c::IPPROTO_IP, c::IP_MULTICAST_ALL);
            socket.hears(to) && takes && udp.peer.is_none_or(|peer| peer == from)
        };
        let all: Vec<_> = self.of_host(host).filter(|(_, socket)| hears(socket)).collect();
        let rank = |socket: &Socket| {
            let is_exact = socket.local().is_some_and(|local| !local.ip().is_unspecified());
            let is_connected = matches!(&socket.body, Body::Udp(udp) if udp.peer.is_some());
            (is_connected, is_exact, (socket.family == c::AF_INET) == to.is_ipv4())
        };
        let best = all.iter().map(|(_, socket)| rank(socket)).max();
        let chosen = all.iter().filter(|(_, socket)| is_for_many || Some(rank(socket)) == best);
        let mut chosen: Vec<_> = chosen.map(|(id, _)| *id).collect();
        if chosen.is_empty() && !is_for_many {
            self.transmit(host, Packet { from: to, to: from, body: Packed::Unreachable });
            return;
        }
        if !is_for_many && chosen.len() > 1 {
            // Of several that share a port with SO_REUSEPORT one gets it; with SO_REUSEADDR, the last.
            let shared = chosen.iter().all(|id| self.sockets[id].is_on(c::SOL_SOCKET, c::SO_REUSEPORT));
            let one = if shared { self.random.index(chosen.len()) } else { chosen.len() - 1 };
            chosen = vec![chosen[one]];
        }
        let now = self.now;
        for id in chosen {
            let Some(socket) = self.sockets.get_mut(&id) else { continue };
            let most = socket.number(c::SOL_SOCKET, c::SO_RCVBUF).max(0) as usize;
            let Some(udp) = socket.udp() else { continue };
            if udp.held + data.len() + OVERHEAD > most && udp.held > 0 {
                continue;
            }
            udp.held += data.len() + OVERHEAD;
            udp.queue.push_back(Datagram { from, to, data: data.clone(), hops, class, at: now });
            self.changed(id);
        }
    }

    /// Nobody is at the port that a datagram went to: who is connected to it is told.
    pub(in crate::network) fn udp_unreachable(&mut self, host: HostId, from: SocketAddr, to: SocketAddr) {
        let meant = |socket: &Socket| {
            let is_peer = matches!(&socket.body, Body::Udp(udp) if udp.peer == Some(from));
            is_peer && socket.hears(to)
        };
        let found = self.of_host(host).find(|(_, socket)| meant(socket)).map(|(id, _)| id);
        if let Some(socket) = found.and_then(|id| self.sockets.get_mut(&id)) {
            socket.error = Some(Errno::ECONNREFUSED);
        }
        found.into_iter().for_each(|id| self.changed(id));
    }
}
