//! What is measured: clients that ask one server, each again once it is answered. `crate::net` has the sockets, and `crate::lookup` the
//! addresses of names.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::lookup;
use crate::net::{TcpListener, TcpStream, UdpSocket};

const PORT: u16 = 7000;
const SIZE: usize = 64;

/// Answers all who connect.
pub(crate) async fn serve_tcp() -> io::Result<()> {
    let listener = TcpListener::bind(("0.0.0.0", PORT)).await?;
    loop {
        let (mut stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(async move {
            let mut message = [0; SIZE];
            while stream.read_exact(&mut message).await.is_ok() {
                if stream.write_all(&message).await.is_err() {
                    break;
                }
            }
        });
    }
}

/// Asks so often.
pub(crate) async fn ask_tcp(server: &str, rounds: u32) -> io::Result<()> {
    let mut stream = TcpStream::connect((lookup(server)?, PORT)).await?;
    stream.set_nodelay(true)?;
    let mut message = [7; SIZE];
    for _ in 0..rounds {
        stream.write_all(&message).await?;
        stream.read_exact(&mut message).await?;
    }
    Ok(())
}

/// Answers all datagrams.
pub(crate) async fn serve_udp() -> io::Result<()> {
    let socket = UdpSocket::bind(("0.0.0.0", PORT)).await?;
    let mut message = [0; SIZE];
    loop {
        let (length, from) = socket.recv_from(&mut message).await?;
        socket.send_to(&message[..length], from).await?;
    }
}

/// Asks so often. Nothing is lost on the links of this.
pub(crate) async fn ask_udp(server: &str, rounds: u32) -> io::Result<()> {
    let socket = UdpSocket::bind(("0.0.0.0", 0)).await?;
    let server = lookup(server)?;
    let mut message = [7; SIZE];
    for _ in 0..rounds {
        socket.send_to(&message, (server, PORT)).await?;
        socket.recv_from(&mut message).await?;
    }
    Ok(())
}
