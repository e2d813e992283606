use berkeley_constants as linux;
use berkeley_guest::bindings::address::{OtherAddress, RfcommAddress, SocketAddress, TipcAddress, VsockAddress};
use berkeley_guest::error::Errno;

use super::{decode, encode};

#[track_caller]
fn round(bytes: &[u8]) -> SocketAddress {
    let address = decode(bytes).expect("an address");
    assert_eq!(encode(&address), bytes);
    address
}

#[test]
fn addresses_lie_as_in_the_headers_of_wasi_libc() {
    let inet = [&[1, 0, 0, 80, 127, 0, 0, 1][..], &[0; 8]].concat();
    assert!(matches!(round(&inet), SocketAddress::Inet(at) if at.port == 80 && at.address == (127, 0, 0, 1)));
    let inet6 = [&[2, 0, 0, 80, 0, 0, 0, 7][..], &[0; 15], &[1, 5, 0, 0, 0], &[0; 4]].concat();
    let SocketAddress::Inet6(at) = round(&inet6) else { panic!("of another family") };
    assert_eq!((at.port, at.flow_info, at.scope_id, at.address.7), (80, 7, 5, 1));
    let SocketAddress::Inet6(at) = decode(&inet6[..24]).expect("an address") else { panic!("of another family") };
    assert_eq!(at.scope_id, 0);
    assert!(matches!(round(b"\x03\0/run/it\0"), SocketAddress::Unix(path) if path == b"/run/it"));
    assert!(matches!(round(b"\x03\0\0name\0"), SocketAddress::Unix(path) if path == b"\0name\0"));
    assert!(matches!(round(b"\x03\0"), SocketAddress::Unix(path) if path.is_empty()));
    assert!(matches!(decode(b"\x03\0path\0more"), Ok(SocketAddress::Unix(path)) if path == b"path"));
    assert!(matches!(decode(&[0; 16]), Ok(SocketAddress::Unspecified)));
}

#[test]
fn other_families_lie_as_in_linux() {
    let netlink = [16, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0];
    let Ok(SocketAddress::Other(OtherAddress { family: 16, bytes })) = decode(&netlink) else { panic!("raw") };
    assert_eq!(bytes, netlink[2..]);
    let vsock = encode(&SocketAddress::Vsock(VsockAddress { cid: 3, port: 80 }));
    assert_eq!(vsock, [40, 0, 0, 0, 80, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]);
    let rfcomm = encode(&SocketAddress::Rfcomm(RfcommAddress { address: (0, 1, 2, 3, 4, 5), channel: 9 }));
    assert_eq!(rfcomm, [31, 0, 5, 4, 3, 2, 1, 0, 9, 0]);
    let address_type = linux::TIPC_ADDR_ID as u8;
    let tipc = encode(&SocketAddress::Tipc(TipcAddress { address_type, v1: 1, v2: 2, v3: 0, scope: 3 }));
    assert_eq!(tipc, [30, 0, 3, 3, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn what_is_no_address_is_refused() {
    for room in [108, 110] {
        let full = [&[3, 0][..], &[b'p'; 110][..room]].concat();
        assert!(matches!(decode(&full), Ok(SocketAddress::Unix(path)) if path.len() == 108));
    }
    for bad in [
        &[][..],
        &[&[3, 0][..], &[b'p'; 111]].concat(),
        &[1],
        &[1, 0, 0, 80, 127, 0, 0, 1],
        &[&[2, 0][..], &[0; 21]].concat(),
        &[3; 129],
    ] {
        assert!(matches!(decode(bad), Err(Errno::Einval)), "{bad:?}");
    }
}
