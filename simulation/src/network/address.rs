//! Addresses, as sockets of each family tell them. Within the world a mapped IPv4 address is an IPv4 address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use berkeley_constants as c;
use berkeley_host::address::RawAddress;
use berkeley_host::{Address, Errno};

/// The any-address of the family.
pub(super) fn any(family: i32) -> IpAddr {
    if family == c::AF_INET { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() }
}

/// The address that a call names, to a socket of that family; none is AF_UNSPEC. EINVAL, EAFNOSUPPORT.
pub(super) fn internet(family: i32, raw: &RawAddress) -> Result<Option<SocketAddr>, Errno> {
    let bytes = raw.as_bytes();
    let told = bytes.first_chunk().map_or(0, |family| i32::from(u16::from_ne_bytes(*family)));
    let least = if family == c::AF_INET { 16 } else { 24 };
    match told {
        c::AF_UNSPEC if bytes.len() >= 2 => return Ok(None),
        _ if bytes.len() < least && told == family => return Err(Errno::EINVAL),
        _ if told != family => return Err(Errno::EAFNOSUPPORT),
        _ => {}
    }
    match Address::decode(raw, 0).and_then(|address| address.internet()) {
        Some(address) => Ok(Some(plain(address))),
        None => Err(Errno::EINVAL),
    }
}

/// Without mapping, and without what only one host knows.
pub(super) fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// The address as a socket of that family tells it.
pub(super) fn told(family: i32, address: SocketAddr) -> RawAddress {
    let address = match (family, address.ip()) {
        (c::AF_INET6, IpAddr::V4(ip)) => SocketAddrV6::new(ip.to_ipv6_mapped(), address.port(), 0, 0).into(),
        _ => address,
    };
    Address::from(address).encode().unwrap_or(RawAddress::from_bytes(&[]))
}

/// As `told`, of a local address, where none is the any-address of the family itself.
pub(super) fn told_local(family: i32, address: SocketAddr) -> RawAddress {
    let ip = if address.ip().is_unspecified() { any(family) } else { address.ip() };
    told(family, SocketAddr::new(ip, address.port()))
}

/// The address of a unix socket.
pub(super) fn unix(name: &[u8]) -> RawAddress {
    Address::Unix(name.to_vec()).encode().unwrap_or(RawAddress::from_bytes(&[]))
}

/// The name of a unix socket's address; an empty one is none. EINVAL.
pub(super) fn unix_name(raw: &RawAddress) -> Result<Vec<u8>, Errno> {
    match Address::decode(raw, 0) {
        Some(Address::Unix(name)) => Ok(name),
        _ => Err(Errno::EINVAL),
    }
}
