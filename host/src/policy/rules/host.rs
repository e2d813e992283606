//! Whom a rule names: hosts, networks and ports.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;

use ipnet::IpNet;

use crate::policy::names::Names;
use crate::policy::special::{Reach, is_local_name, is_named_by};
use crate::policy::transport::Transport;

/// What carries the data that a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    One(Transport),
    /// Whatever has internet addresses.
    Any,
}

impl Carrier {
    pub(super) fn covers(self, transport: Transport) -> bool {
        match self {
            Self::One(own) => own == transport,
            Self::Any => transport.is_internet(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) carrier: Carrier,
    pub(super) host: Host,
    pub(super) ports: Ports,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    Any,
    Localhost,
    Network(IpNet),
    Name(String),
    Below(String),
    /// What a name leads to in a network: `NAME@NETWORK`.
    Within(Box<Self>, IpNet),
    /// A group of hosts. None are in it until it is known who they are.
    Group {
        name: String,
        hosts: Arc<[Self]>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ports(pub(super) Vec<RangeInclusive<u16>>);

impl Ports {
    pub(super) fn all() -> Self {
        Self(vec![0..=u16::MAX])
    }

    pub(super) fn is_all(&self) -> bool {
        self.0.contains(&(0..=u16::MAX))
    }

    pub(super) fn contains(&self, port: u16) -> bool {
        self.0.iter().any(|range| range.contains(&port))
    }
}

impl Host {
    /// Whether it names a network.
    pub(super) fn is_network(&self) -> bool {
        match self {
            Self::Network(_) | Self::Within(..) => true,
            Self::Group { hosts, .. } => hosts.iter().any(Self::is_network),
            _ => false,
        }
    }

    /// Whether it names the address by a network, other than one that has all.
    pub(super) fn mentions(&self, ip: IpAddr) -> bool {
        match self {
            Self::Network(network) | Self::Within(_, network) => network.prefix_len() > 0 && network.contains(&ip),
            Self::Group { hosts, .. } => hosts.iter().any(|host| host.mentions(ip)),
            _ => false,
        }
    }

    pub(super) fn names(&self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Localhost => name == "localhost" || name.ends_with(".localhost"),
            Self::Network(_) => false,
            Self::Name(own) => own == name,
            Self::Below(own) => name.strip_suffix(own.as_str()).is_some_and(|rest| rest.ends_with('.')),
            Self::Within(host, _) => host.names(name),
            Self::Group { hosts, .. } => hosts.iter().any(|host| host.names(name)),
        }
    }

    /// Whether the address is this host: by itself, or because one of the names led the guest there.
    pub(super) fn has(&self, ip: IpAddr, names: &Names) -> bool {
        match self {
            Self::Any => true,
            Self::Network(network) => network.contains(&ip),
            Self::Group { hosts, .. } => hosts.iter().any(|host| host.has(ip, names)),
            Self::Localhost if ip.is_loopback() => true,
            // Here the network is named as well.
            Self::Within(_, network) => is_named_by(ip, names.is_own(ip), network) && self.led(names, ip, |_| true),
            Self::Localhost | Self::Name(_) | Self::Below(_) => match reach(ip, names) {
                Reach::Public => self.led(names, ip, |_| true),
                Reach::Private => self.led(names, ip, is_local_name),
                Reach::Special => false,
            },
        }
    }

    /// Whether one of its names led the guest to the address, and is such a name.
    fn led(&self, names: &Names, ip: IpAddr, is_such: impl Fn(&str) -> bool) -> bool {
        names.of(ip).iter().any(|name| self.names(name) && is_such(name))
    }

    /// Whether it is a local address of this host to bind to: the wildcard address of a rule stands for all.
    pub(super) fn has_local(&self, ip: IpAddr, names: &Names) -> bool {
        let wildcard = match self {
            Self::Group { hosts, .. } => return hosts.iter().any(|host| host.has_local(ip, names)),
            Self::Network(network) if network.prefix_len() == network.max_prefix_len() => network.addr(),
            // An address to bind to is this machine's own, and often of a private network.
            Self::Name(_) | Self::Below(_) if Reach::of(ip) != Reach::Special => {
                return self.led(names, ip, |_| true);
            }
            _ => return self.has(ip, names),
        };
        wildcard == ip
            || wildcard == IpAddr::V6(Ipv6Addr::UNSPECIFIED)
            || wildcard == IpAddr::V4(Ipv4Addr::UNSPECIFIED) && ip.is_ipv4()
    }
}

impl Endpoint {
    pub(super) fn has(&self, transport: Transport, address: SocketAddr, names: &Names) -> bool {
        self.carrier.covers(transport) && self.ports.contains(address.port()) && self.host.has(address.ip(), names)
    }

    pub(super) fn has_local(&self, transport: Transport, address: SocketAddr, names: &Names) -> bool {
        self.carrier.covers(transport)
            && self.ports.contains(address.port())
            && self.host.has_local(address.ip(), names)
    }
}

/// How far the address reaches for a name that leads to it. Who answers for a public name could lead the guest into the
/// network around, or back to what listens on this machine.
pub(super) fn reach(ip: IpAddr, names: &Names) -> Reach {
    match Reach::of(ip) {
        Reach::Public if names.is_own(ip) => Reach::Private,
        reach => reach,
    }
}

#[cfg(test)]
mod tests;
