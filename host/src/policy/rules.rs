//! The rules of `--allow`.

use std::collections::HashSet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use berkeley_constants as c;
use ipnet::IpNet;

use super::{Names, Operation, Policy, Refusal, Transport, plain_name};
use crate::address::{self, Address};
use crate::option;

/// The transports that rules know by name, beside the families.
pub(super) const TRANSPORTS: &[(&str, Transport)] = &[
    ("tcp", Transport::Tcp),
    ("udp", Transport::Udp),
    ("udplite", Transport::UdpLite),
    ("sctp", Transport::Sctp),
    ("icmp", Transport::Icmp),
    ("raw", Transport::Raw),
    ("unix", Transport::Unix),
];

/// What this system calls a number that Linux has for another family.
const OWN: &[(&str, i64)] = if cfg!(windows) {
    &[("AF_HYPERV", c::AF_HYPERV as i64)]
} else if cfg!(target_vendor = "apple") {
    &[("AF_SYSTEM", address::AF_SYSTEM as i64)]
} else {
    &[]
};

/// The families by the names of their constants: AF_NETLINK is `netlink`.
fn families() -> impl Iterator<Item = (String, i32)> {
    let family = |name: &str| name.strip_prefix("AF_").map(str::to_ascii_lowercase);
    let all = OWN.iter().chain(c::ALL);
    all.filter_map(move |(name, number)| family(name).zip(i32::try_from(*number).ok()))
}

/// The name of a family; its number, if it has none.
pub(super) fn family_name(family: i32) -> String {
    families().find(|(_, number)| *number == family).map_or_else(|| family.to_string(), |(name, _)| name)
}

/// One rule, in the grammar of `--allow`: `OPERATION[:PROTOCOL][=TARGET]`.
///
/// | rule | grants |
/// |---|---|
/// | `connect[:PROTOCOL][=HOST[:PORTS]]` | connecting and sending to the host, and looking its name up; TCP unless a protocol is named |
/// | `listen[:PROTOCOL][=HOST[:PORTS]]` | binding to the local address, or joining the multicast group; taking connections and datagrams there, and answering them; `bind` is the same |
/// | `udp[=HOST[:PORTS]]` | both of these by UDP |
/// | `accept=HOST` | once there is one, only peers that one of these names are let in |
/// | `resolve[=HOST]` | looking names up |
/// | `unix=DIRECTORY[::GUEST_DIRECTORY]` | unix sockets below the directory |
/// | `unix=@NAME` | an abstract unix address; a `*` at its end stands for any rest |
/// | `family=NAME` | sockets of a family or kind that is privileged: `raw`, `icmp`, `netlink`, `packet`, `can`, `vsock`, `bluetooth`, `alg`, `tipc`, `qipcrtr`, `rds`, any other AF_ constant's name in small letters, or a number |
/// | `option[=NAME]` | setting an option that is not ordinary, such as `SO_MARK`, or `LEVEL:NUMBER` |
/// | `files` | being handed files and directories that come over unix sockets |
/// | `interfaces`, `hostname`, `sethostname` | listing network interfaces, reading and setting the host's name |
///
/// HOST is a name, `*.` and a name for those below it, an address, a network such as `10.0.0.0/8`, or `*`; an IPv6
/// address stands in brackets. PORTS is a list of ports and ranges: `80,443,8000-8999`; without it, all.
/// A port 0 of `listen` is any that is free.
///
/// A name admits the addresses that the guest's own look-up of it returned, but never loopback, link-local or multicast
/// ones, which need a rule of their own. `localhost` is also both loopback networks.
///
/// ```
/// use berkeley_host::policy::Rule;
///
/// assert!("connect=example.com:80,443".parse::<Rule>().is_ok());
/// assert!("listen=[::1]:8000-8999".parse::<Rule>().is_ok());
/// assert!("conect=example.com".parse::<Rule>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule(Grant);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Grant {
    Connect(Endpoint),
    Listen(Endpoint),
    Udp { host: Host, ports: Ports },
    Accept(Host),
    Resolve(Host),
    UnixDirectory { host: PathBuf, guest: String },
    UnixAbstract { name: String, prefix: bool },
    Family(Transport),
    AnyOption,
    Option { level: i32, name: i32 },
    Files,
    Interfaces,
    HostName,
    SetHostName,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Endpoint {
    transport: Transport,
    host: Host,
    ports: Ports,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Any,
    Localhost,
    Network(IpNet),
    Name(String),
    Below(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Ports(Vec<RangeInclusive<u16>>);

/// Why a rule cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot understand the rule `{rule}`: {reason}")]
pub struct RuleError {
    rule: String,
    reason: String,
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(rule: &str) -> Result<Self, RuleError> {
        parse(rule).map(Self).map_err(|reason| RuleError { rule: rule.to_owned(), reason })
    }
}

fn parse(rule: &str) -> Result<Grant, String> {
    let (operation, target) = match rule.split_once('=') {
        Some((_, "")) => return Err("there is nothing after the `=`".into()),
        Some((operation, target)) => (operation, Some(target)),
        None => (rule, None),
    };
    let (operation, protocol) = match operation.split_once(':') {
        Some((operation, protocol)) => (operation, Some(protocol)),
        None => (operation, None),
    };
    if protocol.is_some() && !matches!(operation, "connect" | "listen" | "bind") {
        return Err(format!("`{operation}` takes no protocol"));
    }
    let endpoint = || -> Result<Endpoint, String> {
        let transport = protocol.map_or(Ok(Transport::Tcp), parse_protocol)?;
        let (host, ports) = parse_endpoint(target)?;
        Ok(Endpoint { transport, host, ports })
    };
    let needed = |example: &str| target.ok_or_else(|| format!("it needs a target, such as `{operation}={example}`"));
    let alone = |grant| match target {
        None => Ok(grant),
        Some(_) => Err(format!("`{operation}` takes no target")),
    };
    match operation {
        "connect" => endpoint().map(Grant::Connect),
        "listen" | "bind" => endpoint().map(Grant::Listen),
        "udp" => parse_endpoint(target).map(|(host, ports)| Grant::Udp { host, ports }),
        "accept" => parse_host(needed("10.0.0.0/8")?).map(Grant::Accept),
        "resolve" => target.map_or(Ok(Host::Any), parse_host).map(Grant::Resolve),
        "unix" => parse_unix(needed("/run/app")?),
        "family" => parse_family(needed("netlink")?).map(Grant::Family),
        "option" => target.map_or(Ok(Grant::AnyOption), parse_option),
        "files" => alone(Grant::Files),
        "interfaces" => alone(Grant::Interfaces),
        "hostname" => alone(Grant::HostName),
        "sethostname" => alone(Grant::SetHostName),
        _ => Err(format!(
            "there is no operation `{operation}`; there are connect, listen, udp, accept, resolve, unix, family, \
             option, files, interfaces, hostname and sethostname"
        )),
    }
}

fn parse_protocol(name: &str) -> Result<Transport, String> {
    let internet = TRANSPORTS.iter().filter(|(_, transport)| transport.is_internet());
    let found = internet.clone().find(|(known, _)| *known == name);
    found.map(|(_, transport)| *transport).ok_or_else(|| {
        let names: Vec<_> = internet.map(|(known, _)| *known).collect();
        format!("there is no protocol `{name}`; there are {}", names.join(", "))
    })
}

fn parse_family(name: &str) -> Result<Transport, String> {
    let ordinary = [c::AF_UNIX, c::AF_INET, c::AF_INET6].map(Transport::Family);
    let known = TRANSPORTS.iter().find(|(known, _)| *known == name).map(|(_, transport)| *transport);
    let family = || families().find(|(known, _)| known == name).map(|(_, number)| number);
    known
        .or_else(|| family().or_else(|| name.parse().ok()).map(Transport::Family))
        .filter(|transport| transport.is_privileged() && !transport.is_internet() && !ordinary.contains(transport))
        .ok_or_else(|| format!("there is no privileged family `{name}`"))
}

fn parse_option(text: &str) -> Result<Grant, String> {
    let (level, name) = match text.split_once(':') {
        Some((level, name)) => level.parse().ok().zip(name.parse().ok()),
        None => option::by_name(text),
    }
    .ok_or_else(|| format!("there is no option `{text}`; name one, or write LEVEL:NUMBER"))?;
    if option::access(level, name) == option::Access::Never {
        return Err(format!("`{text}` carries pointers or descriptors of the host, and can never be granted"));
    }
    Ok(Grant::Option { level, name })
}

fn parse_unix(text: &str) -> Result<Grant, String> {
    if let Some(name) = text.strip_prefix('@') {
        return Ok(match name.strip_suffix('*') {
            Some(prefix) => Grant::UnixAbstract { name: prefix.to_owned(), prefix: true },
            None => Grant::UnixAbstract { name: name.to_owned(), prefix: false },
        });
    }
    let (host, guest) = text.split_once("::").unwrap_or((text, text));
    let guest = guest.strip_suffix('/').unwrap_or(guest);
    if !guest.is_empty() && !guest.starts_with('/') {
        return Err(format!("the directory `{guest}` does not begin with `/`; write unix=HOST_DIRECTORY::/GUEST"));
    }
    Ok(Grant::UnixDirectory { host: host.into(), guest: guest.to_owned() })
}

fn parse_endpoint(target: Option<&str>) -> Result<(Host, Ports), String> {
    let Some(target) = target else { return Ok((Host::Any, Ports::all())) };
    let (host, ports) = split_ports(target)?;
    Ok((parse_host(host)?, ports.map_or(Ok(Ports::all()), parse_ports)?))
}

/// Splits `HOST:PORTS`, where an IPv6 host stands in brackets; a network of IPv6 may also stand alone.
fn split_ports(target: &str) -> Result<(&str, Option<&str>), String> {
    if target.starts_with('[') {
        let end = target.find(']').ok_or("a bracket is not closed")? + 1;
        let (host, ports) = match target[end..].split_once(':') {
            Some((length, ports)) => (&target[..end + length.len()], Some(ports)),
            None => (target, None),
        };
        if host.len() > end && !host[end..].starts_with('/') {
            return Err("after the bracket there may only be `/` and a length, and `:` and ports".into());
        }
        return Ok((host, ports));
    }
    if target.matches(':').count() > 1 {
        // `::1:80` would be an address, though hardly the one that was meant.
        if target.contains('/') && parse_network(target).is_some() {
            return Ok((target, None));
        }
        return Err("an IPv6 address stands in brackets: `[::1]:80`".into());
    }
    Ok(target.split_once(':').map_or((target, None), |(host, ports)| (host, Some(ports))))
}

fn parse_network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

fn parse_host(text: &str) -> Result<Host, String> {
    // A network of IPv6 may have the brackets around it, or around its address.
    let brackets = text.strip_prefix('[').and_then(|text| text.split_once(']'));
    let bare = brackets.map_or(text.into(), |(address, length)| format!("{address}{length}"));
    if let Some(network) = parse_network(&bare) {
        return Ok(Host::Network(network));
    }
    let plain = plain_name(&bare);
    let valid = |name: &str| {
        let letters = |label: &str| label.chars().all(|ch| ch.is_alphanumeric() || matches!(ch, '-' | '_'));
        !name.is_empty() && name.split('.').all(|label| !label.is_empty() && letters(label))
    };
    let looks_numeric = plain.chars().all(|ch| ch.is_ascii_digit() || ch == '.');
    match (plain.as_str(), plain.strip_prefix("*.")) {
        ("*", _) => Ok(Host::Any),
        ("localhost", _) => Ok(Host::Localhost),
        (_, Some(name)) if valid(name) => Ok(Host::Below(name.to_owned())),
        (name, None) if valid(name) && !looks_numeric => Ok(Host::Name(name.to_owned())),
        _ => Err(format!("`{text}` is no host name, address or network")),
    }
}

fn parse_ports(text: &str) -> Result<Ports, String> {
    let port = |text: &str| text.parse::<u16>().map_err(|_| format!("`{text}` is no port (0 to 65535)"));
    let range = |text: &str| match text.split_once('-') {
        Some((low, high)) if port(low)? <= port(high)? => Ok(port(low)?..=port(high)?),
        Some(_) => Err(format!("the range of ports `{text}` is upside down")),
        None => port(text).map(|port| port..=port),
    };
    if text == "*" {
        return Ok(Ports::all());
    }
    text.split(',').map(range).collect::<Result<_, _>>().map(Ports)
}

impl Ports {
    fn all() -> Self {
        Self(vec![0..=u16::MAX])
    }

    fn contains(&self, port: u16) -> bool {
        self.0.iter().any(|range| range.contains(&port))
    }
}

impl Host {
    fn names(&self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Localhost => name == "localhost" || name.ends_with(".localhost"),
            Self::Network(_) => false,
            Self::Name(own) => own == name,
            Self::Below(own) => name.strip_suffix(own.as_str()).is_some_and(|rest| rest.ends_with('.')),
        }
    }

    /// Whether the address is this host: by itself, or because one of the names led the guest there.
    fn has(&self, ip: IpAddr, names: &Names) -> bool {
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
    fn has_local(&self, ip: IpAddr, names: &Names) -> bool {
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
    fn has(&self, transport: Transport, address: SocketAddr, names: &Names) -> bool {
        self.transport == transport && self.ports.contains(address.port()) && self.host.has(address.ip(), names)
    }

    fn has_local(&self, transport: Transport, address: SocketAddr, names: &Names) -> bool {
        self.transport == transport && self.ports.contains(address.port()) && self.host.has_local(address.ip(), names)
    }
}

/// A policy that grants what its rules say, and nothing else.
///
/// ```
/// use berkeley_host::policy::Rules;
///
/// let rules = Rules::parse(["connect=db.internal:5432", "listen=127.0.0.1:8080"])?;
/// # Ok::<(), berkeley_host::policy::RuleError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Rules {
    connect: Vec<Endpoint>,
    listen: Vec<Endpoint>,
    accept: Vec<Host>,
    resolve: Vec<Host>,
    unix_directories: Vec<(PathBuf, String)>,
    unix_abstract: Vec<(String, bool)>,
    families: HashSet<Transport>,
    any_option: bool,
    options: HashSet<(i32, i32)>,
    files: bool,
    interfaces: bool,
    hostname: bool,
    sethostname: bool,
}

impl Rules {
    /// The rules, read from their texts.
    pub fn parse<'a>(rules: impl IntoIterator<Item = &'a str>) -> Result<Self, RuleError> {
        rules.into_iter().map(str::parse::<Rule>).collect()
    }

    /// The directories that unix sockets may be in: on the host, and as the guest names them.
    pub fn unix_directories(&self) -> &[(PathBuf, String)] {
        &self.unix_directories
    }

    fn add(&mut self, rule: Rule) {
        match rule.0 {
            Grant::Connect(endpoint) => self.connect.push(endpoint),
            Grant::Listen(endpoint) => self.listen.push(endpoint),
            Grant::Udp { host, ports } => {
                let endpoint = Endpoint { transport: Transport::Udp, host, ports };
                self.connect.push(endpoint.clone());
                self.listen.push(endpoint);
            }
            Grant::Accept(host) => self.accept.push(host),
            Grant::Resolve(host) => self.resolve.push(host),
            Grant::UnixDirectory { host, guest } => self.unix_directories.push((host, guest)),
            Grant::UnixAbstract { name, prefix } => self.unix_abstract.push((name, prefix)),
            Grant::Family(transport) => drop(self.families.insert(transport)),
            Grant::AnyOption => self.any_option = true,
            Grant::Option { level, name } => drop(self.options.insert((level, name))),
            Grant::Files => self.files = true,
            Grant::Interfaces => self.interfaces = true,
            Grant::HostName => self.hostname = true,
            Grant::SetHostName => self.sethostname = true,
        }
    }

    fn may_connect(&self, transport: Transport, peer: &Address, names: &Names) -> bool {
        match peer.internet().filter(|_| transport != Transport::Unix) {
            Some(address) => self.connect.iter().any(|endpoint| endpoint.has(transport, address, names)),
            None => self.has_other(transport, peer),
        }
    }

    fn may_bind(&self, transport: Transport, address: &Address, names: &Names) -> bool {
        match address.internet().filter(|_| transport != Transport::Unix) {
            // A port that the system chooses is what any socket that connects or sends gets by itself.
            Some(local) if local.port() == 0 && self.connect.iter().any(|rule| rule.transport == transport) => true,
            Some(local) => self.may_listen(transport, local, names),
            None => self.has_other(transport, address),
        }
    }

    fn may_listen(&self, transport: Transport, local: SocketAddr, names: &Names) -> bool {
        self.listen.iter().any(|endpoint| endpoint.has_local(transport, local, names))
    }

    fn may_accept(&self, peer: &Address, names: &Names) -> bool {
        let Some(peer) = peer.internet() else { return true };
        self.accept.is_empty() || self.accept.iter().any(|host| host.has(peer.ip(), names))
    }

    /// Addresses that are not of the internet: unix paths are held to their directories elsewhere, and a privileged
    /// family is granted as a whole.
    fn has_other(&self, transport: Transport, address: &Address) -> bool {
        match address {
            Address::Unix(path) => match path.as_slice() {
                [0, name @ ..] => self.may_use_abstract(name),
                // The kernel chooses an abstract name.
                [] => self.may_use_abstract(b""),
                _ => true,
            },
            Address::Unspecified => true,
            // An address that is not of the socket's family; the kernel says so.
            _ if !transport.is_privileged() => true,
            _ => self.families.contains(&transport),
        }
    }

    fn may_use_abstract(&self, name: &[u8]) -> bool {
        let has =
            |(own, prefix): &(String, bool)| own.as_bytes() == name || *prefix && name.starts_with(own.as_bytes());
        self.unix_abstract.iter().any(has)
    }

    fn allows(&self, operation: &Operation<'_>, names: &Names) -> bool {
        // A socket of a privileged family could only be made with its grant, or was handed to the guest.
        let family = |transport: &Transport| self.families.contains(transport);
        match operation {
            Operation::Create { transport } => {
                let named = |endpoint: &Endpoint| endpoint.transport == *transport;
                family(transport) || self.connect.iter().chain(&self.listen).any(named)
            }
            Operation::Bind { transport, address } => family(transport) || self.may_bind(*transport, address, names),
            Operation::Listen { transport, asked, actual } => {
                family(transport)
                    || match (asked.internet(), actual.internet()) {
                        // A port that was free for the asking.
                        (Some(asked), Some(actual)) if asked.port() == 0 && asked.ip() == actual.ip() => {
                            [asked, actual].iter().any(|local| self.may_listen(*transport, *local, names))
                        }
                        (_, Some(actual)) => self.may_listen(*transport, actual, names),
                        (_, None) => self.has_other(*transport, actual),
                    }
            }
            Operation::Accept { peer, .. } => self.may_accept(peer, names),
            Operation::Connect { transport, peer } => family(transport) || self.may_connect(*transport, peer, names),
            Operation::Receive { transport, asked, peer, given } => {
                let bound = asked.and_then(Address::internet);
                let listens = *given || bound.is_some_and(|local| self.may_listen(*transport, local, names));
                family(transport)
                    || self.may_connect(*transport, peer, names)
                    || listens && self.may_accept(peer, names)
            }
            Operation::Join { transport, group } => {
                let has =
                    |endpoint: &&Endpoint| endpoint.transport == *transport && endpoint.host.has_local(*group, names);
                self.listen.iter().any(|endpoint| has(&endpoint))
            }
            Operation::Lookup { host } => {
                let connects = self.connect.iter().map(|endpoint| &endpoint.host);
                let listens = self.listen.iter().map(|endpoint| &endpoint.host);
                let named = connects.chain(listens.filter(|host| !matches!(host, Host::Any)));
                self.resolve.iter().chain(named).any(|own| own.names(host))
            }
            Operation::ReverseLookup { address } => self.resolve.iter().any(|host| host.has(*address, names)),
            Operation::SetOption { level, name } => self.any_option || self.options.contains(&(*level, *name)),
            Operation::Files => self.files,
            Operation::Interfaces => self.interfaces,
            Operation::HostName => self.hostname,
            Operation::SetHostName => self.sethostname,
            Operation::Share => false,
        }
    }
}

impl FromIterator<Rule> for Rules {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        let mut all = Self::default();
        rules.into_iter().for_each(|rule| all.add(rule));
        all
    }
}

impl Policy for Rules {
    fn check(&self, operation: &Operation<'_>, names: &Names) -> Result<(), Refusal> {
        if self.allows(operation, names) {
            return Ok(());
        }
        let refusal = Refusal::new(operation);
        let grant = grant_for(operation, names);
        // What a guest chooses may not be such that a rule can say it.
        let would_do = Self::parse([grant.as_str()]).is_ok_and(|rules| rules.allows(operation, names));
        Err(if would_do { refusal.with_grant(grant) } else { refusal })
    }
}

/// The narrowest rule that would have allowed the operation.
fn grant_for(operation: &Operation<'_>, names: &Names) -> String {
    let protocol = |transport: Transport| match transport {
        Transport::Tcp => String::new(),
        other => format!(":{other}"),
    };
    let local = |transport: Transport, address: &Address| match address.internet() {
        Some(local) => format!("listen{}={local}", protocol(transport)),
        None => grant_for_other(transport, address),
    };
    let remote = |transport: Transport, address: &Address| match address.internet() {
        Some(peer) => {
            let host = names.of(peer.ip()).into_iter().find(|name| &**name == "localhost" || !is_inner(peer.ip()));
            let host = host.map(|name| name.to_string());
            let host = host.unwrap_or_else(|| Bracketed(peer.ip()).to_string());
            format!("connect{}={host}:{}", protocol(transport), peer.port())
        }
        None => grant_for_other(transport, address),
    };
    match *operation {
        Operation::Create { transport } if transport.is_internet() => format!("connect:{transport}"),
        Operation::Create { transport } => format!("family={transport}"),
        Operation::Bind { transport, address } => local(transport, address),
        Operation::Listen { transport, asked, .. } => local(transport, asked),
        Operation::Connect { transport, peer } | Operation::Receive { transport, peer, .. } => remote(transport, peer),
        Operation::Accept { peer, .. } => {
            format!("accept={}", peer.internet().map_or_else(|| peer.to_string(), |peer| peer.ip().to_string()))
        }
        Operation::Join { transport, group } => format!("listen:{transport}={}", Bracketed(group)),
        Operation::Lookup { host } if host.contains('*') => String::new(),
        Operation::Lookup { host } => format!("resolve={host}"),
        Operation::ReverseLookup { address } => format!("resolve={address}"),
        Operation::SetOption { level, name } => format!("option={}", option::describe(level, name)),
        Operation::Files => "files".into(),
        Operation::Interfaces => "interfaces".into(),
        Operation::HostName => "hostname".into(),
        Operation::SetHostName => "sethostname".into(),
        Operation::Share => String::new(),
    }
}

fn grant_for_other(transport: Transport, address: &Address) -> String {
    match address {
        Address::Unix(path) => match path.as_slice() {
            [] => "unix=@*".into(),
            // As a rule it would be for all names that begin so.
            [0, .., b'*'] => String::new(),
            [0, name @ ..] if !name.iter().any(u8::is_ascii_control) => {
                format!("unix=@{}", String::from_utf8_lossy(name))
            }
            _ => String::new(),
        },
        _ => format!("family={transport}"),
    }
}

/// Whether no host of the network has the address: only a rule that names it, and none that names a host, admits it.
fn is_inner(ip: IpAddr) -> bool {
    let special = match ip {
        IpAddr::V4(ip) => ip.is_link_local() || ip.is_broadcast(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    };
    special || ip.is_loopback() || ip.is_unspecified() || ip.is_multicast()
}

struct Bracketed(IpAddr);

impl fmt::Display for Bracketed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(ip) => ip.fmt(f),
            IpAddr::V6(ip) => write!(f, "[{ip}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::AllowAll;

    fn address(text: &str) -> Address {
        text.parse::<SocketAddr>().expect("an address").into()
    }

    fn rules(texts: &[&str]) -> Rules {
        Rules::parse(texts.iter().copied()).expect("rules")
    }

    fn connects(rules: &Rules, transport: Transport, to: &str) -> bool {
        let peer = address(to);
        rules.check(&Operation::Connect { transport, peer: &peer }, &Names::default()).is_ok()
    }

    fn listens(rules: &Rules, asked: &str, actual: &str) -> bool {
        let (asked, actual) = (address(asked), address(actual));
        let operation = Operation::Listen { transport: Transport::Tcp, asked: &asked, actual: &actual };
        rules.check(&operation, &Names::default()).is_ok()
    }

    #[test]
    fn no_rule_shares_sockets_with_other_processes() {
        let rules = Rules::parse(["connect", "listen", "udp", "resolve", "option", "files", "unix=/", "family=raw"]);
        let refusal = rules.expect("rules").check(&Operation::Share, &Names::default()).expect_err("refused");
        assert_eq!(refusal.grant(), None);
        assert!(AllowAll.check(&Operation::Share, &Names::default()).is_ok());
    }

    #[test]
    fn without_rules_nothing_is_allowed() {
        let none = Rules::default();
        assert!(!connects(&none, Transport::Tcp, "127.0.0.1:80"));
        assert!(!listens(&none, "127.0.0.1:0", "127.0.0.1:4000"));
        for operation in [
            Operation::Lookup { host: "localhost" },
            Operation::Files,
            Operation::Interfaces,
            Operation::HostName,
            Operation::Create { transport: Transport::Raw },
            Operation::SetOption { level: c::SOL_SOCKET, name: c::SO_MARK },
        ] {
            assert!(none.check(&operation, &Names::default()).is_err(), "{operation}");
        }
    }

    #[test]
    fn hosts_ports_and_protocols_limit_a_grant() {
        let rules = rules(&["connect=10.0.0.0/8:80,8000-8999", "connect:udp=[::1]:53"]);
        assert!(connects(&rules, Transport::Tcp, "10.1.2.3:80"));
        assert!(connects(&rules, Transport::Tcp, "10.1.2.3:8500"));
        assert!(!connects(&rules, Transport::Tcp, "10.1.2.3:81"));
        assert!(!connects(&rules, Transport::Tcp, "11.1.2.3:80"));
        assert!(!connects(&rules, Transport::Udp, "10.1.2.3:80"));
        assert!(connects(&rules, Transport::Udp, "[::1]:53"));
    }

    #[test]
    fn networks_of_ipv6_are_written_with_brackets() {
        for rule in ["connect=[fd00::]/8:80", "connect=[fd00::/8]:80"] {
            assert!(connects(&rules(&[rule]), Transport::Tcp, "[fd12::1]:80"), "{rule}");
            assert!(!connects(&rules(&[rule]), Transport::Tcp, "[fd12::1]:81"), "{rule}");
            assert!(!connects(&rules(&[rule]), Transport::Tcp, "[fe00::1]:80"), "{rule}");
        }
        for rule in ["connect=[fd00::]/8", "connect=[fd00::/8]", "connect=fd00::/8"] {
            assert!(connects(&rules(&[rule]), Transport::Tcp, "[fd12::1]:81"), "{rule}");
        }
        for rule in ["accept=[fd00::]/8", "accept=[::1]"] {
            assert!(rule.parse::<Rule>().is_ok(), "{rule}");
        }
        for rule in
            ["connect=[::1", "connect=[::1]x", "connect=[::1]/129", "connect=[::1]80", "connect=[example.com]:80x"]
        {
            assert!(rule.parse::<Rule>().is_err(), "{rule}");
        }
    }

    #[test]
    fn mapped_addresses_are_the_ipv4_addresses() {
        let rules = rules(&["connect=10.0.0.0/8"]);
        assert!(connects(&rules, Transport::Tcp, "[::ffff:10.0.0.1]:1"));
        assert!(!connects(&rules, Transport::Tcp, "[::ffff:127.0.0.1]:1"));
        let v6_only = Rules::parse(["connect=::/0"]).expect("rules");
        assert!(!connects(&v6_only, Transport::Tcp, "[::ffff:127.0.0.1]:1"));
    }

    #[test]
    fn a_name_admits_what_the_guest_found_under_it() {
        let rules = rules(&["connect=db.example:5432", "connect=*.svc.example:80"]);
        let (db, other) = (address("10.0.0.1:5432"), address("10.0.0.2:5432"));
        let names = Names::default();
        let check = |peer: &Address, names: &Names| {
            rules.check(&Operation::Connect { transport: Transport::Tcp, peer }, names).is_ok()
        };
        assert!(!check(&db, &names));
        names.learn("db.example", db.internet().into_iter());
        names.learn("evil.example", other.internet().into_iter());
        assert!(check(&db, &names));
        assert!(!check(&other, &names));
        assert!(rules.check(&Operation::Lookup { host: "db.example" }, &names).is_ok());
        assert!(rules.check(&Operation::Lookup { host: "a.svc.example" }, &names).is_ok());
        for denied in ["svc.example", "xsvc.example", "evil.example", "db.example.evil"] {
            assert!(rules.check(&Operation::Lookup { host: denied }, &names).is_err(), "{denied}");
        }
    }

    #[test]
    fn listening_grants_the_port_asked_for_or_given() {
        assert!(listens(&rules(&["listen=127.0.0.1:0"]), "127.0.0.1:0", "127.0.0.1:40000"));
        assert!(!listens(&rules(&["listen=127.0.0.1:0"]), "127.0.0.1:80", "127.0.0.1:80"));
        assert!(!listens(&rules(&["listen=127.0.0.1:80"]), "0.0.0.0:80", "0.0.0.0:80"));
        assert!(listens(&rules(&["listen=0.0.0.0:80"]), "127.0.0.1:80", "127.0.0.1:80"));
        assert!(!listens(&rules(&["listen=0.0.0.0:80"]), "[::1]:80", "[::1]:80"));
        assert!(listens(&rules(&["listen=[::]:80"]), "0.0.0.0:80", "0.0.0.0:80"));
        assert!(listens(&rules(&["listen"]), "[::]:80", "[::]:80"));
    }

    #[test]
    fn a_client_may_bind_to_a_port_that_the_system_chooses() {
        let rules = rules(&["connect=10.0.0.1:80"]);
        let bind = |transport, to: &str| {
            let address = address(to);
            rules.check(&Operation::Bind { transport, address: &address }, &Names::default()).is_ok()
        };
        assert!(bind(Transport::Tcp, "127.0.0.1:0"));
        assert!(!bind(Transport::Tcp, "127.0.0.1:8080"));
        assert!(!bind(Transport::Udp, "127.0.0.1:0"));
        assert!(!listens(&rules, "127.0.0.1:0", "127.0.0.1:40000"));
    }

    #[test]
    fn peers_are_judged_once_there_is_an_accept_rule() {
        let accept = |rules: &Rules, from: &str| {
            let operation = Operation::Accept { transport: Transport::Tcp, peer: &address(from), given: false };
            rules.check(&operation, &Names::default()).is_ok()
        };
        assert!(accept(&rules(&["listen"]), "10.0.0.1:5"));
        assert!(accept(&rules(&["listen", "accept=10.0.0.0/8"]), "10.0.0.1:5"));
        assert!(!accept(&rules(&["listen", "accept=10.0.0.0/8"]), "192.0.2.1:5"));
    }

    #[test]
    fn refusals_name_the_rule_that_would_do() {
        let peer = address("[2001:db8::1]:443");
        let names = Names::default();
        let grant = |operation: &Operation<'_>, names: &Names| {
            let refusal = Rules::default().check(operation, names).expect_err("refused");
            let grant = refusal.grant().expect("a grant").to_owned();
            let granted = Rules::parse([grant.as_str()]).expect("the grant is a rule");
            assert!(granted.check(operation, names).is_ok(), "{grant} does not allow to {operation}");
            grant
        };
        let connect = Operation::Connect { transport: Transport::Tcp, peer: &peer };
        assert_eq!(grant(&connect, &names), "connect=[2001:db8::1]:443");
        names.learn("example.com", peer.internet().into_iter());
        assert_eq!(grant(&connect, &names), "connect=example.com:443");
        let send = Operation::Connect { transport: Transport::Udp, peer: &peer };
        assert_eq!(grant(&send, &names), "connect:udp=example.com:443");
        let any = address("0.0.0.0:80");
        let bind = Operation::Bind { transport: Transport::Udp, address: &any };
        assert_eq!(grant(&bind, &names), "listen:udp=0.0.0.0:80");
        let netlink = Operation::Create { transport: Transport::Family(c::AF_NETLINK) };
        assert_eq!(grant(&netlink, &names), "family=netlink");
        let appletalk = Operation::Create { transport: Transport::Family(c::AF_APPLETALK) };
        assert_eq!(grant(&appletalk, &names), "family=appletalk");
        let mark = Operation::SetOption { level: c::SOL_SOCKET, name: c::SO_MARK };
        assert_eq!(grant(&mark, &names), "option=SO_MARK");
        assert_eq!(grant(&Operation::Lookup { host: "a.b" }, &names), "resolve=a.b");
        let name = Address::Unix(b"\0bus".to_vec());
        let abstract_name = Operation::Connect { transport: Transport::Unix, peer: &name };
        assert_eq!(grant(&abstract_name, &names), "unix=@bus");
    }

    #[test]
    fn no_rule_is_suggested_that_would_do_more_or_nothing() {
        let suggested = |name: &[u8]| {
            let peer = Address::Unix(name.to_vec());
            let operation = Operation::Bind { transport: Transport::Unix, address: &peer };
            let refusal = Rules::default().check(&operation, &Names::default()).expect_err("refused");
            refusal.grant().map(str::to_owned)
        };
        assert_eq!(suggested(b"\0it's a name").as_deref(), Some("unix=@it's a name"));
        for name in [&b"\0*"[..], b"\0bus*", b"\0a\0b", b"\0\xff"] {
            assert_eq!(suggested(name), None, "{}", name.escape_ascii());
        }
        let refusal = Rules::default().check(&Operation::Lookup { host: "*.com" }, &Names::default());
        assert_eq!(refusal.expect_err("refused").grant(), None);
    }

    #[test]
    fn connecting_anywhere_is_looking_up_anything() {
        let lookup = Operation::Lookup { host: "example.com" };
        for rule in ["connect", "connect=*:443", "udp", "connect=example.com"] {
            assert!(rules(&[rule]).check(&lookup, &Names::default()).is_ok(), "{rule}");
        }
        for rule in ["listen", "connect=10.0.0.0/8", "resolve=example.org"] {
            assert!(rules(&[rule]).check(&lookup, &Names::default()).is_err(), "{rule}");
        }
    }

    #[test]
    fn what_is_no_rule_is_told_so() {
        for (text, reason) in [
            ("", "there is no operation"),
            ("fly=away", "there is no operation"),
            ("connect=", "nothing after the `=`"),
            ("connect=::1:80", "brackets"),
            ("connect=[::1:80", "not closed"),
            ("connect=a:99999", "no port"),
            ("connect=a:90-80", "upside down"),
            ("connect=1.2.3", "no host name"),
            ("connect=10.0.0.0/33", "no host name"),
            ("connect=a..b", "no host name"),
            ("connect:ftp=a", "no protocol"),
            ("resolve:udp=a", "takes no protocol"),
            ("interfaces=lo", "takes no target"),
            ("unix", "needs a target"),
            ("unix=dir", "does not begin"),
            ("family=inet", "no privileged family"),
            ("option=SO_NOTHING", "no option"),
            ("option=SO_ATTACH_FILTER", "never"),
        ] {
            let error = text.parse::<Rule>().expect_err(text).to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
