//! The host of an address, which may be a name.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

use berkeley_constants::{AF_INET, AF_INET6, AF_UNSPEC, AI_NUMERICHOST, SOCK_DGRAM};

use super::variant::Address;
use crate::bindings::netdb::getaddrinfo;
use crate::error::{Error, GaiCode, Result};

/// In place of a family: any, for hosts in numbers alone.
pub(crate) const NUMERIC: i32 = i32::MIN;

/// The address of a host in the family (0 for any), with port 0, as Python takes the host of an address.
pub(crate) fn host_address(host: &str, family: i32) -> Result<Address> {
    let v4 = |ip| Address::Inet(SocketAddrV4::new(ip, 0));
    let v6 = |ip| Address::Inet6(SocketAddrV6::new(ip, 0, 0, 0));
    match (host, family) {
        ("" | "<broadcast>", NUMERIC) => return Err(Error::Gai(GaiCode::Noname)),
        ("", AF_INET6) => return Ok(v6(Ipv6Addr::UNSPECIFIED)),
        ("", _) => return Ok(v4(Ipv4Addr::UNSPECIFIED)),
        ("<broadcast>" | "255.255.255.255", AF_INET | 0) => return Ok(v4(Ipv4Addr::BROADCAST)),
        ("<broadcast>", _) => return Err(Error::Invalid("address family mismatched")),
        _ => {}
    }
    // What is an address already needs no call of the host.
    if let Some(ip) = host.parse().ok().filter(|_| family != AF_INET6) {
        return Ok(v4(ip));
    }
    if let Some(ip) = host.parse().ok().filter(|_| family != AF_INET) {
        return Ok(v6(ip));
    }
    let (family, flags) = if family == NUMERIC { (AF_UNSPEC, AI_NUMERICHOST) } else { (family, 0) };
    let infos = getaddrinfo(Some(host.as_bytes()), None, family, SOCK_DGRAM, 0, flags)?;
    infos.into_iter().next().map(|info| info.address.into()).ok_or(Error::Gai(GaiCode::Noname))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_hosts_need_no_look_up() {
        assert_eq!(host_address("", AF_INET).unwrap().host(), Some("0.0.0.0".into()));
        assert_eq!(host_address("", AF_INET6).unwrap().host(), Some("::".into()));
        assert_eq!(host_address("<broadcast>", AF_INET).unwrap().host(), Some("255.255.255.255".into()));
        assert!(host_address("<broadcast>", AF_INET6).is_err());
        assert_eq!(host_address("::1", 0).unwrap().host(), Some("::1".into()));
    }
}
