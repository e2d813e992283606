//! One side of a conversation over the socket named `peer`: says a number, hears the other's, a thousand times.

use anyhow::{Context, Result, ensure};
use berkeley_guest::socket::{AF_INET, MSG_WAITALL, SOCK_STREAM, Socket, preopened};
use berkeley_test_guests::fails;

fn main() -> Result<()> {
    let (_, peer) = preopened()?.into_iter().find(|(name, _)| name == "peer").context("a socket named peer")?;
    for number in 0u32..1000 {
        peer.sendall(&number.to_le_bytes())?;
        ensure!(peer.recv_flags(4, MSG_WAITALL)? == number.to_le_bytes());
    }
    let socket = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    fails("a peer that is not granted", socket.connect(("192.0.2.1", 80)), berkeley_guest::constants::errno::EACCES)?;
    println!("done");
    Ok(())
}
