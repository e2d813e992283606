//! The layouts of all families, byte by byte.

use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6};

use berkeley_constants as c;

use super::decode::{Fields, decode_hyperv, decode_system};
use super::encode::{encode_hyperv, encode_system};
use super::family::plain_ip;
use super::layout::{HAS_HYPERV, HAS_SYSTEM};
use super::{Address, CAPACITY, RawAddress};
use crate::error::{Errno, Error};
use crate::interface;

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
    assert_eq!(unix(&[b'a'; 107]).encode().map(|raw| raw.as_bytes().len()), Ok(110));
    // The kernel ends a path by itself that leaves no room for its NUL.
    assert_eq!(unix(&[b'a'; 108]).encode().map(|raw| raw.as_bytes().len()), Ok(110));
    for bad in [vec![b'a'; 109], vec![b'a'; 200], vec![0; 109], b"a\0b".to_vec()] {
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
        let fields: &[(usize, &[u8])] = &[(2, &[address_type, 255]), (4, &words[0]), (8, &words[1]), (12, &words[2])];
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
                let Some((address, raw)) = decoded.and_then(|address| address.encode().ok().map(|raw| (address, raw)))
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
