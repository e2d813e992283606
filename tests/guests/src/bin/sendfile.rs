//! Sends files by the kernel's sendfile: those of `/data` to a peer, as the arguments say, or to itself.

use std::env::args;
use std::io::{Cursor, Read, Seek};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::Error;
use berkeley_guest::file;
use berkeley_guest::socket::*;
use berkeley_test_guests::{PATIENCE, fails, pattern, run, tcp_pair};

type Case = fn() -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("parts", parts),
    ("the offset tells what was sent", progress),
    ("the limit is for each wait", patient),
    ("what the kernel does not send from", unsendable),
    ("other files", others),
    ("refusals", refusals),
];

fn main() -> Result<()> {
    let argument = |at| args().nth(at).context("an argument");
    match argument(1)?.as_str() {
        "peer" => peer(argument(2)?.parse()?),
        "cases" => run(CASES.iter().copied()),
        other => bail!("cannot do {other}"),
    }
}

/// Does what each further argument says, over a connection of its own: a file, an offset, a count.
fn peer(port: u16) -> Result<()> {
    for question in args().skip(3) {
        let words: Vec<_> = question.split(' ').collect();
        let [name, offset, count] = words[..] else { bail!("{question}: three words") };
        let file = file::open(format!("/data/{name}"))?;
        let peer = create_connection(("127.0.0.1", port), &ConnectionOptions::default())?;
        let sent = peer.sendfile(&file, offset.parse()?, count.parse().ok())?;
        println!("{question}: {sent}");
    }
    Ok(())
}

/// What comes until there are so many bytes.
fn received(socket: &Socket, length: usize) -> Result<Vec<u8>> {
    let mut data = Vec::new();
    while data.len() < length {
        let part = socket.recv(1 << 20)?;
        ensure!(!part.is_empty(), "the end after {} of {length} bytes", data.len());
        data.extend(part);
    }
    Ok(data)
}

fn parts() -> Result<()> {
    let content = std::fs::read("/data/small")?;
    let file = file::open("/data/small")?;
    let (client, server) = tcp_pair(AF_INET, "127.0.0.1")?;
    let parts = [(0, None), (100, None), (content.len() as u64, None), (3, Some(5)), (0, Some(u64::MAX))];
    for (offset, count) in parts {
        let rest = &content[offset as usize..];
        let expected =
            &rest[..count.map_or(rest.len(), |count| rest.len().min(count.try_into().unwrap_or(usize::MAX)))];
        ensure!(client.sendfile(&file, offset, count)? == expected.len() as u64, "from {offset}, {count:?}");
        ensure!(received(&server, expected.len())? == expected, "from {offset}, {count:?}");
    }
    ensure!(client.sendfile(&file, content.len() as u64 + 1, Some(9))? == 0, "past the end");
    ensure!(client.sendfile(&file, 1 << 40, None)? == 0, "far past the end");
    fails("where no file reaches", client.sendfile(&file, u64::MAX - 1, None), errno::EINVAL)
}

/// Nobody reads, so the limit runs out when the buffers are full.
fn progress() -> Result<()> {
    let content = std::fs::read("/data/large")?;
    let file = file::open("/data/large")?;
    let (client, server) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    client.settimeout(Some(Duration::from_millis(20)));
    let begin = 1000;
    let mut offset = begin as u64;
    ensure!(client.sendfile_at(&file, &mut offset, None) == Err(Error::TimedOut));
    ensure!(client.gettimeout() == Some(Duration::from_millis(20)), "the mode stays");
    let sent = offset as usize - begin;
    ensure!(sent > 0 && offset < content.len() as u64, "{sent} bytes were sent");
    ensure!(received(&server, sent)? == content[begin..begin + sent]);
    // There it goes on.
    ensure!(client.sendfile_at(&file, &mut offset, Some(10))? == 10 && offset == (begin + sent) as u64 + 10);
    ensure!(received(&server, 10)? == content[begin + sent..][..10]);
    drop(server);
    fails("nobody reads any more", client.sendfile_at(&file, &mut offset, None), errno::EPIPE)
}

/// The kernel's own limit, in blocking mode.
fn patient() -> Result<()> {
    let file = file::open("/data/large")?;
    let (client, _server) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    client.setsockopt(SOL_SOCKET, SO_SNDTIMEO, Timeval { seconds: 0, microseconds: 20_000 })?;
    fails("beyond SO_SNDTIMEO", client.sendfile(&file, 0, None), errno::EAGAIN)?;
    ensure!(client.gettimeout().is_none(), "the mode stays");
    Ok(())
}

/// sendfile(2) fails with EINVAL for most files of proc(5), which are read instead.
fn unsendable() -> Result<()> {
    let content = std::fs::read("/proc/limits")?;
    ensure!(content.len() > 100, "there is something to send");
    let (client, server) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    let file = file::open("/proc/limits")?;
    for (offset, count) in [(0, None), (10, Some(20)), (10, Some(1 << 20))] {
        let rest = &content[offset as usize..];
        let expected = &rest[..count.map_or(rest.len(), |count| rest.len().min(count as usize))];
        let mut at = offset;
        ensure!(client.sendfile_at(&file, &mut at, count)? == expected.len() as u64, "from {offset}, {count:?}");
        ensure!(at == offset + expected.len() as u64);
        ensure!(received(&server, expected.len())? == expected, "from {offset}, {count:?}");
    }
    Ok(())
}

fn others() -> Result<()> {
    let (client, server) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    let mut file = std::fs::File::open("/data/small")?;
    let content = std::fs::read("/data/small")?;
    ensure!(client.sendfile_from(&mut file, 7, Some(1000))? == 1000);
    ensure!(file.stream_position()? == 1007, "the position is behind what was sent");
    ensure!(received(&server, 1000)? == content[7..1007]);
    ensure!(client.sendfile_from(&mut file, 1 << 40, None)? == 0, "past the end");
    let data = pattern(100_000);
    let mut memory = Cursor::new(&data);
    client.settimeout(Some(PATIENCE));
    ensure!(client.sendfile_from(&mut memory, 50_000, None)? == 50_000);
    ensure!(received(&server, 50_000)? == data[50_000..]);
    // Nobody reads: the position tells how far it came.
    client.settimeout(Some(Duration::from_millis(20)));
    let data = pattern(8 << 20);
    let mut memory = Cursor::new(&data);
    let error = client.sendfile_from(&mut memory, 0, None).err().context("nobody reads")?;
    ensure!(Error::of(&error) == Some(&Error::TimedOut), "{error}");
    let sent = memory.position() as usize;
    ensure!(received(&server, sent)? == data[..sent]);
    // What was read and not sent comes again.
    let mut rest = Vec::new();
    memory.read_to_end(&mut rest)?;
    ensure!(rest == data[sent..]);
    let closed = socketpair(AF_UNIX, SOCK_DGRAM, 0)?.0;
    ensure!(closed.sendfile_from(&mut memory, 0, None).is_err(), "the same is refused");
    Ok(())
}

fn refusals() -> Result<()> {
    let file = &file::open("/data/small")?;
    let refused = |socket: &Socket, count, text| {
        let answer = socket.sendfile(file, 0, count);
        ensure!(answer == Err(Error::Invalid(text)), "{answer:?} instead of {text}");
        Ok(())
    };
    let (client, _server) = tcp_pair(AF_INET, "127.0.0.1")?;
    refused(&client, Some(0), "count must be a positive integer (got 0)")?;
    client.setblocking(false);
    refused(&client, None, "non-blocking sockets are not supported")?;
    let (datagrams, _peer) = socketpair(AF_UNIX, SOCK_DGRAM, 0)?;
    refused(&datagrams, None, "only SOCK_STREAM type sockets are supported")?;
    // As CPython asks, this is such a type.
    let (packets, peer) = socketpair(AF_UNIX, SOCK_SEQPACKET, 0)?;
    ensure!(packets.sendfile(file, 0, Some(100))? == 100 && peer.recv(200)?.len() == 100);
    let unconnected = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    unconnected.settimeout(Some(PATIENCE));
    fails("an unconnected socket", unconnected.sendfile(file, 0, None), errno::EPIPE)?;
    let (stream, peer) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    fails("a directory", stream.sendfile(&file::open("/data")?, 0, None), errno::EINVAL)?;
    fails("not opened for reading", stream.sendfile(&write_only()?, 0, None), errno::EBADF)?;
    stream.shutdown(SHUT_WR)?;
    fails("shut for writing", stream.sendfile(file, 0, None), errno::EPIPE)?;
    peer.close()?;
    fails("closed", peer.sendfile(file, 0, None), errno::EBADF)?;
    fails("no such file", file::open("/data/nothing"), errno::ENOENT)?;
    fails("a file is no directory", file::open("/data/small/more"), errno::ENOTDIR)?;
    fails("outside the directories", file::open("/etc/passwd"), errno::EACCES)
}

fn write_only() -> Result<file::Descriptor> {
    use wasip2::filesystem::preopens::get_directories;
    use wasip2::filesystem::types::{DescriptorFlags, OpenFlags, PathFlags};
    let directories = get_directories();
    let data = directories.iter().find(|(_, name)| name == "/data").context("a directory")?;
    let opened = data.0.open_at(PathFlags::empty(), "written", OpenFlags::CREATE, DescriptorFlags::WRITE);
    opened.ok().context("it opens")
}
