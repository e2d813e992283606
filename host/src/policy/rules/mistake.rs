//! What is often written in the place of a rule, and the rule that was meant.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use ipnet::{IpNet, Ipv4Net};

use crate::policy::transport::by_name;

/// A mistake: how what was meant is made of what was written, and what is said of it.
type Mistake = (fn(&str) -> Option<String>, &'static str);

const MISTAKES: &[Mistake] = &[
    (with_spaces, "a rule has no spaces"),
    (with_capitals, "operations are written in small letters"),
    (of_path, "a unix socket is reached by a rule for the directory that it is in"),
    (of_url, "a rule names a host and ports, and no URL"),
    (of_port, "ports stand behind a host and a `:`, and `*` is any host"),
    (of_service, "services are told by their ports"),
    (of_name_servers, "looking names up is an operation"),
    (of_constant, "it is written in other letters"),
    (with_colon, "the target stands after a `=`"),
    (
        of_protocol,
        "a protocol stands behind the operation, such as `connect:tcp` or `listen:tcp`, and tcp can be left out",
    ),
    (with_zone, "a rule names no zone; it is for the address on every interface"),
    (with_host_bits, "a network has no bits beyond its length"),
    (of_port_zero, "nobody can be connected to at port 0"),
    (with_mask, "a network is written with the number of its bits"),
    (with_path, "a rule names a host and ports, and no path"),
    (with_service, "ports are numbers"),
    (without_ports, "no port stands after the `:`; without it, the rule is for all"),
    (without_host, "no host stands before the ports; `*` is any"),
    (with_stars, "a network is written with the number of its bits"),
    (with_star, "a `*` stands for a whole host, or before a dot at its beginning"),
];

/// The ports of services that are often called by their names.
const SERVICES: &[(&str, u16)] = &[
    ("ftp", 21),
    ("ssh", 22),
    ("smtp", 25),
    ("domain", 53),
    ("http", 80),
    ("ntp", 123),
    ("imap", 143),
    ("https", 443),
    ("mysql", 3306),
    ("postgresql", 5432),
    ("postgres", 5432),
    ("redis", 6379),
];

/// What is wrong with a rule that cannot be understood, and which was meant, if it is a mistake that is known. Whether a
/// text is a rule is told by `is_rule`: nothing else is recommended.
pub(super) fn explain(rule: &str, is_rule: impl Fn(&str) -> bool) -> Option<String> {
    let one = MISTAKES.iter().find_map(|(mend, told)| {
        let meant = mend(rule).filter(|meant| is_rule(meant))?;
        Some(format!("{told}: write `{meant}`"))
    });
    one.or_else(|| several(rule, &is_rule)).or_else(|| bare(rule, &is_rule))
}

/// `connect=10.0.0.1/8`.
fn with_host_bits(rule: &str) -> Option<String> {
    let (before, after) = rule.split_once('/')?;
    let start = before.rfind(['=', '@', '['])? + 1;
    let address = before[start..].trim_end_matches(']');
    let length = &after[..after.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(after.len())];
    let network: IpNet = format!("{address}/{length}").parse().ok()?;
    Some(format!("{}{}{}", &before[..start], network.network(), &rule[start + address.len()..]))
}

/// `connect=host:0`.
fn of_port_zero(rule: &str) -> Option<String> {
    Some(rule.strip_suffix(":0")?.to_owned())
}

/// `connect=::1`; what looks like a port at its end may be one.
fn bare(rule: &str, is_rule: impl Fn(&str) -> bool) -> Option<String> {
    let (operation, target) = rule.split_once('=')?;
    let with_port = target.rsplit_once(':').map(|(address, port)| format!("{operation}=[{address}]:{port}"));
    let rules = [Some(format!("{operation}=[{target}]")), with_port].into_iter().flatten();
    let rules: Vec<_> = rules.filter(|rule| target.parse::<Ipv6Addr>().is_ok() && is_rule(rule)).collect();
    let told = "an IPv6 address stands in brackets";
    (!rules.is_empty()).then(|| format!("{told}: write `{}`", rules.join("` or `")))
}

/// `connect=a:80,b:90`.
fn several(rule: &str, is_rule: impl Fn(&str) -> bool) -> Option<String> {
    let (operation, targets) = rule.split_once('=')?;
    let rules: Vec<_> = targets.split(',').map(|target| format!("{operation}={}", target.trim())).collect();
    let all = rules.len() > 1 && rules.iter().all(|rule| is_rule(rule));
    all.then(|| format!("a rule names one host: write `{}`, each as a rule of its own", rules.join("`, `")))
}

fn with_spaces(rule: &str) -> Option<String> {
    let mut words = rule.split_whitespace();
    let first = words.next()?.to_owned();
    if !rule.contains(char::is_whitespace) {
        return None;
    }
    let has_target = rule.contains('=');
    words.try_fold(first, |before, word| {
        let is_mark = |letter: char| "=:,@/-".contains(letter);
        // Between two words without a mark may be the `=`, once.
        let is_joined = before.ends_with(is_mark) || word.starts_with(is_mark);
        let equals = !is_joined && !has_target && !before.contains('=');
        (is_joined || equals).then(|| format!("{before}{}{word}", if equals { "=" } else { "" }))
    })
}

fn with_capitals(rule: &str) -> Option<String> {
    let (operation, target) = rule.split_at(rule.find('=').unwrap_or(rule.len()));
    operation.contains(|letter: char| letter.is_ascii_uppercase()).then(|| operation.to_ascii_lowercase() + target)
}

/// `connect=https://example.com/a`, and the URL alone.
fn of_url(rule: &str) -> Option<String> {
    let scheme = rule.find("://")?;
    let (operation, url) = rule[..scheme].find('=').map_or(("connect", rule), |at| (&rule[..at], &rule[at + 1..]));
    let url = url::Url::parse(url).ok()?;
    let port = url.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
    let protocol = if url.scheme() == "udp" && !operation.contains("udp") { ":udp" } else { "" };
    Some(format!("{operation}{protocol}={}{port}", url.host_str()?))
}

/// `connect=/run/app/socket`, `connect=unix:/run/app/socket`, `unix:///run/app/socket`.
fn of_path(rule: &str) -> Option<String> {
    let alone = rule.starts_with("unix://").then_some(("connect", rule));
    let (operation, target) = alone.or_else(|| rule.split_once('='))?;
    let path = target.strip_prefix("unix:").unwrap_or(target);
    let path = path.strip_prefix("//").unwrap_or(path);
    let is_internet = ["connect", "listen", "bind"].contains(&operation) && path.starts_with('/');
    let directory = Path::new(path).parent().filter(|_| is_internet)?;
    Some(format!("unix={}", directory.display()))
}

/// `listen=8080`, `listen:8080`, `udp:53`.
fn of_port(rule: &str) -> Option<String> {
    let (operation, port) = rule.split_once(['=', ':'])?;
    port.parse::<u16>().is_ok().then(|| format!("{operation}=*:{port}"))
}

/// `https`, `https=example.com`.
fn of_service(rule: &str) -> Option<String> {
    let (name, host) = rule.split_once(['=', ':']).unwrap_or((rule, "*"));
    let (_, port) = SERVICES.iter().find(|(known, _)| *known == name)?;
    Some(format!("connect={host}:{port}"))
}

/// `dns`, `lookup=example.com`.
fn of_name_servers(rule: &str) -> Option<String> {
    let (operation, target) = rule.split_at(rule.find('=').unwrap_or(rule.len()));
    ["dns", "lookup", "look-up", "names", "name"].contains(&operation).then(|| format!("resolve{target}"))
}

/// `family=AF_NETLINK`, `option=so_mark`.
fn of_constant(rule: &str) -> Option<String> {
    let (operation, name) = rule.split_once('=')?;
    match operation {
        "family" => Some(format!("family={}", name.to_ascii_lowercase().trim_start_matches("af_"))),
        "option" => Some(format!("option={}", name.to_ascii_uppercase())),
        _ => None,
    }
}

/// `connect:example.com:443`, `connect:udp:example.com:443`, `unix:/run/app`.
fn with_colon(rule: &str) -> Option<String> {
    let (operation, target) = rule.split_once(':')?;
    if let Some((protocol, target)) = target.split_once(':').filter(|(protocol, _)| by_name(protocol).is_some()) {
        return Some(format!("{operation}:{protocol}={target}"));
    }
    // A protocol that is mistyped is no host.
    let is_target = target.contains(['.', ':', '/', '[', '@', '_']) && !target.contains('=');
    is_target.then(|| format!("{operation}={target}"))
}

/// `tcp=example.com:443`, `tcp:example.com:443`, `tcp`.
fn of_protocol(rule: &str) -> Option<String> {
    let target = rule.strip_prefix("tcp")?;
    match target.strip_prefix(['=', ':']) {
        Some(target) => Some(format!("connect={target}")),
        None => target.is_empty().then(|| "connect".into()),
    }
}

/// `fe80::1%eth0`, `[fe80::1%eth0]:80`.
fn with_zone(rule: &str) -> Option<String> {
    let (operation, target) = rule.split_once('=')?;
    let (address, rest) = target.split_once('%')?;
    let address = address.trim_matches(['[', ']']).parse::<Ipv6Addr>().ok()?;
    // What follows on the zone are the brackets' end and the ports.
    let ports = match rest.split_once(']') {
        Some((_, ports)) => ports,
        None => rest.find(':').map_or("", |at| &rest[at..]),
    };
    Some(format!("{operation}=[{address}]{ports}"))
}

/// `10.0.0.0/255.0.0.0`.
fn with_mask(rule: &str) -> Option<String> {
    let (operation, target) = rule.split_once('=')?;
    let (address, rest) = target.split_once('/')?;
    let (mask, ports) = rest.split_at(rest.find(':').unwrap_or(rest.len()));
    let network = Ipv4Net::with_netmask(address.parse().ok()?, mask.parse::<Ipv4Addr>().ok()?).ok()?;
    Some(format!("{operation}={network}{ports}"))
}

/// `example.com:80/index.html`, `example.com/`.
fn with_path(rule: &str) -> Option<String> {
    let (operation, target) = rule.split_once('=')?;
    let (host, _) = target.split_once('/')?;
    // A network whose length is wrong is none of a single address.
    let is_address = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    (!is_address && !operation.starts_with("unix")).then(|| format!("{operation}={host}"))
}

/// `example.com:https`.
fn with_service(rule: &str) -> Option<String> {
    let (target, name) = rule.rsplit_once(':')?;
    let (_, port) = SERVICES.iter().find(|(known, _)| *known == name.to_ascii_lowercase())?;
    Some(format!("{target}:{port}"))
}

fn without_ports(rule: &str) -> Option<String> {
    rule.strip_suffix(':').map(str::to_owned)
}

fn without_host(rule: &str) -> Option<String> {
    rule.contains("=:").then(|| rule.replacen("=:", "=*:", 1))
}

/// `10.0.*.*`.
fn with_stars(rule: &str) -> Option<String> {
    let (operation, target) = rule.split_once('=')?;
    let (host, ports) = target.split_at(target.find(':').unwrap_or(target.len()));
    let parts: Vec<_> = host.split('.').collect();
    let known = parts.iter().take_while(|part| **part != "*").count();
    if known == 0 || parts.len() > 4 || known == parts.len() || parts[known..].iter().any(|part| *part != "*") {
        return None;
    }
    let numbers = parts[..known].iter().copied().chain(std::iter::repeat_n("0", 4 - known));
    Some(format!("{operation}={}/{}{ports}", numbers.collect::<Vec<_>>().join("."), 8 * known))
}

/// `*example.com`, `.example.com`.
fn with_star(rule: &str) -> Option<String> {
    let (operation, target) = rule.split_once('=')?;
    let name = target.strip_prefix(['*', '.'])?;
    Some(format!("{operation}=*.{name}"))
}

#[cfg(test)]
mod tests;
