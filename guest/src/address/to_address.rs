//! What becomes an address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use berkeley_constants::{AF_CAN, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_QIPCRTR, AF_RDS, AF_UNSPEC, AF_VSOCK};

use super::host::{NUMERIC, host_address};
use super::variant::Address;
use crate::error::{Error, Result};

/// What a socket of some family can be bound or connected to: an [`Address`], or the tuple that Python takes for it where
/// the socket's family says what the tuple is.
///
/// A host name is looked up, in the socket's family, as Python does it; so are `""`, which is the wildcard address,
/// and `"<broadcast>"`.
pub trait ToAddress {
    /// The address, for a socket of that family.
    fn to_address(&self, family: i32) -> Result<Address>;
}

impl<T: ToAddress + ?Sized> ToAddress for &T {
    fn to_address(&self, family: i32) -> Result<Address> {
        (**self).to_address(family)
    }
}

impl ToAddress for Address {
    fn to_address(&self, _: i32) -> Result<Address> {
        Ok(self.clone())
    }
}

impl ToAddress for SocketAddr {
    fn to_address(&self, _: i32) -> Result<Address> {
        Ok((*self).into())
    }
}

impl ToAddress for SocketAddrV4 {
    fn to_address(&self, _: i32) -> Result<Address> {
        Ok(Address::Inet(*self))
    }
}

impl ToAddress for SocketAddrV6 {
    fn to_address(&self, _: i32) -> Result<Address> {
        Ok(Address::Inet6(*self))
    }
}

impl ToAddress for (IpAddr, u16) {
    fn to_address(&self, _: i32) -> Result<Address> {
        Ok(SocketAddr::from(*self).into())
    }
}

impl ToAddress for (Ipv4Addr, u16) {
    fn to_address(&self, _: i32) -> Result<Address> {
        Ok(SocketAddr::from(*self).into())
    }
}

impl ToAddress for (Ipv6Addr, u16) {
    fn to_address(&self, _: i32) -> Result<Address> {
        Ok(SocketAddr::from(*self).into())
    }
}

/// A host and a port; of AF_PACKET, an interface and a protocol.
impl ToAddress for (&str, u16) {
    fn to_address(&self, family: i32) -> Result<Address> {
        let (host, port) = *self;
        // AF_RDS has the addresses of AF_INET.
        let family = match family {
            AF_INET | AF_INET6 | AF_UNSPEC | NUMERIC => family,
            AF_RDS => AF_INET,
            AF_PACKET => return Ok(Address::packet(host, port)),
            _ => return Err(Error::Invalid("only sockets of AF_INET, AF_INET6 and AF_RDS have hosts and ports")),
        };
        Ok(match host_address(host, family)? {
            Address::Inet6(at) => Address::Inet6(SocketAddrV6::new(*at.ip(), port, at.flowinfo(), at.scope_id())),
            Address::Inet(at) => Address::Inet(SocketAddrV4::new(*at.ip(), port)),
            other => other,
        })
    }
}

/// Two numbers: a port and groups of AF_NETLINK, a machine and a port of AF_VSOCK, a node and a port of AF_QIPCRTR.
impl ToAddress for (u32, u32) {
    fn to_address(&self, family: i32) -> Result<Address> {
        let (first, second) = *self;
        match family {
            AF_NETLINK => Ok(Address::netlink(first, second)),
            AF_VSOCK => Ok(Address::vsock(first, second)),
            AF_QIPCRTR => Ok(Address::qipcrtr(first, second)),
            _ => Err(Error::Invalid("only addresses of AF_NETLINK, AF_VSOCK and AF_QIPCRTR are two numbers")),
        }
    }
}

/// An interface of AF_CAN, for CAN_RAW and CAN_BCM.
impl ToAddress for (&str,) {
    fn to_address(&self, family: i32) -> Result<Address> {
        match family {
            AF_CAN => Ok(Address::can(self.0)),
            _ => Err(Error::Invalid("only addresses of AF_CAN are an interface alone")),
        }
    }
}

/// An interface of AF_CAN with the ids to receive and to send on, for CAN_ISOTP.
impl ToAddress for (&str, u32, u32) {
    fn to_address(&self, family: i32) -> Result<Address> {
        match family {
            AF_CAN => Ok(Address::can_isotp(self.0, self.1, self.2)),
            _ => Err(Error::Invalid("only addresses of AF_CAN are an interface and two ids")),
        }
    }
}

impl ToAddress for (String, u16) {
    fn to_address(&self, family: i32) -> Result<Address> {
        (self.0.as_str(), self.1).to_address(family)
    }
}

/// A unix path; with a leading NUL an abstract name.
impl ToAddress for str {
    fn to_address(&self, family: i32) -> Result<Address> {
        self.as_bytes().to_address(family)
    }
}

/// A unix path; with a leading NUL an abstract name.
impl ToAddress for String {
    fn to_address(&self, family: i32) -> Result<Address> {
        self.as_bytes().to_address(family)
    }
}

/// A unix path; with a leading NUL an abstract name.
impl ToAddress for [u8] {
    fn to_address(&self, _: i32) -> Result<Address> {
        Ok(Address::Unix(self.to_vec()))
    }
}

/// A unix path.
impl ToAddress for std::path::Path {
    fn to_address(&self, family: i32) -> Result<Address> {
        self.as_os_str().as_encoded_bytes().to_address(family)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tuples_become_what_the_family_says() {
        let numbers = (1, 2);
        assert_eq!(numbers.to_address(AF_NETLINK), Ok(Address::netlink(1, 2)));
        assert_eq!(numbers.to_address(AF_VSOCK), Ok(Address::vsock(1, 2)));
        assert_eq!(numbers.to_address(AF_QIPCRTR), Ok(Address::qipcrtr(1, 2)));
        assert_eq!(("lo", 3).to_address(AF_PACKET), Ok(Address::packet("lo", 3)));
        assert_eq!(("vcan0",).to_address(AF_CAN), Ok(Address::can("vcan0")));
        assert_eq!(("vcan0", 1, 2).to_address(AF_CAN), Ok(Address::can_isotp("vcan0", 1, 2)));
        let inet = Ok(Address::Inet(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 5)));
        assert_eq!(("127.0.0.1", 5).to_address(AF_RDS), inet);
        for wrong in [
            numbers.to_address(AF_INET),
            ("a", 1).to_address(AF_CAN),
            ("a",).to_address(AF_INET),
            ("a", 1, 2).to_address(AF_PACKET),
        ] {
            assert!(matches!(wrong, Err(Error::Invalid(_))), "{wrong:?}");
        }
    }
}
