//! What is small is not free, and what the kernel cuts apart counts as what it becomes.

use std::net::UdpSocket;

use super::*;

/// A rate that some 35 datagrams use up.
const RATE: u64 = 1000;

/// A socket for datagrams, and where it may send them: to somebody who hears none of them.
fn sender(shared: &Arc<Shared>) -> (Socket, Address, UdpSocket) {
    let peer = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let address = Address::from(peer.local_addr().expect("an address"));
    let socket = nonblocking(Socket::create(shared, c::AF_INET, c::SOCK_DGRAM, 0).expect("a socket"));
    (socket, address, peer)
}

#[test]
fn no_flood_of_small_datagrams_is_free() {
    type Send = fn(&Socket, &[u8], &Address) -> Result<usize>;
    let ways: [Send; 3] = [
        |socket, data, address| now(socket.sendto(data, 0, address)),
        |socket, data, address| now(socket.sendmsg(&[data.to_vec()], &[], 0, Some(address))),
        |socket, data, _| now(socket.send(data, 0)),
    ];
    for (size, send) in [0, 1].into_iter().flat_map(|size| ways.map(|send| (size, send))) {
        let (guest, met) = guest(Limits { bandwidth_out: per_second(RATE), ..Limits::default() });
        let (mut socket, address, _peer) = sender(&guest.shared);
        now(socket.connect(&address)).expect("it is no connection");
        let sent = (0..1000).take_while(|_| send(&socket, &vec![0; size], &address).is_ok()).count();
        // As many as in a second, and those of the time that this takes.
        assert!((30..500).contains(&sent), "{sent} of {size} bytes");
        assert!(met.lock().expect("whole").contains(&Limit::BandwidthOut));
    }
}

#[test]
fn empty_datagrams_are_received_no_faster_than_the_limit() {
    let (guest, met) = guest(Limits { bandwidth_in: per_second(RATE), ..Limits::default() });
    let mut socket = nonblocking(Socket::create(&guest.shared, c::AF_INET, c::SOCK_DGRAM, 0).expect("a socket"));
    socket.bind(&Address::Inet(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0))).expect("binds");
    let address = socket.getsockname().expect("an address").and_then(|address| address.internet()).expect("one");
    let peer = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    (0..100).for_each(|_| assert_eq!(peer.send_to(b"", address).ok(), Some(0)));
    let received = (0..100).take_while(|_| now(socket.recv(10, 0)).is_ok()).count();
    assert!((30..100).contains(&received) && met.lock().expect("whole").contains(&Limit::BandwidthIn), "{received}");
}

#[test]
fn what_the_kernel_cuts_apart_counts_as_many() {
    let one_byte = Control::Raw { level: c::IPPROTO_UDP, kind: c::UDP_SEGMENT, data: 1u16.to_ne_bytes().to_vec() };
    for by_option in [true, false] {
        let (guest, _) = guest(Limits { bandwidth_out: per_second(RATE), ..Limits::default() });
        let (mut socket, address, peer) = sender(&guest.shared);
        now(socket.connect(&address)).expect("it is no connection");
        let sent = if by_option {
            socket.setsockopt(c::IPPROTO_UDP, c::UDP_SEGMENT, &Value::Int(1)).expect("sets");
            now(socket.send(&[0; 60], 0))
        } else {
            now(socket.sendmsg(&[[0; 60]], &[Outgoing::Data(one_byte.clone())], 0, None))
        };
        assert_eq!(sent, Ok(60));
        assert_eq!(peer.recv(&mut [0; 100]).ok(), Some(1));
        would_block(now(socket.send(b"x", 0)));
    }
}

#[test]
fn urgent_data_waits_as_other_data_does() {
    let (guest, _) = guest(Limits { bandwidth_out: per_second(RATE), ..Limits::default() });
    let (listener, address) = listener(&guest.shared);
    let mut client = client(&guest.shared, &address).expect("connects");
    let _accepted = now(listener.accept()).expect("is accepted");
    client.settimeout(None);
    assert_eq!(now(client.send(&[0; 1100], c::MSG_OOB)), Ok(1100));
}
