//! Addresses: which of them WASI takes, and how its records hold them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use berkeley_constants as c;

/// The family of a socket. One for IPv6 carries IPv6 alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    V4,
    V6,
}

impl Family {
    /// As the core numbers it.
    pub(super) fn number(self) -> i32 {
        match self {
            Self::V4 => c::AF_INET,
            Self::V6 => c::AF_INET6,
        }
    }

    /// The address of a socket that was never bound.
    pub(super) fn unspecified(self) -> SocketAddr {
        let ip = match self {
            Self::V4 => Ipv4Addr::UNSPECIFIED.into(),
            Self::V6 => Ipv6Addr::UNSPECIFIED.into(),
        };
        SocketAddr::new(ip, 0)
    }

    /// Whether a socket of this family takes the address. IPv6 ones take none that stands for an IPv4 address.
    pub(super) fn takes(self, ip: IpAddr) -> bool {
        match (self, ip) {
            (Self::V4, IpAddr::V4(_)) => true,
            (Self::V6, IpAddr::V6(ip)) => !is_compatible(ip) && ip.to_ipv4_mapped().is_none(),
            _ => false,
        }
    }

    /// Whether a socket of this family may connect or send there.
    pub(super) fn reaches(self, peer: SocketAddr) -> bool {
        self.takes(peer.ip()) && !peer.ip().is_unspecified() && peer.port() != 0
    }
}

/// Whether it is an address of the deprecated form `::a.b.c.d`.
fn is_compatible(ip: Ipv6Addr) -> bool {
    matches!(ip.segments(), [0, 0, 0, 0, 0, 0, _, _]) && ip != Ipv6Addr::UNSPECIFIED && ip != Ipv6Addr::LOCALHOST
}

/// Whether it names one host: it is neither for a group nor for all.
pub(super) fn is_unicast(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => !ip.is_multicast() && !ip.is_broadcast(),
        IpAddr::V6(ip) => !ip.is_multicast(),
    }
}

/// Conversions to and from the records of one version of WASI, which `wit` stands for where this is used.
macro_rules! addresses {
    () => {
        /// Whether the address is the same once it was one of WASI's.
        #[cfg(any(fuzzing, test))]
        pub(in crate::wasi) fn goes_both_ways(address: SocketAddr) -> bool {
            let ip = address.ip();
            let same = match wit::IpAddress::from(ip) {
                wit::IpAddress::Ipv4(parts) => IpAddr::from(<[u8; 4]>::from(parts)) == ip,
                wit::IpAddress::Ipv6(parts) => IpAddr::from(<[u16; 8]>::from(parts)) == ip,
            };
            same && SocketAddr::from(wit::IpSocketAddress::from(address)) == address
        }

        impl From<wit::IpAddressFamily> for Family {
            fn from(family: wit::IpAddressFamily) -> Self {
                match family {
                    wit::IpAddressFamily::Ipv4 => Self::V4,
                    wit::IpAddressFamily::Ipv6 => Self::V6,
                }
            }
        }

        impl From<Family> for wit::IpAddressFamily {
            fn from(family: Family) -> Self {
                match family {
                    Family::V4 => Self::Ipv4,
                    Family::V6 => Self::Ipv6,
                }
            }
        }

        impl From<IpAddr> for wit::IpAddress {
            fn from(ip: IpAddr) -> Self {
                match ip {
                    IpAddr::V4(ip) => Self::Ipv4(ip.octets().into()),
                    IpAddr::V6(ip) => Self::Ipv6(ip.segments().into()),
                }
            }
        }

        impl From<wit::IpSocketAddress> for SocketAddr {
            fn from(address: wit::IpSocketAddress) -> Self {
                match address {
                    wit::IpSocketAddress::Ipv4(at) => (<[u8; 4]>::from(at.address), at.port).into(),
                    wit::IpSocketAddress::Ipv6(at) => {
                        let ip = <[u16; 8]>::from(at.address).into();
                        SocketAddrV6::new(ip, at.port, at.flow_info, at.scope_id).into()
                    }
                }
            }
        }

        impl From<SocketAddr> for wit::IpSocketAddress {
            fn from(address: SocketAddr) -> Self {
                match address {
                    SocketAddr::V4(at) => {
                        Self::Ipv4(wit::Ipv4SocketAddress { port: at.port(), address: at.ip().octets().into() })
                    }
                    SocketAddr::V6(at) => Self::Ipv6(wit::Ipv6SocketAddress {
                        port: at.port(),
                        flow_info: at.flowinfo(),
                        address: at.ip().segments().into(),
                        scope_id: at.scope_id(),
                    }),
                }
            }
        }
    };
}
pub(super) use addresses;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv6_sockets_take_no_ipv4_address_in_any_form() {
        let takes = |text: &str| Family::V6.takes(text.parse().expect(text));
        assert!(takes("::") && takes("::1") && takes("2001:db8::1"));
        assert!(!takes("127.0.0.1") && !takes("::ffff:127.0.0.1") && !takes("::127.0.0.1") && !takes("::2"));
        assert!(Family::V4.takes(Ipv4Addr::LOCALHOST.into()) && !Family::V4.takes(Ipv6Addr::LOCALHOST.into()));
    }

    #[test]
    fn peers_have_an_address_and_a_port() {
        let reaches = |text: &str| Family::V4.reaches(text.parse().expect(text));
        assert!(reaches("127.0.0.1:80"));
        assert!(!reaches("0.0.0.0:80") && !reaches("127.0.0.1:0"));
    }

    #[test]
    fn groups_are_not_unicast() {
        let unicast = |text: &str| is_unicast(text.parse().expect(text));
        assert!(unicast("127.0.0.1") && unicast("0.0.0.0") && unicast("::"));
        assert!(!unicast("224.0.0.1") && !unicast("255.255.255.255") && !unicast("ff02::1"));
        assert!(!unicast("::ffff:224.0.0.1"));
    }
}
