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
    // The wildcard and the loopback address.
    ("::/128", Special),
    ("::1/128", Special),
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
    // The services of clouds: Amazon's, Google's, Oracle's, Scaleway's, Akamai's, Alibaba's.
    ("fd00:ec2::/32", Special),
    ("fd20:ce::/32", Special),
    ("fd00:c1::/32", Special),
    ("fd00:42::/32", Special),
    ("fd00:a9fe:a9fe::/48", Special),
    ("fd00:100::/32", Special),
    // What carries an address of IPv4 is as far as that is: mapped, translated, NAT64, Teredo. 6to4 is in 2000::/3.
    ("::ffff:0:0/96", Public),
    ("::ffff:0:0:0/96", Public),
    ("64:ff9b::/96", Public),
    ("2001::/32", Public),
    // What a local translator makes of it is not known.
    ("64:ff9b:1::/48", Special),
];

/// Where addresses of IPv6 carry one of IPv4: the network, where its four bytes are, and what they are XORed with.
const WRAPPINGS: &[(&str, [usize; 4], u8)] = &[
    // Compatible, mapped, translated (SIIT).
    ("::/96", LAST, 0),
    ("::ffff:0:0/96", LAST, 0),
    ("::ffff:0:0:0/96", LAST, 0),
    // NAT64.
    ("64:ff9b::/96", LAST, 0),
    ("64:ff9b:1::/48", LAST, 0),
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
        // The wildcard and the loopback address are no compatible ones.
        IpAddr::V6(ip) if ip.is_unspecified() || ip.is_loopback() => None,
        IpAddr::V6(ip) => Some(ip),
        IpAddr::V4(_) => None,
    };
    outer.into_iter().flat_map(|ip| {
        let octets = ip.octets();
        let isatap = ISATAP.iter().any(|start| octets[8..12] == start[..]).then_some((LAST, 0));
        let known = WRAPPED.iter().filter(move |(network, ..)| network.contains(&IpAddr::V6(ip)));
        let places = known.map(|(_, bytes, mask)| (*bytes, *mask)).chain(isatap);
        places.map(move |(bytes, mask)| Ipv4Addr::from(bytes.map(|at| octets[at] ^ mask)))
    })
}

/// Whether naming the network is naming this address of it: a network in which only some addresses are private or
/// special does not name these. Of what is not special, only an address names one of this machine's own.
pub(super) fn is_named_by(ip: IpAddr, is_own: bool, network: &IpNet) -> bool {
    let is_inner = |inner: Ipv4Addr| range(inner.into()).1 != Public;
    network.contains(&ip)
        && (network.prefix_len() == network.max_prefix_len()
            || !(is_own && Reach::of(ip) != Special) && range(ip).0.contains(network) && !wrapped(ip).any(is_inner))
}

/// Whether no name server of the internet answers for the name.
pub(super) fn is_local_name(name: &str) -> bool {
    let below = |domain: &str| name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    !name.contains('.') || LOCAL_DOMAINS.iter().any(|domain| below(domain))
}

#[cfg(test)]
mod tests;
