//! What a call must pass before the kernel is asked: the guest's rates, and what the kernel holds for it.

use std::sync::Arc;
use std::time::Duration;

use berkeley_constants as c;

use crate::buffers::Buffers;
use crate::flight::Flights;
use crate::limits::{Limit, Limits};
use crate::number::{POLLRDBAND, POLLRDNORM, POLLWRBAND, POLLWRNORM};
use crate::rate::Rate;
use crate::wait::Descriptor;

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// It receives.
    In,
    /// It sends.
    Out,
    /// It connects, or accepts a connection.
    Connection,
}

impl Way {
    /// What a call does that waits for these events.
    pub(crate) fn of(descriptor: &Descriptor, events: i16) -> Self {
        match () {
            () if events & c::POLLOUT != 0 => Self::Out,
            () if descriptor.file().is_listening() => Self::Connection,
            () => Self::In,
        }
    }
}

/// What a datagram counts beside its bytes: the headers of IPv4 and UDP. So no flood of small ones is free.
const HEADERS: usize = 28;

/// What tells of data to receive, or of room to send.
const INCOMING: i16 = c::POLLIN | POLLRDNORM | c::POLLPRI | POLLRDBAND;
const OUTGOING: i16 = c::POLLOUT | POLLWRNORM | POLLWRBAND;

/// The gates of one guest.
pub(crate) struct Gates {
    incoming: Option<Rate>,
    outgoing: Option<Rate>,
    connections: Option<Rate>,
    pub(crate) buffers: Buffers,
}

/// A gate that is closed, and for how long before it may be tried again.
pub(crate) type Closed = (Limit, Duration);

impl Gates {
    pub(crate) fn new(limits: &Limits, flights: &Arc<Flights>) -> Self {
        Self {
            incoming: limits.bandwidth_in.map(Rate::new),
            outgoing: limits.bandwidth_out.map(Rate::new),
            connections: limits.connections_per_second.map(Rate::new),
            buffers: Buffers::new(limits.buffers, flights.clone()),
        }
    }

    /// Whether a call must not be made now.
    pub(crate) fn closed(&self, way: Way) -> Option<Closed> {
        let (rate, limit) = self.rate(way);
        let closed = rate.and_then(Rate::closed).map(|wait| (limit, wait));
        closed.or_else(|| {
            let wait = if way == Way::Out { self.buffers.closed() } else { None };
            wait.map(|wait| (Limit::Buffers, wait))
        })
    }

    /// How many bytes of a stream one call may move now: at least 1, where something is wanted.
    pub(crate) fn portion(&self, way: Way, wanted: usize) -> usize {
        let room = if way == Way::Out { self.buffers.portion(wanted) } else { wanted };
        self.rate(way).0.map_or(room, |rate| rate.portion(room)).min(wanted)
    }

    /// How many of the datagrams of those sizes one call may move now: at least 1. Each is to find the gate open as if it
    /// were alone.
    pub(crate) fn portion_of(&self, way: Way, sizes: impl ExactSizeIterator<Item = usize>) -> usize {
        let all = sizes.len();
        match way {
            _ if self.is_metered(way) => all.min(1),
            Way::Out => self.buffers.portion_of(sizes),
            _ => all,
        }
    }

    /// Whether a rate counts what is done.
    pub(crate) fn is_metered(&self, way: Way) -> bool {
        self.rate(way).0.is_some()
    }

    /// Notes that a call has moved so many bytes, in so many datagrams if they are not a stream's.
    pub(crate) fn charge(&self, way: Way, bytes: usize, datagrams: usize) {
        if let Some(rate) = self.rate(way).0 {
            rate.charge(datagrams.saturating_mul(HEADERS).saturating_add(bytes));
        }
        match way {
            Way::Out => self.buffers.charge_message(bytes),
            // The kernel lets a peer send more to a socket that is read from.
            Way::In => self.buffers.charge(bytes),
            Way::Connection => {}
        }
    }

    /// Notes that a call has made or accepted a connection.
    pub(crate) fn charge_connection(&self) {
        if let Some(rate) = &self.connections {
            rate.charge(1);
        }
    }

    /// Those of the events that must not be told of the socket now, though the kernel may say that they hold.
    pub(crate) fn withheld(&self, descriptor: &Descriptor, events: i16) -> Option<(i16, Closed)> {
        let withheld = [(INCOMING, c::POLLIN), (OUTGOING, c::POLLOUT)].into_iter().filter_map(|(mask, event)| {
            let closed = if events & mask == 0 { None } else { self.closed(Way::of(descriptor, event)) };
            closed.map(|closed| (events & mask, closed))
        });
        withheld.reduce(|(one, first), (other, second)| (one | other, if second.1 < first.1 { second } else { first }))
    }

    fn rate(&self, way: Way) -> (Option<&Rate>, Limit) {
        match way {
            Way::In => (self.incoming.as_ref(), Limit::BandwidthIn),
            Way::Out => (self.outgoing.as_ref(), Limit::BandwidthOut),
            Way::Connection => (self.connections.as_ref(), Limit::ConnectionsPerSecond),
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
