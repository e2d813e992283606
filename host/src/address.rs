//! Addresses of every family, and how the kernel lays them out.
//!
//! The layouts are those of the headers named at each family, for Linux; [`Address::encode`] and [`Address::decode`]
//! are the only places that know them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use berkeley_constants as c;

use crate::error::{Errno, Result};
use crate::interface;

/// macOS' number; Linux has no such family, and gives the number to AF_IUCV.
pub(crate) const AF_SYSTEM: i32 = 32;
/// sys/sys_domain.h of macOS: the only kind of address in the family.
const AF_SYS_CONTROL: u16 = 2;
/// The size of macOS' `sockaddr_ctl`.
const CONTROL_LEN: usize = 32;
/// Whether this system has AF_HYPERV, and whether it has AF_SYSTEM. Elsewhere their numbers mean other families.
const HAS_HYPERV: bool = cfg!(windows);
const HAS_SYSTEM: bool = cfg!(target_vendor = "apple");
/// The size of `sockaddr_storage`, beyond which no address goes.
pub const CAPACITY: usize = 128;
/// The size of `sockaddr_in`.
pub(crate) const INET_LEN: usize = 16;
/// The size of `sockaddr_in6`.
pub(crate) const INET6_LEN: usize = 28;
/// The size of `sockaddr_in6` without its scope, which the kernel takes too.
const INET6_LEAST: usize = 24;
/// The room in `sun_path`.
const UNIX_PATH: usize = 108;
/// The longest hardware address of any device, which goes beyond `sockaddr_ll`: MAX_ADDR_LEN of linux/netdevice.h.
const HARDWARE_ADDRESS: usize = 32;

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

/// An address as the kernel takes it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RawAddress {
    bytes: [u8; CAPACITY],
    len: usize,
}

impl RawAddress {
    fn new(family: i32) -> Self {
        let mut raw = Self { bytes: [0; CAPACITY], len: 0 };
        raw.put(&(family as u16).to_ne_bytes());
        raw
    }

    /// The address whose bytes these are, the family first; what is beyond [`CAPACITY`] is cut off.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut raw = Self { bytes: [0; CAPACITY], len: 0 };
        raw.put(&bytes[..bytes.len().min(CAPACITY)]);
        raw
    }

    /// The bytes, the family first.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn put(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
        self
    }

    /// With zeros at its end, as far as that.
    fn pad_to(mut self, len: usize) -> Self {
        debug_assert!(self.len <= len && len <= CAPACITY);
        self.len = len;
        self
    }
}

/// Reads the fields of an address one after the other; what is missing reads as zero, as in a cleared structure.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        let n = N.min(self.0.len());
        out[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        out
    }

    fn u8(&mut self) -> u8 {
        u8::from_ne_bytes(self.take())
    }

    fn u16(&mut self) -> u16 {
        u16::from_ne_bytes(self.take())
    }

    fn be16(&mut self) -> u16 {
        u16::from_be_bytes(self.take())
    }

    fn u32(&mut self) -> u32 {
        u32::from_ne_bytes(self.take())
    }

    fn u64(&mut self) -> u64 {
        u64::from_ne_bytes(self.take())
    }

    fn text<const N: usize>(&mut self) -> Vec<u8> {
        until_nul(&self.take::<N>()).to_vec()
    }

    fn bluetooth(&mut self) -> [u8; 6] {
        let mut address = self.take();
        address.reverse();
        address
    }

    fn interface(&mut self) -> Vec<u8> {
        interface::name_of(self.u32()).unwrap_or_default()
    }
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| byte == 0).next().unwrap_or_default()
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

    /// The address as the kernel takes it.
    ///
    /// EINVAL: a unix path that is too long or holds a NUL, a name or hardware address that does not fit, a zero
    /// family in raw bytes. ENODEV: no interface of that name. EAFNOSUPPORT: a family that Linux does not have.
    pub fn encode(&self) -> Result<RawAddress> {
        let mut raw = RawAddress::new(self.family());
        Ok(match self {
            // linux/socket.h: struct sockaddr
            Self::Unspecified => raw.pad_to(16),
            // linux/in.h: struct sockaddr_in
            Self::Inet(address) => {
                raw.put(&address.port().to_be_bytes()).put(&address.ip().octets());
                raw.pad_to(INET_LEN)
            }
            // linux/in6.h: struct sockaddr_in6
            Self::Inet6(address) => {
                raw.put(&address.port().to_be_bytes())
                    .put(&address.flowinfo().to_be_bytes())
                    .put(&address.ip().octets())
                    .put(&address.scope_id().to_ne_bytes());
                raw
            }
            Self::Unix(path) => return encode_unix(raw, path),
            // linux/netlink.h: struct sockaddr_nl
            Self::Netlink { pid, groups } => {
                raw.put(&[0; 2]).put(&pid.to_ne_bytes()).put(&groups.to_ne_bytes());
                raw
            }
            // linux/if_packet.h: struct sockaddr_ll
            Self::Packet { interface, protocol, packet_type, hardware_type, hardware_address } => {
                let length = hardware_address.len();
                if length > HARDWARE_ADDRESS {
                    return Err(Errno::EINVAL.into());
                }
                raw.put(&protocol.to_be_bytes())
                    .put(&interface::index_of(interface)?.to_ne_bytes())
                    .put(&hardware_type.to_ne_bytes())
                    .put(&[*packet_type, length as u8])
                    .put(hardware_address);
                let len = raw.len.max(20);
                raw.pad_to(len)
            }
            // linux/vm_sockets.h: struct sockaddr_vm
            Self::Vsock { cid, port } => {
                raw.put(&[0; 2]).put(&port.to_ne_bytes()).put(&cid.to_ne_bytes());
                raw.pad_to(16)
            }
            // linux/can.h: struct sockaddr_can
            Self::Can { interface } => {
                raw.put(&[0; 2]).put(&can_index(interface)?.to_ne_bytes());
                raw.pad_to(24)
            }
            Self::CanIsotp { interface, rx_id, tx_id } => {
                raw.put(&[0; 2])
                    .put(&can_index(interface)?.to_ne_bytes())
                    .put(&rx_id.to_ne_bytes())
                    .put(&tx_id.to_ne_bytes());
                raw.pad_to(24)
            }
            Self::CanJ1939 { interface, name, pgn, address } => {
                raw.put(&[0; 2])
                    .put(&can_index(interface)?.to_ne_bytes())
                    .put(&name.to_ne_bytes())
                    .put(&pgn.to_ne_bytes())
                    .put(&[*address]);
                raw.pad_to(24)
            }
            // net/bluetooth/l2cap.h: struct sockaddr_l2
            Self::L2cap { address, psm, cid, address_type } => {
                raw.put(&psm.to_le_bytes()).put(&reversed(address)).put(&cid.to_le_bytes()).put(&[*address_type]);
                raw.pad_to(14)
            }
            // net/bluetooth/rfcomm.h: struct sockaddr_rc
            Self::Rfcomm { address, channel } => {
                raw.put(&reversed(address)).put(&[*channel]);
                raw.pad_to(10)
            }
            // net/bluetooth/hci_sock.h: struct sockaddr_hci
            Self::Hci { device, channel } => {
                raw.put(&device.to_ne_bytes()).put(&channel.to_ne_bytes());
                raw
            }
            // net/bluetooth/sco.h: struct sockaddr_sco
            Self::Sco { address } => {
                raw.put(&reversed(address));
                raw
            }
            // linux/if_alg.h: struct sockaddr_alg
            Self::Alg { kind, name, features, mask } => {
                let kind = padded::<14>(kind)?;
                let name = padded::<64>(name)?;
                raw.put(&kind).put(&features.to_ne_bytes()).put(&mask.to_ne_bytes()).put(&name);
                raw
            }
            // linux/tipc.h: struct sockaddr_tipc; a name's domain follows the name, an id has neither
            Self::Tipc { address_type, v1, v2, v3, scope } => {
                raw.put(&[*address_type, *scope as u8]);
                if i32::from(*address_type) == c::TIPC_ADDR_ID {
                    raw.put(&v2.to_ne_bytes()).put(&v1.to_ne_bytes()).put(&[0; 4]);
                } else {
                    raw.put(&v1.to_ne_bytes()).put(&v2.to_ne_bytes()).put(&v3.to_ne_bytes());
                }
                raw
            }
            // linux/qrtr.h: struct sockaddr_qrtr
            Self::Qipcrtr { node, port } => {
                raw.put(&[0; 2]).put(&node.to_ne_bytes()).put(&port.to_ne_bytes());
                raw
            }
            Self::Hyperv { vm_id, service_id } if HAS_HYPERV => encode_hyperv(vm_id, service_id),
            Self::System { id, unit } if HAS_SYSTEM => encode_system(*id, *unit),
            // Linux knows their numbers as AF_ISDN and AF_IUCV, whose sockets must not take these for addresses of theirs.
            // A name is looked up before.
            Self::Hyperv { .. } | Self::System { .. } | Self::SystemName(_) => return Err(Errno::EAFNOSUPPORT.into()),
            Self::Other { family, bytes } => {
                if *family == 0 || bytes.len() > CAPACITY - 2 {
                    return Err(Errno::EINVAL.into());
                }
                raw.put(bytes);
                raw
            }
        })
    }

    /// What the kernel's bytes mean to a socket of that protocol; none where there are no bytes.
    pub fn decode(raw: &RawAddress, protocol: i32) -> Option<Self> {
        if raw.len < 2 {
            return None;
        }
        let mut at = Fields(raw.as_bytes());
        let family = i32::from(at.u16());
        Some(match family {
            c::AF_UNSPEC => Self::Unspecified,
            c::AF_INET => {
                let port = at.be16();
                Self::Inet(SocketAddrV4::new(Ipv4Addr::from(at.take::<4>()), port))
            }
            c::AF_INET6 => {
                let port = at.be16();
                let flow_info = u32::from_be_bytes(at.take());
                let ip = Ipv6Addr::from(at.take::<16>());
                Self::Inet6(SocketAddrV6::new(ip, port, flow_info, at.u32()))
            }
            c::AF_UNIX => Self::Unix(match at.0 {
                [0, ..] => at.0.to_vec(),
                path => until_nul(path).to_vec(),
            }),
            c::AF_NETLINK => {
                at.u16();
                Self::Netlink { pid: at.u32(), groups: at.u32() }
            }
            c::AF_PACKET => {
                let protocol = at.be16();
                let interface = at.interface();
                let hardware_type = at.u16();
                let packet_type = at.u8();
                let length = usize::from(at.u8()).min(at.0.len());
                let hardware_address = at.0[..length].to_vec();
                Self::Packet { interface, protocol, packet_type, hardware_type, hardware_address }
            }
            c::AF_VSOCK => {
                at.u16();
                let port = at.u32();
                Self::Vsock { cid: at.u32(), port }
            }
            c::AF_CAN => {
                at.u16();
                let interface = at.interface();
                match protocol {
                    c::CAN_ISOTP => Self::CanIsotp { interface, rx_id: at.u32(), tx_id: at.u32() },
                    c::CAN_J1939 => {
                        let (name, pgn) = (at.u64(), at.u32());
                        Self::CanJ1939 { interface, name, pgn, address: at.u8() }
                    }
                    _ => Self::Can { interface },
                }
            }
            c::AF_BLUETOOTH => match protocol {
                c::BTPROTO_L2CAP => {
                    let psm = u16::from_le_bytes(at.take());
                    let address = at.bluetooth();
                    let cid = u16::from_le_bytes(at.take());
                    Self::L2cap { address, psm, cid, address_type: at.u8() }
                }
                c::BTPROTO_RFCOMM => Self::Rfcomm { address: at.bluetooth(), channel: at.u8() },
                c::BTPROTO_HCI => Self::Hci { device: at.u16(), channel: at.u16() },
                c::BTPROTO_SCO => Self::Sco { address: at.bluetooth() },
                _ => Self::Other { family: family as u16, bytes: at.0.to_vec() },
            },
            c::AF_ALG => {
                let kind = at.text::<14>();
                let (features, mask) = (at.u32(), at.u32());
                Self::Alg { kind, name: at.text::<64>(), features, mask }
            }
            c::AF_TIPC => {
                let (address_type, scope) = (at.u8(), at.u8() as i8);
                let (first, second, third) = (at.u32(), at.u32(), at.u32());
                if i32::from(address_type) == c::TIPC_ADDR_ID {
                    Self::Tipc { address_type, v1: second, v2: first, v3: 0, scope }
                } else {
                    Self::Tipc { address_type, v1: first, v2: second, v3: third, scope }
                }
            }
            c::AF_QIPCRTR => {
                at.u16();
                Self::Qipcrtr { node: at.u32(), port: at.u32() }
            }
            c::AF_HYPERV if HAS_HYPERV => decode_hyperv(at),
            AF_SYSTEM if HAS_SYSTEM => decode_system(at),
            _ => Self::Other { family: family as u16, bytes: at.0.to_vec() },
        })
    }

    /// The same address in the case that its family has, if it came as raw bytes: what the policy must judge is what
    /// the kernel will understand. A family that the policy grants as a whole keeps its bytes.
    ///
    /// EINVAL: bytes that are too few, as the kernel has it.
    pub fn normalised(self, protocol: i32) -> Result<Self> {
        let Self::Other { .. } = self else { return Ok(self) };
        let raw = self.encode()?;
        match Self::decode(&raw, protocol) {
            Some(Self::Inet(_)) if raw.len < INET_LEN => Err(Errno::EINVAL.into()),
            Some(Self::Inet6(_)) if raw.len < INET6_LEAST => Err(Errno::EINVAL.into()),
            Some(known @ (Self::Inet(_) | Self::Inet6(_) | Self::Unix(_))) => Ok(known),
            _ => Ok(self),
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
fn plain_ip(ip: Ipv6Addr) -> IpAddr {
    match ip.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, _] if high != 0 || ip.segments()[5] != 0 => {
            let [.., a, b, c, d] = ip.octets();
            IpAddr::V4(Ipv4Addr::new(a, b, c, d))
        }
        _ => IpAddr::V6(ip),
    }
}

fn encode_unix(mut raw: RawAddress, path: &[u8]) -> Result<RawAddress> {
    // linux/un.h: struct sockaddr_un; a path ends with a NUL, an abstract name with its length
    let abstract_name = path.first().is_none_or(|&byte| byte == 0);
    if !abstract_name && (path.len() >= UNIX_PATH || path.contains(&0)) || path.len() > UNIX_PATH {
        return Err(Errno::EINVAL.into());
    }
    raw.put(path);
    if !abstract_name {
        raw.put(&[0]);
    }
    Ok(raw)
}

/// hvsocket.h of Windows: struct SOCKADDR_HV.
fn encode_hyperv(vm_id: &[u8; 16], service_id: &[u8; 16]) -> RawAddress {
    let mut raw = RawAddress::new(c::AF_HYPERV);
    raw.put(&[0; 2]).put(&guid(*vm_id)).put(&guid(*service_id));
    raw
}

fn decode_hyperv(mut at: Fields<'_>) -> Address {
    at.u16();
    Address::Hyperv { vm_id: guid(at.take()), service_id: guid(at.take()) }
}

/// guiddef.h: struct GUID, whose first three numbers have their lowest bytes first, from a UUID as it is written; and the
/// other way round.
fn guid(mut uuid: [u8; 16]) -> [u8; 16] {
    uuid[..4].reverse();
    uuid[4..6].reverse();
    uuid[6..8].reverse();
    uuid
}

/// sys/kern_control.h of macOS: struct sockaddr_ctl.
fn encode_system(id: u32, unit: u32) -> RawAddress {
    let mut raw = RawAddress::new(AF_SYSTEM);
    raw.put(&AF_SYS_CONTROL.to_ne_bytes()).put(&id.to_ne_bytes()).put(&unit.to_ne_bytes());
    raw.pad_to(CONTROL_LEN)
}

fn decode_system(mut at: Fields<'_>) -> Address {
    at.u16();
    Address::System { id: at.u32(), unit: at.u32() }
}

fn can_index(interface: &[u8]) -> Result<u32> {
    if interface.is_empty() { Ok(0) } else { interface::index_of(interface) }
}

fn reversed(address: &[u8; 6]) -> [u8; 6] {
    let mut address = *address;
    address.reverse();
    address
}

fn padded<const N: usize>(text: &[u8]) -> Result<[u8; N]> {
    let mut out = [0; N];
    if text.len() >= N || text.contains(&0) {
        return Err(Errno::EINVAL.into());
    }
    out[..text.len()].copy_from_slice(text);
    Ok(out)
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        match address {
            SocketAddr::V4(address) => Self::Inet(address),
            SocketAddr::V6(address) => Self::Inet6(address),
        }
    }
}

/// As a person writes it: `127.0.0.1:80`, `[::1]:80`, `/run/socket`, `@abstract`.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet(address) => address.fmt(f),
            Self::Inet6(address) => address.fmt(f),
            Self::Unix(path) => match path.as_slice() {
                [] => f.write_str("an unnamed unix socket"),
                [0, name @ ..] => write!(f, "@{}", name.escape_ascii()),
                path => write!(f, "{}", path.escape_ascii()),
            },
            Self::Hyperv { vm_id, service_id } => write!(f, "{}:{}", Uuid(vm_id), Uuid(service_id)),
            other => write!(f, "{other:?}"),
        }
    }
}

/// A UUID as Python writes it.
struct Uuid<'a>(&'a [u8; 16]);

impl fmt::Display for Uuid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:032x}", u128::from_be_bytes(*self.0));
        let [a, b, c, d, e] = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]);
        write!(f, "{a}-{b}-{c}-{d}-{e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn unix(path: &[u8]) -> Address {
        Address::Unix(path.to_vec())
    }

    /// The address is the structure of that size that has these bytes at these offsets, and zeros elsewhere; and the
    /// other way round.
    #[track_caller]
    fn lies(address: Address, protocol: i32, size: usize, fields: &[(usize, &[u8])]) {
        let mut bytes = vec![0; size];
        bytes[..2].copy_from_slice(&(address.family() as u16).to_ne_bytes());
        for (offset, field) in fields {
            bytes[*offset..offset + field.len()].copy_from_slice(field);
        }
        lays_out(address, protocol, &bytes);
    }

    #[track_caller]
    fn lays_out(address: Address, protocol: i32, bytes: &[u8]) {
        let raw = address.encode().expect("encodes");
        assert_eq!(raw.as_bytes(), bytes);
        assert_eq!(Address::decode(&raw, protocol), Some(address));
    }

    /// An interface, by its name and index.
    fn some_interface() -> (Vec<u8>, [u8; 4]) {
        let (index, name) = interface::all().expect("a list").swap_remove(0);
        (name, index.to_ne_bytes())
    }

    // Sizes and offsets below are those of the headers of Linux that are named, on machines of 64 bits.

    #[test]
    fn internet_addresses_lie_as_in_the_headers() {
        // linux/in.h: sockaddr_in
        let v4 = Address::Inet("1.2.3.4:258".parse().expect("an address"));
        lies(v4, 0, 16, &[(2, &[1, 2]), (4, &[1, 2, 3, 4])]);
        // linux/in6.h: sockaddr_in6
        let ip = Ipv6Addr::from_octets(*b"0123456789abcdef");
        let v6 = Address::Inet6(SocketAddrV6::new(ip, 80, 0x1_0203, 7));
        let fields: &[(usize, &[u8])] =
            &[(2, &[0, 80]), (4, &[0, 1, 2, 3]), (8, b"0123456789abcdef"), (24, &7u32.to_ne_bytes())];
        lies(v6, 0, 28, fields);
    }

    #[test]
    fn unix_addresses_lie_as_in_the_headers() {
        lays_out(unix(b""), 0, &[1, 0]);
        lays_out(unix(b"/a"), 0, b"\x01\0/a\0");
        lays_out(unix(b"\0a\0b"), 0, b"\x01\0\0a\0b");
        assert!(unix(&[b'a'; 107]).encode().is_ok());
        for bad in [vec![b'a'; 108], vec![b'a'; 200], vec![0; 109], b"a\0b".to_vec()] {
            assert_eq!(unix(&bad).encode().err(), Some(Error::Os(Errno::EINVAL)));
        }
    }

    #[test]
    fn netlink_and_packet_addresses_lie_as_in_the_headers() {
        // linux/netlink.h: sockaddr_nl
        let netlink = Address::Netlink { pid: 0x0102_0304, groups: 0x0506_0708 };
        lies(netlink, 0, 12, &[(4, &0x0102_0304u32.to_ne_bytes()), (8, &0x0506_0708u32.to_ne_bytes())]);
        // linux/if_packet.h: sockaddr_ll, whose last field goes on where the hardware address is longer
        let (interface, index) = some_interface();
        for (length, size) in [(0, 20), (6, 20), (8, 20), (20, 32), (32, 44)] {
            let hardware_address: Vec<u8> = (1..=length).collect();
            let packet = Address::Packet {
                interface: interface.clone(),
                protocol: 0x0806,
                packet_type: 4,
                hardware_type: 0x0304,
                hardware_address: hardware_address.clone(),
            };
            let fields: &[(usize, &[u8])] = &[
                (2, &[8, 6]),
                (4, &index),
                (8, &0x0304u16.to_ne_bytes()),
                (10, &[4]),
                (11, &[length]),
                (12, &hardware_address),
            ];
            lies(packet, 0, size, fields);
        }
    }

    #[test]
    fn can_addresses_lie_as_in_the_headers() {
        // linux/can.h: sockaddr_can
        let (interface, index) = some_interface();
        let everywhere = Address::Can { interface: Vec::new() };
        for protocol in [c::CAN_RAW, c::CAN_BCM] {
            lies(Address::Can { interface: interface.clone() }, protocol, 24, &[(4, &index)]);
            lies(everywhere.clone(), protocol, 24, &[]);
        }
        let isotp = Address::CanIsotp { interface: interface.clone(), rx_id: 0x8000_0102, tx_id: 0x0304 };
        let ids = [0x8000_0102u32.to_ne_bytes(), 0x0304u32.to_ne_bytes()];
        lies(isotp, c::CAN_ISOTP, 24, &[(4, &index), (8, &ids[0]), (12, &ids[1])]);
        let name = 0x0102_0304_0506_0708u64;
        let j1939 = Address::CanJ1939 { interface, name, pgn: 0x3_0201, address: 0xfe };
        let fields: &[(usize, &[u8])] =
            &[(4, &index), (8, &name.to_ne_bytes()), (16, &0x3_0201u32.to_ne_bytes()), (20, &[0xfe])];
        lies(j1939, c::CAN_J1939, 24, fields);
    }

    #[test]
    fn bluetooth_addresses_lie_as_in_the_headers() {
        // 01:02:03:04:05:06, whose last byte comes first
        let (address, reversed) = ([1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1]);
        // net/bluetooth/l2cap.h: sockaddr_l2, little-endian everywhere
        let l2cap = Address::L2cap { address, psm: 0x0102, cid: 0x0304, address_type: 2 };
        lies(l2cap, c::BTPROTO_L2CAP, 14, &[(2, &[2, 1]), (4, &reversed), (10, &[4, 3]), (12, &[2])]);
        // net/bluetooth/rfcomm.h: sockaddr_rc
        lies(Address::Rfcomm { address, channel: 7 }, c::BTPROTO_RFCOMM, 10, &[(2, &reversed), (8, &[7])]);
        // net/bluetooth/hci_sock.h: sockaddr_hci
        let hci = Address::Hci { device: 0x0102, channel: 3 };
        lies(hci, c::BTPROTO_HCI, 6, &[(2, &0x0102u16.to_ne_bytes()), (4, &3u16.to_ne_bytes())]);
        // net/bluetooth/sco.h: sockaddr_sco
        lies(Address::Sco { address }, c::BTPROTO_SCO, 8, &[(2, &reversed)]);
        // Any other protocol, such as BTPROTO_ISO
        lies(Address::Other { family: 31, bytes: vec![1, 2, 3] }, 8, 5, &[(2, &[1, 2, 3])]);
    }

    #[test]
    fn tipc_addresses_lie_as_in_the_headers() {
        // linux/tipc.h: sockaddr_tipc
        let words = [1u32, 2, 3].map(u32::to_ne_bytes);
        for address_type in [1, 2] {
            let address = Address::Tipc { address_type, v1: 1, v2: 2, v3: 3, scope: -1 };
            let fields: &[(usize, &[u8])] =
                &[(2, &[address_type, 255]), (4, &words[0]), (8, &words[1]), (12, &words[2])];
            lies(address, 0, 16, fields);
        }
        // An id has its reference before its node.
        let id = Address::Tipc { address_type: 3, v1: 1, v2: 2, v3: 0, scope: 2 };
        lies(id, 0, 16, &[(2, &[3, 2]), (4, &words[1]), (8, &words[0])]);
    }

    #[test]
    fn the_other_families_addresses_lie_as_in_the_headers() {
        let (one, two) = (1u32.to_ne_bytes(), 2u32.to_ne_bytes());
        // linux/vm_sockets.h: sockaddr_vm, the port first
        lies(Address::Vsock { cid: 1, port: 2 }, 0, 16, &[(4, &two), (8, &one)]);
        // linux/qrtr.h: sockaddr_qrtr
        lies(Address::Qipcrtr { node: 1, port: 2 }, 0, 12, &[(4, &one), (8, &two)]);
        // linux/if_alg.h: sockaddr_alg
        let longest = (vec![b'a'; 13], vec![b'b'; 63]);
        for (kind, name) in [(b"hash".to_vec(), b"sha256".to_vec()), longest] {
            let alg = Address::Alg { kind: kind.clone(), name: name.clone(), features: 1, mask: 2 };
            lies(alg, 0, 88, &[(2, &kind), (16, &one), (20, &two), (24, &name)]);
        }
        lies(Address::Other { family: 9, bytes: vec![1, 2] }, 0, 4, &[(2, &[1, 2])]);
        // linux/socket.h: sockaddr
        lies(Address::Unspecified, 0, 16, &[]);
    }

    #[test]
    fn hyperv_addresses_lie_as_in_windows_headers() {
        // HV_GUID_PARENT and HV_GUID_LOOPBACK, as they are written
        let parent = 0xa42e_7cda_d03f_480c_9cc2_a4de_20ab_b878u128.to_be_bytes();
        let loopback = 0xe0e1_6197_dd56_4a10_9195_5ee7_a155_a838u128.to_be_bytes();
        let raw = encode_hyperv(&parent, &loopback);
        // hvsocket.h: SOCKADDR_HV; guiddef.h: the initialisers of these two
        let fields: &[&[u8]] = &[
            &34u16.to_ne_bytes(),
            &[0; 2],
            &0xa42e_7cdau32.to_le_bytes(),
            &0xd03fu16.to_le_bytes(),
            &0x480cu16.to_le_bytes(),
            &[0x9c, 0xc2, 0xa4, 0xde, 0x20, 0xab, 0xb8, 0x78],
            &0xe0e1_6197u32.to_le_bytes(),
            &0xdd56u16.to_le_bytes(),
            &0x4a10u16.to_le_bytes(),
            &[0x91, 0x95, 0x5e, 0xe7, 0xa1, 0x55, 0xa8, 0x38],
        ];
        assert_eq!(raw.as_bytes(), fields.concat());
        assert_eq!(raw.as_bytes().len(), 36);
        let address = Address::Hyperv { vm_id: parent, service_id: loopback };
        assert_eq!(decode_hyperv(Fields(&raw.as_bytes()[2..])), address);
        assert_eq!(address.to_string(), "a42e7cda-d03f-480c-9cc2-a4de20abb878:e0e16197-dd56-4a10-9195-5ee7a155a838");
        // What Windows cut off reads as zeros.
        let zero = Address::Hyperv { vm_id: [0; 16], service_id: [0; 16] };
        assert_eq!(decode_hyperv(Fields(&[])), zero);
        if HAS_HYPERV {
            assert_eq!(address.encode().expect("encodes").as_bytes(), raw.as_bytes());
            assert_eq!(Address::decode(&raw, c::HV_PROTOCOL_RAW), Some(address));
        }
    }

    #[test]
    fn system_addresses_lie_as_in_macos_headers() {
        let raw = encode_system(0x0102_0304, 0x0506_0708);
        // sys/kern_control.h: sockaddr_ctl, whose first two bytes, the length and the family, `sys` puts there
        let fields: &[&[u8]] = &[
            &32u16.to_ne_bytes(),
            &2u16.to_ne_bytes(),
            &0x0102_0304u32.to_ne_bytes(),
            &0x0506_0708u32.to_ne_bytes(),
            &[0; 20],
        ];
        assert_eq!(raw.as_bytes(), fields.concat());
        let address = Address::System { id: 0x0102_0304, unit: 0x0506_0708 };
        assert_eq!(decode_system(Fields(&raw.as_bytes()[2..])), address);
        if HAS_SYSTEM {
            assert_eq!(address.encode().expect("encodes").as_bytes(), raw.as_bytes());
            assert_eq!(Address::decode(&raw, 2), Some(address));
        }
    }

    #[test]
    fn what_fits_no_structure_is_refused() {
        let packet = |interface: &[u8], length| Address::Packet {
            interface: interface.to_vec(),
            protocol: 0,
            packet_type: 0,
            hardware_type: 0,
            hardware_address: vec![0; length],
        };
        let alg =
            |kind: &[u8], name: &[u8]| Address::Alg { kind: kind.to_vec(), name: name.to_vec(), features: 0, mask: 0 };
        for (address, errno) in [
            (packet(&some_interface().0, 33), Errno::EINVAL),
            (packet(b"", 0), Errno::ENODEV),
            (packet(b"no-such-iface", 0), Errno::ENODEV),
            (Address::Can { interface: b"no-such-iface".to_vec() }, Errno::ENODEV),
            (alg(&[b'a'; 14], b""), Errno::EINVAL),
            (alg(b"", &[b'a'; 64]), Errno::EINVAL),
            (alg(b"ha\0sh", b""), Errno::EINVAL),
            (Address::Other { family: 0, bytes: vec![0; 14] }, Errno::EINVAL),
            (Address::Other { family: 9, bytes: vec![0; 127] }, Errno::EINVAL),
            (Address::SystemName(b"com.example".to_vec()), Errno::EAFNOSUPPORT),
        ] {
            assert_eq!(address.encode().err(), Some(Error::Os(errno)), "{address}");
        }
    }

    #[test]
    fn families_of_other_systems_are_refused() {
        let (hyperv, system) =
            (Address::Hyperv { vm_id: [1; 16], service_id: [2; 16] }, Address::System { id: 1, unit: 2 });
        for (address, is_here) in [(hyperv, HAS_HYPERV), (system, HAS_SYSTEM)] {
            let refused = Some(Error::Os(Errno::EAFNOSUPPORT)).filter(|_| !is_here);
            assert_eq!(address.encode().err(), refused, "{address}");
        }
    }

    /// Numbers that look random and are the same each time: splitmix64.
    struct Numbers(u64);

    impl Numbers {
        fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        }

        fn bytes(&mut self, length: usize) -> Vec<u8> {
            (0..length).map(|_| self.next() as u8).collect()
        }
    }

    #[test]
    fn any_bytes_are_some_address_that_stays_the_same() {
        let mut numbers = Numbers(1);
        let mut same = 0;
        for family in 0..48u16 {
            for length in 0..=CAPACITY + 2 {
                let mut bytes = family.to_ne_bytes().to_vec();
                bytes.extend(numbers.bytes(length));
                bytes.truncate(length);
                for protocol in 0..9 {
                    let decoded = Address::decode(&RawAddress::from_bytes(&bytes), protocol);
                    assert_eq!(decoded.is_some(), length >= 2, "{bytes:?}");
                    // Paths and names without an end, and interfaces that there are not, do not go back.
                    let Some((address, raw)) =
                        decoded.and_then(|address| address.encode().ok().map(|raw| (address, raw)))
                    else {
                        continue;
                    };
                    assert_eq!(Address::decode(&raw, protocol), Some(address), "{bytes:?}");
                    same += 1;
                }
            }
        }
        assert!(same > 45 * CAPACITY * 9 * 9 / 10, "only {same} went back");
    }

    #[test]
    fn raw_bytes_of_a_known_family_are_recognised() {
        let inet = Address::Inet("10.0.0.1:80".parse().expect("an address"));
        let bytes = inet.encode().expect("encodes").as_bytes()[2..].to_vec();
        assert_eq!(Address::Other { family: 2, bytes }.normalised(0), Ok(inet));
        for (family, length) in [(2, 13), (2, 0), (10, 21), (10, 6)] {
            let short = Address::Other { family, bytes: vec![0; length] };
            assert_eq!(short.normalised(0), Err(Error::Os(Errno::EINVAL)));
        }
        let netlink = Address::Other { family: 16, bytes: vec![1; 3] };
        assert_eq!(netlink.clone().normalised(0), Ok(netlink));
        let unspecified = Address::Other { family: 0, bytes: vec![0; 14] };
        assert_eq!(unspecified.normalised(0), Err(Error::Os(Errno::EINVAL)));
    }

    #[test]
    fn the_wildcard_address_reaches_this_machine() {
        let reached = |text: &str| {
            let address = Address::from(text.parse::<SocketAddr>().expect("an address"));
            address.reached().iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(reached("0.0.0.0:80"), ["127.0.0.1:80"]);
        assert_eq!(reached("[::]:80"), ["[::1]:80", "127.0.0.1:80"]);
        assert_eq!(reached("[::ffff:0.0.0.0]:80"), ["127.0.0.1:80"]);
        assert_eq!(reached("10.0.0.1:80"), ["10.0.0.1:80"]);
    }

    #[test]
    fn ipv4_in_ipv6_is_judged_as_ipv4() {
        let ip = |text: &str| plain_ip(text.parse().expect("an address")).to_string();
        assert_eq!(ip("::ffff:10.0.0.1"), "10.0.0.1");
        assert_eq!(ip("::ffff:0.0.0.1"), "0.0.0.1");
        assert_eq!(ip("::10.0.0.1"), "10.0.0.1");
        assert_eq!(ip("::1"), "::1");
        assert_eq!(ip("::"), "::");
        assert_eq!(ip("2001:db8::1"), "2001:db8::1");
    }
}
