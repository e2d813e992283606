//! What a connection waits for, and what becomes of it when it waits in vain.

use std::time::Duration;

use berkeley_constants as c;
use berkeley_host::Errno;

use super::{Stage, Tcp};
use crate::network::packet::Segment;
use crate::network::socket::{Socket, SocketId};
use crate::network::state::{Happening, State};

/// How long the first answer may take, what follows at least, and all at most.
const FIRST: Duration = Duration::from_secs(1);
const LEAST: Duration = Duration::from_millis(200);
const MOST: Duration = Duration::from_secs(120);
/// How often a SYN is sent again, an answer to one, data, and data that nobody waits for: as sysctl has it.
const SYN_RETRIES: u32 = 6;
const ANSWER_RETRIES: u32 = 5;
const RETRIES: u32 = 15;
const ORPHAN_RETRIES: u32 = 8;
/// How long a connection that nobody has waits for the peer to end it too: tcp_fin_timeout.
const ORPHAN: Duration = Duration::from_secs(60);
/// How long TCP_CORK and MSG_MORE hold back what fills no segment.
const CORKED: Duration = Duration::from_millis(200);

impl Tcp {
    /// How long to wait before it is sent again.
    fn patience(&self) -> Duration {
        let once = self.round.map_or(FIRST, |round| (round * 2).max(LEAST));
        once.saturating_mul(1 << self.attempts.min(16)).min(MOST)
    }

    /// Whether something was sent of which nothing was heard.
    fn is_waiting(&self) -> bool {
        self.outgoing.sent > self.outgoing.acknowledged
    }

    /// Whether there is something to send for which the peer has no room.
    fn is_stuck(&self) -> bool {
        !self.outgoing.data.is_empty() && !self.is_waiting()
    }
}

impl State {
    /// Sets the timer by what the connection waits for now.
    pub(in crate::network) fn tcp_arm(&mut self, id: SocketId) {
        let now = self.now;
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let keeps = socket.is_on(c::SOL_SOCKET, c::SO_KEEPALIVE);
        let seconds = |name| Duration::from_secs(socket.number(c::IPPROTO_TCP, name).max(1) as u64);
        let (idle, interval) = (seconds(c::TCP_KEEPIDLE), seconds(c::TCP_KEEPINTVL));
        let Some(tcp) = socket.tcp() else { return };
        let at = match tcp.stage {
            Stage::Asking | Stage::Answering => Some(now + tcp.patience()),
            Stage::Open if tcp.is_corked && !tcp.is_waiting() => Some(now + CORKED),
            Stage::Open if tcp.is_waiting() || tcp.is_stuck() => Some(now + tcp.patience()),
            Stage::Open if tcp.is_orphan => Some(now + ORPHAN),
            Stage::Open if keeps && tcp.attempts == 0 => Some((tcp.heard + idle).max(now)),
            Stage::Open if keeps => Some(now + interval),
            _ => None,
        };
        if let Some(timer) = tcp.timer.take() {
            self.unschedule(timer);
        }
        let timer = at.map(|at| self.schedule(at, Happening::Timer(id)));
        if let Some(tcp) = self.sockets.get_mut(&id).and_then(Socket::tcp) {
            tcp.timer = timer;
        }
    }

    pub(in crate::network) fn tcp_timer(&mut self, id: SocketId) {
        let now = self.now;
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let asked = socket.number(c::IPPROTO_TCP, c::TCP_SYNCNT);
        let limit = Duration::from_millis(socket.number(c::IPPROTO_TCP, c::TCP_USER_TIMEOUT).max(0) as u64);
        let probes = socket.number(c::IPPROTO_TCP, c::TCP_KEEPCNT).max(1) as u32;
        let Some(tcp) = socket.tcp() else { return };
        tcp.timer = None;
        let is_late = !limit.is_zero() && now >= tcp.heard + limit;
        let retries = if tcp.is_orphan { ORPHAN_RETRIES } else { RETRIES };
        match tcp.stage {
            Stage::Asking if tcp.attempts >= u32::try_from(asked).unwrap_or(SYN_RETRIES) => {
                self.tcp_fail(id, Errno::ETIMEDOUT);
            }
            Stage::Answering if tcp.attempts >= ANSWER_RETRIES => self.remove(id),
            Stage::Asking | Stage::Answering => {
                tcp.attempts += 1;
                tcp.probed = None;
                self.tcp_send_syn(id);
            }
            Stage::Open if tcp.is_corked && !tcp.is_waiting() => self.tcp_uncork(id),
            Stage::Open if tcp.is_waiting() || tcp.is_stuck() => {
                // A peer that has no room but answers is waited for.
                if is_late || tcp.attempts >= retries {
                    return self.tcp_fail(id, Errno::ETIMEDOUT);
                }
                tcp.attempts += 1;
                tcp.probed = None;
                if tcp.is_waiting() {
                    tcp.outgoing.sent = tcp.outgoing.acknowledged.max(1);
                    return self.tcp_output(id);
                }
                self.tcp_probe(id);
            }
            Stage::Open if tcp.is_orphan => self.remove(id),
            Stage::Open if is_late || tcp.attempts >= probes => self.tcp_fail(id, Errno::ETIMEDOUT),
            Stage::Open => {
                tcp.attempts += 1;
                self.tcp_probe(id);
            }
            _ => {}
        }
    }

    /// Sends what was held back for long enough.
    fn tcp_uncork(&mut self, id: SocketId) {
        let Some(tcp) = self.sockets.get_mut(&id).and_then(Socket::tcp) else { return };
        // As if it were sent again.
        tcp.attempts = 1;
        self.tcp_output(id);
        if let Some(tcp) = self.sockets.get_mut(&id).and_then(Socket::tcp) {
            tcp.attempts = 0;
        }
    }

    /// Sends what the peer must answer.
    fn tcp_probe(&mut self, id: SocketId) {
        let Some(tcp) = self.sockets.get_mut(&id).and_then(Socket::tcp) else { return };
        let (sequence, acknowledged) = (tcp.outgoing.sent - 1, Some(tcp.incoming.next));
        self.tcp_transmit(id, Segment { sequence, acknowledged, ..Segment::default() });
        self.tcp_arm(id);
    }

    /// No host has the address that a connection is to be made to.
    pub(in crate::network) fn tcp_no_host(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let host = socket.host;
        // It may ask another by now.
        let asked = socket.tcp().filter(|tcp| tcp.stage == Stage::Asking).and_then(|tcp| tcp.peer);
        if asked.is_some_and(|peer| self.host_of(host, peer.ip()).is_none()) {
            self.tcp_fail(id, Errno::EHOSTUNREACH);
        }
    }
}
