//! One of many guests of one process: each has a native peer, and stands in a ring with the others.
//!
//! Arguments: its number, how many there are, the port of the peers, how many rounds; or `greedy`, which never waits and
//! never ends.

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::Error;
use berkeley_guest::error::Errno;
use berkeley_guest::poll::{POLLIN, poll};
use berkeley_guest::socket::*;
use berkeley_test_guests::pattern;

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [greedy] if greedy == "greedy" => be_greedy(),
        [number, count, port, rounds] => take_part(number.parse()?, count.parse()?, port.parse()?, rounds.parse()?),
        _ => bail!("four numbers, or `greedy`"),
    }
}

/// What is sent is there at once.
fn be_greedy() -> Result<()> {
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    loop {
        left.sendall(b"more")?;
        ensure!(right.recv(4)? == b"more");
    }
}

fn take_part(number: usize, count: usize, port: u16, rounds: usize) -> Result<()> {
    let path = |number| format!("/sockets/{number}");
    let listener =
        create_server(path(number).as_str(), &ServerOptions { family: AF_UNIX, ..ServerOptions::default() })?;
    let peer = create_connection(("127.0.0.1", port), &ConnectionOptions::default())?;
    // All listen.
    meet(&peer)?;
    let next = Socket::new(AF_UNIX, SOCK_STREAM, 0)?;
    next.connect(path((number + 1) % count).as_str())?;
    let (last, _) = listener.accept()?;
    let own = bind_own()?;
    for round in 0..rounds {
        let data = pattern(1000 + (number + round) % 7);
        peer.sendall(&data)?;
        next.sendall(format!("{number}\n").as_bytes())?;
        own.sendto(&data, own.getsockname()?)?;
        let mut open = vec![(&peer, data.len()), (&last, expected(number, count).len()), (&own, data.len())];
        while !open.is_empty() {
            let ready = poll(&open.iter().map(|(socket, _)| (*socket, POLLIN)).collect::<Vec<_>>(), None)?;
            for at in (0..open.len()).rev().filter(|at| ready[*at] != 0) {
                let (socket, left) = open[at];
                let got = socket.recv(left)?;
                let part =
                    if std::ptr::eq(socket, &last) { expected(number, count).into_bytes() } else { data.clone() };
                ensure!(!got.is_empty() && part[part.len() - left..].starts_with(&got), "{number} in round {round}");
                open[at].1 -= got.len();
                if open[at].1 == 0 {
                    open.remove(at);
                }
            }
        }
        if round == rounds / 2 {
            // Nobody goes on before all have come so far.
            meet(&peer)?;
        }
    }
    ensure!(peer.recv_flags(1, MSG_DONTWAIT).is_err(), "nothing is left over");
    Ok(())
}

/// What the one before in the ring says.
fn expected(number: usize, count: usize) -> String {
    format!("{}\n", (number + count - 1) % count)
}

/// Waits, by the peer, until all others do.
fn meet(peer: &Socket) -> Result<()> {
    peer.sendall(b"meet")?;
    ensure!(peer.recv_flags(4, MSG_WAITALL)? == b"here");
    Ok(())
}

/// A UDP socket that sends to itself.
fn bind_own() -> Result<Socket> {
    let own = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    own.bind(("127.0.0.1", 0))?;
    own.setblocking(false);
    ensure!(own.recv(1) == Err(Error::Os(Errno::Eagain)));
    own.setblocking(true);
    own.getsockname()?.port().context("a port").map(|_| own)
}
