//! An address of any family, and what it tells.

use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};

use super::text::{ba2str, ip_text};
use crate::bindings::address::{
    AlgAddress, BluetoothAddress, CanAddress, CanIsotpAddress, CanJ1939Address, HciAddress, HypervAddress,
    L2capAddress, NetlinkAddress, OtherAddress, PacketAddress, QipcrtrAddress, RfcommAddress, SystemAddress,
    TipcAddress, VsockAddress,
};
use crate::error::{Error, Result};
use crate::text::lossy;

/// An address of any family; each case has the fields of Python's tuple for it.
#[derive(Clone, Debug)]
pub enum Address {
    /// AF_UNSPEC: connecting a datagram socket to it dissolves its association.
    Unspecified,
    /// AF_INET: `(host, port)`.
    Inet(SocketAddrV4),
    /// AF_INET6: `(host, port, flowinfo, scope_id)`.
    Inet6(SocketAddrV6),
    /// AF_UNIX: a path; with a leading NUL an abstract name; empty for an unnamed socket.
    Unix(Vec<u8>),
    /// AF_NETLINK: `(pid, groups)`.
    Netlink(NetlinkAddress),
    /// AF_PACKET: `(ifname, proto, pkttype, hatype, addr)`.
    Packet(PacketAddress),
    /// AF_VSOCK: `(CID, port)`.
    Vsock(VsockAddress),
    /// AF_CAN, CAN_RAW and CAN_BCM: `(interface,)`.
    Can(CanAddress),
    /// AF_CAN, CAN_ISOTP: `(interface, rx_addr, tx_addr)`.
    CanIsotp(CanIsotpAddress),
    /// AF_CAN, CAN_J1939: `(interface, name, pgn, addr)`.
    CanJ1939(CanJ1939Address),
    /// AF_BLUETOOTH, BTPROTO_L2CAP: `(bdaddr, psm, cid, bdaddr_type)`.
    L2cap(L2capAddress),
    /// AF_BLUETOOTH, BTPROTO_RFCOMM: `(bdaddr, channel)`.
    Rfcomm(RfcommAddress),
    /// AF_BLUETOOTH, BTPROTO_HCI: `(device_id, channel)`.
    Hci(HciAddress),
    /// AF_BLUETOOTH, BTPROTO_SCO: `bdaddr`.
    Sco(BluetoothAddress),
    /// AF_ALG: `(type, name, feat, mask)`.
    Alg(AlgAddress),
    /// AF_TIPC: `(addr_type, v1, v2, v3, scope)`.
    Tipc(TipcAddress),
    /// AF_QIPCRTR: `(node, port)`.
    Qipcrtr(QipcrtrAddress),
    /// AF_HYPERV: `(vm_id, service_id)`.
    Hyperv(HypervAddress),
    /// PF_SYSTEM: a name or `(id, unit)`.
    System(SystemAddress),
    /// Any other, as raw bytes.
    Other(OtherAddress),
}

impl Address {
    /// The internet address and port, if it is of AF_INET or AF_INET6.
    pub fn as_socket_addr(&self) -> Option<SocketAddr> {
        match self {
            Self::Inet(address) => Some((*address).into()),
            Self::Inet6(address) => Some((*address).into()),
            _ => None,
        }
    }

    /// The port, if it is of AF_INET or AF_INET6.
    pub fn port(&self) -> Option<u16> {
        self.as_socket_addr().map(|address| address.port())
    }

    /// The host as text, if it is of AF_INET or AF_INET6.
    pub fn host(&self) -> Option<String> {
        self.as_socket_addr().map(|address| ip_text(address.ip()))
    }

    /// The path's bytes, an abstract name with its leading NUL, or nothing for an unnamed socket, if it is of AF_UNIX.
    pub fn as_unix(&self) -> Option<&[u8]> {
        match self {
            Self::Unix(path) => Some(path),
            _ => None,
        }
    }

    /// The interface's name, if it is of AF_PACKET or AF_CAN; empty for none in particular.
    pub fn interface(&self) -> Option<String> {
        let name = match self {
            Self::Packet(at) => &at.interface,
            Self::Can(at) => &at.interface,
            Self::CanIsotp(at) => &at.interface,
            Self::CanJ1939(at) => &at.interface,
            _ => return None,
        };
        Some(lossy(name))
    }

    /// The device, such as `00:11:22:33:44:55`, if it is of AF_BLUETOOTH, but for BTPROTO_HCI.
    pub fn bdaddr(&self) -> Option<String> {
        match self {
            Self::L2cap(at) => Some(ba2str(at.address)),
            Self::Rfcomm(at) => Some(ba2str(at.address)),
            Self::Sco(address) => Some(ba2str(*address)),
            _ => None,
        }
    }
}

/// Two addresses are equal if the host would be given the same.
impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Inet(one), Self::Inet(other)) => one == other,
            (Self::Inet6(one), Self::Inet6(other)) => one == other,
            (Self::Unix(one), Self::Unix(other)) => one == other,
            // The generated records have no equality of their own.
            _ => format!("{self:?}") == format!("{other:?}"),
        }
    }
}

impl Eq for Address {}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        match address {
            SocketAddr::V4(address) => Self::Inet(address),
            SocketAddr::V6(address) => Self::Inet6(address),
        }
    }
}

impl TryFrom<Address> for SocketAddr {
    type Error = Error;

    fn try_from(address: Address) -> Result<Self> {
        address.as_socket_addr().ok_or(Error::Invalid("not an internet address"))
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use super::*;

    #[test]
    fn only_internet_addresses_are_socket_addresses() {
        let address = SocketAddr::from((Ipv6Addr::LOCALHOST, 80));
        assert_eq!(SocketAddr::try_from(Address::from(address)), Ok(address));
        assert!(SocketAddr::try_from(Address::Unix(b"/run/socket".to_vec())).is_err());
    }
}
