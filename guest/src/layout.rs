//! Structures in Linux's 64-bit little-endian layout.

use std::net::{Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use berkeley_constants::{AF_INET, AF_INET6};

use crate::bindings::ancillary::Ipv6Pktinfo;

/// Reads a structure's fields, one after the other.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl Fields<'_> {
    /// The next field; none once the bytes have ended, be it within one.
    pub(crate) fn next<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) =
            self.0.split_first_chunk::<N>().map_or((None, &[][..]), |(field, rest)| (Some(*field), rest));
        self.0 = rest;
        field
    }
}

/// `struct sockaddr_in`, without the zeros behind it, or `struct sockaddr_in6`.
pub(crate) fn sockaddr(address: &SocketAddr) -> Vec<u8> {
    let port = address.port().to_be_bytes();
    match address {
        SocketAddr::V4(at) => [&(AF_INET as u16).to_le_bytes()[..], &port, &at.ip().octets()].concat(),
        SocketAddr::V6(at) => {
            let (flow, scope) = (at.flowinfo().to_be_bytes(), at.scope_id().to_le_bytes());
            [&(AF_INET6 as u16).to_le_bytes()[..], &port, &flow, &at.ip().octets(), &scope].concat()
        }
    }
}

/// The address that a `struct sockaddr_in` or `struct sockaddr_in6` is.
pub(crate) fn socket_addr(bytes: &[u8]) -> Option<SocketAddr> {
    let mut at = Fields(bytes);
    let family = at.next().map(u16::from_le_bytes)?;
    let port = at.next().map(u16::from_be_bytes)?;
    match i32::from(family) {
        AF_INET => Some(SocketAddrV4::new(at.next::<4>()?.into(), port).into()),
        AF_INET6 => {
            let flow_info = at.next().map(u32::from_be_bytes)?;
            let ip = at.next::<16>()?.into();
            Some(SocketAddrV6::new(ip, port, flow_info, at.next().map(u32::from_le_bytes)?).into())
        }
        _ => None,
    }
}

/// `struct in6_pktinfo`.
pub(crate) fn ipv6_pktinfo(info: &Ipv6Pktinfo) -> Vec<u8> {
    let address = Ipv6Addr::from(<[u16; 8]>::from(info.address)).octets();
    [&address[..], &info.interface_index.to_le_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_are_written() {
        for text in ["127.0.0.1:80", "[fe80::1%5]:258"] {
            let address = text.parse().expect("an address");
            assert_eq!(socket_addr(&sockaddr(&address)), Some(address));
        }
        assert_eq!(socket_addr(&[1, 0, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(socket_addr(&[2, 0, 0]), None);
    }
}
