//! A program of WASI 0.3, which exports `wasi:cli/run@0.3` and uses Berkeley's sockets from an `async` function.

use std::time::Duration;

use anyhow::{Result, ensure};
use berkeley_guest::Error;
use berkeley_guest::socket::{AF_INET, AF_UNIX, SOCK_STREAM, socketpair};
use berkeley_test_guests::tcp_pair;

struct Program;

wasip3::cli::command::export!(Program);

impl wasip3::exports::cli::run::Guest for Program {
    async fn run() -> Result<(), ()> {
        wasip3::clocks::monotonic_clock::wait_for(1).await;
        converse().map_err(|error| eprintln!("{error:?}"))?;
        println!("sockets in WASI 0.3");
        Ok(())
    }
}

fn converse() -> Result<()> {
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    left.sendall(b"hello")?;
    ensure!(right.recv(100)? == b"hello");
    right.settimeout(Some(Duration::from_millis(10)));
    ensure!(right.recv(1) == Err(Error::TimedOut));
    let (client, server) = tcp_pair(AF_INET, "127.0.0.1")?;
    client.sendall(b"over TCP")?;
    ensure!(server.recv(100)? == b"over TCP");
    Ok(())
}
