//! Waits in one call, without an end: for those who end it there. Arguments: the call, and the port of a peer that never
//! says anything, or echoes where the call is `echo`.
//!
//! `/sockets` has `full` and `queue`, which take nothing more; `/data` has the file `large`.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use berkeley_guest::ancillary::ControlMessage;
use berkeley_guest::file;
use berkeley_guest::netdb::{Hints, getaddrinfo};
use berkeley_guest::poll::{POLLIN, poll, subscribe};
use berkeley_guest::socket::*;
use berkeley_guest::tls::{Config, Terms, TlsStream};
use berkeley_test_guests::wasi::{self, v4};
use wasip2::sockets::network::IpAddressFamily;

type Case = fn(u16) -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("echo", echo),
    ("connect", connect),
    ("connect-unix", connect_unix),
    ("accept", accept),
    ("send", send),
    ("sendto", sendto),
    ("tls", tls),
    ("look-up", look_up),
    ("blocking-look-up", blocking_look_up),
    ("linger", linger),
    ("poll", poll_many),
    ("pollable", pollable),
    ("wasi", wasi_read),
    ("sendfile", sendfile),
    ("recvmsg", recvmsg),
    ("bind", bind),
    ("recv", recv),
];

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().context("a call")?;
    let port = arguments.next().context("a port")?.parse()?;
    let (_, case) = CASES.iter().find(|(known, _)| *known == name).context("no such call")?;
    case(port)?;
    if name == "echo" { Ok(()) } else { bail!("it ends") }
}

fn peer(port: u16) -> Result<Socket> {
    Ok(create_connection(("127.0.0.1", port), &ConnectionOptions::default())?)
}

/// Ends with the peer.
fn echo(port: u16) -> Result<()> {
    let peer = peer(port)?;
    loop {
        let data = peer.recv(100)?;
        if data.is_empty() {
            return Ok(());
        }
        peer.sendall(&data)?;
    }
}

/// To a listener of its own that has no room.
fn connect(_: u16) -> Result<()> {
    let listener = create_server(("127.0.0.1", 0), &ServerOptions { backlog: 0, ..ServerOptions::default() })?;
    let mut clients = Vec::new();
    loop {
        let client = Socket::new(AF_INET, SOCK_STREAM, 0)?;
        client.connect(listener.getsockname()?)?;
        clients.push(client);
    }
}

fn connect_unix(_: u16) -> Result<()> {
    Ok(Socket::new(AF_UNIX, SOCK_STREAM, 0)?.connect("/sockets/full")?)
}

fn accept(_: u16) -> Result<()> {
    let listener = create_server(("127.0.0.1", 0), &ServerOptions::default())?;
    listener.accept()?;
    Ok(())
}

fn send(port: u16) -> Result<()> {
    Ok(peer(port)?.sendall(&vec![b'x'; 64 << 20])?)
}

fn sendto(_: u16) -> Result<()> {
    let socket = Socket::new(AF_UNIX, SOCK_DGRAM, 0)?;
    socket.sendto(b"x", "/sockets/queue")?;
    Ok(())
}

fn tls(port: u16) -> Result<()> {
    let config = Config::new(Terms::default())?;
    let mut stream = TlsStream::client(&config, Some("known.test"), peer(port)?)?;
    Ok(stream.write_all(b"x")?)
}

fn look_up(_: u16) -> Result<()> {
    getaddrinfo(Some("silent.test"), None, Hints::default())?;
    Ok(())
}

fn blocking_look_up(_: u16) -> Result<()> {
    getaddrinfo(Some("blocking.test"), None, Hints::default())?;
    Ok(())
}

/// Has sent what nobody takes, and closes sockets that would linger for it; then waits.
fn linger(port: u16) -> Result<()> {
    let unsent = || -> Result<Socket> {
        let socket = peer(port)?;
        socket.setsockopt(SOL_SOCKET, SO_LINGER, &[1u32.to_ne_bytes(), 3600u32.to_ne_bytes()].concat()[..])?;
        socket.setblocking(false);
        while socket.send(&[b'x'; 1 << 16]).is_ok() {}
        Ok(socket)
    };
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    send_fds(&left, &[b"x"], &[&unsent()?], 0)?;
    let (held, _copy) = (unsent()?, unsent()?.dup()?);
    unsent()?.close()?;
    left.recv(1)?;
    drop((right, held));
    Ok(())
}

fn poll_many(_: u16) -> Result<()> {
    let pairs = (0..20).map(|_| socketpair(AF_UNIX, SOCK_STREAM, 0)).collect::<Result<Vec<_>, _>>()?;
    let all: Vec<_> = pairs.iter().flat_map(|(one, other)| [(one, POLLIN), (other, POLLIN)]).collect();
    poll(&all, None)?;
    Ok(())
}

fn pollable(_: u16) -> Result<()> {
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    let all = [subscribe(&left, POLLIN)?, subscribe(&right, POLLIN)?];
    wasip2::io::poll::poll(&all.iter().collect::<Vec<_>>());
    Ok(())
}

fn wasi_read(port: u16) -> Result<()> {
    let socket = wasip2::sockets::tcp_create_socket::create_tcp_socket(IpAddressFamily::Ipv4)?;
    let (input, _output) = wasi::connect(&socket, v4([127, 0, 0, 1], port))?;
    input.blocking_read(1)?;
    Ok(())
}

fn sendfile(port: u16) -> Result<()> {
    let (file, peer) = (file::open("/data/large")?, peer(port)?);
    loop {
        peer.sendfile(&file, 0, None)?;
    }
}

/// With sockets on their way, some of them by others that are, in both directions.
fn recvmsg(_: u16) -> Result<()> {
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    let (one, other) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    send_fds(&one, &[b"x"], &[&left, &right], 0)?;
    send_fds(&left, &[b"x"], &[&one, &other], 0)?;
    other.close()?;
    send_fds(&right, &[b"x"], &[&Socket::new(AF_INET, SOCK_DGRAM, 0)?], 0)?;
    left.recvmsg(1, 1000, MSG_PEEK)?;
    left.sendmsg(&[b"y"], &[ControlMessage::Rights(&[&right])], 0)?;
    while left.recvmsg(1, 1000, 0).is_ok() {}
    Ok(())
}

fn bind(_: u16) -> Result<()> {
    let name = format!("/sockets/{}-bound", wasip2::random::random::get_random_u64());
    let listener = Socket::new(AF_UNIX, SOCK_STREAM, 0)?;
    listener.bind(name.as_str())?;
    listener.listen(1)?;
    listener.accept()?;
    Ok(())
}

fn recv(port: u16) -> Result<()> {
    let peer = peer(port)?;
    peer.settimeout(Some(Duration::MAX));
    peer.recv(1)?;
    Ok(())
}
