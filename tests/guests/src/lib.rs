//! What the guest programs share.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use berkeley_guest::Error;
use berkeley_guest::error::ErrnoExt;
use berkeley_guest::socket::{ConnectionOptions, ServerOptions, Socket, create_connection, create_server};

/// Longer than anything here takes; what waits for it has failed.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Runs the cases one after the other, and prints the name of each that has passed.
pub fn run<'a, C: FnOnce() -> Result<()>>(cases: impl IntoIterator<Item = (&'a str, C)>) -> Result<()> {
    for (name, case) in cases {
        case().with_context(|| name.to_owned())?;
        println!("{name}");
    }
    Ok(())
}

/// Python's `errno` of a call that must fail.
pub fn errno<T, E: Into<Error>>(result: Result<T, E>) -> Result<i32> {
    let error = result.err().context("it should have failed")?.into();
    error.number().with_context(|| format!("{error} has no number"))
}

/// Checks that a call, be it of the crate or of the contract, fails with this error number, in Linux's numbering.
pub fn fails<T, E: Into<Error>>(what: &str, result: Result<T, E>, expected: i32) -> Result<()> {
    let number = errno(result).context(what.to_owned())?;
    let name = |number| berkeley_guest::error::Errno::from_number(number).map(ErrnoExt::name);
    ensure!(number == expected, "{what}: {number} ({:?}) instead of {expected} ({:?})", name(number), name(expected));
    Ok(())
}

/// A connected pair over TCP on that host, the client first.
pub fn tcp_pair(family: i32, host: &str) -> Result<(Socket, Socket)> {
    let server = create_server((host, 0), &ServerOptions { family, ..ServerOptions::default() })?;
    let port = server.getsockname()?.port().context("a port")?;
    let client = create_connection((host, port), &ConnectionOptions::default())?;
    Ok((client, server.accept()?.0))
}

/// Bytes that differ from their neighbours, so that a mix-up shows.
pub fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 + at / 251) as u8).collect()
}
