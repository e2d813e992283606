//! What is seen of a guest, by traces and captures. The first argument says what it does.

use std::env::args;
use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::ancillary::ControlMessage;
use berkeley_guest::file;
use berkeley_guest::netdb::{Hints, getaddrinfo};
use berkeley_guest::poll::{POLLIN, poll};
use berkeley_guest::socket::*;
use berkeley_test_guests::{PATIENCE, pattern};

/// The greeting of the peer that listens for TCP.
const GREETING: usize = 7;

fn main() -> Result<()> {
    match argument::<String>(1)?.as_str() {
        "all" => {
            refusals(argument(2)?)?;
            stream(argument(3)?)?;
            datagrams(argument(4)?)?;
            accepted()?;
            pair()?;
        }
        "inner" => inner()?,
        "accept" => accepted()?,
        "wait" => {
            let listener = listener()?;
            listener.accept()?;
            bail!("nobody connects")
        }
        "trap" => {
            let connection = Socket::new(AF_INET, SOCK_STREAM, 0)?;
            connection.connect(("127.0.0.1", argument(2)?))?;
            ensure!(connection.recv(GREETING)?.len() == GREETING);
            connection.sendall(b"last words")?;
            std::process::abort()
        }
        other => bail!("cannot do {other}"),
    }
    Ok(())
}

fn argument<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(at: usize) -> Result<T> {
    Ok(args().nth(at).context("an argument")?.parse()?)
}

/// What the policy refuses, and what a peer does.
fn refusals(closed: u16) -> Result<()> {
    let socket = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    ensure!(socket.connect(("192.0.2.1", 80)).is_err() && socket.connect(("127.0.0.1", closed)).is_err());
    socket.close()?;
    ensure!(socket.getsockname().is_err());
    Ok(())
}

/// A greeting is looked at and received; then everything goes there, and comes back.
fn stream(port: u16) -> Result<()> {
    let infos = getaddrinfo(Some("127.0.0.1"), Some(port.into()), Hints { r#type: SOCK_STREAM, ..Hints::default() })?;
    let socket = Socket::new(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP)?;
    socket.connect(&infos[0].address)?;
    socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)?;
    ensure!(socket.getsockopt(SOL_SOCKET, SO_ERROR)? == 0);
    ensure!(poll(&[(&socket, POLLIN)], Some(PATIENCE))? == [POLLIN]);
    ensure!(socket.recv_flags(GREETING, MSG_PEEK)?.len() == GREETING && socket.recv(GREETING)?.len() == GREETING);
    socket.send_flags(b"hello", MSG_NOSIGNAL | MSG_MORE)?;
    socket.sendmsg(&[b", ", b"world"], &[], 0)?;
    let large = pattern(200_000);
    socket.sendall(&large)?;
    socket.sendfile(&file::open("/data/file")?, 1, Some(1000))?;
    socket.shutdown(SHUT_WR)?;
    let answer = socket.recv_flags(12 + large.len() + 1000, MSG_WAITALL)?;
    ensure!(answer.starts_with(b"hello, world") && answer[12..].starts_with(&large), "{} bytes", answer.len());
    ensure!(socket.recv(1)?.is_empty());
    Ok(socket.close()?)
}

/// An echo, by an unconnected socket and by a connected one.
fn datagrams(port: u16) -> Result<()> {
    let socket = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    socket.sendto(b"ping", ("127.0.0.1", port))?;
    ensure!(socket.recvfrom(100)?.0 == b"ping");
    socket.connect(("127.0.0.1", port))?;
    let long = pattern(60_000);
    ensure!(socket.send(&long)? == long.len() && socket.recv(65_536)? == long);
    socket.settimeout(Some(Duration::ZERO));
    ensure!(socket.recv(1).is_err());
    Ok(socket.close()?)
}

fn listener() -> Result<Socket> {
    let listener = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    listener.bind(("127.0.0.1", 0))?;
    listener.listen(8)?;
    println!("{}", listener.getsockname()?.port().context("a port")?);
    std::io::stdout().flush()?;
    Ok(listener)
}

/// A peer that says something of five bytes, is answered, and closes.
fn accepted() -> Result<()> {
    let listener = listener()?;
    let (connection, _) = listener.accept()?;
    ensure!(connection.recv_flags(5, MSG_WAITALL)?.len() == 5);
    connection.sendall(b"you are heard")?;
    ensure!(connection.recv(1)?.is_empty());
    connection.setsockopt(SOL_SOCKET, SO_LINGER, Linger { on: true, seconds: 0 })?;
    connection.close()?;
    Ok(listener.close()?)
}

/// Sockets that others are made of, and one that is passed.
fn pair() -> Result<()> {
    let (one, other) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    let copy = one.dup()?;
    copy.sendmsg(&[b"x"], &[ControlMessage::Rights(&[&other])], 0)?;
    let message = other.recvmsg(10, 100, 0)?;
    ensure!(message.data == b"x" && message.ancillary.len() == 1);
    Ok(())
}

/// Both ends of a connection, and of datagrams, are here.
fn inner() -> Result<()> {
    let listener = listener()?;
    let client = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    client.settimeout(Some(PATIENCE));
    client.connect(&listener.getsockname()?)?;
    let (server, _) = listener.accept()?;
    client.sendall(b"there")?;
    ensure!(server.recv(100)? == b"there");
    server.sendall(b"and back")?;
    ensure!(client.recv(100)? == b"and back");
    client.sendall(b"the end")?;
    client.close()?;
    ensure!(server.recv(100)? == b"the end" && server.recv(100)?.is_empty());
    server.close()?;
    let (one, other) = (Socket::new(AF_INET, SOCK_DGRAM, 0)?, Socket::new(AF_INET, SOCK_DGRAM, 0)?);
    other.bind(("127.0.0.1", 0))?;
    one.sendto(b"datagram", &other.getsockname()?)?;
    ensure!(other.recv(100)? == b"datagram");
    Ok(())
}
