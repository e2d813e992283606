//! The model: each operation is judged by a sentence over what rules were made of.

use std::net::{IpAddr, SocketAddr};

use super::drawn::{Asked, Drawn, GROUPS, OPTIONS, Who};
use crate::address::Address;
use crate::policy::{Operation, Transport};

fn number(ip: IpAddr) -> (bool, u128) {
    match ip {
        IpAddr::V4(ip) => (true, u128::from(u32::from(ip))),
        IpAddr::V6(ip) => (false, u128::from(ip)),
    }
}

fn in_network(ip: IpAddr, network: &str, length: u8) -> bool {
    let ((four, ip), (net_four, net)) = (number(ip), number(network.parse().expect("an address")));
    let bits = if four { 32 } else { 128 };
    four == net_four && (length == 0 || ip >> (bits - length) == net >> (bits - length))
}

fn is_named(who: &Who, name: &str) -> bool {
    match who {
        Who::Any => true,
        Who::Localhost => name == "localhost",
        Who::Net(..) => false,
        Who::Name(own) => name == *own,
        Who::Below(own) => name.ends_with(&format!(".{own}")),
        Who::Group(at) => GROUPS[*at].iter().any(|who| is_named(who, name)),
    }
}

/// Of those that are drawn.
fn is_inner(ip: IpAddr) -> bool {
    ip.is_loopback()
        || ip.is_unspecified()
        || ["10.0.0.1", "10.1.2.3", "192.0.2.7"].contains(&ip.to_string().as_str())
        || ip.to_string().starts_with("2001:db8:")
}

pub(super) type Known<'a> = &'a [(IpAddr, &'static str)];

/// Whether a rule that grants has the address; one that denies also has inner ones that a name led to.
fn has(who: &Who, ip: IpAddr, known: Known<'_>, denies: bool) -> bool {
    let led = known.iter().any(|(at, name)| *at == ip && is_named(who, name));
    match who {
        Who::Any => true,
        Who::Net(net, length) => in_network(ip, net, *length),
        Who::Localhost => ip.is_loopback() || led && (denies || !ip.is_unspecified()),
        // The names here are such as anybody may answer for.
        Who::Name(_) | Who::Below(_) => led && (denies || !is_inner(ip)),
        Who::Group(at) => GROUPS[*at].iter().any(|who| has(who, ip, known, denies)),
    }
}

fn has_local(who: &Who, ip: IpAddr, known: Known<'_>, denies: bool) -> bool {
    let wildcard = ip.is_unspecified();
    has(who, ip, known, denies)
        || match who {
            Who::Net("0.0.0.0", 32) if !denies => ip.is_ipv4(),
            Who::Net("::", 128) if !denies => true,
            Who::Net(net, _) if denies => wildcard && (ip.is_ipv6() || !net.contains(':')),
            Who::Name(_) | Who::Below(_) | Who::Localhost if denies => wildcard,
            Who::Group(at) => GROUPS[*at].iter().any(|who| has_local(who, ip, known, denies)),
            // An address to bind to is this machine's own, and often of a private network.
            Who::Name(_) | Who::Below(_) => {
                !ip.is_loopback() && !wildcard && known.iter().any(|(at, name)| *at == ip && is_named(who, name))
            }
            _ => false,
        }
}

fn has_port(ports: &[(u16, u16)], port: u16) -> bool {
    ports.is_empty() || ports.iter().any(|(low, high)| *low <= port && port <= *high)
}

fn carries(verb: &str, protocol: &str, transport: Transport, denies: bool) -> bool {
    match (verb, protocol) {
        ("udp", _) | (_, "udp") => transport == Transport::Udp,
        (_, "sctp") => transport == Transport::Sctp,
        (_, "*") => matches!(transport, Transport::Tcp | Transport::Udp | Transport::Sctp) || denies,
        _ => transport == Transport::Tcp,
    }
}

impl Asked {
    pub(super) fn ask<T>(&self, ask: impl FnOnce(&Operation<'_>) -> T) -> T {
        let (tcp, udp, unix) = (Transport::Tcp, Transport::Udp, Transport::Unix);
        match *self {
            Self::Create(transport) => ask(&Operation::Create { transport }),
            Self::Bind(transport, at) => ask(&Operation::Bind { transport, address: &at.into() }),
            Self::Listen(asked, actual) => {
                ask(&Operation::Listen { transport: tcp, asked: &asked.into(), actual: &actual.into() })
            }
            Self::Accept(peer) => ask(&Operation::Accept { transport: tcp, peer: &peer.into(), given: false }),
            Self::Connect(transport, peer) => ask(&Operation::Connect { transport, peer: &peer.into() }),
            Self::Receive(asked, peer) => {
                let asked = asked.map(Address::from);
                ask(&Operation::Receive { transport: udp, asked: asked.as_ref(), peer: &peer.into(), given: false })
            }
            Self::Join(group) => ask(&Operation::Join { transport: udp, group }),
            Self::Lookup(host) => ask(&Operation::Lookup { host }),
            Self::Reverse(address) => ask(&Operation::ReverseLookup { address }),
            Self::Unix(name) => {
                let peer = Address::Unix([b"\0", name.as_bytes()].concat());
                ask(&Operation::Connect { transport: unix, peer: &peer })
            }
            Self::Option(at) => ask(&Operation::SetOption { level: OPTIONS[at].1, name: OPTIONS[at].2 }),
            Self::Files => ask(&Operation::Files),
            Self::HostName => ask(&Operation::HostName),
        }
    }

    /// Whether a rule is for connecting and sending to the peer.
    fn remote(rule: &Drawn, transport: Transport, peer: SocketAddr, known: Known<'_>, denies: bool) -> bool {
        let Drawn::To(verb @ ("connect" | "udp"), protocol, who, ports) = rule else { return false };
        let portless = denies && matches!(transport, Transport::Raw | Transport::Icmp);
        carries(verb, protocol, transport, denies)
            && (portless || has_port(ports, peer.port()))
            && has(who, peer.ip(), known, denies)
    }

    fn local(rule: &Drawn, transport: Transport, at: SocketAddr, known: Known<'_>, denies: bool) -> bool {
        let Drawn::To(verb @ ("listen" | "udp"), protocol, who, ports) = rule else { return false };
        carries(verb, protocol, transport, denies)
            && has_port(ports, at.port())
            && has_local(who, at.ip(), known, denies)
    }

    fn allowed_by(&self, rule: &Drawn, known: Known<'_>) -> bool {
        let family = |transport| matches!(rule, Drawn::Family(_, own) if *own == transport);
        let to = |verbs: &[&str], transport| {
            matches!(rule, Drawn::To(verb, protocol, ..)
                if verbs.contains(verb) && carries(verb, protocol, transport, false))
        };
        match *self {
            Self::Create(transport) => family(transport) || to(&["connect", "listen", "udp"], transport),
            Self::Bind(transport, at) => {
                family(transport)
                    || at.port() == 0 && to(&["connect", "udp"], transport)
                    || Self::local(rule, transport, at, known, false)
            }
            Self::Listen(asked, actual) => {
                let for_the_asking = asked.port() == 0 && asked.ip() == actual.ip();
                Self::local(rule, Transport::Tcp, actual, known, false)
                    || for_the_asking && Self::local(rule, Transport::Tcp, asked, known, false)
            }
            Self::Connect(transport, peer) => family(transport) || Self::remote(rule, transport, peer, known, false),
            Self::Join(group) => match rule {
                Drawn::To(verb @ ("listen" | "udp"), protocol, who, _) => {
                    carries(verb, protocol, Transport::Udp, false) && has_local(who, group, known, false)
                }
                _ => false,
            },
            Self::Lookup(name) => match rule {
                Drawn::Resolve(who) | Drawn::To("connect" | "udp", _, who, _) => is_named(who, name),
                Drawn::To(_, _, who, _) => *who != Who::Any && is_named(who, name),
                _ => false,
            },
            Self::Reverse(ip) => matches!(rule, Drawn::Resolve(who) if has(who, ip, known, false)),
            Self::Unix(name) => matches!(rule, Drawn::Unix(own)
                if *own == name || own.ends_with('*') && name.starts_with(&own[..own.len() - 1])),
            Self::Option(at) => matches!(rule, Drawn::AnyOption) || matches!(rule, Drawn::Option(own) if *own == at),
            Self::Files => matches!(rule, Drawn::Alone("files")),
            Self::HostName => matches!(rule, Drawn::Alone("hostname")),
            Self::Accept(_) | Self::Receive(..) => false,
        }
    }

    fn denied_by(&self, rule: &Drawn, known: Known<'_>) -> bool {
        let family = |transport| matches!(rule, Drawn::Family(_, own) if *own == transport);
        let shuts_out = |peer: SocketAddr| matches!(rule, Drawn::Accept(who) if has(who, peer.ip(), known, true));
        match *self {
            Self::Create(transport) => family(transport),
            Self::Bind(transport, at) => family(transport) || Self::local(rule, transport, at, known, true),
            Self::Listen(asked, actual) => {
                [asked, actual].iter().any(|at| Self::local(rule, Transport::Tcp, *at, known, true))
            }
            Self::Accept(peer) => shuts_out(peer),
            Self::Connect(transport, peer) => family(transport) || Self::remote(rule, transport, peer, known, true),
            Self::Receive(asked, peer) => {
                shuts_out(peer)
                    || Self::remote(rule, Transport::Udp, peer, known, true)
                    || asked.is_some_and(|at| Self::local(rule, Transport::Udp, at, known, true))
            }
            Self::Join(group) => match rule {
                Drawn::To(verb @ ("listen" | "udp"), protocol, who, ports) => {
                    ports.is_empty() && carries(verb, protocol, Transport::Udp, true) && has(who, group, known, true)
                }
                _ => false,
            },
            Self::Lookup(name) => match rule {
                Drawn::Resolve(who) => is_named(who, name),
                Drawn::To("connect" | "udp", _, who, ports) => {
                    ports.is_empty() && *who != Who::Any && is_named(who, name)
                }
                _ => false,
            },
            Self::Reverse(ip) => matches!(rule, Drawn::Resolve(who) if has(who, ip, known, true)),
            Self::Option(at) => match rule {
                Drawn::AnyOption => OPTIONS[at].0 != "SO_KEEPALIVE",
                Drawn::Option(own) => *own == at,
                _ => false,
            },
            Self::Unix(_) | Self::Files | Self::HostName => self.allowed_by(rule, known),
        }
    }

    pub(super) fn is_allowed(&self, allow: &[Drawn], deny: &[Drawn], known: Known<'_>) -> bool {
        let lets_in = |peer: SocketAddr| {
            let mut accept =
                allow.iter().filter_map(|rule| if let Drawn::Accept(who) = rule { Some(who) } else { None });
            let narrows = allow.iter().any(|rule| matches!(rule, Drawn::Accept(_)));
            !narrows || accept.any(|who| has(who, peer.ip(), known, false))
        };
        let allowed = match *self {
            Self::Accept(peer) => lets_in(peer),
            Self::Receive(asked, peer) => {
                allow.iter().any(|rule| Self::remote(rule, Transport::Udp, peer, known, false))
                    || lets_in(peer)
                        && asked.is_some_and(|at| {
                            allow.iter().any(|rule| Self::local(rule, Transport::Udp, at, known, false))
                        })
            }
            // Of the ways to use it one is allowed, and not denied whole.
            Self::Create(transport @ (Transport::Tcp | Transport::Udp)) => ["connect", "listen"].iter().any(|way| {
                let is_for = |rule: &Drawn, denies| {
                    matches!(rule, Drawn::To(verb, protocol, who, ports)
                        if (verb == way || *verb == "udp")
                            && carries(verb, protocol, transport, denies)
                            && (!denies || *who == Who::Any && ports.is_empty()))
                };
                allow.iter().any(|rule| is_for(rule, false)) && !deny.iter().any(|rule| is_for(rule, true))
            }),
            _ => allow.iter().any(|rule| self.allowed_by(rule, known)),
        };
        allowed && !deny.iter().any(|rule| self.denied_by(rule, known))
    }
}
