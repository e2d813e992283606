//! The streams of TCP connections: their bytes, and how they end.

use berkeley_test_guests::wasi::{End, connection, read_to_end, told_by_stream};
use wasip2::sockets::network::IpAddressFamily;
use wasip2::sockets::tcp::ShutdownType;

use crate::{show, tell};

/// Tells a call of a stream, and what it answers.
macro_rules! stream {
    ($call:expr) => {
        println!("  {}: {}", stringify!($call).split_whitespace().collect::<String>(), told_by_stream($call))
    };
}

fn pair(family: IpAddressFamily) -> (End, End) {
    let (client, server) = connection(family).expect("a connection");
    client.output.subscribe().block();
    server.output.subscribe().block();
    (client, server)
}

/// How a stream ends, from either side.
pub(crate) fn ends(family: IpAddressFamily) {
    println!(" ended by the peer");
    let (client, server) = pair(family);
    stream!(client.input.read(0));
    show!(client.input.read(10).map_err(|_| "error"));
    show!(client.input.subscribe().ready());
    tell!(server.socket.shutdown(ShutdownType::Both));
    drop(server);
    client.input.subscribe().block();
    stream!(client.input.read(10));
    stream!(client.input.read(0));
    stream!(client.input.blocking_read(1));
    stream!(client.input.skip(1));
    println!(" shut down for receiving");
    let (client, server) = pair(family);
    stream!(server.output.blocking_write_and_flush(b"some text that comes and that nobody reads"));
    client.input.subscribe().block();
    tell!(client.socket.shutdown(ShutdownType::Receive));
    stream!(client.input.read(10));
    stream!(client.input.read(0));
    show!(client.input.subscribe().ready());
    tell!(client.socket.shutdown(ShutdownType::Receive));
    stream!(client.output.blocking_write_and_flush(b"on"));
    show!(server.input.blocking_read(10).map_err(|_| "error"));
    println!(" shut down for sending");
    let (client, server) = pair(family);
    show!(client.output.check_write().is_ok_and(|permit| permit >= 3));
    tell!(client.socket.shutdown(ShutdownType::Send));
    stream!(client.output.write(b"Hi!"));
    stream!(client.output.write(b""));
    stream!(client.output.check_write());
    stream!(client.output.flush());
    stream!(client.output.blocking_flush());
    show!(client.output.subscribe().ready());
    show!(read_to_end(&server.input).map_err(|_| "error"));
    stream!(server.output.blocking_write_and_flush(b"back"));
    show!(client.input.blocking_read(10).map_err(|_| "error"));
    println!(" dropped");
    let (client, server) = pair(family);
    stream!(client.output.blocking_write_and_flush(b"the last"));
    drop(client);
    show!(read_to_end(&server.input).map_err(|_| "error"));
    println!(" reset");
    let (client, server) = pair(family);
    stream!(client.output.blocking_write_and_flush(b"nobody reads it"));
    server.input.subscribe().block();
    drop(server);
    client.input.subscribe().block();
    stream!(client.input.read(10));
    stream!(client.input.read(10));
}

/// What is written arrives, all of it and in order.
pub(crate) fn bytes(family: IpAddressFamily) {
    println!(" more than the buffers hold");
    let (client, server) = pair(family);
    client.socket.set_send_buffer_size(1024).expect("a small buffer");
    let permit = client.output.check_write().expect("it is open");
    show!(permit);
    let data: Vec<u8> = (0..permit).map(|at| at as u8).collect();
    stream!(client.output.write(&data));
    tell!(client.socket.shutdown(ShutdownType::Send));
    show!(read_to_end(&server.input).is_ok_and(|all| all == data));
    println!(" while nobody reads");
    let (client, server) = pair(family);
    let mut sent = Vec::new();
    loop {
        match client.output.check_write().expect("it is open") {
            0 => break,
            permit => {
                let data: Vec<u8> = (0..permit).map(|at| (at / 3) as u8).collect();
                client.output.write(&data).expect("it was permitted");
                sent.extend(data);
            }
        }
    }
    show!(client.output.subscribe().ready());
    let mut all = Vec::new();
    while all.len() < sent.len() {
        all.extend(server.input.blocking_read(1 << 20).expect("more"));
    }
    show!(all == sent);
    client.output.subscribe().block();
    show!(client.output.check_write().is_ok_and(|permit| permit > 0));
    println!(" many small ones");
    let (client, server) = pair(family);
    for _ in 0..300 {
        while client.output.check_write().expect("it is open") == 0 {
            client.output.subscribe().block();
        }
        client.output.write(b"x").expect("it was permitted");
    }
    stream!(client.output.blocking_write_zeroes_and_flush(5));
    drop(client);
    show!(read_to_end(&server.input).map(|all| (all.len(), all.ends_with(b"x\0\0\0\0\0"))).map_err(|_| "error"));
    println!(" spliced");
    let ((one, two), (three, four)) = (pair(family), pair(family));
    stream!(one.output.blocking_write_and_flush(b"from one to four"));
    show!(three.output.blocking_splice(&two.input, 100).map_err(|_| "error"));
    show!(four.input.blocking_read(100).map_err(|_| "error"));
}

/// Writes what was not permitted.
pub(crate) fn write_too_much() {
    let (client, _server) = pair(IpAddressFamily::Ipv4);
    let permit = client.output.check_write().expect("it is open");
    let _ = client.output.write(&vec![0; permit as usize + 1]);
}

/// Drops a socket that has streams.
pub(crate) fn drop_the_socket_first() {
    let (client, _server) = pair(IpAddressFamily::Ipv4);
    let End { input, output, socket } = client;
    drop(socket);
    drop((input, output));
}
