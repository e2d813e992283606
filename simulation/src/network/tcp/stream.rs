//! The bytes of a connection: what was acknowledged, and what came.

use std::time::Duration;

use berkeley_constants as c;

use super::{Tcp, WINDOW};
use crate::network::packet::Segment;
use crate::network::socket::Socket;

impl Socket {
    /// How much may come that is not read.
    pub(super) fn reception(&self) -> u64 {
        let is_set = self.options.contains_key(&(c::SOL_SOCKET, c::SO_RCVBUF));
        // What is told is double of what was asked for.
        if is_set { (self.number(c::SOL_SOCKET, c::SO_RCVBUF) / 2).max(1) as u64 } else { WINDOW }
    }
}

impl Tcp {
    /// The peer has got all up to there. Whether that is news to the program.
    pub(super) fn acknowledged(&mut self, to: u64, window: u64, now: Duration) -> bool {
        let out = &mut self.outgoing;
        if to < out.acknowledged || to > out.sent {
            // Sent anew, what went before may be acknowledged all the same.
            if to > out.sent && to <= out.end() + u64::from(out.fin.is_some()) {
                out.sent = to;
            } else {
                return false;
            }
        }
        out.room = out.room.max(to + window);
        if to == out.acknowledged {
            return false;
        }
        let bytes = to.min(out.end()) - out.acknowledged.max(1);
        out.data.drain(..bytes as usize);
        out.acknowledged = to;
        self.attempts = 0;
        if let Some((_, sent)) = self.probed.take_if(|(place, _)| *place <= to) {
            self.round = Some(now - sent);
        }
        true
    }

    /// Takes what the segment carries. Whether that is news to the program.
    pub(super) fn takes(&mut self, segment: &Segment, capacity: u64) -> bool {
        let incoming = &mut self.incoming;
        let end = segment.sequence + segment.data.len() as u64;
        // What there is no room for comes again.
        let fits = end <= incoming.next + capacity.saturating_sub(incoming.data.len() as u64);
        if !segment.data.is_empty() && end > incoming.next && fits {
            incoming.early.insert(segment.sequence, segment.data.clone());
        }
        if segment.fin {
            incoming.end = Some(end);
        }
        let before = incoming.next;
        while let Some(first) = incoming.early.first_entry().filter(|first| *first.key() <= incoming.next) {
            let (start, data) = first.remove_entry();
            let known = (incoming.next - start) as usize;
            if known < data.len() {
                incoming.next += (data.len() - known) as u64;
                incoming.data.extend(&data[known..]);
            }
        }
        if incoming.end == Some(incoming.next) {
            incoming.next += 1;
        }
        incoming.next > before
    }
}
