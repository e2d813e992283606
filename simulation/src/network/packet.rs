//! What hosts send each other.

use std::net::SocketAddr;

use super::event::Kind;

/// A packet on its way.
#[derive(Clone, Debug)]
pub(super) struct Packet {
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) body: Body,
}

#[derive(Clone, Debug)]
pub(super) enum Body {
    Segment(Segment),
    Datagram {
        data: Vec<u8>,
        hops: u8,
        class: u8,
    },
    /// ICMP: nobody is at the port; the packet comes from where the datagram went to.
    Unreachable,
}

/// Of TCP.
#[derive(Clone, Debug, Default)]
pub(super) struct Segment {
    pub(super) syn: bool,
    pub(super) fin: bool,
    pub(super) reset: bool,
    /// None in the first SYN.
    pub(super) acknowledged: Option<u64>,
    pub(super) sequence: u64,
    pub(super) window: u64,
    pub(super) data: Vec<u8>,
}

/// What headers take: of IPv4 or IPv6, and TCP or UDP.
const HEADERS: usize = 40;

impl Packet {
    /// How many bytes it takes on a link.
    pub(super) fn size(&self) -> usize {
        HEADERS
            + match &self.body {
                Body::Segment(segment) => segment.data.len(),
                Body::Datagram { data, .. } => data.len(),
                Body::Unreachable => 8,
            }
    }

    pub(super) fn kind(&self) -> Kind {
        match &self.body {
            Body::Datagram { .. } => Kind::Datagram,
            Body::Unreachable => Kind::Unreachable,
            Body::Segment(segment) if segment.reset => Kind::Reset,
            Body::Segment(segment) if segment.syn && segment.acknowledged.is_none() => Kind::Syn,
            Body::Segment(segment) if segment.syn => Kind::SynAck,
            Body::Segment(segment) if segment.fin => Kind::Fin,
            Body::Segment(segment) if segment.data.is_empty() => Kind::Ack,
            Body::Segment(_) => Kind::Data,
        }
    }

    pub(super) fn data(&self) -> &[u8] {
        match &self.body {
            Body::Segment(segment) => &segment.data,
            Body::Datagram { data, .. } => data,
            Body::Unreachable => &[],
        }
    }
}
