//! Segments: what comes, and what is sent for it.

use std::net::SocketAddr;

use berkeley_constants as c;
use berkeley_host::Errno;

use super::{Stage, Tcp};
use crate::network::packet::{Body as Packed, Packet, Segment};
use crate::network::socket::{Body, Socket, SocketId};
use crate::network::state::{HostId, State};

/// What headers take of a packet.
const HEADERS: usize = 40;

const T: i32 = c::IPPROTO_TCP;

impl State {
    /// A segment comes to a host.
    pub(in crate::network) fn tcp_arrive(&mut self, host: HostId, from: SocketAddr, to: SocketAddr, segment: Segment) {
        if let Some(&id) = self.connections.get(&(host, to, from)) {
            return self.tcp_take(id, segment);
        }
        if self.tcp_recall((host, to, from), &segment) || segment.reset {
            return;
        }
        let is_first = segment.syn && segment.acknowledged.is_none();
        match self.listener(host, to).filter(|_| is_first) {
            Some(listener) => self.tcp_answer(listener, from, to, &segment),
            None => self.tcp_refuse(host, from, to, &segment),
        }
    }

    /// Who listens at the address: the most exact one; where several do, chance decides.
    fn listener(&mut self, host: HostId, to: SocketAddr) -> Option<SocketId> {
        let listens = |socket: &Socket| {
            let is_listening = matches!(&socket.body, Body::Tcp(tcp) if tcp.is_listening());
            is_listening && socket.hears(to)
        };
        let rank = |socket: &Socket| {
            let is_exact = socket.local().is_some_and(|local| local.ip() == to.ip());
            (is_exact, (socket.family == c::AF_INET) == to.is_ipv4())
        };
        let all: Vec<_> = self.of_host(host).filter(|(_, socket)| listens(socket)).collect();
        let best = all.iter().map(|(_, socket)| rank(socket)).max()?;
        let best: Vec<_> = all.into_iter().filter(|(_, socket)| rank(socket) == best).map(|(id, _)| id).collect();
        let chosen = if best.len() > 1 { self.random.index(best.len()) } else { 0 };
        best.get(chosen).copied()
    }

    /// Answers a segment that belongs to no connection.
    pub(super) fn tcp_refuse(&mut self, host: HostId, from: SocketAddr, to: SocketAddr, segment: &Segment) {
        let length = segment.data.len() as u64 + u64::from(segment.syn) + u64::from(segment.fin);
        let answer = Segment {
            reset: true,
            sequence: segment.acknowledged.unwrap_or(0),
            acknowledged: Some(segment.sequence + length),
            ..Segment::default()
        };
        self.transmit(host, Packet { from: to, to: from, body: Packed::Segment(answer) });
    }

    /// Answers a SYN, unless too many connections wait: then it is lost, and comes again.
    fn tcp_answer(&mut self, listener: SocketId, from: SocketAddr, to: SocketAddr, segment: &Segment) {
        let now = self.now;
        let Some(socket) = self.sockets.get_mut(&listener) else { return };
        let (host, numbers, options) =
            (socket.host, (socket.family, socket.kind, socket.protocol), socket.options.clone());
        let Some(tcp) = socket.tcp().filter(|tcp| tcp.ready.len() <= tcp.backlog) else { return };
        let is_bound = tcp.is_bound;
        let mut tcp = Tcp {
            stage: Stage::Answering,
            local: Some(to),
            peer: Some(from),
            is_bound,
            listener: Some(listener),
            heard: now,
            ..Tcp::default()
        };
        tcp.incoming.next = 1;
        tcp.outgoing.room = 1 + segment.window;
        let mut child = Socket::new(host, numbers, Body::Tcp(Box::new(tcp)));
        child.options = options;
        let id = self.add(child);
        self.connections.insert((host, to, from), id);
        self.tcp_send_syn(id);
    }

    /// Sends the SYN, or the answer to one.
    pub(super) fn tcp_send_syn(&mut self, id: SocketId) {
        let now = self.now;
        let Some(tcp) = self.sockets.get_mut(&id).and_then(Socket::tcp) else { return };
        let acknowledged = (tcp.stage == Stage::Answering).then_some(tcp.incoming.next);
        if tcp.attempts == 0 {
            tcp.probed = Some((1, now));
        }
        tcp.outgoing.sent = 1;
        let segment = Segment { syn: true, acknowledged, ..Segment::default() };
        self.tcp_transmit(id, segment);
        self.tcp_arm(id);
    }

    /// Sends a segment of the connection, with the room that there is.
    pub(super) fn tcp_transmit(&mut self, id: SocketId, mut segment: Segment) -> bool {
        let Some(socket) = self.sockets.get_mut(&id) else { return false };
        let (host, capacity) = (socket.host, socket.reception());
        let Some(tcp) = socket.tcp() else { return false };
        let Some((from, to)) = tcp.local.zip(tcp.peer) else { return false };
        segment.window = capacity.saturating_sub(tcp.incoming.data.len() as u64);
        tcp.incoming.told = tcp.incoming.next + segment.window;
        self.transmit(host, Packet { from, to, body: Packed::Segment(segment) })
    }

    /// Tells the peer what came, and what room there is.
    pub(super) fn tcp_acknowledge(&mut self, id: SocketId) {
        let Some(tcp) = self.sockets.get_mut(&id).and_then(Socket::tcp) else { return };
        let segment =
            Segment { acknowledged: Some(tcp.incoming.next), sequence: tcp.outgoing.sent, ..Segment::default() };
        self.tcp_transmit(id, segment);
    }

    /// Sends as much as the peer has room for.
    pub(in crate::network) fn tcp_output(&mut self, id: SocketId) {
        while let Some(segment) = self.tcp_next(id) {
            self.tcp_transmit(id, segment);
        }
        self.tcp_arm(id);
    }

    /// The next segment that may be sent.
    fn tcp_next(&mut self, id: SocketId) -> Option<Segment> {
        let (host, to, is_corked, waits) = {
            let socket = self.sockets.get_mut(&id)?;
            let (is_corked, nodelay) = (socket.is_on(T, c::TCP_CORK), socket.is_on(T, c::TCP_NODELAY));
            (socket.host, socket.tcp().filter(|tcp| tcp.stage == Stage::Open)?.peer?, is_corked, !nodelay)
        };
        let mtu = self.host_of(host, to.ip()).map_or(1500, |to| self.mtu(host, to));
        let now = self.now;
        let tcp = self.sockets.get_mut(&id).and_then(Socket::tcp)?;
        let out = &mut tcp.outgoing;
        let (sent, end) = (out.sent.max(1), out.end());
        let most = (mtu - HEADERS) as u64;
        let size = end.saturating_sub(sent).min(out.room.saturating_sub(sent)).min(most);
        let acknowledged = Some(tcp.incoming.next);
        // What fills no segment may wait: for more, or, by Nagle's algorithm, until the last such one was acknowledged.
        let is_last = size < most && sent + size == end && out.fin.is_none();
        tcp.is_corked = size > 0 && is_last && tcp.attempts == 0 && (is_corked || tcp.holds_more);
        let is_on_its_way = sent > out.acknowledged.max(1) && out.small > out.acknowledged;
        if tcp.is_corked || is_last && waits && is_on_its_way {
            return None;
        }
        if size > 0 {
            let start = (sent - out.acknowledged.max(1)) as usize;
            let data = out.data.range(start..start + size as usize).copied().collect();
            out.sent = sent + size;
            if size < most {
                out.small = out.sent;
            }
            if tcp.attempts == 0 && tcp.probed.is_none() {
                tcp.probed = Some((out.sent, now));
            }
            return Some(Segment { sequence: sent, acknowledged, data, ..Segment::default() });
        }
        if out.fin == Some(sent) {
            out.sent = sent + 1;
            return Some(Segment { sequence: sent, acknowledged, fin: true, ..Segment::default() });
        }
        None
    }

    /// A segment comes to a connection.
    fn tcp_take(&mut self, id: SocketId, segment: Segment) {
        let now = self.now;
        let Some(tcp) = self.sockets.get_mut(&id).and_then(Socket::tcp) else { return };
        tcp.heard = now;
        if tcp.stage == Stage::Open && tcp.outgoing.sent <= tcp.outgoing.acknowledged {
            // It was asked whether it is there, or has room, and is heard.
            tcp.attempts = 0;
        }
        match (tcp.stage, segment.reset) {
            (Stage::Asking, true) => self.tcp_fail(id, Errno::ECONNREFUSED),
            (Stage::Answering, true) => self.remove(id),
            (_, true) => {
                let error = if tcp.incoming.is_over() { Errno::EPIPE } else { Errno::ECONNRESET };
                self.tcp_fail(id, error);
            }
            (Stage::Asking, _) if segment.syn => {
                tcp.incoming.next = 1;
                if segment.acknowledged.is_none() {
                    // Both ask each other at once.
                    tcp.stage = Stage::Answering;
                    return self.tcp_send_syn(id);
                }
                self.tcp_open(id, &segment);
                self.tcp_acknowledge(id);
                self.tcp_output(id);
            }
            (Stage::Answering, _) if segment.syn && segment.acknowledged.is_none() => self.tcp_send_syn(id),
            (Stage::Answering, _) if segment.acknowledged.is_some_and(|to| to >= 1) && self.tcp_offer(id) => {
                self.tcp_open(id, &segment);
                self.tcp_take_open(id, segment);
            }
            (Stage::Open, _) if segment.syn => self.tcp_acknowledge(id),
            (Stage::Open, _) => self.tcp_take_open(id, segment),
            _ => {}
        }
    }

    /// The handshake is done.
    fn tcp_open(&mut self, id: SocketId, segment: &Segment) {
        let now = self.now;
        let Some(tcp) = self.sockets.get_mut(&id).and_then(Socket::tcp) else { return };
        (tcp.stage, tcp.attempts, tcp.is_news) = (Stage::Open, 0, true);
        tcp.outgoing.acknowledged = 1;
        tcp.outgoing.room = 1 + segment.window;
        tcp.round = tcp.probed.take().map(|(_, sent)| now - sent);
        self.changed(id);
    }

    /// Puts a new connection where its listener accepts it. Whether there was room.
    fn tcp_offer(&mut self, id: SocketId) -> bool {
        let Some(listener) = self.sockets.get_mut(&id).and_then(Socket::tcp).map(|tcp| tcp.listener) else {
            return false;
        };
        let Some(listener) = listener else { return true };
        let Some(tcp) = self.sockets.get_mut(&listener).and_then(Socket::tcp) else { return false };
        if tcp.ready.len() > tcp.backlog {
            return false;
        }
        tcp.ready.push_back(id);
        self.changed(listener);
        true
    }

    fn tcp_take_open(&mut self, id: SocketId, segment: Segment) {
        let now = self.now;
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let (host, capacity) = (socket.host, socket.reception());
        let Some(tcp) = socket.tcp() else { return };
        let mut is_new = false;
        if let Some(to) = segment.acknowledged {
            is_new |= tcp.acknowledged(to, segment.window, now);
        }
        let has_more = !segment.data.is_empty() || segment.fin;
        // Nobody is there to read what comes, or wants to, with nothing to say either.
        let has_news = segment.sequence + segment.data.len() as u64 > tcp.incoming.next && !segment.data.is_empty();
        if has_news && tcp.wants_nothing() {
            let (is_orphan, to, from) = (tcp.is_orphan, tcp.local, tcp.peer);
            if let Some((to, from)) = to.zip(from) {
                self.tcp_refuse(host, from, to, &segment);
            }
            return if is_orphan { self.remove(id) } else { self.tcp_fail(id, Errno::ECONNRESET) };
        }
        let is_probe = !has_more && segment.sequence < tcp.incoming.next;
        is_new |= tcp.takes(&segment, capacity);
        if is_new {
            self.changed(id);
        }
        if has_more || is_probe {
            self.tcp_acknowledge(id);
        }
        self.tcp_output(id);
        self.tcp_end(id);
    }

    /// The connection is over, once both have ended it.
    pub(super) fn tcp_end(&mut self, id: SocketId) {
        let Some(tcp) = self.sockets.get_mut(&id).and_then(Socket::tcp) else { return };
        if tcp.stage != Stage::Open || !(tcp.outgoing.is_over() && tcp.incoming.is_over()) {
            return;
        }
        tcp.stage = Stage::Over;
        let is_orphan = tcp.is_orphan;
        self.tcp_remember(id);
        if is_orphan {
            return self.remove(id);
        }
        self.tcp_stop(id);
        self.changed(id);
    }

    /// The connection is no more, or is not made.
    pub(super) fn tcp_fail(&mut self, id: SocketId, error: Errno) {
        self.tcp_stop(id);
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let Some(tcp) = socket.tcp() else { return };
        if tcp.is_orphan {
            return self.remove(id);
        }
        if matches!(tcp.stage, Stage::Asking | Stage::Answering) {
            let (is_bound, local) = (tcp.is_bound, tcp.local);
            let former = local.map(|local| local.port());
            *tcp = Tcp { is_bound, local: local.filter(|_| is_bound), former, is_vain: true, ..Tcp::default() };
        } else {
            tcp.stage = Stage::Over;
            tcp.outgoing.data.clear();
        }
        socket.error = Some(error);
        self.changed(id);
    }

    /// No more comes for it, and no timer runs.
    pub(super) fn tcp_stop(&mut self, id: SocketId) {
        self.unlist(id);
        if let Some(timer) = self.sockets.get_mut(&id).and_then(Socket::tcp).and_then(|tcp| tcp.timer.take()) {
            self.unschedule(timer);
        }
    }

    /// Takes the connection out of those that segments are for.
    pub(in crate::network) fn unlist(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let host = socket.host;
        let Some((local, peer)) = socket.tcp().and_then(|tcp| tcp.local.zip(tcp.peer)) else { return };
        if self.connections.get(&(host, local, peer)) == Some(&id) {
            self.connections.remove(&(host, local, peer));
        }
    }
}
