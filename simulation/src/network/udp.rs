//! UDP: datagrams, to one, to a group, and to all.

use std::collections::{BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use berkeley_constants as c;
use berkeley_host::Errno;
use berkeley_host::network::{Arrived, ControlMessage};
use c::{POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP};

use super::address;
use super::packet::{Body as Packed, Packet};
use super::rights;
use super::socket::{Body, Socket, SocketId};
use super::state::{HostId, State, at};

/// What a datagram takes in the receiver's buffer beside its data.
const OVERHEAD: usize = 768;
/// The largest datagrams: of IPv4, and of IPv6.
const LARGEST: usize = 65_507;
const LARGEST6: usize = 65_527;

/// A socket of UDP.
#[derive(Default)]
pub(super) struct Udp {
    pub(super) local: Option<SocketAddr>,
    pub(super) peer: Option<SocketAddr>,
    /// Whether the program has bound it.
    is_bound: bool,
    queue: VecDeque<Datagram>,
    held: usize,
    /// The groups that it has joined.
    pub(super) groups: BTreeSet<IpAddr>,
    is_read_out: bool,
    is_written_out: bool,
    /// What is sent with what comes next: MSG_MORE, UDP_CORK.
    pub(super) corked: Vec<u8>,
}

struct Datagram {
    from: SocketAddr,
    to: SocketAddr,
    data: Vec<u8>,
    hops: u8,
    class: u8,
    /// When it came.
    at: Duration,
}

impl Udp {
    /// The size of what is next to be received, for FIONREAD.
    pub(super) fn next_size(&self) -> usize {
        self.queue.front().map_or(0, |next| next.data.len())
    }
}

impl State {
    fn udp(&mut self, id: SocketId) -> Result<&mut Udp, Errno> {
        self.socket(id)?.udp().ok_or(Errno::EINVAL)
    }

    pub(super) fn udp_bind(&mut self, id: SocketId, wanted: SocketAddr) -> Result<(), Errno> {
        if self.udp(id)?.local.is_some() || self.socket(id)?.refuses(wanted) {
            return Err(Errno::EINVAL);
        }
        let local = self.claim(id, wanted)?;
        let udp = self.udp(id)?;
        (udp.local, udp.is_bound) = (Some(local), true);
        Ok(())
    }

    /// The port of the socket, which gets one where it has none.
    fn udp_port(&mut self, id: SocketId) -> Result<SocketAddr, Errno> {
        let socket = self.socket(id)?;
        if let Some(local) = socket.local() {
            return Ok(local);
        }
        let any = at(address::any(socket.family), 0);
        let local = self.claim(id, any).map_err(|_| Errno::EAGAIN)?;
        self.udp(id)?.local = Some(local);
        Ok(local)
    }

    pub(super) fn udp_connect(&mut self, id: SocketId, to: Option<SocketAddr>) -> Result<(), Errno> {
        let Some(to) = to else {
            let udp = self.udp(id)?;
            udp.peer = None;
            if !udp.is_bound {
                udp.local = None;
            }
            return Ok(());
        };
        let to = self.udp_target(id, to)?;
        let host = self.socket(id)?.host;
        let local = self.udp_port(id)?;
        let source = self.source(host, to.ip()).ok_or(Errno::ENETUNREACH)?;
        let udp = self.udp(id)?;
        udp.peer = Some(to);
        if local.ip().is_unspecified() {
            udp.local = Some(at(source, local.port()));
        }
        Ok(())
    }

    /// Whom a datagram goes to. EACCES, ENETUNREACH.
    fn udp_target(&mut self, id: SocketId, to: SocketAddr) -> Result<SocketAddr, Errno> {
        let socket = self.socket(id)?;
        let (host, broadcasts) = (socket.host, socket.is_on(c::SOL_SOCKET, c::SO_BROADCAST));
        let is_only6 = socket.family == c::AF_INET6 && socket.is_on(c::IPPROTO_IPV6, c::IPV6_V6ONLY);
        if is_only6 && to.is_ipv4() {
            return Err(Errno::ENETUNREACH);
        }
        if self.is_broadcast(host, to.ip()) && !broadcasts {
            return Err(Errno::EACCES);
        }
        // What is sent to no address goes to the own host.
        let own = if to.ip().is_unspecified() { self.source(host, to.ip()) } else { None };
        Ok(at(own.unwrap_or(to.ip()), to.port()))
    }

    pub(super) fn udp_send(
        &mut self,
        id: SocketId,
        data: Vec<u8>,
        to: Option<SocketAddr>,
        (control, flags): (&[ControlMessage], i32),
    ) -> Result<usize, Errno> {
        if flags & c::MSG_OOB != 0 {
            return Err(Errno::EOPNOTSUPP);
        }
        self.udp_port(id)?;
        let udp = self.udp(id)?;
        let to = to.or(udp.peer).ok_or(Errno::EDESTADDRREQ)?;
        if udp.is_written_out {
            return Err(Errno::EPIPE);
        }
        check(control)?;
        if to.port() == 0 {
            return Err(Errno::EINVAL);
        }
        let to = self.udp_target(id, to)?;
        if data.len() > if to.is_ipv4() { LARGEST } else { LARGEST6 } {
            return Err(Errno::EMSGSIZE);
        }
        self.socket(id)?.take_error()?;
        let local = self.udp_port(id)?;
        let socket = self.socket(id)?;
        let host = socket.host;
        let (hops, class) = socket.marks(to.ip(), control)?;
        let asked = source(control);
        let loops = socket.is_on(c::IPPROTO_IP, c::IP_MULTICAST_LOOP) || !to.ip().is_multicast();
        if asked.is_some_and(|asked| !self.has_address(host, asked)) {
            return Err(if to.is_ipv4() { Errno::ENETUNREACH } else { Errno::EINVAL });
        }
        let source = match asked.unwrap_or(local.ip()) {
            own if own.is_unspecified() || own.is_multicast() || own.is_ipv4() != to.is_ipv4() => {
                self.source(host, to.ip()).ok_or(Errno::ENETUNREACH)?
            }
            own => own,
        };
        let size = data.len();
        let is_corked = flags & c::MSG_MORE != 0 || self.socket(id)?.is_on(c::IPPROTO_UDP, c::UDP_CORK);
        let udp = self.udp(id)?;
        let mut whole = std::mem::take(&mut udp.corked);
        whole.extend(data);
        if is_corked {
            udp.corked = whole;
            return Ok(size);
        }
        let data = whole;
        let body = Packed::Datagram { data, hops, class };
        let packet = Packet { from: at(source, local.port()), to, body };
        if to.ip().is_multicast() || self.is_broadcast(host, to.ip()) {
            let reached = if hops == 0 { vec![host] } else { (0..self.hosts.len()).collect() };
            for other in reached.into_iter().filter(|other| *other != host || loops) {
                self.transmit_to(host, other, packet.clone());
            }
        } else {
            // What goes to no host is lost without a word.
            self.transmit(host, packet);
        }
        Ok(size)
    }

    pub(super) fn udp_arrive(
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
        let has_member = self.sockets.values().any(|socket| socket.host == host && joined(socket));
        if is_group && !has_member {
            return;
        }
        let hears = |socket: &Socket| {
            let Body::Udp(udp) = &socket.body else { return false };
            let takes = !is_group || joined(socket) || socket.is_on(c::IPPROTO_IP, c::IP_MULTICAST_ALL);
            socket.host == host && socket.hears(to) && takes && udp.peer.is_none_or(|peer| peer == from)
        };
        let all: Vec<_> = self.sockets.iter().filter(|(_, socket)| hears(socket)).collect();
        let rank = |socket: &Socket| {
            let is_exact = socket.local().is_some_and(|local| !local.ip().is_unspecified());
            let is_connected = matches!(&socket.body, Body::Udp(udp) if udp.peer.is_some());
            (is_connected, is_exact, (socket.family == c::AF_INET) == to.is_ipv4())
        };
        let best = all.iter().map(|(_, socket)| rank(socket)).max();
        let chosen = all.iter().filter(|(_, socket)| is_for_many || Some(rank(socket)) == best);
        let mut chosen: Vec<_> = chosen.map(|(id, _)| **id).collect();
        if chosen.is_empty() && !is_for_many {
            self.transmit(host, Packet { from: to, to: from, body: Packed::Unreachable });
            return;
        }
        if !is_for_many && chosen.len() > 1 {
            // Of several that share a port with SO_REUSEPORT one gets it; with SO_REUSEADDR, the last.
            let shared = chosen.iter().all(|id| self.sockets[id].is_on(c::SOL_SOCKET, c::SO_REUSEPORT));
            let one = if shared { self.draw(chosen.len() as u64) as usize } else { chosen.len() - 1 };
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
    pub(super) fn udp_unreachable(&mut self, host: HostId, from: SocketAddr, to: SocketAddr) {
        let meant = |socket: &Socket| {
            let is_peer = matches!(&socket.body, Body::Udp(udp) if udp.peer == Some(from));
            socket.host == host && is_peer && socket.hears(to)
        };
        let found = self.sockets.iter().find(|(_, socket)| meant(socket)).map(|(id, _)| *id);
        if let Some(socket) = found.and_then(|id| self.sockets.get_mut(&id)) {
            socket.error = Some(Errno::ECONNREFUSED);
        }
        found.into_iter().for_each(|id| self.changed(id));
    }

    pub(super) fn udp_receive(&mut self, id: SocketId, size: usize, room: usize, flags: i32) -> Result<Arrived, Errno> {
        if flags & c::MSG_ERRQUEUE != 0 {
            return Err(Errno::EAGAIN);
        }
        let socket = self.socket(id)?;
        socket.take_error()?;
        let Some(next) = socket.udp().and_then(|udp| udp.queue.front()) else {
            // Also where it was shut down: only a call that waits is told the end, and it is the host that waits.
            return Err(Errno::EAGAIN);
        };
        let whole = next.data.len();
        let data = next.data[..whole.min(size)].to_vec();
        let from = next.from;
        let truncated = if whole > size { c::MSG_TRUNC } else { 0 };
        let control = socket.told_beside();
        let length = if flags & c::MSG_TRUNC == 0 { data.len() } else { whole };
        let address = Some(address::told(socket.family, from));
        let mut arrived = Arrived { data, length, address, flags: truncated, ..Arrived::default() };
        rights::fit(&mut arrived, room, control, Vec::new());
        if flags & c::MSG_PEEK == 0
            && let Some(udp) = socket.udp()
        {
            udp.queue.pop_front();
            udp.held -= whole + OVERHEAD;
        }
        Ok(arrived)
    }

    pub(super) fn udp_shutdown(&mut self, id: SocketId, how: i32) -> Result<(), Errno> {
        let udp = self.udp(id)?;
        udp.is_read_out |= how != c::SHUT_WR && udp.peer.is_some();
        udp.is_written_out |= how != c::SHUT_RD && udp.peer.is_some();
        let is_connected = udp.peer.is_some();
        self.changed(id);
        if is_connected { Ok(()) } else { Err(Errno::ENOTCONN) }
    }
}

impl Socket {
    /// The hop limit and the traffic class of what is sent there.
    fn marks(&self, to: IpAddr, control: &[ControlMessage]) -> Result<(u8, u8), Errno> {
        let (level, hops, class) = match (to.is_ipv4(), to.is_multicast()) {
            (true, true) => (c::IPPROTO_IP, c::IP_MULTICAST_TTL, c::IP_TOS),
            (true, false) => (c::IPPROTO_IP, c::IP_TTL, c::IP_TOS),
            (false, true) => (c::IPPROTO_IPV6, c::IPV6_MULTICAST_HOPS, c::IPV6_TCLASS),
            (false, false) => (c::IPPROTO_IPV6, c::IPV6_UNICAST_HOPS, c::IPV6_TCLASS),
        };
        let beside = |names: &[i32]| {
            let found = control.iter().find(|(of, name, _)| *of == level && names.contains(name));
            found.and_then(|(_, _, data)| data.first_chunk()).map(|bytes| i32::from_ne_bytes(*bytes))
        };
        let told = beside(&[if to.is_ipv4() { c::IP_TTL } else { c::IPV6_HOPLIMIT }]);
        let least = if to.is_ipv4() { 1 } else { -1 };
        if told.is_some_and(|hops| !(least..=255).contains(&hops)) {
            return Err(Errno::EINVAL);
        }
        let hops = told.filter(|hops| *hops >= 0).unwrap_or_else(|| self.number(level, hops));
        let class = beside(&[class]).unwrap_or_else(|| self.number(level, class));
        Ok((u8::try_from(hops).unwrap_or(64), u8::try_from(class).unwrap_or(0)))
    }

    /// What is told of the next datagram beside it.
    fn told_beside(&self) -> Vec<ControlMessage> {
        let Body::Udp(udp) = &self.body else { return Vec::new() };
        let Some(next) = udp.queue.front() else { return Vec::new() };
        let (hops, class) = (i32::from(next.hops).to_ne_bytes(), i32::from(next.class).to_ne_bytes());
        let time = self.stamp(next.at);
        let index = if next.to.ip().is_loopback() { 1i32 } else { 2 }.to_ne_bytes();
        let told = match (self.family, next.to.ip()) {
            (c::AF_INET, IpAddr::V4(to)) => vec![
                (c::IP_PKTINFO, c::IP_PKTINFO, [index, to.octets(), to.octets()].concat()),
                (c::IP_RECVTTL, c::IP_TTL, hops.to_vec()),
                (c::IP_RECVTOS, c::IP_TOS, vec![next.class]),
                (c::IP_RECVORIGDSTADDR, c::IP_RECVORIGDSTADDR, address::told(self.family, next.to).as_bytes().to_vec()),
            ],
            (c::AF_INET6, to) => {
                let to = match to {
                    IpAddr::V4(to) => to.to_ipv6_mapped(),
                    IpAddr::V6(to) => to,
                };
                vec![
                    (c::IPV6_RECVPKTINFO, c::IPV6_PKTINFO, [&to.octets()[..], &index].concat()),
                    (c::IPV6_RECVHOPLIMIT, c::IPV6_HOPLIMIT, hops.to_vec()),
                    (c::IPV6_RECVTCLASS, c::IPV6_TCLASS, class.to_vec()),
                    (
                        c::IPV6_RECVORIGDSTADDR,
                        c::IPV6_RECVORIGDSTADDR,
                        address::told(self.family, next.to).as_bytes().to_vec(),
                    ),
                ]
            }
            _ => Vec::new(),
        };
        let level = if self.family == c::AF_INET { c::IPPROTO_IP } else { c::IPPROTO_IPV6 };
        let told = told.into_iter().filter(|(option, ..)| self.is_on(level, *option));
        time.into_iter().chain(told.map(|(_, kind, data)| (level, kind, data))).collect()
    }

    /// When it came, if that is to be told.
    fn stamp(&self, at: Duration) -> Option<ControlMessage> {
        const TIMES: [(i32, bool); 4] = [
            (c::SO_TIMESTAMPNS, true),
            (c::SO_TIMESTAMPNS_NEW, true),
            (c::SO_TIMESTAMP, false),
            (c::SO_TIMESTAMP_NEW, false),
        ];
        let (name, nanos) = TIMES.into_iter().find(|(name, _)| self.is_on(c::SOL_SOCKET, *name))?;
        let fraction = if nanos { at.subsec_nanos() } else { at.subsec_micros() };
        Some((c::SOL_SOCKET, name, [at.as_secs(), fraction.into()].map(u64::to_ne_bytes).concat()))
    }

    /// poll(2), as datagram_poll of Linux has it.
    pub(super) fn udp_events(&self, udp: &Udp) -> i16 {
        const POLLRDNORM: i16 = 0x40;
        const POLLWRNORM: i16 = 0x100;
        const POLLWRBAND: i16 = 0x200;
        let mut events = POLLOUT | POLLWRNORM | POLLWRBAND;
        if !udp.queue.is_empty() || udp.is_read_out {
            events |= POLLIN | POLLRDNORM;
        }
        if udp.is_read_out {
            events |= POLLRDHUP;
        }
        if udp.is_read_out && udp.is_written_out {
            events |= POLLHUP;
        }
        if self.error.is_some() {
            events |= POLLERR;
        }
        events
    }
}

/// What the control messages must be as long as. EINVAL.
fn check(control: &[ControlMessage]) -> Result<(), Errno> {
    const SIZES: &[(i32, i32, usize)] = &[
        (c::IPPROTO_IP, c::IP_TTL, 4),
        (c::IPPROTO_IP, c::IP_PKTINFO, 12),
        (c::IPPROTO_IPV6, c::IPV6_PKTINFO, 20),
        (c::IPPROTO_IPV6, c::IPV6_HOPLIMIT, 4),
        (c::IPPROTO_IPV6, c::IPV6_TCLASS, 4),
    ];
    let is_short = |(level, kind, data): &ControlMessage| {
        SIZES.iter().any(|(of, name, size)| (of, name) == (level, kind) && data.len() < *size)
    };
    let is_unknown = |(level, kind, _): &ControlMessage| {
        let known = [c::SO_PRIORITY, c::SO_MARK, c::SO_TIMESTAMPING, c::SCM_RIGHTS, c::SCM_CREDENTIALS];
        *level == c::SOL_SOCKET && !known.contains(kind)
    };
    if control.iter().any(|message| is_short(message) || is_unknown(message)) { Err(Errno::EINVAL) } else { Ok(()) }
}

/// The address that a datagram is to come from, by IP_PKTINFO or IPV6_PKTINFO; none says nothing.
fn source(control: &[ControlMessage]) -> Option<IpAddr> {
    let found = control.iter().find_map(|(level, kind, data)| match (*level, *kind) {
        // struct in_pktinfo: behind the interface.
        (c::IPPROTO_IP, c::IP_PKTINFO) => data.get(4..)?.first_chunk::<4>().map(|bytes| IpAddr::from(*bytes)),
        (c::IPPROTO_IPV6, c::IPV6_PKTINFO) => data.first_chunk::<16>().map(|bytes| IpAddr::from(*bytes)),
        _ => None,
    });
    found.map(|ip| ip.to_canonical()).filter(|ip| !ip.is_unspecified())
}
