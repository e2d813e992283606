//! Shows what Berkeley gives a guest, one thing after the other, each over real sockets.
//!
//! Arguments: a directory for unix sockets, `/run/demo` unless given.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use berkeley_guest::error::Errno;
use berkeley_guest::poll::{POLLIN, poll};
use berkeley_guest::socket::*;

fn main() -> Result<()> {
    let directory = std::env::args().nth(1).unwrap_or_else(|| "/run/demo".into());
    names()?;
    pair()?;
    tcp(AF_INET, "127.0.0.1")?;
    match Socket::new(AF_INET6, SOCK_STREAM, 0).and_then(|socket| socket.bind(("::1", 0))) {
        Ok(()) => tcp(AF_INET6, "::1")?,
        Err(error) => heading(&format!("No IPv6 on this machine: {error}")),
    }
    udp()?;
    unix(&directory)?;
    time_out()?;
    refusal()?;
    println!("\nAll of it went over real sockets of the host.");
    Ok(())
}

fn heading(text: &str) {
    println!("\n{text}");
}

fn names() -> Result<()> {
    heading("Names: getaddrinfo, getnameinfo, getservbyname");
    let hints = Hints { r#type: SOCK_STREAM, ..Hints::default() };
    for info in getaddrinfo(Some("localhost"), Some("http".into()), hints)? {
        println!("  localhost, http: {}", info.address);
    }
    let (host, service) = getnameinfo(("127.0.0.1", 443), NI_NUMERICHOST)?;
    println!("  {host}, port 443: {service}");
    println!("  the port of ssh is {}", getservbyname("ssh", Some("tcp"))?);
    Ok(())
}

fn pair() -> Result<()> {
    heading("A pair of sockets: socketpair");
    let (left, right) = socketpair(AF_UNIX, SOCK_SEQPACKET, 0)?;
    left.sendall(b"one")?;
    left.sendall(b"two")?;
    for _ in 0..2 {
        println!("  a message: {}", String::from_utf8_lossy(&right.recv(100)?));
    }
    Ok(())
}

fn tcp(family: i32, host: &str) -> Result<()> {
    heading(&format!("TCP on {host}: create_server, create_connection, half-close"));
    let server = create_server((host, 0), &ServerOptions { family, ..ServerOptions::default() })?;
    let address = server.getsockname()?;
    println!("  the server listens at {address}");
    let client = create_connection((host, address.port().context("a port")?), &ConnectionOptions::default())?;
    let (peer, from) = server.accept()?;
    println!("  the server took a connection from {from}");
    client.setsockopt(IPPROTO_TCP, TCP_NODELAY, true)?;
    client.sendall(b"What is the answer?")?;
    client.shutdown(SHUT_WR)?;
    println!("  the client asks: {}", String::from_utf8_lossy(&peer.recv(100)?));
    ensure!(peer.recv(100)?.is_empty(), "the client has said all it had to say");
    peer.sendall(b"42")?;
    println!("  the server answers: {}", String::from_utf8_lossy(&client.recv(100)?));
    Ok(())
}

fn udp() -> Result<()> {
    heading("UDP: sendto, recvfrom, poll");
    let receiver = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    receiver.bind(("127.0.0.1", 0))?;
    let sender = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    for text in [&b"a datagram"[..], b""] {
        sender.sendto(text, receiver.getsockname()?)?;
    }
    ensure!(poll(&[(&receiver, POLLIN)], Some(Duration::from_secs(5)))? == [POLLIN]);
    for _ in 0..2 {
        let (data, from) = receiver.recvfrom(100)?;
        println!("  {} bytes from {from}: {:?}", data.len(), String::from_utf8_lossy(&data));
    }
    Ok(())
}

fn unix(directory: &str) -> Result<()> {
    let path = format!("{directory}/demo.sock");
    heading(&format!("A unix socket by path: {path}"));
    let server = Socket::new(AF_UNIX, SOCK_STREAM, 0)?;
    server.bind(path.as_str())?;
    server.listen(1)?;
    let client = Socket::new(AF_UNIX, SOCK_STREAM, 0)?;
    client.connect(path.as_str())?;
    let (peer, _) = server.accept()?;
    peer.sendall(b"hello from the other side")?;
    println!(
        "  the client, connected to {}, hears: {}",
        client.getpeername()?,
        String::from_utf8_lossy(&client.recv(100)?)
    );
    Ok(())
}

fn time_out() -> Result<()> {
    heading("A time limit: settimeout");
    let (left, _right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    left.settimeout(Some(Duration::from_millis(50)));
    let error = left.recv(1).err().context("nobody sends anything")?;
    println!("  nothing came within 50 ms: {error}");
    ensure!(error == berkeley_guest::Error::TimedOut);
    Ok(())
}

fn refusal() -> Result<()> {
    heading("A refusal: what was not granted");
    let socket = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    let error = socket.connect(("192.0.2.1", 80)).err().context("the network of examples is not granted")?;
    println!("  {error}");
    ensure!(error.errno() == Some(Errno::Eacces));
    Ok(())
}
