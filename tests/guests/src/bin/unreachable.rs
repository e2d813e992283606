//! Connects to where no route leads, and prints the error's number for each type and mode. Arguments: a family, a host.

use anyhow::{Context, Result};
use berkeley_guest::socket::{SOCK_DGRAM, SOCK_STREAM, Socket};
use berkeley_test_guests::{PATIENCE, errno};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let family = arguments.next().context("a family")?.parse()?;
    let host = arguments.next().context("a host")?;
    for r#type in [SOCK_STREAM, SOCK_DGRAM] {
        for limit in [None, Some(PATIENCE)] {
            let socket = Socket::new(family, r#type, 0)?;
            socket.settimeout(limit);
            println!("{}", errno(socket.connect((host.as_str(), 9)))?);
        }
    }
    Ok(())
}
