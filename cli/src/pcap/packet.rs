//! Packets: IP, and TCP or UDP in it, with their checksums.

use std::net::{IpAddr, SocketAddr};

use etherparse::{IpHeaders, PacketBuilder, PacketBuilderStep, TcpOptionElement};

/// As systems have it unless told otherwise.
const TIME_TO_LIVE: u8 = 64;

/// How much of a stream one segment takes: as much as IPv4 lets it.
pub(super) const LONGEST_SEGMENT: usize = 65_495;

/// How far the other end is to be ahead of what is acknowledged at most: far, so that no window is ever full.
const WINDOW: u16 = u16::MAX;
const WINDOW_SCALE: u8 = 14;

/// What a segment says beside its data.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Segment {
    pub(crate) sequence: u32,
    /// What comes next of the other direction; none before that has begun.
    pub(crate) acknowledged: Option<u32>,
    pub(crate) syn: bool,
    pub(crate) fin: bool,
    pub(crate) rst: bool,
    pub(crate) psh: bool,
}

/// A packet of TCP; none where one end has IPv4 and the other IPv6.
pub(crate) fn tcp(from: SocketAddr, to: SocketAddr, segment: Segment, data: &[u8]) -> Option<Vec<u8>> {
    let window = if segment.rst { 0 } else { WINDOW };
    let mut builder = ip(from.ip(), to.ip())?.tcp(from.port(), to.port(), segment.sequence, window);
    if let Some(number) = segment.acknowledged {
        builder = builder.ack(number);
    }
    if segment.syn {
        let options =
            [TcpOptionElement::MaximumSegmentSize(LONGEST_SEGMENT as u16), TcpOptionElement::WindowScale(WINDOW_SCALE)];
        builder = builder.syn().options(&options).ok()?;
    }
    if segment.fin {
        builder = builder.fin();
    }
    if segment.rst {
        builder = builder.rst();
    }
    if segment.psh {
        builder = builder.psh();
    }
    let mut packet = Vec::with_capacity(builder.size(data.len()));
    builder.write(&mut packet, data).ok()?;
    Some(packet)
}

/// A packet of UDP; none where one end has IPv4 and the other IPv6, or the datagram is longer than one can be.
pub(crate) fn udp(from: SocketAddr, to: SocketAddr, data: &[u8]) -> Option<Vec<u8>> {
    let builder = ip(from.ip(), to.ip())?.udp(from.port(), to.port());
    let mut packet = Vec::with_capacity(builder.size(data.len()));
    builder.write(&mut packet, data).ok()?;
    Some(packet)
}

fn ip(from: IpAddr, to: IpAddr) -> Option<PacketBuilderStep<IpHeaders>> {
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => Some(PacketBuilder::ipv4(from.octets(), to.octets(), TIME_TO_LIVE)),
        (IpAddr::V6(from), IpAddr::V6(to)) => Some(PacketBuilder::ipv6(from.octets(), to.octets(), TIME_TO_LIVE)),
        _ => None,
    }
}
