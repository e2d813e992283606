//! How the addresses that the kernel gives are read.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

use berkeley_constants as c;

use super::family::Address;
use super::interfaces::{Interfaces, NoInterfaces};
use super::layout::{AF_SYSTEM, HAS_HYPERV, HAS_SYSTEM, INET_LEN, INET6_LEAST, guid};
use super::raw::RawAddress;
use crate::error::{Errno, Result};

impl Address {
    /// What the kernel's bytes mean to a socket of that protocol; none where there are no bytes. Interfaces are looked up
    /// in the table; one that is not there has no name.
    pub fn decode_with(raw: &RawAddress, protocol: i32, interfaces: &dyn Interfaces) -> Option<Self> {
        if raw.len() < 2 {
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
                let interface = at.interface(interfaces);
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
                let interface = at.interface(interfaces);
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
        let raw = self.encode_with(&NoInterfaces)?;
        match Self::decode_with(&raw, protocol, &NoInterfaces) {
            Some(Self::Inet(_)) if raw.len() < INET_LEN => Err(Errno::EINVAL.into()),
            Some(Self::Inet6(_)) if raw.len() < INET6_LEAST => Err(Errno::EINVAL.into()),
            Some(known @ (Self::Inet(_) | Self::Inet6(_) | Self::Unix(_))) => Ok(known),
            _ => Ok(self),
        }
    }
}

/// Reads the fields of an address one after the other; what is missing reads as zero, as in a cleared structure.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

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

    fn interface(&mut self, interfaces: &dyn Interfaces) -> Vec<u8> {
        interfaces.name_of(self.u32()).unwrap_or_default()
    }
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| byte == 0).next().unwrap_or_default()
}

pub(super) fn decode_hyperv(mut at: Fields<'_>) -> Address {
    at.u16();
    Address::Hyperv { vm_id: guid(at.take()), service_id: guid(at.take()) }
}

pub(super) fn decode_system(mut at: Fields<'_>) -> Address {
    at.u16();
    Address::System { id: at.u32(), unit: at.u32() }
}
