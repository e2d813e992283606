//! A program that knows only `std`, and talks to native peers: `serve`, `connect ADDRESS`, `datagram ADDRESS`, `refused
//! ADDRESS`, or `unix PATH`, for which it has the functions of C.
#![allow(unsafe_code, clippy::undocumented_unsafe_blocks, reason = "std has no unix sockets here")]

use std::env;
use std::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};

use berkeley_test_libc::*;

/// More than any buffer holds.
const MUCH: usize = 3 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let mut next = || arguments.next().ok_or("an argument is missing");
    match next()?.as_str() {
        "serve" => serve()?,
        "connect" => connect(&next()?)?,
        "datagram" => datagram(&next()?)?,
        "refused" => refused(&next()?),
        "unix" => unix(&next()?),
        other => return Err(other.into()),
    }
    println!("done");
    Ok(())
}

/// Two connections, one after the other: gives back what comes.
fn serve() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?.port());
    for _ in 0..2 {
        let (mut stream, _) = listener.accept()?;
        let mut all = Vec::new();
        stream.read_to_end(&mut all)?;
        stream.write_all(&all)?;
    }
    Ok(())
}

/// Sends much, and gets it back.
fn connect(address: &str) -> Result<(), Box<dyn Error>> {
    let mut stream = TcpStream::connect(address)?;
    let data: Vec<u8> = (0..MUCH).map(|at| (at % 251) as u8).collect();
    stream.write_all(&data)?;
    stream.shutdown(std::net::Shutdown::Write)?;
    let mut back = Vec::new();
    stream.read_to_end(&mut back)?;
    assert!(back == data, "{} of {MUCH} came back", back.len());
    Ok(())
}

fn datagram(address: &str) -> Result<(), Box<dyn Error>> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.send_to(b"there", address)?;
    let mut buffer = [0; 16];
    let (length, from) = socket.recv_from(&mut buffer)?;
    assert_eq!((&buffer[..length], from.to_string().as_str()), (&b"and back"[..], address));
    Ok(())
}

fn refused(address: &str) {
    let error = TcpStream::connect(address).expect_err("it is not granted");
    assert_eq!((error.kind(), error.raw_os_error()), (ErrorKind::PermissionDenied, Some(libc::EACCES)));
}

fn unix(path: &str) {
    let address = [&[3, 0][..], path.as_bytes(), &[0]].concat();
    unsafe {
        let fd = ok(libc::socket(AF_UNIX, libc::SOCK_STREAM, 0));
        ok(libc::connect(fd, address.as_ptr().cast(), address.len() as u32));
        put(fd, b"by a path");
        ok(shutdown(fd, libc::SHUT_WR));
        assert_eq!(get(fd, 100), b"BY A PATH");
        let (mut peer, mut length) = ([0_u8; 110], 110);
        ok(libc::getpeername(fd, peer.as_mut_ptr().cast(), &raw mut length));
        assert_eq!(peer[..length as usize], address);
    }
}
