//! The name service: the names of hosts, addresses as text, services and protocols.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use berkeley_constants as c;
use berkeley_host::error::{GaiCode, HostCode};
use berkeley_host::resolver::{AddressInfo, HostEntry, Lookup, Query, Resolver};
use berkeley_host::{Address, Error};

use super::host::Host;

const SERVICES: &[(&str, u16, &[&str])] = &[
    ("echo", 7, &["tcp", "udp"]),
    ("discard", 9, &["tcp", "udp"]),
    ("daytime", 13, &["tcp"]),
    ("ftp", 21, &["tcp"]),
    ("ssh", 22, &["tcp"]),
    ("telnet", 23, &["tcp"]),
    ("smtp", 25, &["tcp"]),
    ("domain", 53, &["tcp", "udp"]),
    ("tftp", 69, &["udp"]),
    ("http", 80, &["tcp"]),
    ("pop3", 110, &["tcp"]),
    ("ntp", 123, &["udp"]),
    ("imap2", 143, &["tcp"]),
    ("snmp", 161, &["tcp", "udp"]),
    ("https", 443, &["tcp", "udp"]),
    ("imaps", 993, &["tcp"]),
    ("mysql", 3306, &["tcp"]),
    ("postgresql", 5432, &["tcp"]),
];

const PROTOCOLS: &[(&str, i32)] = &[("ip", 0), ("icmp", 1), ("tcp", 6), ("udp", 17), ("ipv6", 41), ("ipv6-icmp", 58)];

/// The kinds of sockets that a service may be of: type, protocol, and the protocol's name.
const KINDS: &[(i32, i32, &str)] =
    &[(c::SOCK_STREAM, c::IPPROTO_TCP, "tcp"), (c::SOCK_DGRAM, c::IPPROTO_UDP, "udp"), (c::SOCK_RAW, 0, "")];

fn gai<T>(code: i32) -> Result<T, Error> {
    Err(Error::Gai(GaiCode(code)))
}

fn is_of(protocols: &[&str], protocol: Option<&[u8]>) -> bool {
    protocol.is_none_or(|protocol| protocols.iter().any(|known| known.as_bytes() == protocol))
}

pub(super) fn service_port(name: &[u8], protocol: Option<&[u8]>) -> Option<u16> {
    let found = SERVICES.iter().find(|(known, _, of)| known.as_bytes() == name && is_of(of, protocol));
    found.map(|(_, port, _)| *port)
}

pub(super) fn service_name(port: u16, protocol: Option<&[u8]>) -> Option<Vec<u8>> {
    let found = SERVICES.iter().find(|(_, known, of)| *known == port && is_of(of, protocol));
    found.map(|(name, ..)| name.as_bytes().to_vec())
}

pub(super) fn protocol(name: &[u8]) -> Option<i32> {
    PROTOCOLS.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, number)| *number)
}

/// An address written as text, with the scope behind it.
fn numeric(text: &str) -> Option<(IpAddr, u32)> {
    let (address, scope) = text.split_once('%').unwrap_or((text, ""));
    let scope = match scope {
        "" => 0,
        "lo" => 1,
        "eth0" => 2,
        number => number.parse().ok()?,
    };
    let v4 = || shortened(address).map(IpAddr::V4);
    Some((address.parse().ok().or_else(v4)?, scope))
}

/// An IPv4 address in one of the forms that inet_aton(3) takes: of fewer parts, in octal, in hexadecimal.
fn shortened(text: &str) -> Option<Ipv4Addr> {
    let part = |text: &str| match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None if text.len() > 1 && text.starts_with('0') => u32::from_str_radix(text, 8).ok(),
        None => text.parse().ok(),
    };
    let parts: Vec<_> = text.split('.').map(part).collect::<Option<_>>()?;
    let (last, first) = parts.split_last().filter(|(_, first)| first.len() < 4)?;
    let bits = 32 - 8 * first.len() as u32;
    if first.iter().any(|part| *part > 255) || u64::from(*last) >= 1 << bits {
        return None;
    }
    let high = first.iter().fold(0, |all, part| all << 8 | part);
    Some(Ipv4Addr::from((u64::from(high) << bits | u64::from(*last)) as u32))
}

impl Host {
    /// The addresses of a name, and its canonical form.
    fn find(&self, name: &str) -> Option<(String, Vec<IpAddr>)> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        if name == "localhost" {
            return Some((name, vec![Ipv6Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into()]));
        }
        self.world.with(|state| {
            if let Some(addresses) = state.names.get(&name) {
                return (!addresses.is_empty()).then(|| (name.clone(), addresses.clone()));
            }
            let host = state.hosts.iter().find(|host| host.name.eq_ignore_ascii_case(&name))?;
            Some((host.name.to_string(), host.addresses.clone()))
        })
    }

    fn name_of(&self, address: IpAddr) -> Option<String> {
        if address.is_loopback() {
            return Some("localhost".to_owned());
        }
        self.world.with(|state| state.owners.get(&address).map(|host| state.hosts[*host].name.to_string()))
    }

    fn infos(&self, query: &Query) -> Result<Vec<AddressInfo>, Error> {
        const KNOWN: i32 = c::AI_PASSIVE
            | c::AI_CANONNAME
            | c::AI_NUMERICHOST
            | c::AI_V4MAPPED
            | c::AI_ALL
            | c::AI_ADDRCONFIG
            | c::AI_NUMERICSERV;
        if query.flags & !KNOWN != 0 || query.flags & c::AI_CANONNAME != 0 && query.host.is_none() {
            return gai(c::EAI_BADFLAGS);
        }
        if query.host.is_none() && query.service.is_none() {
            return gai(c::EAI_NONAME);
        }
        if !matches!(query.family, c::AF_UNSPEC | c::AF_INET | c::AF_INET6) {
            return gai(c::EAI_FAMILY);
        }
        let kinds = kinds(query)?;
        let (name, addresses) = self.sought(query)?;
        let mut infos = Vec::new();
        for (address, scope) in addresses {
            for (kind, protocol, port) in &kinds {
                let address = match SocketAddr::new(address, *port) {
                    SocketAddr::V6(at) => SocketAddrV6::new(*at.ip(), *port, 0, scope).into(),
                    v4 => v4,
                };
                infos.push(AddressInfo {
                    family: if address.is_ipv4() { c::AF_INET } else { c::AF_INET6 },
                    kind: *kind,
                    protocol: *protocol,
                    canonical_name: Vec::new(),
                    address: Address::from(address),
                });
            }
        }
        if query.flags & c::AI_CANONNAME != 0
            && let Some(first) = infos.first_mut()
        {
            first.canonical_name = name.into_bytes();
        }
        Ok(infos)
    }

    /// The addresses that the query is about, and the host's name.
    fn sought(&self, query: &Query) -> Result<(String, Vec<(IpAddr, u32)>), Error> {
        let fits = |ip: &IpAddr| match query.family {
            c::AF_INET => ip.is_ipv4(),
            c::AF_INET6 => ip.is_ipv6(),
            _ => true,
        };
        let plain = |addresses: Vec<IpAddr>| addresses.into_iter().filter(fits).map(|ip| (ip, 0)).collect::<Vec<_>>();
        let Some(host) = &query.host else {
            let passive = query.flags & c::AI_PASSIVE != 0;
            let (v4, v6): (IpAddr, IpAddr) = if passive {
                (Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into())
            } else {
                (Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into())
            };
            return Ok((String::new(), plain(if passive { vec![v4, v6] } else { vec![v6, v4] })));
        };
        let Ok(host) = str::from_utf8(host) else { return gai(c::EAI_NONAME) };
        if let Some((address, scope)) = numeric(host) {
            let mapped = match address {
                IpAddr::V4(v4) if query.family == c::AF_INET6 && query.flags & c::AI_V4MAPPED != 0 => {
                    v4.to_ipv6_mapped().into()
                }
                other => other,
            };
            return if fits(&mapped) { Ok((host.to_owned(), vec![(mapped, scope)])) } else { gai(c::EAI_ADDRFAMILY) };
        }
        if query.flags & c::AI_NUMERICHOST != 0 {
            return gai(c::EAI_NONAME);
        }
        let Some((name, addresses)) = self.find(host) else { return gai(c::EAI_NONAME) };
        let found = plain(addresses);
        if found.is_empty() { gai(c::EAI_NODATA) } else { Ok((name, found)) }
    }

    fn names(&self, address: &Address, flags: i32) -> Result<(Vec<u8>, Vec<u8>), Error> {
        const NI_NAMEREQD: i32 = 8;
        const NI_DGRAM: i32 = 16;
        let Some(address) = address.internet() else { return gai(c::EAI_FAMILY) };
        let named = if flags & c::NI_NUMERICHOST == 0 { self.name_of(address.ip().to_canonical()) } else { None };
        if named.is_none() && flags & NI_NAMEREQD != 0 {
            return gai(c::EAI_NONAME);
        }
        let host = named.unwrap_or_else(|| match address {
            SocketAddr::V6(at) if at.scope_id() != 0 => format!("{}%{}", at.ip(), at.scope_id()),
            _ => address.ip().to_string(),
        });
        let protocol: &[u8] = if flags & NI_DGRAM == 0 { b"tcp" } else { b"udp" };
        let known = if flags & c::NI_NUMERICSERV == 0 { service_name(address.port(), Some(protocol)) } else { None };
        Ok((host.into_bytes(), known.unwrap_or_else(|| address.port().to_string().into_bytes())))
    }

    fn entry(&self, name: &str, addresses: Vec<IpAddr>) -> HostEntry {
        HostEntry { name: name.as_bytes().to_vec(), aliases: Vec::new(), addresses }
    }
}

/// Types, protocols and ports that the query is about.
fn kinds(query: &Query) -> Result<Vec<(i32, i32, u16)>, Error> {
    let fits = |(kind, protocol, _): &&(i32, i32, &str)| {
        (query.kind == 0 || query.kind == *kind)
            && (query.protocol == 0 || query.protocol == *protocol || *kind == c::SOCK_RAW && query.kind != 0)
    };
    let possible: Vec<_> = KINDS.iter().filter(fits).collect();
    if possible.is_empty() {
        return gai(c::EAI_SOCKTYPE);
    }
    let Some(service) = &query.service else {
        return Ok(possible.into_iter().map(|(kind, protocol, _)| (*kind, *protocol, 0)).collect());
    };
    let number = str::from_utf8(service).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(port) = number {
        // The C library takes the lowest bits.
        return Ok(possible.into_iter().map(|(kind, protocol, _)| (*kind, *protocol, port as u16)).collect());
    }
    if query.flags & c::AI_NUMERICSERV != 0 {
        return gai(c::EAI_NONAME);
    }
    let named = possible
        .into_iter()
        .filter_map(|(kind, protocol, name)| Some((*kind, *protocol, service_port(service, Some(name.as_bytes()))?)));
    let named: Vec<_> = named.collect();
    if named.is_empty() { gai(c::EAI_SERVICE) } else { Ok(named) }
}

impl Resolver for Host {
    fn getaddrinfo(&self, query: Query) -> Lookup<'_, Vec<AddressInfo>> {
        Box::pin(async move { self.infos(&query) })
    }

    fn getnameinfo(&self, address: Address, flags: i32) -> Lookup<'_, (Vec<u8>, Vec<u8>)> {
        Box::pin(async move { self.names(&address, flags) })
    }

    fn gethostbyname(&self, name: Vec<u8>) -> Lookup<'_, HostEntry> {
        Box::pin(async move {
            let found = str::from_utf8(&name).ok().and_then(|name| self.find(name));
            let (name, addresses) = found.ok_or(Error::Host(HostCode(1)))?;
            let v4: Vec<_> = addresses.into_iter().filter(IpAddr::is_ipv4).collect();
            if v4.is_empty() { Err(Error::Host(HostCode(4))) } else { Ok(self.entry(&name, v4)) }
        })
    }

    fn gethostbyaddr(&self, address: IpAddr) -> Lookup<'_, HostEntry> {
        Box::pin(async move {
            let name = self.name_of(address.to_canonical()).ok_or(Error::Host(HostCode(1)))?;
            Ok(self.entry(&name, vec![address]))
        })
    }
}
