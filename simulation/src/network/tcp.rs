//! TCP: connections, from the handshake to their end.

mod call;
mod readiness;
mod segment;
mod stream;
mod timer;
mod wait;

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use super::socket::SocketId;
use super::state::Moment;

pub(super) use wait::{Remembered, Way};

/// How much a connection takes that is not read, unless SO_RCVBUF says otherwise.
const WINDOW: u64 = 1 << 18;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stage {
    #[default]
    Closed,
    Listening,
    /// A SYN was sent.
    Asking,
    /// A SYN was answered, by a connection that nobody has accepted yet.
    Answering,
    Open,
    /// It was open, and is no more: reset, given up, or ended both ways.
    Over,
}

/// A socket of TCP.
#[derive(Default)]
pub(super) struct Tcp {
    pub(super) stage: Stage,
    pub(super) local: Option<SocketAddr>,
    pub(super) peer: Option<SocketAddr>,
    /// Whether the program has bound it.
    pub(super) is_bound: bool,
    /// The port that it had while it was being connected in vain, which it is still told to have.
    pub(super) former: Option<u16>,
    /// Whether nobody has it any more.
    is_orphan: bool,
    /// Whether its own program has ended it before the peer's.
    is_first: bool,
    /// Whether the end of what is to be sent is held back: by MSG_MORE, and because of TCP_CORK for a while.
    holds_more: bool,
    is_corked: bool,
    outgoing: Outgoing,
    incoming: Incoming,
    pub(super) timer: Option<Moment>,
    /// How often the same was sent in vain.
    attempts: u32,
    /// How long the way there and back takes, once known.
    round: Option<Duration>,
    /// When the last SYN or data was sent that tells it.
    probed: Option<(u64, Duration)>,
    /// Whether connecting has ended, and the program was not told.
    is_news: bool,
    /// Whether connecting was in vain, and no call to connect was told.
    is_vain: bool,
    backlog: usize,
    /// Connections that wait to be accepted, and of whom those that are not open yet are.
    ready: VecDeque<SocketId>,
    listener: Option<SocketId>,
    /// When something was heard last: for keepalive.
    heard: Duration,
}

/// What is sent. Places in the stream: 0 is the SYN, 1 the first byte.
#[derive(Default)]
struct Outgoing {
    /// All before was acknowledged.
    acknowledged: u64,
    /// All before was sent.
    sent: u64,
    /// The bytes from `acknowledged` on, as far as the program has given them.
    data: VecDeque<u8>,
    /// How far the peer has room.
    room: u64,
    /// The end of the last segment that was not filled.
    small: u64,
    /// The place of the FIN, once the program sends no more.
    fin: Option<u64>,
}

impl Outgoing {
    /// The place behind the last byte.
    fn end(&self) -> u64 {
        self.acknowledged.max(1) + self.data.len() as u64
    }

    /// Whether the peer knows of the end.
    fn is_over(&self) -> bool {
        self.fin.is_some_and(|fin| self.acknowledged > fin)
    }
}

#[derive(Default)]
struct Incoming {
    /// All before came.
    next: u64,
    /// What came and was not read.
    data: VecDeque<u8>,
    /// What came before its turn.
    early: BTreeMap<u64, Vec<u8>>,
    /// The place of the FIN, once it came.
    end: Option<u64>,
    /// Whether the program reads no more.
    is_shut: bool,
    /// The room that the peer knows of.
    told: u64,
}

impl Incoming {
    /// Whether all came, the end among it.
    fn is_over(&self) -> bool {
        self.end.is_some_and(|end| self.next > end)
    }
}

impl Tcp {
    /// Sends no more, once all was sent that is to be.
    fn finish(&mut self) {
        if self.outgoing.fin.is_none() {
            self.outgoing.fin = Some(self.outgoing.end());
            self.is_first = !self.incoming.is_over();
        }
    }

    /// Whether what comes is of no use any more: both ways are shut, and the peer has not ended its own.
    fn wants_nothing(&self) -> bool {
        let is_shut = self.incoming.is_shut && self.outgoing.fin.is_some();
        self.is_orphan || is_shut && !self.incoming.is_over()
    }

    /// Holds back nothing because of what a program has said before.
    pub(super) fn release(&mut self) {
        self.holds_more = false;
    }

    pub(super) fn is_listening(&self) -> bool {
        self.stage == Stage::Listening
    }

    /// The state as struct tcp_info has it: linux/tcp_states.h.
    pub(super) fn state_number(&self) -> u8 {
        let (sends, receives) = (self.outgoing.fin.is_none(), !self.incoming.is_over());
        match self.stage {
            Stage::Open if sends && receives => 1,
            Stage::Asking => 2,
            Stage::Answering => 3,
            Stage::Open if receives && !self.outgoing.is_over() => 4,
            Stage::Open if receives => 5,
            Stage::Open if sends => 8,
            Stage::Open => 9,
            Stage::Closed | Stage::Over => 7,
            Stage::Listening => 10,
        }
    }
}
