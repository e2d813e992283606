//! What a program gets as an address.

use core::ffi::c_int;

use berkeley_constants as linux;
use berkeley_guest::bindings::address::{BluetoothAddress, SocketAddress, SystemAddress};
use berkeley_guest::bindings::interface::if_nametoindex;

use crate::number::socket::family_here;

/// macOS' number; Linux gives it to AF_IUCV.
const AF_SYSTEM: c_int = 32;

/// Bytes of a structure, put one field after the other.
struct Structure(Vec<u8>);

impl Structure {
    fn new(family: c_int) -> Self {
        Self(family_here(family).to_le_bytes()[..2].to_vec())
    }

    fn put(mut self, field: impl AsRef<[u8]>) -> Self {
        self.0.extend(field.as_ref());
        self
    }

    /// A text in a field of that size.
    fn text(self, text: &[u8], size: usize) -> Self {
        let length = text.len().min(size - 1);
        self.put(&text[..length]).put(vec![0; size - length])
    }

    fn padded(mut self, size: usize) -> Self {
        self.0.resize(self.0.len().max(size), 0);
        self
    }
}

/// The structure for an address: wasi-libc's, or where it has none, Linux's.
pub(crate) fn encode(address: &SocketAddress) -> Vec<u8> {
    let new = Structure::new;
    let structure = match address {
        SocketAddress::Unspecified => new(linux::AF_UNSPEC).padded(16),
        SocketAddress::Inet(at) => {
            new(linux::AF_INET).put(at.port.to_be_bytes()).put(<[u8; 4]>::from(at.address)).padded(16)
        }
        SocketAddress::Inet6(at) => new(linux::AF_INET6)
            .put(at.port.to_be_bytes())
            .put(at.flow_info.to_be_bytes())
            .put(<[u16; 8]>::from(at.address).map(u16::to_be_bytes).as_flattened())
            .put(at.scope_id.to_le_bytes())
            // wasi-libc aligns it to 16 bytes.
            .padded(32),
        SocketAddress::Unix(path) => {
            let ends = path.first().is_some_and(|&first| first != 0);
            new(linux::AF_UNIX).put(path).put(if ends { &[0][..] } else { &[] })
        }
        SocketAddress::Netlink(at) => {
            new(linux::AF_NETLINK).put([0; 2]).put(at.pid.to_le_bytes()).put(at.groups.to_le_bytes())
        }
        SocketAddress::Packet(at) => new(linux::AF_PACKET)
            .put(at.protocol.to_be_bytes())
            .put(index(&at.interface).to_le_bytes())
            .put(at.hardware_type.to_le_bytes())
            .put([at.packet_type, at.hardware_address.len() as u8])
            .put(&at.hardware_address)
            .padded(20),
        SocketAddress::Vsock(at) => {
            new(linux::AF_VSOCK).put([0; 2]).put(at.port.to_le_bytes()).put(at.cid.to_le_bytes()).padded(16)
        }
        SocketAddress::Can(at) => can(&at.interface).padded(24),
        SocketAddress::CanIsotp(at) => {
            can(&at.interface).put(at.rx_id.to_le_bytes()).put(at.tx_id.to_le_bytes()).padded(24)
        }
        SocketAddress::CanJ1939(at) => {
            can(&at.interface).put(at.name.to_le_bytes()).put(at.pgn.to_le_bytes()).put([at.address]).padded(24)
        }
        SocketAddress::L2cap(at) => new(linux::AF_BLUETOOTH)
            .put(at.psm.to_le_bytes())
            .put(device(at.address))
            .put(at.cid.to_le_bytes())
            .put([at.address_type])
            .padded(14),
        SocketAddress::Rfcomm(at) => new(linux::AF_BLUETOOTH).put(device(at.address)).put([at.channel]).padded(10),
        SocketAddress::Hci(at) => new(linux::AF_BLUETOOTH).put(at.device.to_le_bytes()).put(at.channel.to_le_bytes()),
        SocketAddress::Sco(at) => new(linux::AF_BLUETOOTH).put(device(*at)),
        SocketAddress::Alg(at) => new(linux::AF_ALG)
            .text(&at.type_, 14)
            .put(at.features.to_le_bytes())
            .put(at.mask.to_le_bytes())
            .text(&at.name, 64),
        SocketAddress::Tipc(at) => {
            let fields = match i32::from(at.address_type) {
                linux::TIPC_ADDR_ID => [at.v2, at.v1, 0],
                _ => [at.v1, at.v2, at.v3],
            };
            new(linux::AF_TIPC).put([at.address_type, at.scope as u8]).put(fields.map(u32::to_le_bytes).as_flattened())
        }
        SocketAddress::Qipcrtr(at) => {
            new(linux::AF_QIPCRTR).put([0; 2]).put(at.node.to_le_bytes()).put(at.port.to_le_bytes())
        }
        // Windows' and macOS' alone: as the UUIDs are written, and as the header has it.
        SocketAddress::Hyperv(at) => new(linux::AF_HYPERV).put([0; 2]).put(&at.vm_id).put(&at.service_id),
        SocketAddress::System(SystemAddress::Control((id, unit))) => {
            new(AF_SYSTEM).put([2, 0]).put(id.to_le_bytes()).put(unit.to_le_bytes()).padded(32)
        }
        SocketAddress::System(SystemAddress::Name(_)) => new(AF_SYSTEM).padded(32),
        SocketAddress::Other(at) => new(i32::from(at.family)).put(&at.bytes),
    };
    structure.0
}

fn can(interface: &[u8]) -> Structure {
    Structure::new(linux::AF_CAN).put([0; 2]).put(index(interface).to_le_bytes())
}

/// The interface's index; 0, as for all of them, where the host does not tell.
fn index(interface: &[u8]) -> u32 {
    if interface.is_empty() { 0 } else { if_nametoindex(interface).unwrap_or_default() }
}

/// The lowest byte first.
fn device(address: BluetoothAddress) -> [u8; 6] {
    let mut bytes = <[u8; 6]>::from(address);
    bytes.reverse();
    bytes
}
