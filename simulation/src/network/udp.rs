//! UDP: datagrams, to one, to a group, and to all.

mod arrival;
mod beside;

use std::collections::{BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use berkeley_constants as c;
use berkeley_host::Errno;
use berkeley_host::network::{Arrived, ControlMessage};

use self::beside::{check, source};
use super::address;
use super::packet::{Body as Packed, Packet};
use super::rights;
use super::socket::SocketId;
use super::state::{State, at};

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
        let looping = match to {
            SocketAddr::V4(_) => (c::IPPROTO_IP, c::IP_MULTICAST_LOOP),
            SocketAddr::V6(_) => (c::IPPROTO_IPV6, c::IPV6_MULTICAST_LOOP),
        };
        let loops = socket.is_on(looping.0, looping.1) || !to.ip().is_multicast();
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
