//! A server on mio, over sockets that socket2 made: sends back what comes over TCP and UDP, at one port of both, until so
//! many connections have ended. It tells its port, and at the end how many bytes and datagrams there were.

#![allow(clippy::disallowed_methods, reason = "the policy stands in the host, and this is a guest")]

use std::collections::HashMap;
use std::env;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};

use berkeley_test_tokio::Result;
use mio::net::{TcpListener, TcpStream, UdpSocket};
use mio::{Events, Interest, Poll, Token};
use socket2::{Domain, Protocol, Socket, Type};

const LISTENER: Token = Token(0);
const DATAGRAMS: Token = Token(1);

/// A connection, and what it has not yet taken.
struct Connection {
    stream: TcpStream,
    pending: Vec<u8>,
}

fn bound(kind: Type, protocol: Protocol, port: u16) -> Result<Socket> {
    let socket = Socket::new(Domain::IPV4, kind, Some(protocol))?;
    socket.set_reuse_address(true)?;
    assert!(socket.reuse_address()?);
    assert_eq!(socket.r#type()?, kind);
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn main() -> Result {
    let mut clients: usize = env::args().nth(1).ok_or("how many clients?")?.parse()?;
    let listening = bound(Type::STREAM, Protocol::TCP, 0)?;
    listening.listen(128)?;
    let mut listener = TcpListener::from_std(listening.into());
    let port = listener.local_addr()?.port();
    let mut datagrams = UdpSocket::from_std(bound(Type::DGRAM, Protocol::UDP, port)?.into());
    let mut poll = Poll::new()?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    poll.registry().register(&mut datagrams, DATAGRAMS, Interest::READABLE)?;
    println!("{port}");
    let mut connections = HashMap::new();
    let (mut events, mut next, mut bytes, mut messages) = (Events::with_capacity(64), 2, 0, 0);
    while clients > 0 {
        poll.poll(&mut events, None)?;
        for event in &events {
            match event.token() {
                LISTENER => {
                    while let Some((mut stream, _)) = ready(listener.accept())? {
                        let both = Interest::READABLE | Interest::WRITABLE;
                        poll.registry().register(&mut stream, Token(next), both)?;
                        connections.insert(Token(next), Connection { stream, pending: Vec::new() });
                        next += 1;
                    }
                }
                DATAGRAMS => {
                    let mut buffer = [0; 2000];
                    while let Some((length, peer)) = ready(datagrams.recv_from(&mut buffer))? {
                        datagrams.send_to(&buffer[..length], peer)?;
                        messages += 1;
                    }
                }
                token => {
                    let Some(connection) = connections.get_mut(&token) else { continue };
                    let ended = connection.go_on(&mut bytes)?;
                    if ended {
                        poll.registry().deregister(&mut connection.stream)?;
                        connections.remove(&token);
                        clients -= 1;
                    }
                }
            }
        }
    }
    println!("{bytes} {messages}");
    Ok(())
}

/// None where it would block.
fn ready<T>(result: std::io::Result<T>) -> std::io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}

impl Connection {
    /// Reads and writes until both would block. Whether it has ended.
    fn go_on(&mut self, bytes: &mut usize) -> Result<bool> {
        let mut buffer = [0; 5000];
        loop {
            while !self.pending.is_empty() {
                let Some(length) = ready(self.stream.write(&self.pending))? else { return Ok(false) };
                self.pending.drain(..length);
            }
            let Some(length) = ready(self.stream.read(&mut buffer))? else { return Ok(false) };
            if length == 0 {
                return Ok(true);
            }
            self.pending.extend(&buffer[..length]);
            *bytes += length;
        }
    }
}
