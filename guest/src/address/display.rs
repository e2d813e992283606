//! How addresses are written.

use std::fmt;

use berkeley_constants::{BDADDR_BREDR, HCI_CHANNEL_RAW};

use super::text::{Field, ba2str, tuple, uuid_text};
use super::variant::Address;
use crate::bindings::address::SystemAddress;

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
                let (machine, service) = (uuid_text(&at.vm_id), uuid_text(&at.service_id));
                tuple(f, [Field::Text(machine.as_bytes()), Field::Text(service.as_bytes())])
            }
            Self::System(SystemAddress::Name(name)) => Field::Text(name).fmt(f),
            Self::System(SystemAddress::Control((id, unit))) => tuple(f, [(*id).into(), (*unit).into()]),
            Self::Other(at) => tuple(f, [at.family.into(), Field::Bytes(&at.bytes)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use berkeley_constants::{HV_GUID_PARENT, TIPC_CLUSTER_SCOPE};

    use super::*;
    use crate::bindings::address::{L2capAddress, OtherAddress, PacketAddress};
    use crate::error::Result;

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
}
