//! The grammar of rules: from text to what it grants.

use std::fmt;
use std::str::FromStr;

use berkeley_constants as c;

use super::host::{Carrier, Endpoint, Host};
use super::mistake;
use super::rule::{Grant, Rule};
use super::target::{parse_endpoint, parse_host};
use crate::option;
use crate::policy::transport::{TRANSPORTS, Transport, by_name, families};

/// Why a rule cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot understand the rule `{}`: {}", Readable(.rule), Readable(.reason))]
pub struct RuleError {
    rule: String,
    reason: String,
}

/// A text in which nothing is left that a terminal would obey. It may have quotes.
struct Readable<'a>(&'a str);

impl fmt::Display for Readable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|letter| {
            if is_readable(letter) { write!(f, "{letter}") } else { write!(f, "{}", letter.escape_debug()) }
        })
    }
}

/// Whether a terminal shows the letter, and does not obey it: no control code, none that turns the direction or ends a line.
pub(super) fn is_readable(letter: char) -> bool {
    matches!(letter, '\'' | '"' | '\\') || letter.escape_debug().len() == 1
}

impl RuleError {
    pub(super) fn new(rule: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { rule: rule.into(), reason: reason.into() }
    }
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(rule: &str) -> Result<Self, RuleError> {
        parse(rule).map(Self::new).map_err(|reason| {
            let meant = mistake::explain(rule, |text| parse(text).is_ok());
            RuleError::new(rule, meant.unwrap_or(reason))
        })
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
        let carrier = protocol.map_or(Ok(Carrier::One(Transport::Tcp)), parse_protocol)?;
        let (host, ports) = parse_endpoint(target)?;
        Ok(Endpoint { carrier, host, ports })
    };
    let needed = |example: &str| target.ok_or_else(|| format!("it needs a target, such as `{operation}={example}`"));
    let alone = |grant| match target {
        None => Ok(grant),
        Some(_) => Err(format!("`{operation}` takes no target")),
    };
    match operation {
        "connect" => {
            let endpoint = endpoint()?;
            let streams = matches!(endpoint.carrier, Carrier::One(Transport::Tcp | Transport::Sctp));
            if streams && endpoint.ports.0.iter().all(|range| *range.end() == 0) {
                return Err("nobody can be connected to at port 0".into());
            }
            Ok(Grant::Connect(endpoint))
        }
        "listen" | "bind" => endpoint().map(Grant::Listen),
        "udp" => {
            let (host, ports) = parse_endpoint(target)?;
            Ok(Grant::Udp(Endpoint { carrier: Carrier::One(Transport::Udp), host, ports }))
        }
        "accept" => parse_host(needed("10.0.0.0/8")?).map(Grant::Accept),
        "resolve" => target.map_or(Ok(Host::Any), parse_host).map(Grant::Resolve),
        "unix" => parse_unix(needed("/run/app")?),
        "family" => parse_family(needed("netlink")?).map(Grant::Family),
        "option" => target.map_or(Ok(Grant::AnyOption), parse_option),
        "files" => alone(Grant::Files),
        "interfaces" => alone(Grant::Interfaces),
        "hostname" => alone(Grant::HostName),
        "sethostname" => alone(Grant::SetHostName),
        "all" | "any" | "*" => Err("no rule is for everything; --allow-all is, or `allow-all = true` in a file".into()),
        _ => Err(format!(
            "there is no operation `{operation}`; there are connect, listen (or bind), udp, accept, resolve, unix, \
             family, option, files, interfaces, hostname and sethostname"
        )),
    }
}

fn parse_protocol(name: &str) -> Result<Carrier, String> {
    if name == "*" {
        return Ok(Carrier::Any);
    }
    by_name(name).filter(|transport| transport.is_internet()).map(Carrier::One).ok_or_else(|| {
        let internet = TRANSPORTS.iter().filter(|(_, transport)| transport.is_internet());
        let names: Vec<_> = internet.map(|(known, _)| *known).collect();
        format!("there is no protocol `{name}`; there are {}, and * for all", names.join(", "))
    })
}

fn parse_family(name: &str) -> Result<Transport, String> {
    let ordinary = [c::AF_UNIX, c::AF_INET, c::AF_INET6].map(Transport::Family);
    let family = || families().find(|(known, _)| known == name).map(|(_, number)| number);
    by_name(name)
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
