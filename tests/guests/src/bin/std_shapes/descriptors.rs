//! Descriptors, and sockets in control messages by them.
#![allow(unsafe_code, reason = "raw descriptors are taken")]

use std::io::{IoSlice, IoSliceMut, Read, Write};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, IntoRawFd, OwnedFd};

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::Error;
use berkeley_guest::error::Errno;
use berkeley_guest::net::{TcpListener, TcpStream, UdpSocket};
use berkeley_guest::os::unix::net::{AncillaryData, SocketAncillary, UnixDatagram, UnixStream};
use berkeley_guest::socket::{self, Socket};

use crate::{LOOPBACK, would_block};

/// A generic function, as libraries have them.
fn number(descriptor: &impl AsFd) -> i32 {
    descriptor.as_fd().as_raw_fd()
}

pub(crate) fn round_trips() -> Result<()> {
    let (mut left, right) = UnixStream::pair()?;
    left.write_all(b"ab")?;
    let fd = right.as_raw_fd();
    ensure!(number(&right) == fd && fd == Socket::from(right.try_clone()?).fileno() - 1, "{fd}");
    right.set_nonblocking(true)?;
    let descriptor = OwnedFd::from(right);
    ensure!(descriptor.as_raw_fd() == fd);
    let mut right = UnixStream::from(descriptor);
    ensure!(right.as_raw_fd() == fd && right.read(&mut [0])? == 1);
    let raw = right.into_raw_fd();
    // SAFETY: it is nobody else's.
    let mut right = unsafe { UnixStream::from_raw_fd(raw) };
    ensure!(raw == fd && right.read(&mut [0])? == 1);
    would_block(right.read(&mut [0]))?;
    drop(right);
    ensure!(left.read(&mut [0])? == 0, "the end of the other side");

    // The number means nothing to the C library.
    let listener = TcpListener::bind(LOOPBACK)?;
    ensure!(listener.as_fd().try_clone_to_owned().is_err());
    let forgotten = OwnedFd::from(UdpSocket::bind(LOOPBACK)?);
    let fd = forgotten.as_raw_fd();
    drop(forgotten);
    socket::close(fd)?;
    ensure!(listener.local_addr()?.port() != 0);
    Ok(())
}

fn is_bad<T>(result: std::io::Result<T>) -> Result<()> {
    let error = result.err().context("it should have failed")?;
    ensure!(Error::of(&error) == Some(&Error::Os(Errno::Ebadf)), "{error}");
    Ok(())
}

/// What is no socket fails, and leaves the others alone.
pub(crate) fn others() -> Result<()> {
    let (mut left, right) = UnixStream::pair()?;
    // SAFETY: nothing is done with the file.
    let mut stream = unsafe { TcpStream::from_raw_fd(3) };
    is_bad(stream.read(&mut [0]))?;
    is_bad(stream.peer_addr())?;
    ensure!(stream.as_raw_fd() == -1 && number(&stream) == i32::MAX);
    let descriptor = OwnedFd::from(stream);
    is_bad(TcpListener::from(descriptor).accept())?;
    is_bad(UdpSocket::from(OwnedFd::from(std::fs::File::create("/run/x/file")?)).send(b"x"))?;
    let closed = Socket::from(right);
    closed.close()?;
    ensure!(number(&closed) == i32::MAX);
    ensure!(left.read(&mut [0])? == 0);
    // The number 3 is that of the directory, which is still open.
    ensure!(std::fs::metadata("/run/x/file")?.is_file());
    Ok(())
}

pub(crate) fn passed() -> Result<()> {
    let (left, right) = UnixStream::pair()?;
    let (mut kept, gift) = UnixStream::pair()?;
    let (_, datagrams) = UnixDatagram::pair()?;
    let mut room = [0; 64];
    let mut ancillary = SocketAncillary::new(&mut room);
    ensure!(ancillary.add_fds(&[gift.as_raw_fd(), datagrams.as_raw_fd()]) && ancillary.len() == 24);
    ensure!(!ancillary.add_fds(&[0; 7]), "there is no room");
    let words = [IoSlice::new(b"take "), IoSlice::new(b"this")];
    ensure!(left.send_vectored_with_ancillary(&words, &mut ancillary)? == 9);
    // The sender keeps its own.
    ensure!(gift.peer_addr().is_ok());
    drop((gift, datagrams));

    let (mut first, mut second) = ([0; 4], [0; 50]);
    let mut buffers = [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
    let mut room = [0; 64];
    let mut ancillary = SocketAncillary::new(&mut room);
    ensure!(right.recv_vectored_with_ancillary(&mut buffers, &mut ancillary)? == 9 && !ancillary.truncated());
    ensure!(&first == b"take" && &second[..5] == b" this");
    let Some(Ok(AncillaryData::ScmRights(numbers))) = ancillary.messages().next() else { bail!("no rights") };
    let numbers: Vec<_> = numbers.collect();
    ensure!(numbers.len() == 2 && ancillary.messages().count() == 1);
    // SAFETY: it was received, and is nobody else's.
    let mut taken = unsafe { UnixStream::from_raw_fd(numbers[0]) };
    taken.write_all(b"thanks")?;
    ensure!(kept.read(&mut [0; 10])? == 6);
    socket::close(numbers[1])?;

    // A number that is no socket's, and one that was let go of: it stays what it was.
    let mut room = [0; 64];
    let mut ancillary = SocketAncillary::new(&mut room);
    ancillary.add_fds(&[3]);
    is_bad(left.send_vectored_with_ancillary(&words, &mut ancillary).map(drop))?;
    let raw = taken.into_raw_fd();
    ancillary.clear();
    ancillary.add_fds(&[raw]);
    left.send_vectored_with_ancillary(&words, &mut ancillary)?;
    kept.write_all(b"x")?;
    // SAFETY: it is nobody else's.
    ensure!(unsafe { UnixStream::from_raw_fd(raw) }.read(&mut [0])? == 1);
    // What finds no room is closed, and that is told.
    let mut ancillary = SocketAncillary::new(&mut []);
    let received = right.recv_vectored_with_ancillary(&mut [IoSliceMut::new(&mut second)], &mut ancillary)?;
    ensure!(received == 9 && ancillary.truncated() && ancillary.is_empty());
    ensure!(kept.read(&mut [0])? == 0, "nobody has the other side");
    Ok(())
}
