//! What poll(2) tells of connections.

use berkeley_constants as c;
use c::{POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP};

use super::{Stage, Tcp};
use crate::network::socket::Socket;

/// How much a connection takes that was not acknowledged, unless SO_SNDBUF says otherwise.
const BUFFER: usize = 1 << 18;
/// poll(2): the same as POLLIN and POLLOUT.
const POLLRDNORM: i16 = 0x40;
const POLLWRNORM: i16 = 0x100;

impl Socket {
    /// How much it takes that was not acknowledged.
    pub(super) fn sending_room(&self) -> usize {
        let is_set = self.options.contains_key(&(c::SOL_SOCKET, c::SO_SNDBUF));
        if is_set { (self.number(c::SOL_SOCKET, c::SO_SNDBUF) / 2).max(1) as usize } else { BUFFER }
    }

    /// poll(2), as tcp_poll of Linux has it.
    pub(in crate::network) fn tcp_events(&self, tcp: &Tcp) -> i16 {
        let incoming = POLLIN | POLLRDNORM;
        if tcp.stage == Stage::Listening {
            return if tcp.ready.is_empty() { 0 } else { incoming };
        }
        let has_failed = tcp.stage == Stage::Over || tcp.stage == Stage::Closed && self.error.is_some();
        let is_read_out = has_failed || tcp.incoming.is_shut || tcp.incoming.is_over();
        let is_written_out = has_failed || tcp.outgoing.fin.is_some();
        let mut events = 0;
        if is_read_out && is_written_out || tcp.stage == Stage::Closed {
            events |= POLLHUP;
        }
        if is_read_out {
            events |= incoming | POLLRDHUP;
        }
        if !matches!(tcp.stage, Stage::Asking | Stage::Answering) {
            let enough = self.number(c::SOL_SOCKET, c::SO_RCVLOWAT).max(1) as usize;
            if tcp.incoming.data.len() >= enough {
                events |= incoming;
            }
            if is_written_out || tcp.outgoing.data.len() * 3 <= self.sending_room() * 2 {
                events |= POLLOUT | POLLWRNORM;
            }
        }
        if self.error.is_some() {
            events |= POLLERR;
        }
        events
    }
}
