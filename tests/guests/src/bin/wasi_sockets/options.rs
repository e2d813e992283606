//! Options, within and beyond their bounds.

use berkeley_test_guests::wasi::{accept, bind, connect, listen, loopback};
use wasip2::sockets::network::IpAddressFamily;
use wasip2::sockets::tcp_create_socket::create_tcp_socket;
use wasip2::sockets::udp_create_socket::create_udp_socket;

use crate::{show, tell};

const SECOND: u64 = 1_000_000_000;

/// Those of TCP sockets, and what a connection has of its listener's.
pub(crate) fn tcp(family: IpAddressFamily) {
    println!(" options of TCP");
    let socket = create_tcp_socket(family).expect("a socket");
    show!(socket.keep_alive_enabled().map_err(|code| code.name()));
    show!(socket.hop_limit().map_err(|code| code.name()));
    tell!(socket.set_keep_alive_idle_time(0));
    tell!(socket.set_keep_alive_interval(0));
    tell!(socket.set_keep_alive_count(0));
    tell!(socket.set_hop_limit(0));
    tell!(socket.set_receive_buffer_size(0));
    tell!(socket.set_send_buffer_size(0));
    tell!(socket.set_listen_backlog_size(0));
    for time in [1, SECOND - 1, SECOND, SECOND + 1, 2 * SECOND, 32767 * SECOND, 32768 * SECOND, u64::MAX] {
        println!("  {time}");
        tell!(socket.set_keep_alive_idle_time(time));
        show!(socket.keep_alive_idle_time().map_err(|code| code.name()));
        tell!(socket.set_keep_alive_interval(time));
        show!(socket.keep_alive_interval().map_err(|code| code.name()));
    }
    for count in [1, 127, 128, u32::MAX] {
        println!("  {count}");
        tell!(socket.set_keep_alive_count(count));
        show!(socket.keep_alive_count().map_err(|code| code.name()));
    }
    for limit in [1, 255] {
        tell!(socket.set_hop_limit(limit));
        show!(socket.hop_limit().map_err(|code| code.name()));
    }
    for size in [1, 16_000, 100_000, u64::from(u32::MAX), u64::MAX] {
        println!("  {size}");
        tell!(socket.set_receive_buffer_size(size));
        show!(socket.receive_buffer_size().map_err(|code| code.name()));
        tell!(socket.set_send_buffer_size(size));
        show!(socket.send_buffer_size().map_err(|code| code.name()));
    }
    tell!(socket.set_keep_alive_enabled(true));
    tell!(socket.set_keep_alive_idle_time(42 * SECOND));
    tell!(socket.set_hop_limit(42));
    tell!(socket.set_receive_buffer_size(0x10000));
    bind(&socket, loopback(family, 0)).expect("it binds");
    listen(&socket).expect("it listens");
    let client = create_tcp_socket(family).expect("a socket");
    let streams = connect(&client, socket.local_address().expect("bound")).expect("it connects");
    let (accepted, input, output) = accept(&socket).expect("it accepts");
    println!("  of a connection");
    show!(accepted.keep_alive_enabled().map_err(|code| code.name()));
    show!(accepted.keep_alive_idle_time().map_err(|code| code.name()));
    show!(accepted.hop_limit().map_err(|code| code.name()));
    show!(accepted.receive_buffer_size().map_err(|code| code.name()));
    drop((streams, input, output));
}

/// Those of UDP sockets.
pub(crate) fn udp(family: IpAddressFamily) {
    println!(" options of UDP");
    let socket = create_udp_socket(family).expect("a socket");
    show!(socket.unicast_hop_limit().map_err(|code| code.name()));
    tell!(socket.set_unicast_hop_limit(0));
    tell!(socket.set_receive_buffer_size(0));
    tell!(socket.set_send_buffer_size(0));
    tell!(socket.set_unicast_hop_limit(42));
    show!(socket.unicast_hop_limit().map_err(|code| code.name()));
    for size in [1, 16_000, u64::MAX] {
        println!("  {size}");
        tell!(socket.set_receive_buffer_size(size));
        show!(socket.receive_buffer_size().map_err(|code| code.name()));
        tell!(socket.set_send_buffer_size(size));
        show!(socket.send_buffer_size().map_err(|code| code.name()));
    }
}
