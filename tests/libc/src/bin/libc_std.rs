//! A program that knows only `std`: servers and clients of TCP and UDP over 127.0.0.1, and names. With an argument it ends
//! with that exit code instead.

extern crate berkeley_libc as _;

use std::error::Error;
use std::io::{ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::time::Duration;

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(code) = std::env::args().nth(1) {
        std::process::exit(code.parse()?);
    }
    streams()?;
    datagrams()?;
    limits()?;
    names()?;
    println!("done");
    Ok(())
}

fn streams() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let mut client = TcpStream::connect(address)?;
    let (mut server, peer) = listener.accept()?;
    assert_eq!((peer, client.peer_addr()?), (client.local_addr()?, address));
    client.set_nodelay(true)?;
    assert!(client.nodelay()?);
    client.write_all(b"hello")?;
    let mut buffer = [0; 16];
    assert_eq!(server.peek(&mut buffer)?, 5);
    assert_eq!(server.read(&mut buffer)?, 5);
    assert_eq!(&buffer[..5], b"hello");
    assert_eq!(server.write_vectored(&[IoSlice::new(b"one"), IoSlice::new(b""), IoSlice::new(b"two")])?, 6);
    let (mut one, mut two) = ([0; 4], [0; 4]);
    assert_eq!(client.read_vectored(&mut [IoSliceMut::new(&mut one), IoSliceMut::new(&mut two)])?, 6);
    assert_eq!((&one, &two[..2]), (b"onet", &b"wo"[..]));
    client.shutdown(Shutdown::Write)?;
    assert_eq!(server.read(&mut buffer)?, 0);
    drop(server);
    assert_eq!(client.read(&mut buffer)?, 0);
    assert_eq!(client.take_error()?.map(|error| error.kind()), None);
    drop(listener);
    let refused = TcpStream::connect(address).expect_err("nobody listens");
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    let limited = TcpStream::connect_timeout(&address, Duration::from_secs(60)).expect_err("nobody listens");
    assert_eq!(limited.kind(), ErrorKind::ConnectionRefused);
    Ok(())
}

fn datagrams() -> Result<(), Box<dyn Error>> {
    let one = UdpSocket::bind("127.0.0.1:0")?;
    let other = UdpSocket::bind("127.0.0.1:0")?;
    let mut buffer = [0; 8];
    one.send_to(b"a datagram", other.local_addr()?)?;
    one.send_to(b"", other.local_addr()?)?;
    assert_eq!(other.recv_from(&mut buffer)?, (8, one.local_addr()?));
    assert_eq!(other.recv_from(&mut buffer)?, (0, one.local_addr()?));
    other.connect(one.local_addr()?)?;
    other.send(b"back")?;
    assert_eq!(one.recv(&mut [])?, 0);
    one.set_nonblocking(true)?;
    assert_eq!(one.recv(&mut buffer).expect_err("nothing came").kind(), ErrorKind::WouldBlock);
    Ok(())
}

fn limits() -> Result<(), Box<dyn Error>> {
    let socket = UdpSocket::bind((Ipv6Addr::LOCALHOST, 0))?;
    assert!(matches!(socket.local_addr()?, SocketAddr::V6(address) if *address.ip() == Ipv6Addr::LOCALHOST));
    socket.set_read_timeout(Some(Duration::from_millis(20)))?;
    assert_eq!(socket.read_timeout()?, Some(Duration::from_millis(20)));
    assert_eq!(socket.recv(&mut [0]).expect_err("nothing comes").kind(), ErrorKind::WouldBlock);
    socket.set_ttl(9)?;
    assert_eq!(socket.ttl()?, 9);
    Ok(())
}

fn names() -> Result<(), Box<dyn Error>> {
    let addresses: Vec<_> = "localhost:80".to_socket_addrs()?.collect();
    assert!(addresses.iter().any(|address| address.ip().is_loopback() && address.port() == 80), "{addresses:?}");
    Ok(())
}
