//! What a guest does when its policy is replaced, and what it does for one to be learnt. Arguments: the case, and a port or
//! a directory.
//!
//! It says when it is about to wait, and then what the wait has brought.

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::Error;
use berkeley_guest::poll::{POLLERR, POLLIN, poll};
use berkeley_guest::poller::{EPOLLERR, EPOLLIN, EPOLLONESHOT, Poller};
use berkeley_guest::socket::*;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let case = arguments.next().context("a case")?;
    let argument = arguments.next().unwrap_or_default();
    match case.as_str() {
        "recv" => recv(argument.parse()?),
        "accept" => accept(argument.parse()?),
        "accepted" => accepted(),
        "poll" => polled(argument.parse()?),
        "poller" => watched(argument.parse()?),
        "datagram" => datagram(),
        "option" => option(argument.parse()?),
        "unix" => unix(&argument),
        "name" => name(argument.parse()?),
        other => bail!("cannot do {other}"),
    }
}

/// Says what came of a call.
fn say<T: std::fmt::Debug>(result: Result<T, Error>) {
    match result {
        Ok(value) => println!("{value:?}"),
        Err(error) => println!("{error}"),
    }
}

fn connected(port: u16) -> Result<Socket> {
    let socket = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    socket.connect(("127.0.0.1", port))?;
    Ok(socket)
}

fn recv(port: u16) -> Result<()> {
    let (socket, copy) = connected(port).and_then(|socket| Ok((socket.dup()?, socket)))?;
    println!("waiting");
    say(socket.recv(1));
    say(socket.send(b"x"));
    say(copy.send(b"x"));
    // What is closed needs no policy.
    socket.close()?;
    Ok(())
}

fn listener(port: u16) -> Result<Socket> {
    let socket = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)?;
    socket.bind(("127.0.0.1", port))?;
    socket.listen(1)?;
    Ok(socket)
}

fn accept(port: u16) -> Result<()> {
    let listener = listener(port)?;
    println!("{}", listener.getsockname()?.port().context("a port")?);
    say(listener.accept().map(|_| ()));
    Ok(())
}

fn accepted() -> Result<()> {
    let listener = listener(0)?;
    println!("{}", listener.getsockname()?.port().context("a port")?);
    let (connection, _) = listener.accept()?;
    println!("waiting");
    say(connection.recv(1));
    Ok(())
}

fn polled(port: u16) -> Result<()> {
    let socket = connected(port)?;
    println!("waiting");
    let events = poll(&[(&socket, POLLIN)], None)?;
    ensure!(events == [POLLIN | POLLERR], "{events:?}");
    say(socket.recv(1));
    Ok(())
}

fn watched(port: u16) -> Result<()> {
    let (socket, other) = (connected(port)?, connected(port)?);
    let poller = Poller::new()?;
    poller.add(&socket, EPOLLIN, 1)?;
    poller.add(&other, EPOLLIN | EPOLLONESHOT, 2)?;
    println!("waiting");
    let mut told = poller.wait(10, None)?;
    told.sort_by_key(|event| event.token);
    let told: Vec<_> = told.into_iter().map(|event| (event.token, event.events)).collect();
    ensure!(told == [(1, EPOLLIN | EPOLLERR), (2, EPOLLIN | EPOLLERR)], "{told:?}");
    // It stays so, but for what is told once.
    let told = poller.wait(10, None)?;
    ensure!(told.len() == 1 && told[0].token == 1, "{told:?}");
    ensure!(poller.subscribe().ready());
    say(socket.recv(1));
    poller.remove(&socket)?;
    ensure!(poller.wait(10, Some(std::time::Duration::ZERO))?.is_empty());
    Ok(())
}

fn datagram() -> Result<()> {
    let socket = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    socket.bind(("127.0.0.1", 0))?;
    println!("{}", socket.getsockname()?.port().context("a port")?);
    // Whom it has heard, it may answer.
    let (_, peer) = socket.recvfrom(10)?;
    socket.sendto(b"answer", &peer)?;
    println!("waiting");
    say(socket.recvfrom(10).map(|_| ()));
    say(socket.sendto(b"answer", &peer));
    Ok(())
}

/// Ordinary things, each of which a rule can deny.
fn option(port: u16) -> Result<()> {
    let socket = connected(port)?;
    say(socket.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1));
    say(socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1));
    Ok(())
}

/// Both ends of a unix socket, in the directory and by an abstract name.
fn unix(directory: &str) -> Result<()> {
    for address in [format!("{directory}/s"), format!("\0{directory}")] {
        let (listener, client) = (Socket::new(AF_UNIX, SOCK_STREAM, 0)?, Socket::new(AF_UNIX, SOCK_STREAM, 0)?);
        listener.bind(address.as_str())?;
        listener.listen(1)?;
        client.connect(address.as_str())?;
        client.sendall(b"x")?;
        ensure!(listener.accept()?.0.recv(1)? == b"x");
    }
    Ok(())
}

/// Connects to a host by its name.
fn name(port: u16) -> Result<()> {
    let hints = Hints { family: AF_INET, r#type: SOCK_STREAM, ..Hints::default() };
    let found = getaddrinfo(Some("localhost"), Some(port.into()), hints)?;
    let socket = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    socket.connect(&found.first().context("an address")?.address)?;
    gethostname()?;
    Ok(())
}
