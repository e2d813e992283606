//! UDP sockets, and look-ups.

use berkeley_test_guests::wasi::{bind_udp, loopback, port, told, udp, v4, v6};
use wasip2::sockets::instance_network::instance_network;
use wasip2::sockets::ip_name_lookup::resolve_addresses;
use wasip2::sockets::network::{ErrorCode, IpAddress, IpAddressFamily, IpSocketAddress};
use wasip2::sockets::udp::{OutgoingDatagram, OutgoingDatagramStream, UdpSocket};
use wasip2::sockets::udp_create_socket::create_udp_socket;

use crate::{show, tell};

/// Every call, in every state.
pub(crate) fn states(family: IpAddressFamily) {
    println!(" UDP, fresh");
    let socket = create_udp_socket(family).expect("a socket");
    tell!(socket.finish_bind());
    tell!(socket.stream(None));
    tell!(socket.stream(Some(loopback(family, 9))));
    tell!(socket.local_address());
    tell!(socket.remote_address());
    show!(socket.address_family() == family);
    show!(socket.subscribe().ready());
    println!(" UDP, bound");
    tell!(socket.start_bind(&instance_network(), loopback(family, 0)));
    tell!(socket.start_bind(&instance_network(), loopback(family, 0)));
    tell!(socket.finish_bind());
    tell!(socket.finish_bind());
    tell!(socket.start_bind(&instance_network(), loopback(family, 0)));
    show!(socket.local_address().is_ok_and(|at| port(at) != 0));
    tell!(socket.remote_address());
    println!(" UDP, connected and not");
    let local = socket.local_address().map(port);
    tell!(socket.stream(Some(loopback(family, 9))));
    tell!(socket.remote_address());
    show!(socket.remote_address().map(port).map_err(|code| code.name()));
    tell!(socket.stream(None));
    tell!(socket.remote_address());
    show!(socket.local_address().map(port) == local);
    println!(" UDP, addresses");
    for address in [
        v4([0, 0, 0, 0], 0),
        v4([255, 255, 255, 255], 0),
        v4([192, 0, 2, 1], 0),
        v6([0; 8], 0),
        v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], 0),
        v6([0, 0, 0, 0, 0, 0xffff, 0x7f00, 1], 0),
        v6([0, 0, 0, 0, 0, 0, 0x7f00, 1], 0),
    ] {
        tell!(bind_udp(&create_udp_socket(family).expect("a socket"), address));
    }
}

fn bound(family: IpAddressFamily) -> (UdpSocket, IpSocketAddress) {
    let socket = udp(family, loopback(family, 0)).expect("a socket");
    let address = socket.local_address().expect("it is bound");
    (socket, address)
}

fn datagram(data: &[u8], to: Option<IpSocketAddress>) -> [OutgoingDatagram; 1] {
    [OutgoingDatagram { data: data.to_vec(), remote_address: to }]
}

/// Sends one datagram, once it may.
fn send(stream: &OutgoingDatagramStream, data: &[u8], to: Option<IpSocketAddress>) -> Result<u64, ErrorCode> {
    while stream.check_send()? == 0 {
        stream.subscribe().block();
    }
    stream.send(&datagram(data, to))
}

/// What goes from one to the other.
pub(crate) fn exchange(family: IpAddressFamily) {
    println!(" UDP, exchange");
    let ((one, at_one), (two, at_two)) = (bound(family), bound(family));
    let (one_in, one_out) = one.stream(None).expect("streams");
    let (two_in, two_out) = two.stream(None).expect("streams");
    show!(two_in.receive(10).map(|all| all.len()).map_err(|code| code.name()));
    show!(two_in.subscribe().ready());
    show!(one_out.check_send().map_err(|code| code.name()));
    tell!(one_out.send(&[]));
    show!(one_out.send(&datagram(b"one", Some(at_two))).map_err(|code| code.name()));
    two_in.subscribe().block();
    show!(two_in.receive(0).map(|all| all.len()).map_err(|code| code.name()));
    let came = two_in.receive(10).expect("it receives");
    show!(came.iter().map(|datagram| datagram.data.clone()).collect::<Vec<_>>());
    show!(came.iter().all(|datagram| port(datagram.remote_address) == port(at_one)));
    show!(send(&two_out, b"", Some(at_one)).map_err(|code| code.name()));
    one_in.subscribe().block();
    show!(
        one_in
            .receive(10)
            .map(|all| all.iter().map(|datagram| datagram.data.len()).collect::<Vec<_>>())
            .map_err(|code| code.name())
    );
    tell!(send(&one_out, b"to nobody", None));
    tell!(send(&one_out, b"to no port", Some(loopback(family, 0))));
    tell!(send(&one_out, b"to no host", Some(v4([0, 0, 0, 0], port(at_two)))));
    tell!(send(&one_out, b"to no host", Some(v6([0; 8], port(at_two)))));
    tell!(send(&one_out, b"as IPv6 has it", Some(v6([0, 0, 0, 0, 0, 0xffff, 0x7f00, 1], port(at_two)))));
    tell!(send(&one_out, &[0; 1 << 16], Some(at_two)));
    tell!(send(&one_out, &[0; (1 << 16) - 1], Some(at_two)));
    println!(" UDP, several at once");
    let several: Vec<_> =
        (0..5u8).map(|at| OutgoingDatagram { data: vec![at], remote_address: Some(at_two) }).collect();
    one_out.check_send().expect("it is open");
    show!(one_out.send(&several).map_err(|code| code.name()));
    let mut all = Vec::new();
    while all.len() < 5 {
        two_in.subscribe().block();
        all.extend(two_in.receive(2).expect("it receives").into_iter().map(|datagram| datagram.data));
    }
    show!(all);
}

/// A socket that has a peer.
pub(crate) fn peers(family: IpAddressFamily) {
    println!(" UDP, peers");
    let ((one, at_one), (two, at_two), (other, at_other)) = (bound(family), bound(family), bound(family));
    let (_other_in, other_out) = other.stream(None).expect("streams");
    {
        let (one_in, one_out) = one.stream(Some(at_two)).expect("streams");
        tell!(send(&one_out, b"to the peer", None));
        tell!(send(&one_out, b"to the peer by name", Some(at_two)));
        tell!(send(&one_out, b"to another", Some(at_other)));
        // Only the peer is heard.
        let (_two_in, two_out) = two.stream(Some(at_one)).expect("streams");
        tell!(send(&other_out, b"a stranger's", Some(at_one)));
        tell!(send(&two_out, b"the peer's", None));
        one_in.subscribe().block();
        show!(
            one_in
                .receive(10)
                .map(|all| all.into_iter().map(|datagram| datagram.data).collect::<Vec<_>>())
                .map_err(|code| code.name())
        );
    }
    // What came before is not of the new peer. The sockets are others: wasmtime's may still be receiving.
    let (one, at_one) = bound(family);
    {
        let streams = one.stream(Some(at_other)).expect("streams");
        tell!(send(&other_out, b"early", Some(at_one)));
        streams.0.subscribe().block();
        drop(streams);
        let (one_in, _one_out) = one.stream(Some(at_two)).expect("streams");
        show!(one_in.receive(10).map(|all| all.len()).map_err(|code| code.name()));
    }
    let (one, _) = bound(family);
    for peer in [loopback(family, 0), v4([0, 0, 0, 0], 9), v6([0; 8], 9), v6([0, 0, 0, 0, 0, 0xffff, 0x7f00, 1], 9)] {
        tell!(one.stream(Some(peer)));
    }
    tell!(one.remote_address());
}

/// Names and addresses as text. No name server is asked.
pub(crate) fn lookups() {
    println!("look-ups");
    for name in [
        "127.0.0.1",
        "0.0.0.0",
        "192.0.2.0",
        "::",
        "::1",
        "[::]",
        "[::1]",
        "2001:0db8:0:0:0:0:0:0",
        "dead:beef::",
        "::ffff:127.0.0.1",
        "0x7f.1",
        "",
        " ",
        "a.b<&>",
        "127.0.0.1:80",
        "[::]:80",
        "http://example.com/",
        "256.0.0.1",
        "a\0b",
    ] {
        println!("  {name:?}: {:?}", resolve(name).map_err(|code| code.name()));
    }
    println!("  localhost: {}", told(resolve("localhost")));
    show!(resolve("LOCALHOST").is_ok_and(|all| !all.is_empty()));
}

fn resolve(name: &str) -> Result<Vec<IpAddress>, ErrorCode> {
    let stream = resolve_addresses(&instance_network(), name)?;
    let mut all = Vec::new();
    loop {
        match stream.resolve_next_address() {
            Err(ErrorCode::WouldBlock) => stream.subscribe().block(),
            Ok(Some(address)) => all.push(address),
            Ok(None) => return Ok(all),
            Err(code) => return Err(code),
        }
    }
}

/// Sends more than was permitted.
pub(crate) fn send_too_much() {
    let (socket, _) = bound(IpAddressFamily::Ipv4);
    let (_in, out) = socket.stream(None).expect("streams");
    let _ = out.send(&datagram(b"without asking", Some(loopback(IpAddressFamily::Ipv4, 9))));
}

/// Asks for streams while there are some.
pub(crate) fn stream_twice() {
    let (socket, _) = bound(IpAddressFamily::Ipv4);
    let _streams = socket.stream(None).expect("streams");
    let _ = socket.stream(None);
}
