//! TIME_WAIT: who has ended a connection first remembers it for a while, so that what comes late meets nothing new.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use berkeley_constants as c;

use crate::network::packet::{Body as Packed, Packet, Segment};
use crate::network::socket::{Socket, SocketId};
use crate::network::state::{Happening, HostId, Moment, State};

/// How long that is: TCP_TIMEWAIT_LEN.
const LASTS: Duration = Duration::from_secs(60);

/// A connection: on which host, its address there, and the peer's.
pub(in crate::network) type Way = (HostId, SocketAddr, SocketAddr);

/// The connections that are over and remembered.
pub(in crate::network) type Remembered = BTreeMap<Way, Past>;

/// What is remembered of one.
pub(in crate::network) struct Past {
    sequence: u64,
    acknowledged: u64,
    /// SO_REUSEADDR
    pub(in crate::network) shares: bool,
    until: Moment,
}

impl State {
    /// Remembers the connection, which both have ended, if its own program was first.
    pub(super) fn tcp_remember(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let (host, shares) = (socket.host, socket.is_on(c::SOL_SOCKET, c::SO_REUSEADDR));
        let Some(tcp) = socket.tcp().filter(|tcp| tcp.is_first) else { return };
        let (sequence, acknowledged) = (tcp.outgoing.sent, tcp.incoming.next);
        let Some((local, peer)) = tcp.local.zip(tcp.peer) else { return };
        let way = (host, local, peer);
        let until = self.schedule(self.now + LASTS, Happening::Forget(way));
        if let Some(before) = self.past.insert(way, Past { sequence, acknowledged, shares, until }) {
            self.unschedule(before.until);
        }
    }

    /// It has been remembered for long enough.
    pub(in crate::network) fn tcp_forget(&mut self, way: Way) {
        if let Some(past) = self.past.remove(&way) {
            self.unschedule(past.until);
        }
    }

    /// The host remembers nothing.
    pub(in crate::network) fn tcp_forget_all(&mut self, host: HostId) {
        let own: Vec<_> = self.past.keys().filter(|(of, ..)| *of == host).copied().collect();
        own.into_iter().for_each(|way| self.tcp_forget(way));
    }

    /// Answers what comes for a connection that is remembered: a peer that ends it once more has not heard that it was heard.
    /// Whether that is all.
    pub(super) fn tcp_recall(&mut self, way: Way, segment: &Segment) -> bool {
        let Some(past) = self.past.get(&way) else { return false };
        if segment.syn && segment.acknowledged.is_none() {
            // A new one takes its place.
            self.tcp_forget(way);
            return false;
        }
        if segment.reset {
            self.tcp_forget(way);
            return true;
        }
        if segment.fin || !segment.data.is_empty() {
            let (sequence, acknowledged) = (past.sequence, Some(past.acknowledged));
            let (host, from, to) = way;
            let answer = Segment { sequence, acknowledged, ..Segment::default() };
            self.transmit(host, Packet { from, to, body: Packed::Segment(answer) });
        }
        true
    }

    /// Whether a connection is remembered that keeps the socket from being bound to the address.
    pub(in crate::network) fn is_kept_by_past(&self, own: &Socket, local: SocketAddr) -> bool {
        let shares = own.is_on(c::SOL_SOCKET, c::SO_REUSEADDR);
        let port = |(host, past, _): &Way| *host == own.host && past.port() == local.port();
        let meets = |past: &SocketAddr| local.ip().is_unspecified() || local.ip() == past.ip();
        own.protocol == c::IPPROTO_TCP
            && self.past.iter().any(|(way, past)| port(way) && meets(&way.1) && !(shares && past.shares))
    }
}
