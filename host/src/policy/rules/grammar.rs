//! The grammar of rules: from text to what it grants.

use std::net::IpAddr;
use std::str::FromStr;

use berkeley_constants as c;
use ipnet::IpNet;

use super::host::{Endpoint, Host, Ports};
use super::rule::{Grant, Rule};
use crate::option;
use crate::policy::names::plain_name;
use crate::policy::transport::{TRANSPORTS, Transport, families};

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
    let (name, target) = target.split_once('@').map_or((None, target), |(name, network)| (Some(name), network));
    let (host, ports) = split_ports(target)?;
    let host = name.map_or_else(|| parse_host(host), |name| parse_within(name, host))?;
    Ok((host, ports.map_or(Ok(Ports::all()), parse_ports)?))
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

/// `NAME@NETWORK`.
fn parse_within(name: &str, network: &str) -> Result<Host, String> {
    match (parse_host(name)?, parse_host(network)?) {
        (host @ (Host::Name(_) | Host::Below(_)), Host::Network(network)) => Ok(Host::Within(Box::new(host), network)),
        (Host::Name(_) | Host::Below(_), _) => Err(format!("`{network}` is no address or network")),
        _ => Err(format!("`{name}` is no host name that could lead into a network")),
    }
}

fn parse_host(text: &str) -> Result<Host, String> {
    if let Some((name, network)) = text.split_once('@') {
        return parse_within(name, network);
    }
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
