//! Says that it begins, and then does what its argument tells, without an end.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use berkeley_guest::socket::{AF_UNIX, MSG_WAITALL, SOCK_STREAM, socketpair};

fn main() -> Result<()> {
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    println!("begins");
    match std::env::args().nth(1).context("what to do")?.as_str() {
        "computes" => loop {
            std::hint::black_box(());
        },
        "receives" => drop(left.recv(1)?),
        "receives all" => drop(left.recv_flags(1, MSG_WAITALL)?),
        "sends" => loop {
            right.sendall(&[0; 1 << 16])?;
        },
        "reads" => drop(std::io::stdin().read_line(&mut String::new())?),
        "writes" => loop {
            println!("{}", "x".repeat(1 << 16));
        },
        "complains" => loop {
            eprintln!("{}", "x".repeat(1 << 16));
        },
        "sleeps" => std::thread::sleep(Duration::MAX),
        other => bail!("{other}?"),
    }
    bail!("it ends")
}
