//! Addresses: the contract's cases and the core's, one to one.

use std::net::{SocketAddrV4, SocketAddrV6};

use super::wit::address as wit;
use crate::address::{Address, CAPACITY};
use crate::error::{Errno, Error};
use crate::view::SocketCtxView;

impl wit::Host for SocketCtxView<'_> {}

fn bluetooth((a, b, c, d, e, f): wit::BluetoothAddress) -> [u8; 6] {
    [a, b, c, d, e, f]
}

fn to_bluetooth([a, b, c, d, e, f]: [u8; 6]) -> wit::BluetoothAddress {
    (a, b, c, d, e, f)
}

/// EINVAL: a UUID that is not 16 bytes long.
impl TryFrom<wit::SocketAddress> for Address {
    type Error = Error;

    fn try_from(address: wit::SocketAddress) -> Result<Self, Error> {
        use wit::SocketAddress as Wit;
        let list = match &address {
            Wit::Unix(bytes) | Wit::System(wit::SystemAddress::Name(bytes)) => bytes.len(),
            Wit::Packet(at) => at.interface.len().max(at.hardware_address.len()),
            Wit::Can(at) => at.interface.len(),
            Wit::CanIsotp(at) => at.interface.len(),
            Wit::CanJ1939(at) => at.interface.len(),
            Wit::Alg(at) => at.type_.len().max(at.name.len()),
            Wit::Other(at) => at.bytes.len(),
            _ => 0,
        };
        // No address is longer, and a refusal shall not be either.
        if list > CAPACITY {
            return Err(Errno::EINVAL.into());
        }
        let uuid = |bytes: Vec<u8>| bytes.try_into().map_err(|_| Errno::EINVAL);
        Ok(match address {
            Wit::Unspecified => Self::Unspecified,
            Wit::Inet(at) => Self::Inet(SocketAddrV4::new(<[u8; 4]>::from(at.address).into(), at.port)),
            Wit::Inet6(at) => {
                let ip = <[u16; 8]>::from(at.address).into();
                Self::Inet6(SocketAddrV6::new(ip, at.port, at.flow_info, at.scope_id))
            }
            Wit::Unix(path) => Self::Unix(path),
            Wit::Netlink(at) => Self::Netlink { pid: at.pid, groups: at.groups },
            Wit::Packet(at) => Self::Packet {
                interface: at.interface,
                protocol: at.protocol,
                packet_type: at.packet_type,
                hardware_type: at.hardware_type,
                hardware_address: at.hardware_address,
            },
            Wit::Vsock(at) => Self::Vsock { cid: at.cid, port: at.port },
            Wit::Can(at) => Self::Can { interface: at.interface },
            Wit::CanIsotp(at) => Self::CanIsotp { interface: at.interface, rx_id: at.rx_id, tx_id: at.tx_id },
            Wit::CanJ1939(at) => {
                Self::CanJ1939 { interface: at.interface, name: at.name, pgn: at.pgn, address: at.address }
            }
            Wit::L2cap(at) => {
                Self::L2cap { address: bluetooth(at.address), psm: at.psm, cid: at.cid, address_type: at.address_type }
            }
            Wit::Rfcomm(at) => Self::Rfcomm { address: bluetooth(at.address), channel: at.channel },
            Wit::Hci(at) => Self::Hci { device: at.device, channel: at.channel },
            Wit::Sco(at) => Self::Sco { address: bluetooth(at) },
            Wit::Alg(at) => Self::Alg { kind: at.type_, name: at.name, features: at.features, mask: at.mask },
            Wit::Tipc(at) => {
                Self::Tipc { address_type: at.address_type, v1: at.v1, v2: at.v2, v3: at.v3, scope: at.scope }
            }
            Wit::Qipcrtr(at) => Self::Qipcrtr { node: at.node, port: at.port },
            Wit::Hyperv(at) => Self::Hyperv { vm_id: uuid(at.vm_id)?, service_id: uuid(at.service_id)? },
            Wit::System(wit::SystemAddress::Name(name)) => Self::SystemName(name),
            Wit::System(wit::SystemAddress::Control((id, unit))) => Self::System { id, unit },
            Wit::Other(at) => Self::Other { family: at.family, bytes: at.bytes },
        })
    }
}

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
            Address::Netlink { pid, groups } => Self::Netlink(wit::NetlinkAddress { pid, groups }),
            Address::Packet { interface, protocol, packet_type, hardware_type, hardware_address } => {
                Self::Packet(wit::PacketAddress { interface, protocol, packet_type, hardware_type, hardware_address })
            }
            Address::Vsock { cid, port } => Self::Vsock(wit::VsockAddress { cid, port }),
            Address::Can { interface } => Self::Can(wit::CanAddress { interface }),
            Address::CanIsotp { interface, rx_id, tx_id } => {
                Self::CanIsotp(wit::CanIsotpAddress { interface, rx_id, tx_id })
            }
            Address::CanJ1939 { interface, name, pgn, address } => {
                Self::CanJ1939(wit::CanJ1939Address { interface, name, pgn, address })
            }
            Address::L2cap { address, psm, cid, address_type } => {
                Self::L2cap(wit::L2capAddress { address: to_bluetooth(address), psm, cid, address_type })
            }
            Address::Rfcomm { address, channel } => {
                Self::Rfcomm(wit::RfcommAddress { address: to_bluetooth(address), channel })
            }
            Address::Hci { device, channel } => Self::Hci(wit::HciAddress { device, channel }),
            Address::Sco { address } => Self::Sco(to_bluetooth(address)),
            Address::Alg { kind, name, features, mask } => {
                Self::Alg(wit::AlgAddress { type_: kind, name, features, mask })
            }
            Address::Tipc { address_type, v1, v2, v3, scope } => {
                Self::Tipc(wit::TipcAddress { address_type, v1, v2, v3, scope })
            }
            Address::Qipcrtr { node, port } => Self::Qipcrtr(wit::QipcrtrAddress { node, port }),
            Address::Hyperv { vm_id, service_id } => {
                Self::Hyperv(wit::HypervAddress { vm_id: vm_id.into(), service_id: service_id.into() })
            }
            Address::System { id, unit } => Self::System(wit::SystemAddress::Control((id, unit))),
            Address::SystemName(name) => Self::System(wit::SystemAddress::Name(name)),
            Address::Other { family, bytes } => Self::Other(wit::OtherAddress { family, bytes }),
        }
    }
}
