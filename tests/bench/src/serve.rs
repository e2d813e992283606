//! The peer: it tells its port, and serves connections and datagrams until it is ended.
//!
//! The first byte of a connection says what is wanted. Datagrams are sent back at 127.0.0.1, and nobody reads them at
//! 127.0.0.2.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::thread;

use crate::meter::Result;

/// What is wanted of a connection; anything else is that it be sent back.
const STREAM: u8 = b's';
const DISCARD: u8 = b'd';
const IDLE: u8 = b'i';

const SIZE: usize = 1 << 16;

/// Serves.
pub(crate) fn serve() -> Result {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let datagrams = UdpSocket::bind(("127.0.0.1", port))?;
    let _unread = UdpSocket::bind(("127.0.0.2", port))?;
    thread::spawn(move || send_back(&datagrams));
    println!("{port}");
    let mut idle = Vec::new();
    for stream in listener.incoming() {
        let mut stream = stream?;
        stream.set_nodelay(true)?;
        let mut wanted = [0];
        if stream.read_exact(&mut wanted).is_err() {
            continue;
        }
        if wanted[0] == IDLE {
            idle.push(stream);
            continue;
        }
        thread::spawn(move || serve_one(stream, wanted[0]));
    }
    Ok(())
}

/// Until the client has enough, and goes.
fn serve_one(mut stream: TcpStream, wanted: u8) -> io::Result<()> {
    let mut buffer = vec![0; SIZE];
    loop {
        if wanted == STREAM {
            stream.write_all(&buffer)?;
            continue;
        }
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        if wanted != DISCARD {
            stream.write_all(&buffer[..length])?;
        }
    }
}

fn send_back(socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 2048];
    loop {
        let (length, from) = socket.recv_from(&mut buffer)?;
        socket.send_to(&buffer[..length], from)?;
    }
}
