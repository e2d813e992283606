//! Addresses as the contract has them.

use std::net::{SocketAddrV4, SocketAddrV6};

use super::variant::Address;
use crate::bindings::address as wit;

impl From<Address> for wit::SocketAddress {
    fn from(address: Address) -> Self {
        match address {
            Address::Unspecified => Self::Unspecified,
            Address::Inet(at) => Self::Inet(wit::InetAddress { address: at.ip().octets().into(), port: at.port() }),
            Address::Inet6(at) => Self::Inet6(wit::Inet6Address {
                address: at.ip().segments().into(),
                port: at.port(),
                flow_info: at.flowinfo(),
                scope_id: at.scope_id(),
            }),
            Address::Unix(path) => Self::Unix(path),
            Address::Netlink(at) => Self::Netlink(at),
            Address::Packet(at) => Self::Packet(at),
            Address::Vsock(at) => Self::Vsock(at),
            Address::Can(at) => Self::Can(at),
            Address::CanIsotp(at) => Self::CanIsotp(at),
            Address::CanJ1939(at) => Self::CanJ1939(at),
            Address::L2cap(at) => Self::L2cap(at),
            Address::Rfcomm(at) => Self::Rfcomm(at),
            Address::Hci(at) => Self::Hci(at),
            Address::Sco(at) => Self::Sco(at),
            Address::Alg(at) => Self::Alg(at),
            Address::Tipc(at) => Self::Tipc(at),
            Address::Qipcrtr(at) => Self::Qipcrtr(at),
            Address::Hyperv(at) => Self::Hyperv(at),
            Address::System(at) => Self::System(at),
            Address::Other(at) => Self::Other(at),
        }
    }
}

impl From<wit::SocketAddress> for Address {
    fn from(address: wit::SocketAddress) -> Self {
        use wit::SocketAddress as Wit;
        match address {
            Wit::Unspecified => Self::Unspecified,
            Wit::Inet(at) => Self::Inet(SocketAddrV4::new(<[u8; 4]>::from(at.address).into(), at.port)),
            Wit::Inet6(at) => {
                let ip = <[u16; 8]>::from(at.address).into();
                Self::Inet6(SocketAddrV6::new(ip, at.port, at.flow_info, at.scope_id))
            }
            Wit::Unix(path) => Self::Unix(path),
            Wit::Netlink(at) => Self::Netlink(at),
            Wit::Packet(at) => Self::Packet(at),
            Wit::Vsock(at) => Self::Vsock(at),
            Wit::Can(at) => Self::Can(at),
            Wit::CanIsotp(at) => Self::CanIsotp(at),
            Wit::CanJ1939(at) => Self::CanJ1939(at),
            Wit::L2cap(at) => Self::L2cap(at),
            Wit::Rfcomm(at) => Self::Rfcomm(at),
            Wit::Hci(at) => Self::Hci(at),
            Wit::Sco(at) => Self::Sco(at),
            Wit::Alg(at) => Self::Alg(at),
            Wit::Tipc(at) => Self::Tipc(at),
            Wit::Qipcrtr(at) => Self::Qipcrtr(at),
            Wit::Hyperv(at) => Self::Hyperv(at),
            Wit::System(at) => Self::System(at),
            Wit::Other(at) => Self::Other(at),
        }
    }
}
