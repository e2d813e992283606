//! What is sent and told beside datagrams; and what poll(2) tells.

use std::net::IpAddr;
use std::time::Duration;

use berkeley_constants as c;
use berkeley_host::Errno;
use berkeley_host::network::ControlMessage;
use c::{POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP};

use super::Udp;
use crate::network::address;
use crate::network::socket::{Body, Socket};

impl Socket {
    /// The hop limit and the traffic class of what is sent there.
    pub(super) fn marks(&self, to: IpAddr, control: &[ControlMessage]) -> Result<(u8, u8), Errno> {
        let (level, hops, class) = match (to.is_ipv4(), to.is_multicast()) {
            (true, true) => (c::IPPROTO_IP, c::IP_MULTICAST_TTL, c::IP_TOS),
            (true, false) => (c::IPPROTO_IP, c::IP_TTL, c::IP_TOS),
            (false, true) => (c::IPPROTO_IPV6, c::IPV6_MULTICAST_HOPS, c::IPV6_TCLASS),
            (false, false) => (c::IPPROTO_IPV6, c::IPV6_UNICAST_HOPS, c::IPV6_TCLASS),
        };
        let beside = |names: &[i32]| {
            let found = control.iter().find(|(of, name, _)| *of == level && names.contains(name));
            found.and_then(|(_, _, data)| data.first_chunk()).map(|bytes| i32::from_ne_bytes(*bytes))
        };
        let told = beside(&[if to.is_ipv4() { c::IP_TTL } else { c::IPV6_HOPLIMIT }]);
        let least = if to.is_ipv4() { 1 } else { -1 };
        if told.is_some_and(|hops| !(least..=255).contains(&hops)) {
            return Err(Errno::EINVAL);
        }
        let hops = told.filter(|hops| *hops >= 0).unwrap_or_else(|| self.number(level, hops));
        let class = beside(&[class]).unwrap_or_else(|| self.number(level, class));
        Ok((u8::try_from(hops).unwrap_or(64), u8::try_from(class).unwrap_or(0)))
    }

    /// What is told of the next datagram beside it.
    pub(super) fn told_beside(&self) -> Vec<ControlMessage> {
        let Body::Udp(udp) = &self.body else { return Vec::new() };
        let Some(next) = udp.queue.front() else { return Vec::new() };
        let (hops, class) = (i32::from(next.hops).to_ne_bytes(), i32::from(next.class).to_ne_bytes());
        let time = self.stamp(next.at);
        let index = if next.to.ip().is_loopback() { 1i32 } else { 2 }.to_ne_bytes();
        let told = match (self.family, next.to.ip()) {
            (c::AF_INET, IpAddr::V4(to)) => vec![
                (c::IP_PKTINFO, c::IP_PKTINFO, [index, to.octets(), to.octets()].concat()),
                (c::IP_RECVTTL, c::IP_TTL, hops.to_vec()),
                (c::IP_RECVTOS, c::IP_TOS, vec![next.class]),
                (c::IP_RECVORIGDSTADDR, c::IP_RECVORIGDSTADDR, address::told(self.family, next.to).as_bytes().to_vec()),
            ],
            (c::AF_INET6, to) => {
                let to = match to {
                    IpAddr::V4(to) => to.to_ipv6_mapped(),
                    IpAddr::V6(to) => to,
                };
                vec![
                    (c::IPV6_RECVPKTINFO, c::IPV6_PKTINFO, [&to.octets()[..], &index].concat()),
                    (c::IPV6_RECVHOPLIMIT, c::IPV6_HOPLIMIT, hops.to_vec()),
                    (c::IPV6_RECVTCLASS, c::IPV6_TCLASS, class.to_vec()),
                    (
                        c::IPV6_RECVORIGDSTADDR,
                        c::IPV6_RECVORIGDSTADDR,
                        address::told(self.family, next.to).as_bytes().to_vec(),
                    ),
                ]
            }
            _ => Vec::new(),
        };
        let level = if self.family == c::AF_INET { c::IPPROTO_IP } else { c::IPPROTO_IPV6 };
        let told = told.into_iter().filter(|(option, ..)| self.is_on(level, *option));
        time.into_iter().chain(told.map(|(_, kind, data)| (level, kind, data))).collect()
    }

    /// When it came, if that is to be told.
    fn stamp(&self, at: Duration) -> Option<ControlMessage> {
        const TIMES: [(i32, bool); 4] = [
            (c::SO_TIMESTAMPNS, true),
            (c::SO_TIMESTAMPNS_NEW, true),
            (c::SO_TIMESTAMP, false),
            (c::SO_TIMESTAMP_NEW, false),
        ];
        let (name, nanos) = TIMES.into_iter().find(|(name, _)| self.is_on(c::SOL_SOCKET, *name))?;
        let fraction = if nanos { at.subsec_nanos() } else { at.subsec_micros() };
        Some((c::SOL_SOCKET, name, [at.as_secs(), fraction.into()].map(u64::to_ne_bytes).concat()))
    }

    /// poll(2), as datagram_poll of Linux has it.
    pub(in crate::network) fn udp_events(&self, udp: &Udp) -> i16 {
        const POLLRDNORM: i16 = 0x40;
        const POLLWRNORM: i16 = 0x100;
        const POLLWRBAND: i16 = 0x200;
        let mut events = POLLOUT | POLLWRNORM | POLLWRBAND;
        if !udp.queue.is_empty() || udp.is_read_out {
            events |= POLLIN | POLLRDNORM;
        }
        if udp.is_read_out {
            events |= POLLRDHUP;
        }
        if udp.is_read_out && udp.is_written_out {
            events |= POLLHUP;
        }
        if self.error.is_some() {
            events |= POLLERR;
        }
        events
    }
}

/// What the control messages must be as long as. EINVAL.
pub(super) fn check(control: &[ControlMessage]) -> Result<(), Errno> {
    const SIZES: &[(i32, i32, usize)] = &[
        (c::IPPROTO_IP, c::IP_TTL, 4),
        (c::IPPROTO_IP, c::IP_PKTINFO, 12),
        (c::IPPROTO_IPV6, c::IPV6_PKTINFO, 20),
        (c::IPPROTO_IPV6, c::IPV6_HOPLIMIT, 4),
        (c::IPPROTO_IPV6, c::IPV6_TCLASS, 4),
    ];
    let is_short = |(level, kind, data): &ControlMessage| {
        SIZES.iter().any(|(of, name, size)| (of, name) == (level, kind) && data.len() < *size)
    };
    let is_unknown = |(level, kind, _): &ControlMessage| {
        let known = [c::SO_PRIORITY, c::SO_MARK, c::SO_TIMESTAMPING, c::SCM_RIGHTS, c::SCM_CREDENTIALS];
        *level == c::SOL_SOCKET && !known.contains(kind)
    };
    if control.iter().any(|message| is_short(message) || is_unknown(message)) { Err(Errno::EINVAL) } else { Ok(()) }
}

/// The address that a datagram is to come from, by IP_PKTINFO or IPV6_PKTINFO; none says nothing.
pub(super) fn source(control: &[ControlMessage]) -> Option<IpAddr> {
    let found = control.iter().find_map(|(level, kind, data)| match (*level, *kind) {
        // struct in_pktinfo: behind the interface.
        (c::IPPROTO_IP, c::IP_PKTINFO) => data.get(4..)?.first_chunk::<4>().map(|bytes| IpAddr::from(*bytes)),
        (c::IPPROTO_IPV6, c::IPV6_PKTINFO) => data.first_chunk::<16>().map(|bytes| IpAddr::from(*bytes)),
        _ => None,
    });
    found.map(|ip| ip.to_canonical()).filter(|ip| !ip.is_unspecified())
}
