//! Makes and ends many connections over TCP to itself, and sends something over each. Arguments: how many.
//!
//! Prints `ready`, then waits for a line on stdin after each round, so that its host's descriptors can be counted.

use anyhow::{Context, Result, ensure};
use berkeley_guest::socket::*;

fn main() -> Result<()> {
    let count: u32 = std::env::args().nth(1).context("a count")?.parse()?;
    let server = create_server(("127.0.0.1", 0), &ServerOptions::default())?;
    let port = server.getsockname()?.port().context("a port")?;
    for round in ["ready", "done"] {
        println!("{round}");
        std::io::stdin().read_line(&mut String::new())?;
        if round == "ready" {
            for number in 0..count {
                connection(&server, port, number)?;
            }
        }
    }
    Ok(())
}

fn connection(server: &Socket, port: u16, number: u32) -> Result<()> {
    let client = create_connection(("127.0.0.1", port), &ConnectionOptions::default())?;
    let (peer, _) = server.accept()?;
    // The server closes first, at once and for good, so that no port stays taken.
    peer.setsockopt(SOL_SOCKET, SO_LINGER, [1i32.to_ne_bytes(), 0i32.to_ne_bytes()].concat())?;
    client.sendall(&number.to_ne_bytes())?;
    ensure!(peer.recv_flags(4, MSG_WAITALL)? == number.to_ne_bytes());
    if number.is_multiple_of(2) {
        peer.close()?;
    }
    Ok(())
}
