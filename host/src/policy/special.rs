//! Addresses that are not anybody's on the internet, and names that are not either.
//!
//! Whoever answers for a name could lead a guest to any address: to what listens on this machine alone, to the services
//! that a cloud has for its machines, into the private network around. So it is told here how far an address reaches,
//! and what addresses of IPv6 that carry one of IPv4 stand for.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::LazyLock;

use ipnet::IpNet;

/// From where an address is somebody's, and so what may lead to it.
///
/// ```
/// use berkeley_host::policy::Reach;
///
/// assert_eq!(Reach::of("1.1.1.1".parse()?), Reach::Public);
/// assert_eq!(Reach::of("192.168.0.1".parse()?), Reach::Private);
/// assert_eq!(Reach::of("169.254.169.254".parse()?), Reach::Special);
/// // It goes through a translator to 127.0.0.1.
/// assert_eq!(Reach::of("64:ff9b::7f00:1".parse()?), Reach::Special);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// The internet.
    Public,
    /// A private network, or one that is set aside for documentation or benchmarks and routed nowhere else.
    Private,
    /// This machine, its link, a group of hosts, the services of a cloud for its machines, or nobody.
    Special,
}

use Reach::{Private, Public, Special};

/// Every range that is not as the one around it. The narrowest that has an address tells of it.
const RANGES: &[(&str, Reach)] = &[
    ("0.0.0.0/0", Public),
    // This host; on Linux, connecting to 0.0.0.0 reaches it.
    ("0.0.0.0/8", Special),
    ("127.0.0.0/8", Special),
    ("10.0.0.0/8", Private),
    ("172.16.0.0/12", Private),
    ("192.168.0.0/16", Private),
    // Shared by a provider's customers; overlay networks use it.
    ("100.64.0.0/10", Private),
    // Link-local, with the metadata services of most clouds.
    ("169.254.0.0/16", Special),
    // Metadata: Alibaba's and Azure's. Oracle's is in the next range, 192.0.0.192.
    ("100.100.100.200/32", Special),
    ("168.63.129.16/32", Special),
    // Protocol assignments, and the relays of 6to4.
    ("192.0.0.0/24", Special),
    ("192.88.99.0/24", Special),
    // Documentation and benchmarks.
    ("192.0.2.0/24", Private),
    ("198.51.100.0/24", Private),
    ("203.0.113.0/24", Private),
    ("198.18.0.0/15", Private),
    // Multicast, what is reserved, broadcast.
    ("224.0.0.0/4", Special),
    ("240.0.0.0/4", Special),
    // Of IPv6 only this much is given to anybody.
    ("::/0", Special),
    ("2000::/3", Public),
    // Protocol assignments; benchmarks, ORCHID, documentation.
    ("2001::/23", Special),
    ("2001:2::/48", Private),
    ("2001:db8::/32", Private),
    ("3fff::/20", Private),
    ("fc00::/7", Private),
    // Site-local, as private networks were once.
    ("fec0::/10", Private),
    ("fe80::/10", Special),
    ("ff00::/8", Special),
    // The services of clouds: Amazon's, Google's, Oracle's, Scaleway's.
    ("fd00:ec2::/32", Special),
    ("fd20:ce::/32", Special),
    ("fd00:c1::/32", Special),
    ("fd00:42::/32", Special),
    // What carries an address of IPv4 is as far as that is: mapped, translated, NAT64, Teredo. 6to4 is in 2000::/3.
    ("::ffff:0:0/96", Public),
    ("::ffff:0:0:0/96", Public),
    ("64:ff9b::/96", Public),
    ("64:ff9b:1::/48", Private),
    ("2001::/32", Public),
];

/// Where addresses of IPv6 carry one of IPv4: the network, where its four bytes are, and what they are XORed with.
const WRAPPINGS: &[(&str, [usize; 4], u8)] = &[
    // Compatible, mapped, translated (SIIT).
    ("::/96", LAST, 0),
    ("::ffff:0:0/96", LAST, 0),
    ("::ffff:0:0:0/96", LAST, 0),
    // NAT64. In a local network, a translator's prefix may be of any of these lengths: RFC 6052.
    ("64:ff9b::/96", LAST, 0),
    ("64:ff9b:1::/48", LAST, 0),
    ("64:ff9b:1::/48", [6, 7, 9, 10], 0),
    ("64:ff9b:1::/48", [7, 9, 10, 11], 0),
    ("64:ff9b:1::/48", [9, 10, 11, 12], 0),
    // 6to4.
    ("2002::/16", [2, 3, 4, 5], 0),
    // Teredo: its server, and its client.
    ("2001::/32", [4, 5, 6, 7], 0),
    ("2001::/32", LAST, 0xff),
];

const LAST: [usize; 4] = [12, 13, 14, 15];

/// What interface identifiers of ISATAP begin with, in any network.
const ISATAP: [[u8; 4]; 2] = [[0, 0, 0x5e, 0xfe], [2, 0, 0x5e, 0xfe]];

/// Domains of names that no name server of the internet answers for. Names without a dot are such as well.
const LOCAL_DOMAINS: &[&str] =
    &["internal", "local", "localhost", "lan", "home", "corp", "private", "intranet", "home.arpa"];

static TABLE: LazyLock<Vec<(IpNet, Reach)>> =
    LazyLock::new(|| RANGES.iter().map(|(network, reach)| (net(network), *reach)).collect());

static WRAPPED: LazyLock<Vec<(IpNet, [usize; 4], u8)>> =
    LazyLock::new(|| WRAPPINGS.iter().map(|(network, bytes, mask)| (net(network), *bytes, *mask)).collect());

fn net(text: &str) -> IpNet {
    text.parse().expect("the tables have networks")
}

impl Reach {
    /// How far the address reaches; one that carries another, no farther than that.
    pub fn of(ip: IpAddr) -> Self {
        wrapped(ip).map(|inner| range(inner.into()).1).fold(range(ip).1, Self::max)
    }
}

/// The narrowest range that has the address, and how far it reaches.
fn range(ip: IpAddr) -> (IpNet, Reach) {
    let having = TABLE.iter().filter(|(network, _)| network.contains(&ip));
    let narrowest = having.max_by_key(|(network, _)| network.prefix_len());
    narrowest.copied().unwrap_or((IpNet::from(ip), Special))
}

/// The addresses of IPv4 that the address may carry.
pub(crate) fn wrapped(ip: IpAddr) -> impl Iterator<Item = Ipv4Addr> {
    let outer = match ip {
        IpAddr::V6(ip) => Some(ip),
        IpAddr::V4(_) => None,
    };
    outer.into_iter().flat_map(|ip| {
        let octets = ip.octets();
        let isatap = ISATAP.iter().any(|start| octets[8..12] == start[..]).then_some((LAST, 0));
        let known = WRAPPED.iter().filter(move |(network, ..)| network.contains(&IpAddr::V6(ip)));
        let places = known.map(|(_, bytes, mask)| (*bytes, *mask)).chain(isatap);
        let inner = places.map(move |(bytes, mask)| Ipv4Addr::from(bytes.map(|at| octets[at] ^ mask)));
        // Zeros are none: a translator's prefix of another length, or ::1.
        inner.filter(|inner| !inner.is_unspecified())
    })
}

/// Whether naming the network is naming this address of it: a network in which only some addresses are private or
/// special does not name these, and only an address names this machine's own.
pub(super) fn is_named_by(ip: IpAddr, is_own: bool, network: &IpNet) -> bool {
    let is_inner = |inner: Ipv4Addr| range(inner.into()).1 != Public;
    network.contains(&ip)
        && (network.prefix_len() == network.max_prefix_len()
            || !is_own && range(ip).0.contains(network) && !wrapped(ip).any(is_inner))
}

/// Whether no name server of the internet answers for the name.
pub(super) fn is_local_name(name: &str) -> bool {
    let below = |domain: &&str| name.strip_suffix(*domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    !name.contains('.') || LOCAL_DOMAINS.iter().any(|domain| below(&domain))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    /// Numbers that look random, the same each time: xorshift.
    fn numbers() -> impl Iterator<Item = u64> {
        std::iter::successors(Some(0x9e37_79b9_7f4a_7c15u64), |last| {
            let next = last ^ last << 13;
            let next = next ^ next >> 7;
            Some(next ^ next << 17)
        })
    }

    /// What the ranges are, written down apart from the table.
    fn naive(ip: Ipv4Addr) -> Reach {
        match ip.octets() {
            [0 | 127 | 224.., ..] | [169, 254, ..] | [192, 0, 0, _] | [192, 88, 99, _] => Special,
            [100, 100, 100, 200] | [168, 63, 129, 16] => Special,
            [10, ..] | [192, 168, ..] | [172, 16..=31, ..] | [100, 64..=127, ..] | [198, 18 | 19, ..] => Private,
            [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Private,
            _ => Public,
        }
    }

    /// Addresses at the ends of every range, beside them, and anywhere.
    fn samples() -> impl Iterator<Item = Ipv4Addr> {
        let ends = TABLE.iter().filter_map(|(network, _)| match network {
            IpNet::V4(network) => Some((u32::from(network.network()), u32::from(network.broadcast()))),
            IpNet::V6(_) => None,
        });
        let around = |(first, last): (u32, u32)| {
            [first, first.wrapping_sub(1), first.wrapping_add(1), last, last.wrapping_sub(1), last.wrapping_add(1)]
        };
        let anywhere = numbers().take(100_000).map(|number| number as u32);
        ends.flat_map(around).chain(anywhere).map(Ipv4Addr::from)
    }

    #[test]
    fn every_address_of_ipv4_is_as_the_registry_has_it() {
        for ip in samples() {
            assert_eq!(Reach::of(ip.into()), naive(ip), "{ip}");
        }
    }

    /// Every way to write an address of IPv4 as one of IPv6.
    fn wrappings(inner: Ipv4Addr) -> [Ipv6Addr; 11] {
        let [a, b, c, d] = inner.octets();
        let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        let of = Ipv6Addr::from;
        [
            of([0, 0, 0, 0, 0, 0, high, low]),
            of([0, 0, 0, 0, 0, 0xffff, high, low]),
            of([0, 0, 0, 0, 0xffff, 0, high, low]),
            of([0x64, 0xff9b, 0, 0, 0, 0, high, low]),
            of([0x64, 0xff9b, 1, 0, 0, 0, high, low]),
            of([0x64, 0xff9b, 1, high, u16::from(c), u16::from(d) << 8, 0, 0]),
            of([0x2002, high, low, 0, 0, 0, 0, 1]),
            of([0x2001, 0, high, low, 0, 0, 0xf7f7, 0xf7f7]),
            of([0x2001, 0, 0x0808, 0x0808, 0, 0, !high, !low]),
            of([0x2600, 1, 2, 3, 0, 0x5efe, high, low]),
            of([0x2600, 1, 2, 3, 0x200, 0x5efe, high, low]),
        ]
    }

    #[test]
    fn what_carries_an_address_reaches_no_farther_than_it() {
        for inner in samples().filter(|inner| !inner.is_unspecified()) {
            for (way, outer) in wrappings(inner).into_iter().enumerate() {
                let reach = Reach::of(outer.into());
                assert!(reach >= naive(inner), "{inner} as {outer}");
                // A local translator is private at best; compatible addresses are no longer any.
                let exact = !matches!(way, 0 | 4 | 5);
                assert!(!exact || reach == naive(inner), "{inner} as {outer}: {reach:?}");
            }
        }
    }

    #[test]
    fn of_ipv6_only_what_is_given_out_is_public() {
        for (text, reach) in [
            ("2600::1", Public),
            ("2a00:1450:4001::64", Public),
            ("64:ff9b::808:808", Public),
            ("::", Special),
            ("::1", Special),
            ("100::1", Special),
            ("200::1", Special),
            ("4000::1", Special),
            ("2001:db8::1", Private),
            ("3fff:1::1", Private),
            ("fc00::1", Private),
            ("fd12:3456::1", Private),
            ("fec0::1", Private),
            ("fe80::1", Special),
            ("ff02::1", Special),
            ("fd00:ec2::254", Special),
            ("fd20:ce::254", Special),
            ("::ffff:0:127.0.0.1", Special),
            ("64:ff9b::a9fe:a9fe", Special),
            ("2002:a9fe:a9fe::", Special),
        ] {
            assert_eq!(Reach::of(ip(text)), reach, "{text}");
        }
    }

    #[test]
    fn a_network_names_a_range_that_it_lies_in() {
        let named = |ip: &str, network: &str| is_named_by(self::ip(ip), false, &net(network));
        assert!(named("10.1.2.3", "10.0.0.0/8") && named("10.1.2.3", "10.1.0.0/16") && named("1.1.1.1", "0.0.0.0/0"));
        assert!(named("169.254.169.254", "169.254.169.254/32") && named("127.0.0.1", "127.0.0.0/8"));
        assert!(named("64:ff9b::a00:1", "64:ff9b::a00:1/128") && named("fd00:ec2::254", "fd00:ec2::/32"));
        for (ip, network) in [
            ("10.1.2.3", "0.0.0.0/0"),
            ("10.1.2.3", "10.0.0.0/7"),
            ("10.1.2.3", "10.2.0.0/16"),
            ("100.100.100.200", "100.64.0.0/10"),
            ("fd00:ec2::254", "fd00::/8"),
            ("64:ff9b::a00:1", "64:ff9b::/96"),
        ] {
            assert!(!named(ip, network), "{ip} by {network}");
        }
        let own = |network: &str| is_named_by(ip("10.1.2.3"), true, &net(network));
        assert!(own("10.1.2.3/32") && !own("10.1.2.0/24"));
    }

    #[test]
    fn local_names_are_those_of_no_public_domain() {
        for name in ["db", "db.internal", "internal", "printer.local", "a.svc.cluster.local", "nas.home.arpa"] {
            assert!(is_local_name(name), "{name}");
        }
        for name in ["example.com", "internal.example.com", "xinternal.com", "db.notinternal", "arpa.example"] {
            assert!(!is_local_name(name), "{name}");
        }
    }
}
