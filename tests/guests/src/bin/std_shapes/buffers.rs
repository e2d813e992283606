//! Several buffers in one call.

use std::io::{ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use berkeley_guest::os::unix::net::UnixStream;
use berkeley_guest::socket::{AF_UNIX, SOCK_SEQPACKET, Socket, socketpair};
use berkeley_test_guests::pattern;

use crate::tcp;

/// Sends the words in one call, and reads what came in one.
fn sends_whole<W: Write, R: Read>(mut from: W, mut to: R) -> Result<()> {
    let words = [&b""[..], b"hello", b"", b" ", b"world!"].map(IoSlice::new);
    ensure!(from.write_vectored(&words)? == 12);
    ensure!(from.write_vectored(&[])? == 0);
    let mut buffer = [0; 100];
    ensure!(to.read(&mut buffer)? == 12 && &buffer[..12] == b"hello world!");
    Ok(())
}

pub(crate) fn gathered() -> Result<()> {
    let (client, server) = tcp()?;
    sends_whole(&client, &server)?;
    sends_whole(client, server)?;
    let (left, right) = UnixStream::pair()?;
    sends_whole(&left, &right)?;
    sends_whole(left, right)?;
    let (left, right) = UnixStream::pair()?;
    sends_whole(&Socket::from(left), Socket::from(right))
}

fn receives_whole<W: Write, R: Read>(mut from: W, mut to: R) -> Result<()> {
    from.write_all(b"hello world!")?;
    let (mut first, mut none, mut second) = ([0; 6], [0; 0], [0; 7]);
    let mut buffers = [IoSliceMut::new(&mut none), IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
    ensure!(to.read_vectored(&mut buffers)? == 12);
    ensure!((&first, &second) == (b"hello ", b"world!\0"));
    ensure!(to.read_vectored(&mut [])? == 0);
    Ok(())
}

pub(crate) fn scattered() -> Result<()> {
    let (client, server) = tcp()?;
    receives_whole(&client, &server)?;
    receives_whole(client, server)?;
    let (left, right) = UnixStream::pair()?;
    receives_whole(&left, &right)?;
    receives_whole(left, right)?;
    let (left, right) = UnixStream::pair()?;
    receives_whole(Socket::from(left), &Socket::from(right))
}

/// Where messages have bounds, the buffers are one.
pub(crate) fn one_message() -> Result<()> {
    let (mut left, mut right) = socketpair(AF_UNIX, SOCK_SEQPACKET, 0)?;
    ensure!(left.write_vectored(&[IoSlice::new(b"one"), IoSlice::new(b"two")])? == 6);
    ensure!(left.write(b"three")? == 5);
    let (mut first, mut second) = ([0; 2], [0; 50]);
    let received = right.read_vectored(&mut [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)])?;
    ensure!(received == 6 && &first == b"on" && &second[..4] == b"etwo");
    ensure!(right.recv(100)? == b"three");
    Ok(())
}

/// More buffers than one call of the kernel takes, and more bytes than it has room for.
pub(crate) fn large() -> Result<()> {
    let data = pattern(3 << 20);
    let slices: Vec<_> = data.chunks(1000).map(IoSlice::new).collect();
    let (mut left, mut right) = UnixStream::pair()?;
    left.set_nonblocking(true)?;
    let sent = left.write_vectored(&slices)?;
    ensure!(sent > 10_000 && sent < data.len(), "{sent}");
    let mut received = vec![0; sent];
    right.read_exact(&mut received)?;
    ensure!(received == data[..sent]);
    left.set_nonblocking(false)?;
    left.set_write_timeout(Some(Duration::from_millis(20)))?;
    // Nobody reads: what there was room for counts, and the limit is not told.
    let sent = left.write_vectored(&slices)?;
    ensure!(sent > 10_000 && sent < data.len(), "{sent}");
    let error = left.write_vectored(&slices).err().context("there is no room")?;
    ensure!(error.kind() == ErrorKind::WouldBlock, "{error}");
    Ok(())
}

/// Files of sockets hand the buffers on, and TLS takes them together.
pub(crate) fn layered() -> Result<()> {
    let (left, right) = UnixStream::pair()?;
    let (left, right) = (Socket::from(left), Socket::from(right));
    sends_whole(left.makefile_with("w", Some(0))?, &right)?;
    receives_whole(&left, right.makefile()?)?;
    Ok(())
}
