//! How addresses are laid out for the kernel.
//!
//! The layouts are those of the headers named at each family, for Linux.

use berkeley_constants as c;

use super::family::Address;
use super::interfaces::Interfaces;
use super::layout::{AF_SYS_CONTROL, AF_SYSTEM, CONTROL_LEN, HAS_HYPERV, HAS_SYSTEM, INET_LEN, guid};
use super::raw::{CAPACITY, RawAddress};
use crate::error::{Errno, Result};

/// The room in `sun_path`.
const UNIX_PATH: usize = 108;
/// The longest hardware address of any device, which goes beyond `sockaddr_ll`: MAX_ADDR_LEN of linux/netdevice.h.
const HARDWARE_ADDRESS: usize = 32;

impl Address {
    /// The address as the kernel takes it; interfaces are looked up in the table.
    ///
    /// EINVAL: a unix path that is too long or holds a NUL, a name or hardware address that does not fit, a zero
    /// family in raw bytes. ENODEV: no interface of that name. EAFNOSUPPORT: a family that Linux does not have.
    pub fn encode_with(&self, interfaces: &dyn Interfaces) -> Result<RawAddress> {
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
                    .put(&interfaces.index_of(interface)?.to_ne_bytes())
                    .put(&hardware_type.to_ne_bytes())
                    .put(&[*packet_type, length as u8])
                    .put(hardware_address);
                let len = raw.len().max(20);
                raw.pad_to(len)
            }
            // linux/vm_sockets.h: struct sockaddr_vm
            Self::Vsock { cid, port } => {
                raw.put(&[0; 2]).put(&port.to_ne_bytes()).put(&cid.to_ne_bytes());
                raw.pad_to(16)
            }
            // linux/can.h: struct sockaddr_can
            Self::Can { interface } => {
                raw.put(&[0; 2]).put(&can_index(interfaces, interface)?.to_ne_bytes());
                raw.pad_to(24)
            }
            Self::CanIsotp { interface, rx_id, tx_id } => {
                raw.put(&[0; 2])
                    .put(&can_index(interfaces, interface)?.to_ne_bytes())
                    .put(&rx_id.to_ne_bytes())
                    .put(&tx_id.to_ne_bytes());
                raw.pad_to(24)
            }
            Self::CanJ1939 { interface, name, pgn, address } => {
                raw.put(&[0; 2])
                    .put(&can_index(interfaces, interface)?.to_ne_bytes())
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
}

fn encode_unix(mut raw: RawAddress, path: &[u8]) -> Result<RawAddress> {
    // linux/un.h: struct sockaddr_un; a path ends with a NUL, unless it fills the room, an abstract name with its length
    let abstract_name = path.first().is_none_or(|&byte| byte == 0);
    if !abstract_name && path.contains(&0) || path.len() > UNIX_PATH {
        return Err(Errno::EINVAL.into());
    }
    raw.put(path);
    if !abstract_name && path.len() < UNIX_PATH {
        raw.put(&[0]);
    }
    Ok(raw)
}

/// hvsocket.h of Windows: struct SOCKADDR_HV.
pub(super) fn encode_hyperv(vm_id: &[u8; 16], service_id: &[u8; 16]) -> RawAddress {
    let mut raw = RawAddress::new(c::AF_HYPERV);
    raw.put(&[0; 2]).put(&guid(*vm_id)).put(&guid(*service_id));
    raw
}

/// sys/kern_control.h of macOS: struct sockaddr_ctl.
pub(super) fn encode_system(id: u32, unit: u32) -> RawAddress {
    let mut raw = RawAddress::new(AF_SYSTEM);
    raw.put(&AF_SYS_CONTROL.to_ne_bytes()).put(&id.to_ne_bytes()).put(&unit.to_ne_bytes());
    raw.pad_to(CONTROL_LEN)
}

fn can_index(interfaces: &dyn Interfaces, interface: &[u8]) -> Result<u32> {
    if interface.is_empty() { Ok(0) } else { interfaces.index_of(interface) }
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
