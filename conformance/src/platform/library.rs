//! What a library in the guest does with the calls that a platform has.

use std::net::{IpAddr, SocketAddr};

use berkeley_guest::socket::*;

use crate::check::{Answer, Failure, missing};
use crate::platform::name::name_of;

/// The services that a library in the guest knows without a host: those that IANA has long given their ports.
const SERVICES: [(&str, u16); 12] = [
    ("ftp", 21),
    ("ssh", 22),
    ("telnet", 23),
    ("smtp", 25),
    ("domain", 53),
    ("http", 80),
    ("pop3", 110),
    ("ntp", 123),
    ("imap2", 143),
    ("ldap", 389),
    ("https", 443),
    ("imaps", 993),
];

/// The first service that is it, and its port.
pub(super) fn service(is_it: impl Fn(&(&'static str, u16)) -> bool) -> Answer<(&'static str, u16)> {
    SERVICES.into_iter().find(is_it).ok_or_else(|| Failure::named("error"))
}

/// The error number that a library in the guest can make of what WASI tells.
pub(super) fn number(name: &str) -> Option<i32> {
    Some(match name {
        "access-denied" => errno::EACCES,
        "address-in-use" => errno::EADDRINUSE,
        "address-not-bindable" => errno::EADDRNOTAVAIL,
        "connection-refused" => errno::ECONNREFUSED,
        "connection-reset" => errno::ECONNRESET,
        "remote-unreachable" => errno::EHOSTUNREACH,
        "would-block" => errno::EINPROGRESS,
        _ => return None,
    })
}

/// What WASI's data calls take of the flags: those that say what a library in the guest can see to.
pub(super) fn flags(flags: i32) -> Answer {
    match flags & !(MSG_DONTWAIT | MSG_NOSIGNAL) {
        0 => Ok(()),
        others => missing(name_of("MSG_", others).unwrap_or("these flags")),
    }
}

/// What a call takes of what has come, and what it leaves for the next one: all of it, if it peeks, and the rest of a
/// stream. A library in the guest keeps that.
pub(super) fn divide(data: Vec<u8>, size: usize, is_stream: bool, message_flags: i32) -> (Vec<u8>, Option<Vec<u8>>) {
    let fits = data.len().min(size);
    let taken = if is_stream { data[..fits].to_vec() } else { data.clone() };
    let left = match message_flags & MSG_PEEK {
        0 => Some(data[fits..].to_vec()).filter(|rest| is_stream && !rest.is_empty()),
        _ => Some(data),
    };
    (taken, left)
}

/// The address of a socket that has none yet.
pub(super) fn wildcard(family: i32) -> Address {
    let any: IpAddr = if family == AF_INET { [0; 4].into() } else { [0u16; 8].into() };
    SocketAddr::new(any, 0).into()
}

/// The address of a host in numbers, and a port: it needs no call of any host.
pub(super) fn numeric(host: &str, port: u16) -> Answer<Address> {
    let ip: IpAddr = host.parse().map_err(|_| Failure::named("gaierror"))?;
    Ok(SocketAddr::new(ip, port).into())
}

/// The first of the guest's directories that has the file, and the file's path in it.
pub(super) fn directory_with<D>(path: &str, directories: Vec<(D, String)>) -> Answer<(D, String)> {
    let found = directories.into_iter().find_map(|(directory, name)| {
        let rest = path.strip_prefix(name.trim_end_matches('/'))?;
        Some((directory, rest.strip_prefix('/')?.to_owned()))
    });
    found.ok_or_else(|| Failure::Wrong("the guest is given no directory with the file".into()))
}

/// What a library in the guest makes of a list of addresses.
pub(super) async fn infos(
    host: Option<&str>,
    service: Option<&str>,
    hints: Hints,
    resolve: impl AsyncFnOnce(&str) -> Answer<Vec<IpAddr>>,
) -> Answer<Vec<AddressInfo>> {
    let port = match service.unwrap_or("0") {
        number if number.parse::<u16>().is_ok() => number.parse().unwrap_or_default(),
        name => self::service(|(known, _)| *known == name).map_err(|_| Failure::named("gaierror"))?.1,
    };
    if host.is_some_and(|host| host.contains('%')) {
        return missing("the interfaces that scopes name");
    }
    if hints.flags & AI_CANONNAME != 0 {
        return missing("canonical names");
    }
    let is_name = |host: &str| host.parse::<IpAddr>().is_err();
    if hints.flags & AI_NUMERICHOST != 0 && host.is_some_and(is_name) {
        return Err(Failure::named("gaierror"));
    }
    let mut infos = Vec::new();
    for address in resolve(host_or_own(host, hints)).await? {
        let family = if address.is_ipv4() { AF_INET } else { AF_INET6 };
        for (r#type, proto) in [(SOCK_STREAM, IPPROTO_TCP), (SOCK_DGRAM, IPPROTO_UDP)] {
            if [0, family].contains(&hints.family) && [0, r#type].contains(&hints.r#type) {
                let address = SocketAddr::new(address, port).into();
                infos.push(AddressInfo { family, r#type, proto, canonname: String::new(), address });
            }
        }
    }
    Ok(infos)
}

/// The host that is meant where none is named.
fn host_or_own(host: Option<&str>, hints: Hints) -> &str {
    host.unwrap_or(if hints.flags & AI_PASSIVE != 0 { "0.0.0.0" } else { "127.0.0.1" })
}
