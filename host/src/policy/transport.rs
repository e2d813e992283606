//! What carries a socket's data, and what rules call it.

use std::fmt;

use berkeley_constants as c;

#[cfg(target_vendor = "apple")]
use crate::address::AF_SYSTEM;

/// What carries a socket's data, as far as a policy tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transport {
    /// TCP, and Multipath TCP.
    Tcp,
    /// UDP.
    Udp,
    /// UDP-Lite.
    UdpLite,
    /// SCTP.
    Sctp,
    /// ICMP echo sockets: IPPROTO_ICMP and IPPROTO_ICMPV6 with SOCK_DGRAM.
    Icmp,
    /// Raw IP sockets.
    Raw,
    /// Unix sockets of every type.
    Unix,
    /// An internet protocol of another number.
    Protocol(i32),
    /// Another address family, by its number in Linux's numbering.
    Family(i32),
}

/// The SOCK_PACKET of old, which reads raw frames.
const SOCK_PACKET: i32 = 10;
/// The type of DCCP alone.
const SOCK_DCCP: i32 = 6;
/// Beyond the last number that a family can ever have here: kernels know some 50, and have no number for more.
const FAMILIES: i32 = 256;

impl Transport {
    /// The transport of a socket of that family, type and protocol.
    ///
    /// ```
    /// use berkeley_host::policy::Transport;
    ///
    /// assert_eq!(Transport::of(2, 1, 0), Transport::Tcp);
    /// assert_eq!(Transport::of(10, 2, 17), Transport::Udp);
    /// assert_eq!(Transport::of(1, 5, 0), Transport::Unix);
    /// ```
    pub fn of(family: i32, kind: i32, protocol: i32) -> Self {
        match (family, kind, protocol) {
            (c::AF_UNIX, ..) => Self::Unix,
            (c::AF_INET | c::AF_INET6, c::SOCK_RAW | SOCK_PACKET, _) => Self::Raw,
            (c::AF_INET | c::AF_INET6, _, c::IPPROTO_SCTP) | (c::AF_INET | c::AF_INET6, c::SOCK_SEQPACKET, 0) => {
                Self::Sctp
            }
            (c::AF_INET | c::AF_INET6, SOCK_DCCP, 0) => Self::Protocol(c::IPPROTO_DCCP),
            (c::AF_INET | c::AF_INET6, c::SOCK_STREAM, 0 | c::IPPROTO_TCP | c::IPPROTO_MPTCP) => Self::Tcp,
            (c::AF_INET | c::AF_INET6, c::SOCK_DGRAM, 0 | c::IPPROTO_UDP) => Self::Udp,
            (c::AF_INET | c::AF_INET6, c::SOCK_DGRAM, c::IPPROTO_UDPLITE) => Self::UdpLite,
            (c::AF_INET | c::AF_INET6, c::SOCK_DGRAM, c::IPPROTO_ICMP | c::IPPROTO_ICMPV6) => Self::Icmp,
            (c::AF_INET | c::AF_INET6, _, protocol) => Self::Protocol(protocol),
            (family, ..) => Self::Family(family),
        }
    }

    /// Whether making such a socket needs a grant of its own, because the socket itself gives power over the host or
    /// its network, or makes the kernel load code that few have looked at. Only what is known to be ordinary does not:
    /// TCP, UDP and unix sockets, and families whose number no kernel can have.
    pub fn is_privileged(self) -> bool {
        match self {
            Self::Tcp | Self::Udp | Self::Unix => false,
            Self::Icmp | Self::Raw | Self::Sctp | Self::UdpLite | Self::Protocol(_) => true,
            Self::Family(family) => (1..FAMILIES).contains(&family),
        }
    }

    /// Whether peers have internet addresses, which the policy judges.
    pub fn is_internet(self) -> bool {
        matches!(self, Self::Tcp | Self::Udp | Self::UdpLite | Self::Sctp | Self::Protocol(_))
    }
}

/// As the rules name it: `tcp`, `udp`, `icmp`, `raw`, `netlink`, a number.
impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match TRANSPORTS.iter().find(|(_, transport)| transport == self) {
            Some((name, _)) => f.write_str(name),
            None => match self {
                Self::Protocol(number) => write!(f, "{PROTOCOL}{number}"),
                Self::Family(number) => f.write_str(&family_name(*number)),
                other => write!(f, "{other:?}"),
            },
        }
    }
}

/// What rules call an internet protocol that has no name here begins with this, and ends with its number.
const PROTOCOL: &str = "protocol-";

/// The transports that rules know by name, beside the families.
pub(super) const TRANSPORTS: &[(&str, Transport)] = &[
    ("tcp", Transport::Tcp),
    ("udp", Transport::Udp),
    ("udplite", Transport::UdpLite),
    ("sctp", Transport::Sctp),
    ("dccp", Transport::Protocol(c::IPPROTO_DCCP)),
    ("l2tp", Transport::Protocol(c::IPPROTO_L2TP)),
    ("smc", Transport::Protocol(c::IPPROTO_SMC)),
    ("icmp", Transport::Icmp),
    ("raw", Transport::Raw),
    ("unix", Transport::Unix),
];

/// The transport that rules name so, be it by its number.
pub(super) fn by_name(name: &str) -> Option<Transport> {
    let number = || name.strip_prefix(PROTOCOL)?.parse().ok().map(Transport::Protocol);
    let named = TRANSPORTS.iter().find(|(known, _)| *known == name);
    named.map(|(_, transport)| *transport).or_else(number)
}

/// What this system calls a number that Linux has for another family.
const OWN: &[(&str, i64)] = &[
    #[cfg(windows)]
    ("AF_HYPERV", c::AF_HYPERV as i64),
    #[cfg(target_vendor = "apple")]
    ("AF_SYSTEM", AF_SYSTEM as i64),
];

/// The families by the names of their constants: AF_NETLINK is `netlink`.
pub(super) fn families() -> impl Iterator<Item = (String, i32)> {
    let family = |name: &str| name.strip_prefix("AF_").map(str::to_ascii_lowercase);
    let all = OWN.iter().chain(c::ALL);
    all.filter_map(move |(name, number)| family(name).zip(i32::try_from(*number).ok()))
}

/// The name of a family; its number, if it has none.
fn family_name(family: i32) -> String {
    families().find(|(_, number)| *number == family).map_or_else(|| family.to_string(), |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The types that kernels know.
    const KINDS: [i32; 7] =
        [c::SOCK_STREAM, c::SOCK_DGRAM, c::SOCK_RAW, c::SOCK_RDM, c::SOCK_SEQPACKET, SOCK_DCCP, SOCK_PACKET];
    const SOCK_DCCP: i32 = 6;

    #[test]
    fn only_what_is_known_to_be_ordinary_needs_no_grant() {
        let tcp = [0, c::IPPROTO_TCP, c::IPPROTO_MPTCP].map(|protocol| (c::SOCK_STREAM, protocol));
        let udp = [0, c::IPPROTO_UDP].map(|protocol| (c::SOCK_DGRAM, protocol));
        let ordinary = [&tcp[..], &udp].concat();
        for family in [c::AF_INET, c::AF_INET6] {
            for kind in KINDS {
                for protocol in 0..=512 {
                    let transport = Transport::of(family, kind, protocol);
                    let expected = !ordinary.contains(&(kind, protocol));
                    assert_eq!(transport.is_privileged(), expected, "{family} {kind} {protocol}: {transport}");
                }
            }
        }
        for family in (1..256).filter(|family| ![c::AF_UNIX, c::AF_INET, c::AF_INET6].contains(family)) {
            assert!(Transport::of(family, c::SOCK_STREAM, 0).is_privileged(), "{family}");
        }
    }

    #[test]
    fn a_type_that_only_one_protocol_has_is_that_protocol() {
        assert_eq!(Transport::of(c::AF_INET, c::SOCK_SEQPACKET, 0), Transport::Sctp);
        assert_eq!(Transport::of(c::AF_INET6, SOCK_DCCP, 0), Transport::Protocol(c::IPPROTO_DCCP));
        assert_eq!(Transport::of(c::AF_INET, c::SOCK_SEQPACKET, c::IPPROTO_L2TP), Transport::Protocol(c::IPPROTO_L2TP));
    }
}
