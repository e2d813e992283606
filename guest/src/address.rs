//! Socket addresses of every family, and what becomes one.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use berkeley_constants::{AF_INET, AF_INET6, AF_UNSPEC};

use crate::bindings::address as wit;
pub use crate::bindings::address::{
    AlgAddress, BluetoothAddress, CanAddress, CanIsotpAddress, CanJ1939Address, HciAddress, HypervAddress,
    L2capAddress, NetlinkAddress, OtherAddress, PacketAddress, QipcrtrAddress, RfcommAddress, SystemAddress,
    TipcAddress, VsockAddress,
};
use crate::error::{Error, Result};
use crate::netdb;

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
        self.as_socket_addr().map(|address| netdb::ip_text(address.ip()))
    }

    /// The path's bytes, an abstract name with its leading NUL, or nothing for an unnamed socket, if it is of AF_UNIX.
    pub fn as_unix(&self) -> Option<&[u8]> {
        match self {
            Self::Unix(path) => Some(path),
            _ => None,
        }
    }
}

/// As it is written: `127.0.0.1:80`, `[::1]:80`, `/run/socket`, `@abstract`.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet(address) => address.fmt(f),
            Self::Inet6(address) => address.fmt(f),
            Self::Unix(path) => match path.as_slice() {
                [] => f.write_str("(unnamed)"),
                [0, name @ ..] => write!(f, "@{}", name.escape_ascii()),
                path => write!(f, "{}", path.escape_ascii()),
            },
            other => write!(f, "{other:?}"),
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

/// What a socket of some family can be bound or connected to.
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

impl ToAddress for (&str, u16) {
    fn to_address(&self, family: i32) -> Result<Address> {
        let (host, port) = *self;
        if ![AF_INET, AF_INET6, AF_UNSPEC].contains(&family) {
            return Err(Error::Invalid("only sockets of AF_INET and AF_INET6 have hosts and ports"));
        }
        Ok(match netdb::host_address(host, family)? {
            Address::Inet6(at) => Address::Inet6(SocketAddrV6::new(*at.ip(), port, at.flowinfo(), at.scope_id())),
            Address::Inet(at) => Address::Inet(SocketAddrV4::new(*at.ip(), port)),
            other => other,
        })
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
