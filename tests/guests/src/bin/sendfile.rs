//! Sends files by the kernel's sendfile: parts of `/data/small` to itself, `/data/large` to a peer. Arguments: its port.

use anyhow::{Context, Result, ensure};
use berkeley_guest::file;
use berkeley_guest::socket::*;
use berkeley_test_guests::{PATIENCE, fails, tcp_pair};

fn main() -> Result<()> {
    let port: u16 = std::env::args().nth(1).context("a port")?.parse()?;
    let content = std::fs::read("/data/small")?;
    let file = file::open("/data/small")?;
    let (client, server) = tcp_pair(AF_INET, "127.0.0.1")?;
    let parts = [(0, None), (100, None), (content.len() as u64, None), (3, Some(5)), (0, Some(u64::MAX))];
    for (offset, count) in parts {
        let rest = &content[offset as usize..];
        let expected =
            &rest[..count.map_or(rest.len(), |count| rest.len().min(count.try_into().unwrap_or(usize::MAX)))];
        ensure!(client.sendfile(&file, offset, count)? == expected.len() as u64, "from {offset}, {count:?}");
        let mut received = Vec::new();
        while received.len() < expected.len() {
            received.extend(server.recv(1 << 20)?);
        }
        ensure!(received == expected, "from {offset}, {count:?}");
    }
    let peer = create_connection(("127.0.0.1", port), &ConnectionOptions::default())?;
    println!("{} bytes", peer.sendfile(&file::open("/data/large")?, 0, None)?);
    refusals(&file, &client)
}

fn refusals(file: &file::Descriptor, client: &Socket) -> Result<()> {
    ensure!(client.sendfile(file, 0, Some(0)).is_err(), "a count of 0 is refused, as in Python");
    client.setblocking(false);
    ensure!(client.sendfile(file, 0, None).is_err(), "a non-blocking socket is refused, as in Python");
    let (datagrams, _peer) = socketpair(AF_UNIX, SOCK_DGRAM, 0)?;
    ensure!(datagrams.sendfile(file, 0, None).is_err(), "so is one that is no stream");
    let unconnected = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    unconnected.settimeout(Some(PATIENCE));
    fails("an unconnected socket", unconnected.sendfile(file, 0, None), errno::EPIPE)?;
    fails("a directory", datagrams_to(&file::open("/data")?), errno::EINVAL)?;
    fails("no such file", file::open("/data/nothing"), errno::ENOENT)?;
    fails("outside the directories", file::open("/etc/passwd"), errno::EACCES)
}

fn datagrams_to(directory: &file::Descriptor) -> berkeley_guest::Result<u64> {
    let (stream, _peer) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    stream.sendfile(directory, 0, None)
}
