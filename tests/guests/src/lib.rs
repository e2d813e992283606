//! What the guest programs share.

pub mod python;
pub mod wasi;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use berkeley_guest::Error;
use berkeley_guest::error::ErrnoExt;
use berkeley_guest::poll::{POLLIN, POLLOUT, poll};
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

/// Both ends, which do not wait, send the data and receive it as it comes, without threads.
pub fn exchange(ends: &[Socket; 2], data: &[u8]) -> Result<()> {
    let (mut sent, mut received) = ([0; 2], [const { Vec::new() }; 2]);
    while received.iter().any(|got| got.len() < data.len()) {
        let wants = sent.map(|sent| if sent < data.len() { POLLIN | POLLOUT } else { POLLIN });
        let ready = poll(&[(&ends[0], wants[0]), (&ends[1], wants[1])], Some(PATIENCE))?;
        ensure!(ready != [0, 0], "stuck at {sent:?}");
        for at in 0..2 {
            if ready[at] & POLLOUT != 0 {
                sent[at] += ends[at].send(&data[sent[at]..])?;
            }
            if ready[at] & POLLIN != 0 {
                received[at].extend(ends[at].recv(1 << 18)?);
            }
        }
    }
    ensure!(received.iter().all(|got| got == data), "what came is what was sent");
    Ok(())
}

/// Bytes that differ from their neighbours, so that a mix-up shows.
pub fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 + at / 251) as u8).collect()
}

/// The bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes that are written in hexadecimal.
pub fn unhex(text: &str) -> Result<Vec<u8>> {
    ensure!(text.len().is_multiple_of(2), "half a byte");
    (0..text.len()).step_by(2).map(|at| Ok(u8::from_str_radix(&text[at..at + 2], 16)?)).collect()
}

/// The sum that a message of ICMP carries: RFC 1071. It is of an even number of bytes.
pub fn checksum(data: &[u8]) -> u16 {
    let mut total: u32 = data.chunks(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]]))).sum();
    while total >> 16 != 0 {
        total = (total & 0xffff) + (total >> 16);
    }
    !(total as u16)
}
