//! An HTTP server that holds many connections at once, by poll, without threads.
//!
//! Arguments: a host, a port, and how many connections to serve before it ends; without that it goes on. It listens
//! there, or on the socket named `http` if the host opened one, and prints its port.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use berkeley_guest::poll::{POLLIN, POLLOUT, poll};
use berkeley_guest::socket::*;

const BODY: &str = "Hello from a guest\n";

/// One client: what it has asked so far, and what it is still owed.
#[derive(Default)]
struct Client {
    request: Vec<u8>,
    response: Vec<u8>,
    ends: bool,
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let host = arguments.next().unwrap_or_else(|| "127.0.0.1".into());
    let port = arguments.next().map_or(Ok(0), |port| port.parse())?;
    let most: Option<usize> = arguments.next().map(|most| most.parse()).transpose()?;
    let listener = match preopened()?.into_iter().find(|(name, _)| name == "http") {
        Some((_, listener)) => listener,
        None => create_server((host, port), &ServerOptions { backlog: 4096, ..ServerOptions::default() })?,
    };
    listener.setblocking(false);
    println!("{}", listener.getsockname()?.port().context("a port")?);
    serve(&listener, most)
}

fn serve(listener: &Socket, most: Option<usize>) -> Result<()> {
    let mut clients: BTreeMap<i32, (Socket, Client)> = BTreeMap::new();
    let mut accepted = 0;
    while most.is_none_or(|most| accepted < most || !clients.is_empty()) {
        let mut interests = vec![(listener, POLLIN)];
        interests.extend(
            clients
                .values()
                .map(|(socket, client)| (socket, if client.response.is_empty() { POLLIN } else { POLLOUT })),
        );
        let ready = poll(&interests, None)?;
        let numbers: Vec<i32> = clients.keys().copied().collect();
        for (number, _) in numbers.iter().zip(&ready[1..]).filter(|(_, events)| **events != 0) {
            let (socket, client) = clients.get_mut(number).context("it is there")?;
            if !client.goes_on(socket) {
                clients.remove(number);
            }
        }
        while let Ok((socket, _)) = listener.accept() {
            socket.setblocking(false);
            clients.insert(socket.fileno(), (socket, Client::default()));
            accepted += 1;
        }
    }
    Ok(())
}

impl Client {
    /// Takes the next step; false when the conversation is over.
    fn goes_on(&mut self, socket: &Socket) -> bool {
        if self.response.is_empty() {
            match socket.recv(1 << 16) {
                Ok(data) if data.is_empty() => return false,
                Ok(data) => self.request.extend(data),
                Err(error) => return error.would_block(),
            }
            self.answer();
        }
        match socket.send(&self.response) {
            Ok(sent) => drop(self.response.drain(..sent)),
            Err(error) if error.would_block() => {}
            Err(_) => return false,
        }
        !(self.ends && self.response.is_empty())
    }

    /// Answers each request that is complete.
    fn answer(&mut self) {
        while let Some(end) = self.request.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let request = String::from_utf8_lossy(&self.request[..end]).to_ascii_lowercase();
            self.request.drain(..end + 4);
            let old = request.lines().next().is_some_and(|line| line.ends_with("http/1.0"));
            self.ends |= request.contains("connection: close") || old && !request.contains("connection: keep-alive");
            let connection = if self.ends { "close" } else { "keep-alive" };
            let length = BODY.len();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: {connection}\r\n\r\n");
            self.response.extend(head.as_bytes());
            self.response.extend(BODY.as_bytes());
        }
    }
}
