//! Unix sockets by `berkeley_guest::os::unix::net`: a program that talks to itself.
//!
//! Arguments: a path to listen at, which must not exist; without it only pairs talk.

use std::io::{self, Read, Write};

use berkeley_guest::net::Shutdown;
use berkeley_guest::os::unix::net::{UnixDatagram, UnixListener, UnixStream};

fn main() -> io::Result<()> {
    streams()?;
    datagrams()?;
    match std::env::args().nth(1) {
        Some(path) => listener(&path),
        None => Ok(()),
    }
}

fn streams() -> io::Result<()> {
    let (left, right) = UnixStream::pair()?;
    converse("pair", left, right)
}

/// One asks, the other answers, each until it has said all.
fn converse(name: &str, mut asking: UnixStream, mut answering: UnixStream) -> io::Result<()> {
    asking.write_all(b"How many are you?")?;
    asking.shutdown(Shutdown::Write)?;
    let mut question = String::new();
    answering.read_to_string(&mut question)?;
    println!("{name}: the question is {question:?}");

    answering.write_all(b"two")?;
    drop(answering);
    let mut answer = String::new();
    asking.read_to_string(&mut answer)?;
    println!("{name}: the answer is {answer:?}");
    Ok(())
}

/// Datagrams keep their bounds, and may be empty.
fn datagrams() -> io::Result<()> {
    let (left, right) = UnixDatagram::pair()?;
    let mut buffer = [0; 100];
    for text in ["one", "", "three"] {
        left.send(text.as_bytes())?;
    }
    for _ in 0..3 {
        let len = right.recv(&mut buffer)?;
        println!("datagrams: {:?}", String::from_utf8_lossy(&buffer[..len]));
    }
    right.send(b"enough")?;
    let (len, from) = left.recv_from(&mut buffer)?;
    println!("datagrams: {:?} from {from:?}", String::from_utf8_lossy(&buffer[..len]));
    Ok(())
}

fn listener(path: &str) -> io::Result<()> {
    let listener = UnixListener::bind(path)?;
    println!("path: listening at {:?}", listener.local_addr()?);
    // The connection awaits `accept` in the kernel.
    let client = UnixStream::connect(path)?;
    let (server, from) = listener.accept()?;
    println!("path: a connection from {from:?} to {:?}", client.peer_addr()?);
    converse("path", client, server)
}
