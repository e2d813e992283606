//! TCP and UDP by `berkeley_guest::net`: a program that talks to itself over loopback.
//!
//! It has one thread, so it lets the kernel hold what is under way: a connection that awaits `accept`, data that await
//! `read`.

use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use berkeley_guest::net::{Shutdown, TcpListener, TcpStream, UdpSocket};

fn main() -> io::Result<()> {
    tcp()?;
    udp()
}

/// A server that sends back what it hears, one connection after the other.
fn tcp() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    println!("TCP: the server listens at {address}");

    for question in ["hello", "and good-bye"] {
        let mut client = TcpStream::connect(address)?;
        client.set_nodelay(true)?;
        client.write_all(question.as_bytes())?;
        // So the server finds the end of the question, while the client can still read.
        client.shutdown(Shutdown::Write)?;

        echo(&listener)?;

        let mut answer = String::new();
        client.read_to_string(&mut answer)?;
        println!("TCP: the client said {question:?} and heard {answer:?}");
        assert_eq!(question, answer);
    }
    Ok(())
}

fn echo(listener: &TcpListener) -> io::Result<()> {
    let (mut peer, from) = listener.accept()?;
    println!("TCP: the server took a connection from {from}");
    let mut heard = Vec::new();
    peer.read_to_end(&mut heard)?;
    peer.write_all(&heard)
}

/// Ping and pong, and then nothing more.
fn udp() -> io::Result<()> {
    let server = UdpSocket::bind("127.0.0.1:0")?;
    let client = UdpSocket::bind("127.0.0.1:0")?;
    client.connect(server.local_addr()?)?;
    let mut buffer = [0; 100];

    client.send(b"ping")?;
    let (len, from) = server.recv_from(&mut buffer)?;
    println!("UDP: {} from {from}", buffer[..len].escape_ascii());
    server.send_to(b"pong", from)?;
    let len = client.recv(&mut buffer)?;
    println!("UDP: {} from {}", buffer[..len].escape_ascii(), client.peer_addr()?);

    client.set_read_timeout(Some(Duration::from_millis(100)))?;
    let before = Instant::now();
    match client.recv(&mut buffer) {
        // As in std on Unix, it is not `TimedOut`.
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
            println!("UDP: nothing more within {} ms: {error}", before.elapsed().as_millis());
            Ok(())
        }
        Err(error) => Err(error),
        Ok(len) => Err(io::Error::other(format!("{len} bytes that nobody sent"))),
    }
}
