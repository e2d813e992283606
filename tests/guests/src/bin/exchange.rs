//! One of two guests of one process that pass sockets to each other over the one named `peer`.

use anyhow::{Context, Result, ensure};
use berkeley_guest::socket::*;

/// A number of a socket that no other has.
const SO_COOKIE: i32 = 57;

fn main() -> Result<()> {
    let (_, peer) = preopened()?.into_iter().find(|(name, _)| name == "peer").context("a socket named peer")?;
    let (kept, given) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    send_fds(&peer, &[b"take"], &[&given], 0)?;
    drop(given);
    let mut message = recv_fds(&peer, 4, 1, 0)?;
    let mut sockets = message.take_sockets();
    ensure!(message.data == b"take" && sockets.len() == 1 && message.flags == 0);
    let taken = sockets.remove(0);

    // Each has an end of two connections.
    taken.sendall(b"hello")?;
    ensure!(kept.recv(5)? == b"hello");

    // One is handed to and fro, while its other end waits.
    let own = peer.getsockopt_bytes(SOL_SOCKET, SO_COOKIE, 8)?;
    peer.sendall(&own)?;
    let others = peer.recv_flags(8, MSG_WAITALL)?;
    let mut ball = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    let cookie = ball.getsockopt_bytes(SOL_SOCKET, SO_COOKIE, 8)?;
    let first = own < others;
    for _ in 0..100 {
        if first {
            send_fds(&peer, &[b"b"], &[&ball], 0)?;
        }
        ball = recv_fds(&peer, 1, 1, 0)?.sockets().pop().context("the ball")?;
        if !first {
            send_fds(&peer, &[b"b"], &[&ball], 0)?;
        }
    }
    ensure!((ball.getsockopt_bytes(SOL_SOCKET, SO_COOKIE, 8)? == cookie) == first, "it is still the same");

    // What one has when it ends is closed, and so is what was on its way to it.
    if first {
        let (way, _lost) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
        send_fds(&peer, &[b"never received"], &[&way], 0)?;
    } else {
        ensure!(kept.recv(1)?.is_empty(), "the other guest has ended");
    }
    println!("done");
    Ok(())
}
