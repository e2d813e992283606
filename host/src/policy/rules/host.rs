//! Whom a rule names: hosts, networks and ports.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;

use ipnet::IpNet;

use crate::policy::names::Names;
use crate::policy::transport::Transport;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) transport: Transport,
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
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ports(pub(super) Vec<RangeInclusive<u16>>);

impl Ports {
    pub(super) fn all() -> Self {
        Self(vec![0..=u16::MAX])
    }

    pub(super) fn contains(&self, port: u16) -> bool {
        self.0.iter().any(|range| range.contains(&port))
    }
}

impl Host {
    pub(super) fn names(&self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Localhost => name == "localhost" || name.ends_with(".localhost"),
            Self::Network(_) => false,
            Self::Name(own) => own == name,
            Self::Below(own) => name.strip_suffix(own.as_str()).is_some_and(|rest| rest.ends_with('.')),
        }
    }

    /// Whether the address is this host: by itself, or because one of the names led the guest there.
    pub(super) fn has(&self, ip: IpAddr, names: &Names) -> bool {
        match self {
            Self::Any => true,
            Self::Network(network) => network.contains(&ip),
            Self::Localhost if ip.is_loopback() => true,
            // Whoever answers for a name could lead the guest to this machine or its network's own services.
            Self::Name(_) | Self::Below(_) if is_inner(ip) => false,
            Self::Localhost | Self::Name(_) | Self::Below(_) => names.of(ip).iter().any(|name| self.names(name)),
        }
    }

    /// Whether it is a local address of this host to bind to: the wildcard address of a rule stands for all.
    pub(super) fn has_local(&self, ip: IpAddr, names: &Names) -> bool {
        let wildcard = match self {
            Self::Network(network) if network.prefix_len() == network.max_prefix_len() => network.addr(),
            _ => return self.has(ip, names),
        };
        wildcard == ip
            || wildcard == IpAddr::V6(Ipv6Addr::UNSPECIFIED)
            || wildcard == IpAddr::V4(Ipv4Addr::UNSPECIFIED) && ip.is_ipv4()
    }
}

impl Endpoint {
    pub(super) fn has(&self, transport: Transport, address: SocketAddr, names: &Names) -> bool {
        self.transport == transport && self.ports.contains(address.port()) && self.host.has(address.ip(), names)
    }

    pub(super) fn has_local(&self, transport: Transport, address: SocketAddr, names: &Names) -> bool {
        self.transport == transport && self.ports.contains(address.port()) && self.host.has_local(address.ip(), names)
    }
}

/// Whether no host of the network has the address: only a rule that names it, and none that names a host, admits it.
pub(super) fn is_inner(ip: IpAddr) -> bool {
    let special = match ip {
        IpAddr::V4(ip) => ip.is_link_local() || ip.is_broadcast(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    };
    special || ip.is_loopback() || ip.is_unspecified() || ip.is_multicast()
}
