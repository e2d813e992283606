//! A rule as text, in the grammar by which it is read.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

use super::host::{Carrier, Endpoint, Host, Ports};
use super::rule::Grant;
use crate::option;
use crate::policy::transport::Transport;

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(endpoint) => write!(f, "connect{endpoint}"),
            Self::Listen(endpoint) => write!(f, "listen{endpoint}"),
            Self::Udp(Endpoint { host, ports, .. }) => write!(f, "udp{}", Target(host, ports)),
            Self::Accept(host) => write!(f, "accept={host}"),
            Self::Resolve(Host::Any) => f.write_str("resolve"),
            Self::Resolve(host) => write!(f, "resolve={host}"),
            Self::UnixDirectory { host, guest } if host.to_str().is_some_and(|host| host == guest) => {
                write!(f, "unix={}", host.display())
            }
            Self::UnixDirectory { host, guest } if guest.is_empty() => write!(f, "unix={}::/", host.display()),
            Self::UnixDirectory { host, guest } => write!(f, "unix={}::{guest}", host.display()),
            Self::UnixAbstract { name, prefix } => write!(f, "unix=@{name}{}", if *prefix { "*" } else { "" }),
            Self::Family(transport) => write!(f, "family={transport}"),
            Self::AnyOption => f.write_str("option"),
            Self::Option { level, name } => write!(f, "option={}", option::describe(*level, *name)),
            Self::Files => f.write_str("files"),
            Self::Interfaces => f.write_str("interfaces"),
            Self::HostName => f.write_str("hostname"),
            Self::SetHostName => f.write_str("sethostname"),
        }
    }
}

/// As it follows the operation.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.carrier {
            Carrier::One(Transport::Tcp) => {}
            Carrier::One(transport) => write!(f, ":{transport}")?,
            Carrier::Any => f.write_str(":*")?,
        }
        Target(&self.host, &self.ports).fmt(f)
    }
}

struct Target<'a>(&'a Host, &'a Ports);

impl fmt::Display for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(Host::Any, ports) if ports.is_all() => Ok(()),
            Self(host, ports) if ports.is_all() => write!(f, "={host}"),
            Self(host, ports) => write!(f, "={host}:{ports}"),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Localhost => f.write_str("localhost"),
            Self::Network(network) => {
                let whole = network.prefix_len() == network.max_prefix_len();
                match network {
                    IpNet::V4(network) if whole => network.addr().fmt(f),
                    IpNet::V4(network) => network.fmt(f),
                    IpNet::V6(network) if whole => write!(f, "[{}]", network.addr()),
                    IpNet::V6(network) => write!(f, "[{}]/{}", network.addr(), network.prefix_len()),
                }
            }
            Self::Name(name) => f.write_str(name),
            Self::Below(name) => write!(f, "*.{name}"),
            Self::Within(host, network) => write!(f, "{host}@{}", Self::Network(*network)),
            Self::Group { name, .. } => write!(f, "@{name}"),
        }
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, range) in self.0.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            match (range.start(), range.end()) {
                (low, high) if low == high => write!(f, "{comma}{low}")?,
                (low, high) => write!(f, "{comma}{low}-{high}")?,
            }
        }
        Ok(())
    }
}

/// An address as it stands before a port.
pub(super) struct Bracketed(pub(super) IpAddr);

impl fmt::Display for Bracketed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(ip) => ip.fmt(f),
            IpAddr::V6(ip) => write!(f, "[{ip}]"),
        }
    }
}
