//! What a guest does that wants a capture to be wrong, or to end. The first argument chooses, the second is a peer's port.

use std::env::args;

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::socket::*;
use berkeley_test_guests::{fails, pattern};

fn main() -> Result<()> {
    let port = args().nth(2).context("a port")?.parse()?;
    match args().nth(1).context("what to do")?.as_str() {
        "moves" => moves(port),
        "itself" => itself(),
        "cut" => cut(port),
        "flood" => flood(port),
        other => bail!("cannot do {other}"),
    }
}

/// Connects to where no connection leads, and then, by the same socket, to the peer; names another one while it sends.
fn moves(port: u16) -> Result<()> {
    const BROADCAST: (&str, u16) = ("127.255.255.255", 9);
    for fast in [false, true] {
        let socket = Socket::new(AF_INET, SOCK_STREAM, 0)?;
        socket.bind(("127.0.0.1", 0))?;
        fails("broadcast", socket.connect(BROADCAST), errno::ENETUNREACH)?;
        if fast {
            // Where the kernel has no such thing, it connects all the same.
            let _ = socket.setsockopt(IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1);
        }
        socket.connect(("127.0.0.1", port))?;
        ensure!(socket.sendto(b"hello", BROADCAST)? == 5);
        ensure!(socket.recv(5)? == b"hello");
    }
    Ok(())
}

/// Connects a socket with itself.
fn itself() -> Result<()> {
    let socket = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    socket.bind(("127.0.0.1", 0))?;
    socket.connect(socket.getsockname()?)?;
    for _ in 0..3 {
        socket.sendall(b"hello")?;
        ensure!(socket.recv(5)? == b"hello");
    }
    socket.shutdown(SHUT_WR)?;
    ensure!(socket.recv(1)?.is_empty());
    Ok(())
}

/// Has the kernel cut what it sends.
fn cut(port: u16) -> Result<()> {
    const UDP_SEGMENT: i32 = 103;
    let socket = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    socket.setsockopt(IPPROTO_UDP, UDP_SEGMENT, 1000)?;
    ensure!(socket.sendto(&pattern(2500), ("127.0.0.1", port))? == 2500);
    Ok(())
}

/// Sends datagrams of many sizes, and makes many connections by which little goes.
fn flood(port: u16) -> Result<()> {
    let socket = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    let data = pattern(60_000);
    for length in (0..=data.len()).step_by(100) {
        ensure!(socket.sendto(&data[..length], ("127.0.0.1", port))? == length);
    }
    for _ in 0..1000 {
        let stream = Socket::new(AF_INET, SOCK_STREAM, 0)?;
        stream.connect(("127.0.0.1", port))?;
        ensure!(stream.send(b"")? == 0 && stream.send(b"x")? == 1);
    }
    println!("done");
    Ok(())
}
