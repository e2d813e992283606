//! The shapes of `std` in the guest crate, to the letter. Argument: a prefix of abstract names that may be used.
//!
//! The directory `/run/x` is granted for files and sockets; `localhost` for look-ups, and the loopback for everything.

mod addresses;
mod buffers;
mod descriptors;
mod extensions;

use std::io::{ErrorKind, Read, Write};
use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use berkeley_guest::Error;
use berkeley_guest::error::Errno;
use berkeley_guest::net::{TcpListener, TcpStream, UdpSocket};
use berkeley_guest::os::unix::net::{SocketAddr as UnixAddr, UnixDatagram, UnixStream};
use berkeley_guest::socket::Socket;
use berkeley_test_guests::{PATIENCE, run};

type Case = fn() -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("buffers go out whole", buffers::gathered),
    ("buffers are filled in turn", buffers::scattered),
    ("buffers make one message", buffers::one_message),
    ("many and large buffers", buffers::large),
    ("buffers of layers above", buffers::layered),
    ("clones share the mode", clones),
    ("nothing takes a datagram", empty_receive),
    ("errors tell their numbers", numbers),
    ("hosts that cannot be", addresses::impossible),
    ("whatever std takes for an address", addresses::generic),
    ("descriptors", descriptors::round_trips),
    ("descriptors of others", descriptors::others),
    ("sockets among control messages", descriptors::passed),
    ("options of Linux", extensions::options),
    ("who the peer is", extensions::credentials),
    ("listeners that go with their connections", extensions::incoming),
    ("limits of zero", zero_limits),
    ("written as std does", written),
];

const LOOPBACK: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

fn main() -> Result<()> {
    run(CASES.iter().copied())
}

fn tcp() -> Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind(LOOPBACK)?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    Ok((client, listener.accept()?.0))
}

fn would_block<T>(result: std::io::Result<T>) -> Result<()> {
    let error = result.err().context("it should have had to wait")?;
    ensure!(error.kind() == ErrorKind::WouldBlock, "{error}");
    Ok(())
}

/// As descriptors of one open file: whichever is told, all are.
fn clones() -> Result<()> {
    let (first, mut peer) = tcp()?;
    let second = first.try_clone()?;
    let third = second.try_clone()?;
    third.set_nonblocking(true)?;
    for mut stream in [&first, &second, &third] {
        would_block(stream.read(&mut [0]))?;
    }
    let later = first.try_clone()?;
    would_block((&later).read(&mut [0]))?;
    drop(third);
    first.set_nonblocking(false)?;
    peer.write_all(b"1234")?;
    for mut stream in [&first, &second, &later] {
        stream.read_exact(&mut [0])?;
    }
    ensure!(Socket::from(second).getblocking() && Socket::from(later).getblocking());

    let listener = TcpListener::bind(LOOPBACK)?;
    listener.try_clone()?.set_nonblocking(true)?;
    would_block(listener.accept())?;
    let socket = UdpSocket::bind(LOOPBACK)?;
    socket.try_clone()?.set_nonblocking(true)?;
    would_block(socket.recv(&mut [0]))?;
    let (left, _right) = UnixDatagram::pair()?;
    left.try_clone()?.set_nonblocking(true)?;
    would_block(left.recv(&mut [0]))
}

/// A datagram is taken though there is no room for it.
fn empty_receive() -> Result<()> {
    let socket = UdpSocket::bind(LOOPBACK)?;
    let at = socket.local_addr()?;
    let mut buffer = [0; 10];
    let empty: &mut [u8] = &mut [];
    for text in ["one", "two", "three"] {
        socket.send_to(text.as_bytes(), at)?;
    }
    ensure!(socket.peek(empty)? == 0 && socket.peek_from(empty)? == (0, at));
    ensure!(socket.recv(empty)? == 0);
    ensure!(socket.recv_from(empty)? == (0, at));
    ensure!(socket.recv(&mut buffer)? == 5);
    socket.set_nonblocking(true)?;
    would_block(socket.recv(empty))?;
    would_block(socket.peek(empty))?;

    let (left, right) = UnixDatagram::pair()?;
    left.send(b"one")?;
    left.send(b"three")?;
    ensure!(right.recv(empty)? == 0 && right.recv(&mut buffer)? == 5);
    // A stream has nothing to take.
    let (mut left, mut right) = UnixStream::pair()?;
    left.write_all(b"x")?;
    ensure!(right.read(empty)? == 0 && right.peek(empty)? == 0 && right.read(&mut buffer)? == 1);
    Ok(())
}

/// The number, its kind and its text are such as `std` gives for it.
fn numbers() -> Result<()> {
    let listener = TcpListener::bind(LOOPBACK)?;
    let at = listener.local_addr()?;
    let (stream, _peer) = tcp()?;
    stream.set_nonblocking(true)?;
    let unused = { TcpListener::bind(LOOPBACK)?.local_addr()? };
    for (error, errno, kind) in [
        (TcpListener::bind(at).err(), Errno::Eaddrinuse, ErrorKind::AddrInUse),
        (TcpStream::connect(unused).err(), Errno::Econnrefused, ErrorKind::ConnectionRefused),
        ((&stream).read(&mut [0]).err(), Errno::Eagain, ErrorKind::WouldBlock),
        (stream.set_ttl(0).err(), Errno::Einval, ErrorKind::InvalidInput),
        (UdpSocket::bind(LOOPBACK)?.peer_addr().err(), Errno::Enotconn, ErrorKind::NotConnected),
        (UnixStream::connect("/run/x/nobody").err(), Errno::Enoent, ErrorKind::NotFound),
    ] {
        let error = error.context("it should have failed")?;
        let number = error.raw_os_error().with_context(|| format!("{error} has no number"))?;
        ensure!(std::io::Error::from_raw_os_error(number).kind() == kind && error.kind() == kind, "{error:?}");
        ensure!(error.to_string().ends_with(&format!("(os error {number})")), "{error}");
        ensure!(Error::of(&error) == Some(&Error::Os(errno)), "{error:?}");
    }
    // What has no number in the C library is told by name.
    let error = std::io::Error::from(Error::Os(Errno::Eshutdown));
    ensure!(error.raw_os_error().is_none() && Error::of(&error) == Some(&Error::Os(Errno::Eshutdown)));
    // What the host does not allow says what that was.
    let error = TcpListener::bind("0.0.0.0:0").err().context("it is not granted")?;
    ensure!(error.kind() == ErrorKind::PermissionDenied && error.to_string().contains("not allowed"), "{error}");
    Ok(())
}

fn zero_limits() -> Result<()> {
    let (stream, _peer) = tcp()?;
    let socket = UdpSocket::bind(LOOPBACK)?;
    let (left, right) = UnixStream::pair()?;
    let (datagrams, _) = UnixDatagram::pair()?;
    let zero = Some(Duration::ZERO);
    for result in [
        stream.set_read_timeout(zero),
        stream.set_write_timeout(zero),
        socket.set_read_timeout(zero),
        socket.set_write_timeout(zero),
        left.set_read_timeout(zero),
        right.set_write_timeout(zero),
        datagrams.set_read_timeout(zero),
        TcpStream::connect_timeout(&stream.peer_addr()?, Duration::ZERO).map(drop),
    ] {
        ensure!(result.err().context("zero is no limit")?.kind() == ErrorKind::InvalidInput);
    }
    left.set_read_timeout(Some(PATIENCE))?;
    ensure!(left.read_timeout()? == Some(PATIENCE) && left.try_clone()?.read_timeout()? == Some(PATIENCE));
    Ok(())
}

fn written() -> Result<()> {
    let name = std::env::args().nth(1).context("a prefix")?;
    let odd = [name.as_bytes(), b"\0 \t\x01\"\xc3\xa4\xff"].concat();
    let address = UnixAddr::from_abstract_name(&odd)?;
    let expected = format!("\"{name}\\0 \\t\\x01\\\"\u{e4}\\xff\" (abstract)");
    ensure!(format!("{address:?}") == expected, "{address:?}");

    let listener = TcpListener::bind(LOOPBACK)?;
    let at = listener.local_addr()?;
    let number = |text: &str| text.split("fd: ").nth(1).map(|rest| rest.trim_matches([' ', '}']).to_owned());
    let text = format!("{listener:?}");
    let fd = number(&text).context("a number")?;
    ensure!(text == format!("TcpListener {{ addr: {at}, fd: {fd} }}"), "{text}");
    let client = TcpStream::connect(at)?;
    let text = format!("{client:?}");
    let (own, fd) = (client.local_addr()?, number(&text).context("a number")?);
    ensure!(text == format!("TcpStream {{ addr: {own}, peer: {at}, fd: {fd} }}"), "{text}");
    let socket = UdpSocket::bind(LOOPBACK)?;
    let text = format!("{socket:?}");
    let (own, fd) = (socket.local_addr()?, number(&text).context("a number")?);
    ensure!(text == format!("UdpSocket {{ addr: {own}, fd: {fd} }}"), "{text}");
    Ok(())
}
