//! `std::net` at both ends: WASI's own sockets, as a program that knows nothing of them uses them.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use anyhow::{Result, ensure};
use berkeley_test_guests::run;

fn main() -> Result<()> {
    run([("tcp", tcp as fn() -> Result<()>), ("modes", modes), ("udp", udp)])
}

fn pair() -> Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    let (server, peer) = listener.accept()?;
    ensure!(peer == client.local_addr()? && server.local_addr()? == client.peer_addr()?);
    Ok((client, server))
}

fn tcp() -> Result<()> {
    let (mut client, mut server) = pair()?;
    client.write_all(b"to the server")?;
    client.shutdown(Shutdown::Write)?;
    let mut text = String::new();
    server.read_to_string(&mut text)?;
    ensure!(text == "to the server");
    server.write_all(b"and back")?;
    drop(server);
    text.clear();
    client.read_to_string(&mut text)?;
    ensure!(text == "and back");
    Ok(())
}

fn modes() -> Result<()> {
    let (mut client, mut server) = pair()?;
    client.set_nonblocking(true)?;
    let mut buffer = [0; 10];
    ensure!(client.read(&mut buffer).is_err_and(|error| error.kind() == ErrorKind::WouldBlock));
    // As much as the buffers take.
    let mut sent = 0;
    let stopped = loop {
        match client.write(&[7; 10_000]) {
            Ok(more) => sent += more,
            Err(error) => break error,
        }
    };
    ensure!(stopped.kind() == ErrorKind::WouldBlock && sent > 10_000);
    client.set_nonblocking(false)?;
    client.set_read_timeout(Some(Duration::from_millis(5)))?;
    ensure!(client.read(&mut buffer).is_err_and(|error| error.kind() == ErrorKind::WouldBlock));
    let mut all = vec![0; sent];
    server.read_exact(&mut all)?;
    ensure!(all.iter().all(|byte| *byte == 7));
    Ok(())
}

fn udp() -> Result<()> {
    let (one, two) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
    one.send_to(b"one", two.local_addr()?)?;
    let mut buffer = [0; 100];
    ensure!(two.recv_from(&mut buffer)? == (3, one.local_addr()?) && buffer.starts_with(b"one"));
    two.connect(one.local_addr()?)?;
    two.send(b"two, connected")?;
    ensure!(one.recv_from(&mut buffer)?.0 == 14 && buffer.starts_with(b"two, connected"));
    two.set_nonblocking(true)?;
    ensure!(two.recv(&mut buffer).is_err_and(|error| error.kind() == ErrorKind::WouldBlock));
    Ok(())
}
