//! Socket addresses of every family, and what becomes one.
//!
//! ```
//! use berkeley_guest::Address;
//!
//! let address = Address::can_isotp("vcan0", 0x123, 0x456);
//! assert_eq!(address.interface().as_deref(), Some("vcan0"));
//! assert_eq!(address.to_string(), "('vcan0', 291, 1110)");
//!
//! let Address::Rfcomm(fields) = Address::rfcomm("00:11:22:33:44:55", 3)? else { unreachable!() };
//! assert_eq!((fields.address.5, fields.channel), (0x55, 3));
//! # Ok::<(), berkeley_guest::Error>(())
//! ```

mod text;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use berkeley_constants::{
    AF_CAN, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_QIPCRTR, AF_RDS, AF_UNSPEC, AF_VSOCK, BDADDR_BREDR,
    HCI_CHANNEL_RAW, PACKET_HOST, TIPC_ADDR_ID, TIPC_ADDR_NAME, TIPC_ADDR_NAMESEQ,
};
use text::{Field, tuple};
pub use text::{ba2str, str2ba};

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

/// Addresses of the families that have neither hosts nor paths, from the fields of Python's tuples. What a tuple may
/// leave out has its usual value; for others, make the case from its own fields.
impl Address {
    /// AF_NETLINK: port 0 is the kernel, or lets the kernel choose one; a mask of multicast groups.
    pub fn netlink(pid: u32, groups: u32) -> Self {
        Self::Netlink(NetlinkAddress { pid, groups })
    }

    /// AF_PACKET: an interface by its name, and an Ethernet protocol, such as ETH_P_ALL.
    pub fn packet(interface: &str, protocol: u16) -> Self {
        Self::Packet(PacketAddress {
            interface: interface.into(),
            protocol,
            packet_type: PACKET_HOST as u8,
            hardware_type: 0,
            hardware_address: Vec::new(),
        })
    }

    /// AF_VSOCK: the context id of a machine, and a port.
    pub fn vsock(cid: u32, port: u32) -> Self {
        Self::Vsock(VsockAddress { cid, port })
    }

    /// AF_CAN, CAN_RAW and CAN_BCM: an interface by its name; none, `""`, is all.
    pub fn can(interface: &str) -> Self {
        Self::Can(CanAddress { interface: interface.into() })
    }

    /// AF_CAN, CAN_ISOTP: the CAN ids to receive and to send on.
    pub fn can_isotp(interface: &str, rx_id: u32, tx_id: u32) -> Self {
        Self::CanIsotp(CanIsotpAddress { interface: interface.into(), rx_id, tx_id })
    }

    /// AF_CAN, CAN_J1939: the name or else the address of an ECU, and a parameter group.
    pub fn can_j1939(interface: &str, name: u64, pgn: u32, address: u8) -> Self {
        Self::CanJ1939(CanJ1939Address { interface: interface.into(), name, pgn, address })
    }

    /// AF_BLUETOOTH, BTPROTO_L2CAP: a device, such as `00:11:22:33:44:55`, and the multiplexer of a service.
    pub fn l2cap(address: &str, psm: u16) -> Result<Self> {
        let address_type = BDADDR_BREDR as u8;
        Ok(Self::L2cap(L2capAddress { address: str2ba(address)?, psm, cid: 0, address_type }))
    }

    /// AF_BLUETOOTH, BTPROTO_RFCOMM: a device and a channel.
    pub fn rfcomm(address: &str, channel: u8) -> Result<Self> {
        Ok(Self::Rfcomm(RfcommAddress { address: str2ba(address)?, channel }))
    }

    /// AF_BLUETOOTH, BTPROTO_HCI: the number of a controller, and a channel, such as HCI_CHANNEL_RAW.
    pub fn hci(device: u16, channel: u16) -> Self {
        Self::Hci(HciAddress { device, channel })
    }

    /// AF_BLUETOOTH, BTPROTO_SCO: a device.
    pub fn sco(address: &str) -> Result<Self> {
        Ok(Self::Sco(str2ba(address)?))
    }

    /// AF_ALG: a kind of algorithm, such as `hash`, and an algorithm, such as `sha256`.
    pub fn alg(r#type: &str, name: &str) -> Self {
        Self::Alg(AlgAddress { type_: r#type.into(), name: name.into(), features: 0, mask: 0 })
    }

    /// AF_TIPC, TIPC_ADDR_NAME: an instance of a type, and a scope, such as TIPC_CLUSTER_SCOPE.
    pub fn tipc_name(r#type: u32, instance: u32, scope: i32) -> Self {
        tipc(TIPC_ADDR_NAME, [r#type, instance, 0], scope)
    }

    /// AF_TIPC, TIPC_ADDR_NAMESEQ: the instances of a type from the lower to the upper, and a scope.
    pub fn tipc_nameseq(r#type: u32, lower: u32, upper: u32, scope: i32) -> Self {
        tipc(TIPC_ADDR_NAMESEQ, [r#type, lower, upper], scope)
    }

    /// AF_TIPC, TIPC_ADDR_ID: a socket by its node and its reference.
    pub fn tipc_id(node: u32, reference: u32) -> Self {
        tipc(TIPC_ADDR_ID, [node, reference, 0], 0)
    }

    /// AF_QIPCRTR: a node and a port.
    pub fn qipcrtr(node: u32, port: u32) -> Self {
        Self::Qipcrtr(QipcrtrAddress { node, port })
    }

    /// AF_HYPERV: a virtual machine and a service, each a UUID, such as HV_GUID_PARENT.
    pub fn hyperv(vm_id: &str, service_id: &str) -> Result<Self> {
        Ok(Self::Hyperv(HypervAddress { vm_id: text::uuid(vm_id)?, service_id: text::uuid(service_id)? }))
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
        Some(netdb::text(name))
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

fn tipc(address_type: i32, [v1, v2, v3]: [u32; 3], scope: i32) -> Address {
    Address::Tipc(TipcAddress { address_type: address_type as u8, v1, v2, v3, scope: scope as i8 })
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

/// As it is written: `127.0.0.1:80`, `[::1]:80`, `/run/socket`, `@abstract`; of the other families, what Python prints,
/// such as `('lo', 2048, 4, 772, b'')`.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unspecified => f.write_str("None"),
            Self::Inet(address) => address.fmt(f),
            Self::Inet6(address) => address.fmt(f),
            Self::Unix(path) => match path.as_slice() {
                [] => f.write_str("(unnamed)"),
                [0, name @ ..] => write!(f, "@{}", name.escape_ascii()),
                path => write!(f, "{}", path.escape_ascii()),
            },
            Self::Netlink(at) => tuple(f, [at.pid.into(), at.groups.into()]),
            Self::Packet(at) => {
                let (kind, hardware) = (at.packet_type.into(), at.hardware_type.into());
                let address = Field::Bytes(&at.hardware_address);
                tuple(f, [Field::Text(&at.interface), at.protocol.into(), kind, hardware, address])
            }
            Self::Vsock(at) => tuple(f, [at.cid.into(), at.port.into()]),
            Self::Can(at) => tuple(f, [Field::Text(&at.interface)]),
            Self::CanIsotp(at) => tuple(f, [Field::Text(&at.interface), at.rx_id.into(), at.tx_id.into()]),
            Self::CanJ1939(at) => {
                tuple(f, [Field::Text(&at.interface), at.name.into(), at.pgn.into(), at.address.into()])
            }
            // Python leaves out what is as usual.
            Self::L2cap(at) => {
                let (device, psm) = (ba2str(at.address), at.psm.into());
                let device = Field::Text(device.as_bytes());
                match (at.cid, i32::from(at.address_type)) {
                    (0, BDADDR_BREDR) => tuple(f, [device, psm]),
                    (cid, BDADDR_BREDR) => tuple(f, [device, psm, cid.into()]),
                    (cid, _) => tuple(f, [device, psm, cid.into(), at.address_type.into()]),
                }
            }
            Self::Rfcomm(at) => tuple(f, [Field::Text(ba2str(at.address).as_bytes()), at.channel.into()]),
            Self::Hci(at) if i32::from(at.channel) == HCI_CHANNEL_RAW => at.device.fmt(f),
            Self::Hci(at) => tuple(f, [at.device.into(), at.channel.into()]),
            Self::Sco(address) => Field::Text(ba2str(*address).as_bytes()).fmt(f),
            Self::Alg(at) => {
                tuple(f, [Field::Text(&at.type_), Field::Text(&at.name), at.features.into(), at.mask.into()])
            }
            // Python prints the scope as the number without a sign.
            Self::Tipc(at) => {
                let scope = i32::from(at.scope).cast_unsigned().into();
                tuple(f, [at.address_type.into(), at.v1.into(), at.v2.into(), at.v3.into(), scope])
            }
            Self::Qipcrtr(at) => tuple(f, [at.node.into(), at.port.into()]),
            Self::Hyperv(at) => {
                let (machine, service) = (text::uuid_text(&at.vm_id), text::uuid_text(&at.service_id));
                tuple(f, [Field::Text(machine.as_bytes()), Field::Text(service.as_bytes())])
            }
            Self::System(SystemAddress::Name(name)) => Field::Text(name).fmt(f),
            Self::System(SystemAddress::Control((id, unit))) => tuple(f, [(*id).into(), (*unit).into()]),
            Self::Other(at) => tuple(f, [at.family.into(), Field::Bytes(&at.bytes)]),
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
            AF_INET | AF_INET6 | AF_UNSPEC | netdb::NUMERIC => family,
            AF_RDS => AF_INET,
            AF_PACKET => return Ok(Address::packet(host, port)),
            _ => return Err(Error::Invalid("only sockets of AF_INET, AF_INET6 and AF_RDS have hosts and ports")),
        };
        Ok(match netdb::host_address(host, family)? {
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

#[cfg(test)]
mod tests {
    use berkeley_constants::{HV_GUID_PARENT, TIPC_CLUSTER_SCOPE};

    use super::*;

    /// As CPython prints what it received.
    #[test]
    fn addresses_are_written_as_python_writes_them() {
        let made = |address: Result<Address>| address.expect("an address").to_string();
        let mac = vec![0, 0x1b, b'a', b'\'', 0xff, b'\n'];
        let packet = PacketAddress {
            interface: b"lo".to_vec(),
            protocol: 2048,
            packet_type: 4,
            hardware_type: 772,
            hardware_address: mac,
        };
        let low_energy = L2capAddress { address: (0, 17, 34, 51, 68, 85), psm: 0, cid: 4, address_type: 1 };
        let cid = L2capAddress { address_type: 0, ..low_energy };
        for (address, written) in [
            (Address::Unspecified.to_string(), "None"),
            (Address::netlink(0, 1).to_string(), "(0, 1)"),
            (Address::Packet(packet).to_string(), r"('lo', 2048, 4, 772, b'\x00\x1ba\'\xff\n')"),
            (Address::vsock(u32::MAX, 1).to_string(), "(4294967295, 1)"),
            (Address::can("vcan0").to_string(), "('vcan0',)"),
            (Address::can("").to_string(), "('',)"),
            (Address::can_isotp("vcan0", 1, 2).to_string(), "('vcan0', 1, 2)"),
            (Address::can_j1939("vcan0", u64::MAX, 3, 4).to_string(), "('vcan0', 18446744073709551615, 3, 4)"),
            (made(Address::l2cap("0:11:22:33:44:55", 1)), "('00:11:22:33:44:55', 1)"),
            (Address::L2cap(cid).to_string(), "('00:11:22:33:44:55', 0, 4)"),
            (Address::L2cap(low_energy).to_string(), "('00:11:22:33:44:55', 0, 4, 1)"),
            (made(Address::rfcomm("aa:bb:cc:dd:ee:ff", 3)), "('AA:BB:CC:DD:EE:FF', 3)"),
            (Address::hci(1, 0).to_string(), "1"),
            (Address::hci(1, 3).to_string(), "(1, 3)"),
            (made(Address::sco("00:11:22:33:44:55")), "'00:11:22:33:44:55'"),
            (Address::alg("hash", "sha256").to_string(), "('hash', 'sha256', 0, 0)"),
            (Address::tipc_name(1000, 1, TIPC_CLUSTER_SCOPE).to_string(), "(2, 1000, 1, 0, 2)"),
            (Address::tipc_nameseq(1000, 1, 9, -1).to_string(), "(1, 1000, 1, 9, 4294967295)"),
            (Address::tipc_id(1, 2).to_string(), "(3, 1, 2, 0, 0)"),
            (Address::qipcrtr(1, 2).to_string(), "(1, 2)"),
            (
                made(Address::hyperv(HV_GUID_PARENT, HV_GUID_PARENT)),
                "('a42e7cda-d03f-480c-9cc2-a4de20abb878', 'a42e7cda-d03f-480c-9cc2-a4de20abb878')",
            ),
            (Address::Other(OtherAddress { family: 9, bytes: vec![0, b'"'] }).to_string(), r#"(9, b'\x00"')"#),
        ] {
            assert_eq!(address, written);
        }
    }

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

    #[test]
    fn what_is_no_bluetooth_address_or_uuid_is_told_so() {
        for bad in ["", "00:11:22:33:44", "00:11:22:33:44:55:66", "00:11:22:33:44:100", "0g:1:2:3:4:5", "+1:1:2:3:4:5"]
        {
            assert_eq!(str2ba(bad), Err(Error::Invalid("bad bluetooth address")), "{bad}");
        }
        for bad in [
            "",
            "a42e7cda-d03f-480c-9cc2-a4de20abb87",
            "a42e7cdad03f480c9cc2a4de20abb878",
            "é42e7cd-d03f-480c-9cc2-a4de20abb878",
        ] {
            assert!(Address::hyperv(bad, HV_GUID_PARENT).is_err(), "{bad}");
        }
    }
}
