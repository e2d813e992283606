//! TCP sockets: their states, and the addresses that they take.

use berkeley_test_guests::wasi::{accept, bind, connect, listen, listener, loopback, port, v4, v6};
use wasip2::sockets::instance_network::instance_network;
use wasip2::sockets::network::{ErrorCode, IpAddressFamily, IpSocketAddress};
use wasip2::sockets::tcp::{ShutdownType, TcpSocket};
use wasip2::sockets::tcp_create_socket::create_tcp_socket;

use crate::{show, tell};

fn create(family: IpAddressFamily) -> TcpSocket {
    create_tcp_socket(family).expect("a socket")
}

/// Every call, in every state.
pub(crate) fn states(family: IpAddressFamily) {
    println!(" fresh");
    every_call(&create(family), family);
    println!(" bound");
    let bound = create(family);
    bound.start_bind(&instance_network(), loopback(family, 0)).expect("it binds");
    tell!(bound.start_bind(&instance_network(), loopback(family, 0)));
    tell!(bound.start_listen());
    tell!(bound.local_address());
    bound.finish_bind().expect("it is bound");
    every_call(&bound, family);
    println!(" listening");
    let (listening, address) = listener(family).expect("it listens");
    tell!(listening.accept());
    tell!(listening.set_listen_backlog_size(0));
    tell!(listening.set_listen_backlog_size(u64::MAX));
    every_call(&listening, family);
    println!(" connected");
    let connected = create(family);
    let streams = connect(&connected, address).expect("it connects");
    tell!(connected.start_connect(&instance_network(), address));
    every_call(&connected, family);
    println!(" accepted");
    let (accepted, input, output) = accept(&listening).expect("it accepts");
    every_call(&accepted, family);
    show!(accepted.remote_address().map(port) == connected.local_address().map(port));
    drop((input, output, streams));
}

fn every_call(socket: &TcpSocket, family: IpAddressFamily) {
    let network = instance_network();
    tell!(socket.finish_bind());
    tell!(socket.finish_connect());
    tell!(socket.finish_listen());
    tell!(socket.local_address());
    tell!(socket.remote_address());
    show!(socket.is_listening());
    show!(socket.address_family() == family);
    tell!(socket.set_listen_backlog_size(32));
    tell!(socket.keep_alive_enabled());
    tell!(socket.set_keep_alive_enabled(true));
    tell!(socket.set_keep_alive_idle_time(1));
    tell!(socket.set_keep_alive_interval(1));
    tell!(socket.set_keep_alive_count(1));
    tell!(socket.set_hop_limit(255));
    tell!(socket.set_receive_buffer_size(16000));
    tell!(socket.set_send_buffer_size(16000));
    if socket.remote_address().is_err() {
        tell!(socket.shutdown(ShutdownType::Both));
    }
    if !socket.is_listening() {
        tell!(socket.accept());
    }
    if socket.local_address().is_ok() {
        tell!(socket.start_bind(&network, loopback(family, 0)));
    } else {
        tell!(socket.start_listen());
    }
    // A socket that nobody waits for is ready.
    if !socket.is_listening() {
        show!(socket.subscribe().ready());
    }
}

/// Addresses to bind and connect to.
pub(crate) fn addresses(family: IpAddressFamily) {
    println!(" addresses");
    let network = instance_network();
    for address in all_addresses() {
        println!("  {}", text(address));
        let socket = create(family);
        tell!(bind(&socket, address));
        show!(socket.local_address().is_ok_and(|at| port(at) != 0));
        tell!(create(family).start_connect(&network, address));
    }
    let (listening, address) = listener(family).expect("it listens");
    println!("  in use");
    tell!(bind(&create(family), address));
    // Its port is free at once, though a connection has just ended there.
    let client = create(family);
    let streams = connect(&client, address).expect("it connects");
    let accepted = accept(&listening).expect("it accepts");
    drop((accepted.1, accepted.2, accepted.0, streams, client, listening));
    println!("  in use just now");
    tell!(bind(&create(family), address));
}

/// Addresses that do not connect anywhere, of both families and of no use to one or the other.
fn all_addresses() -> Vec<IpSocketAddress> {
    vec![
        v4([0, 0, 0, 0], 0),
        v4([127, 0, 0, 1], 0),
        v4([255, 255, 255, 255], 0),
        v4([224, 0, 0, 1], 0),
        v4([192, 0, 2, 1], 0),
        v6([0; 8], 0),
        v6([0, 0, 0, 0, 0, 0, 0, 1], 0),
        v6([0xff02, 0, 0, 0, 0, 0, 0, 1], 0),
        v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], 0),
        v6([0, 0, 0, 0, 0, 0xffff, 0x7f00, 1], 0),
        v6([0, 0, 0, 0, 0, 0xffff, 0, 0], 0),
        v6([0, 0, 0, 0, 0, 0, 0x7f00, 1], 0),
    ]
}

fn text(address: IpSocketAddress) -> String {
    match address {
        IpSocketAddress::Ipv4(at) => format!("{:?}:{}", at.address, at.port),
        IpSocketAddress::Ipv6(at) => format!("{:x?}:{}", at.address, at.port),
    }
}

/// Connecting, to who listens and to nobody.
pub(crate) fn connecting(family: IpAddressFamily) {
    println!(" connecting");
    let network = instance_network();
    let (listening, address) = listener(family).expect("it listens");
    let socket = create(family);
    bind(&socket, loopback(family, 0)).expect("it binds");
    let before = socket.local_address().map(port);
    tell!(socket.start_connect(&network, address));
    tell!(socket.start_connect(&network, address));
    tell!(socket.start_bind(&network, address));
    tell!(socket.start_listen());
    tell!(socket.finish_bind());
    tell!(socket.remote_address());
    tell!(socket.local_address());
    tell!(socket.hop_limit());
    let streams = loop {
        match socket.finish_connect() {
            Err(ErrorCode::WouldBlock) => socket.subscribe().block(),
            result => break result.expect("it connects"),
        }
    };
    show!(socket.local_address().map(port) == before);
    show!(socket.remote_address().map(port) == listening.local_address().map(port));
    tell!(listen(&socket));
    drop(streams);
    drop(listening);
    println!("  to nobody");
    let socket = create(family);
    tell!(connect(&socket, address));
    tell!(socket.finish_connect());
    tell!(socket.start_connect(&network, address));
    tell!(socket.local_address());
    tell!(socket.remote_address());
    tell!(socket.hop_limit());
    tell!(socket.set_listen_backlog_size(1));
    tell!(socket.start_listen());
    show!(socket.subscribe().ready());
    println!("  to itself");
    let socket = create(family);
    bind(&socket, loopback(family, 0)).expect("it binds");
    let own = socket.local_address().expect("it is bound");
    tell!(connect(&socket, own));
}
