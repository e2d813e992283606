//! A program on `std` that uses `berkeley-guest` besides: what one has, the other takes over. It is given a listener of TCP,
//! and tells its port.

use std::error::Error;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use berkeley_guest::socket::{
    AF_UNIX, IPPROTO_TCP, SOCK_STREAM, Socket, TCP_USER_TIMEOUT, preopened, recv_fds, send_fds, socketpair,
};
use berkeley_libc::{to_descriptor, to_socket};

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args().nth(1).ok_or("no directory")?;
    opened()?;
    further_options()?;
    passed()?;
    modes()?;
    bad(&directory)?;
    println!("done");
    Ok(())
}

/// A socket that was opened beforehand is a listener of `std`.
fn opened() -> Result<(), Box<dyn Error>> {
    let [(name, socket)] = preopened()?.try_into().map_err(|_| "not one socket")?;
    assert_eq!(name, "http");
    let listener = TcpListener::from(to_descriptor(&socket)?);
    // It lives on without the one that it was made of.
    drop(socket);
    println!("{}", listener.local_addr()?.port());
    io::stdout().flush()?;
    let (mut stream, _) = listener.accept()?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    stream.write_all(text.to_uppercase().as_bytes())?;
    Ok(())
}

/// A stream of `std` has the options that `std` has no name for.
fn further_options() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let stream = TcpStream::connect(listener.local_addr()?)?;
    let socket = to_socket(&stream)?;
    socket.setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, 5000)?;
    assert_eq!(to_socket(&stream)?.getsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT)?, 5000);
    let (mut peer, _) = listener.accept()?;
    socket.sendall(b"by one")?;
    (&stream).write_all(b" and the other")?;
    drop(socket);
    drop(stream);
    let mut text = String::new();
    peer.read_to_string(&mut text)?;
    assert_eq!(text, "by one and the other");
    Ok(())
}

/// A unix stream is read and written as any stream of `std`, and carries others.
fn passed() -> Result<(), Box<dyn Error>> {
    let (one, other) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    let udp = UdpSocket::bind("127.0.0.1:0")?;
    send_fds(&one, &[b"x"], &[&to_socket(&udp)?], 0)?;
    let mut received = recv_fds(&other, 1, 1, 0)?;
    let [socket] = <[Socket; 1]>::try_from(received.take_sockets()).map_err(|_| "not one socket")?;
    let passed = UdpSocket::from(to_descriptor(&socket)?);
    assert_eq!(passed.local_addr()?, udp.local_addr()?);
    let (mut one, mut other) = (TcpStream::from(to_descriptor(&one)?), TcpStream::from(to_descriptor(&other)?));
    one.write_all(b"a unix stream")?;
    let mut buffer = [0; 13];
    other.read_exact(&mut buffer)?;
    assert_eq!(&buffer, b"a unix stream");
    Ok(())
}

fn modes() -> Result<(), Box<dyn Error>> {
    let udp = UdpSocket::bind("127.0.0.1:0")?;
    assert_eq!(to_socket(&udp)?.gettimeout(), None);
    udp.set_nonblocking(true)?;
    let socket = to_socket(&udp)?;
    assert_eq!(socket.gettimeout(), Some(Duration::ZERO));
    let again = UdpSocket::from(to_descriptor(&socket)?);
    assert_eq!(again.recv(&mut [0; 8]).expect_err("nothing is there").kind(), ErrorKind::WouldBlock);
    Ok(())
}

fn bad(directory: &str) -> Result<(), Box<dyn Error>> {
    let file = File::create(format!("{directory}/file"))?;
    let number = |name: libc::c_int| Some(name);
    assert_eq!(to_socket(&file).expect_err("a file").raw_os_error(), number(libc::ENOTSOCK));
    let socket = Socket::new(AF_UNIX, SOCK_STREAM, 0)?;
    socket.close()?;
    assert_eq!(to_descriptor(&socket).expect_err("it is closed").raw_os_error(), number(libc::EBADF));
    Ok(())
}
