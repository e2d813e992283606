//! The addresses of every family, and what they are to those who judge them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use berkeley_constants as c;

use super::layout::AF_SYSTEM;

/// An address of any family: the case of the contract's `socket-address` by the same name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the fields are documented in wit/address.wit")]
pub enum Address {
    /// AF_UNSPEC: dissolves a datagram socket's association.
    Unspecified,
    /// AF_INET: ip(7).
    Inet(SocketAddrV4),
    /// AF_INET6: ipv6(7).
    Inet6(SocketAddrV6),
    /// AF_UNIX: a path, a NUL and an abstract name, or nothing: unix(7).
    Unix(Vec<u8>),
    /// AF_NETLINK: netlink(7).
    Netlink { pid: u32, groups: u32 },
    /// AF_PACKET: packet(7).
    Packet { interface: Vec<u8>, protocol: u16, packet_type: u8, hardware_type: u16, hardware_address: Vec<u8> },
    /// AF_VSOCK: vsock(7).
    Vsock { cid: u32, port: u32 },
    /// AF_CAN: CAN_RAW, CAN_BCM.
    Can { interface: Vec<u8> },
    /// AF_CAN: CAN_ISOTP.
    CanIsotp { interface: Vec<u8>, rx_id: u32, tx_id: u32 },
    /// AF_CAN: CAN_J1939.
    CanJ1939 { interface: Vec<u8>, name: u64, pgn: u32, address: u8 },
    /// AF_BLUETOOTH: BTPROTO_L2CAP.
    L2cap { address: [u8; 6], psm: u16, cid: u16, address_type: u8 },
    /// AF_BLUETOOTH: BTPROTO_RFCOMM.
    Rfcomm { address: [u8; 6], channel: u8 },
    /// AF_BLUETOOTH: BTPROTO_HCI.
    Hci { device: u16, channel: u16 },
    /// AF_BLUETOOTH: BTPROTO_SCO.
    Sco { address: [u8; 6] },
    /// AF_ALG.
    Alg { kind: Vec<u8>, name: Vec<u8>, features: u32, mask: u32 },
    /// AF_TIPC.
    Tipc { address_type: u8, v1: u32, v2: u32, v3: u32, scope: i8 },
    /// AF_QIPCRTR.
    Qipcrtr { node: u32, port: u32 },
    /// AF_HYPERV: of Windows alone.
    Hyperv { vm_id: [u8; 16], service_id: [u8; 16] },
    /// PF_SYSTEM, by number: of macOS alone.
    System { id: u32, unit: u32 },
    /// PF_SYSTEM, by name: of macOS alone.
    SystemName(Vec<u8>),
    /// Any other, as raw bytes after the family.
    Other { family: u16, bytes: Vec<u8> },
}

impl Address {
    /// The family, in Linux's numbering.
    pub fn family(&self) -> i32 {
        match self {
            Self::Unspecified => c::AF_UNSPEC,
            Self::Inet(_) => c::AF_INET,
            Self::Inet6(_) => c::AF_INET6,
            Self::Unix(_) => c::AF_UNIX,
            Self::Netlink { .. } => c::AF_NETLINK,
            Self::Packet { .. } => c::AF_PACKET,
            Self::Vsock { .. } => c::AF_VSOCK,
            Self::Can { .. } | Self::CanIsotp { .. } | Self::CanJ1939 { .. } => c::AF_CAN,
            Self::L2cap { .. } | Self::Rfcomm { .. } | Self::Hci { .. } | Self::Sco { .. } => c::AF_BLUETOOTH,
            Self::Alg { .. } => c::AF_ALG,
            Self::Tipc { .. } => c::AF_TIPC,
            Self::Qipcrtr { .. } => c::AF_QIPCRTR,
            Self::Hyperv { .. } => c::AF_HYPERV,
            Self::System { .. } | Self::SystemName(_) => AF_SYSTEM,
            Self::Other { family, .. } => i32::from(*family),
        }
    }

    /// The internet address and port, if it is of an internet family; an IPv4 address in IPv6 clothes (mapped or
    /// compatible) is the IPv4 address.
    pub fn internet(&self) -> Option<SocketAddr> {
        match self {
            Self::Inet(address) => Some(SocketAddr::V4(*address)),
            Self::Inet6(address) => Some(SocketAddr::new(plain_ip(*address.ip()), address.port())),
            _ => None,
        }
    }

    /// Whom connecting or sending to the address may reach: Linux takes the wildcard address for the loopback one, and
    /// that of IPv6 for either.
    pub(crate) fn reached(&self) -> Vec<Self> {
        let loopback: &[IpAddr] = match self.internet() {
            Some(at) if at.ip() == IpAddr::V4(Ipv4Addr::UNSPECIFIED) => &[IpAddr::V4(Ipv4Addr::LOCALHOST)],
            Some(at) if at.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) => {
                &[IpAddr::V6(Ipv6Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::LOCALHOST)]
            }
            _ => return vec![self.clone()],
        };
        let port = self.internet().map_or(0, |at| at.port());
        loopback.iter().map(|ip| SocketAddr::new(*ip, port).into()).collect()
    }

    /// The path, if it is a unix address with one; neither abstract nor unnamed.
    pub fn unix_path(&self) -> Option<&[u8]> {
        match self {
            Self::Unix(path) if !path.is_empty() && path[0] != 0 => Some(path),
            _ => None,
        }
    }
}

/// The IPv4 address inside a mapped (`::ffff:a.b.c.d`) or compatible (`::a.b.c.d`) IPv6 address, or the address.
pub(super) fn plain_ip(ip: Ipv6Addr) -> IpAddr {
    match ip.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, _] if high != 0 || ip.segments()[5] != 0 => {
            let [.., a, b, c, d] = ip.octets();
            IpAddr::V4(Ipv4Addr::new(a, b, c, d))
        }
        _ => IpAddr::V6(ip),
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        match address {
            SocketAddr::V4(address) => Self::Inet(address),
            SocketAddr::V6(address) => Self::Inet6(address),
        }
    }
}
