//! What the policy and the limits do to WASI 0.2's own sockets. The first argument chooses.

use std::fs::File;

use berkeley_guest::socket::{AF_INET, SOCK_STREAM, Socket};
use berkeley_test_guests::wasi::{bind_udp, connect, loopback, port, told, udp, v4};
use wasip2::sockets::instance_network::instance_network;
use wasip2::sockets::ip_name_lookup::resolve_addresses;
use wasip2::sockets::network::{ErrorCode, IpAddressFamily, IpSocketAddress};
use wasip2::sockets::tcp_create_socket::create_tcp_socket;
use wasip2::sockets::udp::{IncomingDatagramStream, OutgoingDatagram, UdpSocket};
use wasip2::sockets::udp_create_socket::create_udp_socket;

const FAMILY: IpAddressFamily = IpAddressFamily::Ipv4;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments[at].parse().expect("a port");
    match arguments[0].as_str() {
        "create" => create(),
        "exhaust" => exhaust(),
        "bind-udp" => println!("{}", told(udp(FAMILY, v4([0, 0, 0, 0], 0)))),
        "strangers" => strangers(number(1)),
        "resolve" => resolve(&arguments[1]),
        "look-ups" => look_ups(&arguments[1]),
        "connect" => {
            let socket = create_tcp_socket(FAMILY).expect("a socket");
            println!("{}", told(connect(&socket, loopback(FAMILY, number(1)))));
        }
        "accept" => accept(),
        other => panic!("{other} is nothing to do"),
    }
}

/// Whether sockets can be made at all.
fn create() {
    for family in [IpAddressFamily::Ipv4, IpAddressFamily::Ipv6] {
        println!("tcp {}, udp {}", told(create_tcp_socket(family)), told(create_udp_socket(family)));
    }
}

/// Makes sockets until there is no more, and then opens a file.
fn exhaust() {
    let mut sockets = Vec::new();
    let error = loop {
        match create_tcp_socket(FAMILY) {
            Ok(socket) => sockets.push(socket),
            Err(error) => break error,
        }
    };
    let opened = File::open("/data/file").is_ok();
    println!("{}, then a file {}", error.name(), if opened { "opens" } else { "does not open" });
    // They count beside those of the other package, and give back what they had.
    println!("beside: {:?}", Socket::new(AF_INET, SOCK_STREAM, 0).map(drop));
    sockets.pop();
    println!("one less: {:?}", Socket::new(AF_INET, SOCK_STREAM, 0).map(drop));
    println!("again: {}", told(create_udp_socket(FAMILY)));
}

fn receive(stream: &IncomingDatagramStream) -> Vec<(Vec<u8>, u16)> {
    loop {
        let came = stream.receive(16).expect("it receives");
        if !came.is_empty() {
            return came.into_iter().map(|datagram| (datagram.data, port(datagram.remote_address))).collect();
        }
        stream.subscribe().block();
    }
}

fn send(socket: &UdpSocket, data: &[u8], to: IpSocketAddress) -> Result<u64, ErrorCode> {
    let (_incoming, outgoing) = socket.stream(None)?;
    while outgoing.check_send()? == 0 {
        outgoing.subscribe().block();
    }
    outgoing.send(&[OutgoingDatagram { data: data.to_vec(), remote_address: Some(to) }])
}

/// Two sockets: one that a rule lets be bound and hear everybody, and one that may only speak with the peer at that
/// port, and hear it.
fn strangers(peer: u16) {
    let open = udp(FAMILY, loopback(FAMILY, 0)).expect("a rule is for it");
    let closed = create_udp_socket(FAMILY).expect("a socket");
    bind_udp(&closed, v4([0, 0, 0, 0], 0)).expect("it may speak");
    println!("{}", port(open.local_address().expect("bound")));
    println!("{}", port(closed.local_address().expect("bound")));
    // The stranger has sent to both by the time that the peer is asked.
    let (incoming, _outgoing) = open.stream(None).expect("streams");
    println!(
        "open: {:?}",
        receive(&incoming).iter().map(|(data, _)| String::from_utf8_lossy(data)).collect::<Vec<_>>()
    );
    println!("sent: {:?}", send(&closed, b"answer me", loopback(FAMILY, peer)).map_err(|code| code.name()));
    let (incoming, _outgoing) = closed.stream(None).expect("streams");
    let came = receive(&incoming);
    println!("closed: {:?}", came.iter().map(|(data, _)| String::from_utf8_lossy(data)).collect::<Vec<_>>());
}

fn resolve(name: &str) {
    let answer = resolve_addresses(&instance_network(), name).and_then(|stream| {
        loop {
            match stream.resolve_next_address() {
                Err(ErrorCode::WouldBlock) => stream.subscribe().block(),
                result => return result,
            }
        }
    });
    println!("{}", told(answer));
}

/// Begins look-ups of a name of which nobody tells, until there is one too many; and another one when all are given up.
fn look_ups(name: &str) {
    let begin = || resolve_addresses(&instance_network(), name);
    let mut begun = Vec::new();
    let error = loop {
        match begin() {
            Ok(stream) => begun.push(stream),
            Err(error) => break error,
        }
    };
    println!("{}, then {}", begun.len(), error.name());
    begun.clear();
    println!("again: {}", told(begin().and_then(|stream| stream.resolve_next_address())));
}

/// Takes the one connection that it is let have.
fn accept() {
    let (listener, address) = berkeley_test_guests::wasi::listener(FAMILY).expect("it listens");
    println!("{}", port(address));
    let (accepted, input, output) = berkeley_test_guests::wasi::accept(&listener).expect("it accepts");
    println!("{:?}", String::from_utf8_lossy(&input.blocking_read(100).expect("text")));
    drop((input, output, accepted));
}
