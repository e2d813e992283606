//! The grammar of a rule's target: hosts and ports.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net};

use super::host::{Host, Ports};
use crate::policy::names::plain_name;

/// RFC 1035, in letters with the dots between.
const LONGEST_NAME: usize = 253;
const LONGEST_LABEL: usize = 63;

pub(super) fn parse_endpoint(target: Option<&str>) -> Result<(Host, Ports), String> {
    let Some(target) = target else { return Ok((Host::Any, Ports::all())) };
    let within = target.split_once('@').filter(|(name, _)| !name.is_empty());
    let (name, target) = within.map_or((None, target), |(name, network)| (Some(name), network));
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
    let network = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
    Some(match network {
        // IPv4 addresses in the clothes of IPv6 are judged as what they are.
        IpNet::V6(mapped) if mapped.prefix_len() >= 96 => match mapped.addr().to_ipv4_mapped() {
            Some(address) => Ipv4Net::new(address, mapped.prefix_len() - 96).map_or(network, IpNet::V4),
            None => network,
        },
        network => network,
    })
}

/// `NAME@NETWORK`.
fn parse_within(name: &str, network: &str) -> Result<Host, String> {
    match (parse_host(name)?, parse_host(network)?) {
        (host @ (Host::Name(_) | Host::Below(_)), Host::Network(network)) => Ok(Host::Within(Box::new(host), network)),
        (Host::Name(_) | Host::Below(_), _) => Err(format!("`{network}` is no address or network")),
        _ => Err(format!("`{name}` is no host name that could lead into a network")),
    }
}

pub(super) fn parse_host(text: &str) -> Result<Host, String> {
    if let Some(group) = text.strip_prefix('@') {
        return Ok(Host::Group { name: group_name(group)?, hosts: Arc::default() });
    }
    if let Some((name, network)) = text.split_once('@') {
        return parse_within(name, network);
    }
    // A network of IPv6 may have the brackets around it, or around its address.
    let brackets = text.strip_prefix('[').and_then(|text| text.split_once(']'));
    let bare = brackets.map_or(text.into(), |(address, length)| format!("{address}{length}"));
    if let Some(network) = parse_network(&bare) {
        if network != network.trunc() {
            let (bits, whole) = (network.prefix_len(), network.trunc());
            return Err(format!("the address has bits beyond the {bits} of its network, which is {whole}"));
        }
        return Ok(Host::Network(network));
    }
    let plain = plain_name(&bare);
    let valid = |name: &str| {
        let letters = |label: &str| label.chars().all(|ch| ch.is_ascii_alphanumeric() || matches!(ch, '-' | '_'));
        !name.is_empty() && name.split('.').all(|label| !label.is_empty() && letters(label))
    };
    let plain = in_ascii(plain).ok_or_else(|| format!("`{text}` is no host name"))?;
    let is_too_long = plain.len() > LONGEST_NAME || plain.split('.').any(|label| label.len() > LONGEST_LABEL);
    // As getaddrinfo(3) reads it: `127.1`, `0x7f.1`, `017700000001` are addresses.
    let last = plain.rsplit('.').next().unwrap_or_default();
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let is_hex = |text: &str| {
        text.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
    };
    let looks_numeric = is_number(last) || is_hex(last);
    match (plain.as_str(), plain.strip_prefix("*.")) {
        ("*", _) => Ok(Host::Any),
        ("localhost", _) => Ok(Host::Localhost),
        _ if is_too_long => Err(format!(
            "`{text}` is too long: a host name has {LONGEST_NAME} characters at most, and {LONGEST_LABEL} between two dots"
        )),
        (_, Some(name)) if valid(name) && !looks_numeric => Ok(Host::Below(name.to_owned())),
        (name, None) if valid(name) && !looks_numeric => Ok(Host::Name(name.to_owned())),
        _ => Err(format!("`{text}` is no host name, address or network")),
    }
}

/// The name as name servers have it; its letters may be any.
fn in_ascii(name: String) -> Option<String> {
    if name.is_ascii() {
        return Some(name);
    }
    let (below, name) = name.strip_prefix("*.").map_or(("", name.as_str()), |name| ("*.", name));
    match url::Host::parse(name) {
        Ok(url::Host::Domain(name)) => Some(format!("{below}{name}")),
        _ => None,
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

/// A name that a group of hosts may have.
pub(super) fn group_name(text: &str) -> Result<String, String> {
    let letter = |ch: char| ch.is_alphanumeric() || matches!(ch, '-' | '_' | '.');
    if text.is_empty() || !text.chars().all(letter) {
        return Err(format!("`{text}` cannot be a group's name, which has letters, digits, `-`, `_` and `.`"));
    }
    Ok(text.to_owned())
}
