//! The workloads by the guest crate's types that are awaited, as a program of WASI 0.3: large reads and writes go by Berkeley's
//! own streams.

#[path = "../src/meter.rs"]
mod meter;

use std::net::SocketAddr;

use berkeley_guest::ancillary::Batch;
use berkeley_guest::future::{TcpListener, TcpStream, UdpSocket, block_on};

use crate::meter::{Meter, Result};

/// The size of a message.
const MESSAGE: usize = 64;

/// How many datagrams one call sends, or receives at most.
const BATCH: usize = 32;

fn main() -> Result {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    block_on(run(&arguments))
}

async fn run(arguments: &[&str]) -> Result {
    let [milliseconds, name, rest @ ..] = arguments else { return Err("what is to be measured, and how long?".into()) };
    let meter = Meter::new(milliseconds.parse()?);
    let unread = |port: &str| Ok::<_, std::num::ParseIntError>(SocketAddr::from(([127, 0, 0, 2], port.parse()?)));
    match (*name, rest) {
        ("start", []) => Ok(()),
        ("round", [port]) => round(&meter, connect(port, b"e").await?).await,
        ("received", [size, port]) => received(&meter, connect(port, b"s").await?, size.parse()?).await,
        ("sent", [size, port]) => sent(&meter, plain(port, b"d").await?, size.parse()?).await,
        ("datagrams", [port]) => datagrams(&meter, format!("127.0.0.1:{port}").parse()?).await,
        ("sendto", [port]) => sendto(&meter, unread(port)?).await,
        ("sendto-many", [port]) => sendto_many(&meter, unread(port)?).await,
        ("exchange-many", []) => exchange_many(&meter).await,
        ("connection", []) => connection(&meter).await,
        _ => Err(format!("there is no workload {name} {rest:?} for streams").into()),
    }
}

async fn connect(port: &str, wanted: &[u8]) -> Result<TcpStream> {
    let stream = plain(port, wanted).await?;
    stream.get_ref().set_nodelay(true)?;
    Ok(stream)
}

/// Without TCP_NODELAY, which WASI has not: what is sent in a stream is put together by the kernel in all columns or in none.
async fn plain(port: &str, wanted: &[u8]) -> Result<TcpStream> {
    let stream = TcpStream::connect(format!("127.0.0.1:{port}")).await?;
    stream.write_all(wanted).await?;
    Ok(stream)
}

async fn round(meter: &Meter, stream: TcpStream) -> Result {
    let mut buffer = [7; MESSAGE];
    meter
        .units(async || {
            stream.write_all(&buffer).await?;
            stream.read_exact(&mut buffer).await?;
            Ok(1)
        })
        .await
}

async fn received(meter: &Meter, stream: TcpStream, size: usize) -> Result {
    let mut buffer = vec![0; size];
    meter.units(async || Ok(stream.read(&mut buffer).await? as u64)).await
}

async fn sent(meter: &Meter, stream: TcpStream, size: usize) -> Result {
    let data = vec![7; size];
    meter.units(async || Ok(stream.write(&data).await? as u64)).await
}

async fn bound() -> Result<UdpSocket> {
    Ok(UdpSocket::bind("127.0.0.1:0").await?)
}

async fn datagrams(meter: &Meter, peer: SocketAddr) -> Result {
    let (socket, mut buffer) = (bound().await?, [7; MESSAGE]);
    meter
        .units(async || {
            socket.send_to(&buffer, peer).await?;
            let (length, _) = socket.recv_from(&mut buffer).await?;
            if length == MESSAGE { Ok(1) } else { Err("a part".into()) }
        })
        .await
}

async fn sendto(meter: &Meter, peer: SocketAddr) -> Result {
    let socket = bound().await?;
    meter.units(async || Ok(socket.send_to(&[7; MESSAGE], peer).await.map(|_| 1)?)).await
}

/// Sends so many datagrams as one call takes.
async fn send_many(socket: &UdpSocket, batch: &mut Batch, peer: SocketAddr) -> Result<u64> {
    batch.clear();
    (0..BATCH).for_each(|_| batch.push_to(&[7; MESSAGE], peer));
    Ok(socket.send_many(batch).await? as u64)
}

async fn sendto_many(meter: &Meter, peer: SocketAddr) -> Result {
    let (socket, mut batch) = (bound().await?, Batch::new());
    meter.units(async || send_many(&socket, &mut batch, peer).await).await
}

async fn exchange_many(meter: &Meter) -> Result {
    let (one, other, mut batch) = (bound().await?, bound().await?, Batch::new());
    let peer = other.local_addr()?;
    meter
        .units(async || {
            let (sent, mut received) = (send_many(&one, &mut batch, peer).await?, 0);
            while received < sent {
                received += other.recv_many(BATCH, MESSAGE).await?.len() as u64;
            }
            Ok(received)
        })
        .await
}

async fn connection(meter: &Meter) -> Result {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let at = listener.local_addr()?;
    meter
        .units(async || {
            let one = TcpStream::connect(at).await?;
            let (other, _) = listener.accept().await?;
            drop((one, other));
            Ok(1)
        })
        .await
}
