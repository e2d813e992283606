//! What one rule takes away that denies.
//!
//! A rule that grants is read narrowly, and one that denies widely: an address is denied in whatever form it comes, and a
//! local address also by the wildcard address that has it.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

use super::allow::internet;
use super::host::{Carrier, Endpoint, Host};
use super::rule::Grant;
use crate::address::{Address, below, plain};
use crate::option::{self, Access};
use crate::policy::names::Names;
use crate::policy::operation::Operation;
use crate::policy::special::wrapped;
use crate::policy::transport::Transport;

impl Grant {
    /// Whether the rule denies the operation.
    pub(super) fn denies(&self, operation: &Operation<'_>, names: &Names) -> bool {
        if let (Self::Family(own), Some(transport)) = (self, operation.transport()) {
            return *own == transport;
        }
        let remote = |transport, peer| self.remote().is_some_and(|own| own.touches(transport, peer, names));
        let local = |transport, address| self.local().is_some_and(|own| own.touches_local(transport, address, names));
        match *operation {
            Operation::Bind { transport, address } => match internet(transport, address) {
                Some(address) => local(transport, address),
                None => self.touches_unix(address),
            },
            Operation::Listen { transport, asked, actual } => {
                let internet = [asked, actual].into_iter().filter_map(|address| internet(transport, address));
                internet.into_iter().any(|address| local(transport, address)) || self.touches_unix(actual)
            }
            Operation::Connect { transport, peer } => match internet(transport, peer) {
                Some(peer) => remote(transport, peer),
                None => self.touches_unix(peer),
            },
            Operation::Accept { peer, .. } => self.shuts_out(peer.internet(), names),
            Operation::Receive { transport, asked, peer, .. } => {
                let peer = internet(transport, peer);
                let at = asked.and_then(|asked| internet(transport, asked));
                peer.is_some_and(|peer| remote(transport, peer))
                    || at.is_some_and(|at| local(transport, at))
                    || self.shuts_out(peer, names)
            }
            Operation::Join { transport, group } => self.local().is_some_and(|own| {
                own.ports.is_all() && own.covers_denied(transport) && own.host.touches(group, names)
            }),
            // What is denied on some ports alone may be looked up for the others.
            Operation::Lookup { host } => match self {
                Self::Resolve(own) => own.names(host) || own.may_be(host),
                _ => self
                    .remote()
                    .is_some_and(|own| own.ports.is_all() && (own.host.singles_out(host) || own.host.may_be(host))),
            },
            Operation::ReverseLookup { address } => matches!(self, Self::Resolve(own) if own.touches(address, names)),
            Operation::SetOption { level, name } => match self {
                Self::AnyOption => option::access(level, name) != Access::Ordinary,
                own => *own == Self::Option { level, name },
            },
            Operation::Files => *self == Self::Files,
            Operation::Interfaces => *self == Self::Interfaces,
            Operation::HostName => *self == Self::HostName,
            Operation::SetHostName => *self == Self::SetHostName,
            Operation::Create { .. } | Operation::Share => false,
        }
    }

    /// Whether it names the unix address, by the path that the guest writes, or by where that leads without links.
    fn touches_unix(&self, address: &Address) -> bool {
        let Address::Unix(path) = address else { return false };
        match (self, path.as_slice()) {
            (Self::UnixDirectory { guest, .. }, [first, ..]) if *first != 0 => {
                let written = [b"/", path.as_slice()].concat();
                let absolute = if *first == b'/' { path } else { &written };
                [absolute, &plain(path)].iter().any(|path| below(guest.as_bytes(), path).is_some())
            }
            _ => self.has_unix(address),
        }
    }

    fn shuts_out(&self, peer: Option<SocketAddr>, names: &Names) -> bool {
        matches!((self, peer), (Self::Accept(host), Some(peer)) if host.touches(peer.ip(), names))
    }
}

impl Endpoint {
    /// Whatever carries packets to the address, those that need a family's grant among it.
    fn covers_denied(&self, transport: Transport) -> bool {
        self.carrier.covers(transport)
            || self.carrier == Carrier::Any && matches!(transport, Transport::Raw | Transport::Icmp)
    }

    /// Whether no address is left for the transport.
    pub(super) fn denies_all(&self, transport: Transport) -> bool {
        self.covers_denied(transport) && self.ports.is_all() && self.host == Host::Any
    }

    fn touches(&self, transport: Transport, peer: SocketAddr, names: &Names) -> bool {
        // Raw packets and echoes have no port.
        let portless = matches!(transport, Transport::Raw | Transport::Icmp);
        self.covers_denied(transport)
            && (portless || self.ports.contains(peer.port()))
            && self.host.touches(peer.ip(), names)
    }

    fn touches_local(&self, transport: Transport, local: SocketAddr, names: &Names) -> bool {
        self.covers_denied(transport)
            && self.ports.contains(local.port())
            && (self.host.touches(local.ip(), names) || self.host.is_within(local.ip()))
    }
}

impl Host {
    /// Whether it names that host, and not all.
    fn singles_out(&self, name: &str) -> bool {
        match self {
            Self::Any => false,
            Self::Group { hosts, .. } => hosts.iter().any(|host| host.singles_out(name)),
            own => own.names(name),
        }
    }

    /// Whether the name could turn out to be this host's: what the system makes of letters that no name server knows
    /// (AI_IDN) is its own affair.
    fn may_be(&self, name: &str) -> bool {
        !name.is_ascii()
            && match self {
                Self::Any | Self::Network(_) => false,
                Self::Localhost | Self::Name(_) | Self::Below(_) | Self::Within(..) => true,
                Self::Group { hosts, .. } => hosts.iter().any(|host| host.may_be(name)),
            }
    }

    /// Whether the address is this host, or leads to it: by itself, by a name that led the guest to it, or as one that a
    /// translator takes for it.
    fn touches(&self, ip: IpAddr, names: &Names) -> bool {
        let forms = || std::iter::once(ip).chain(wrapped(ip).map(IpAddr::V4));
        match self {
            Self::Any => true,
            Self::Network(network) => forms().any(|ip| network.contains(&ip)),
            Self::Localhost if forms().any(|ip| ip.is_loopback()) => true,
            Self::Within(host, network) => forms().any(|ip| network.contains(&ip)) && host.touches(ip, names),
            Self::Localhost | Self::Name(_) | Self::Below(_) => {
                forms().any(|ip| names.ever_of(ip).iter().any(|name| self.names(name)))
            }
            Self::Group { hosts, .. } => hosts.iter().any(|host| host.touches(ip, names)),
        }
    }

    /// Whether the wildcard address has this host's: that of IPv6 also has those of IPv4.
    fn is_within(&self, wildcard: IpAddr) -> bool {
        match self {
            _ if !wildcard.is_unspecified() => false,
            Self::Network(IpNet::V6(_)) => wildcard.is_ipv6(),
            Self::Group { hosts, .. } => hosts.iter().any(|host| host.is_within(wildcard)),
            _ => true,
        }
    }
}
