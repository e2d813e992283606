//! The workloads by WASI 0.3's own sockets, whose calls are awaited and whose connections are streams.

#![allow(unsafe_code, reason = "a buffer that was sent is sent again, without being written anew")]

#[path = "../src/meter.rs"]
mod meter;

use wasip3::sockets::types::{ErrorCode, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, TcpSocket, UdpSocket};
use wasip3::wit_bindgen::{FutureReader, StreamReader, StreamWriter};
use wasip3::wit_stream;

use crate::meter::{Meter, Result, begin};

struct Program;

wasip3::cli::command::export!(Program);

/// The size of a message.
const MESSAGE: usize = 64;

impl wasip3::exports::cli::run::Guest for Program {
    async fn run() -> Result<(), ()> {
        let arguments = wasip3::cli::environment::get_arguments();
        let arguments: Vec<_> = arguments.iter().skip(1).map(String::as_str).collect();
        run(&arguments).await.map_err(|error| eprintln!("{error}"))
    }
}

async fn run(arguments: &[&str]) -> Result {
    let [milliseconds, name, rest @ ..] = arguments else { return Err("what is to be measured, and how long?".into()) };
    let meter = Meter::new(milliseconds.parse()?);
    match (*name, rest) {
        ("start", []) => Ok(()),
        ("round", [port]) => round(&meter, Stream::connect(port, b"e").await?).await,
        ("guest", [port]) => guest(Stream::connect(port, b"g").await?).await,
        ("received", [size, port]) => received(&meter, Stream::connect(port, b"s").await?, size.parse()?).await,
        ("sent", [size, port]) => sent(&meter, Stream::connect(port, b"d").await?, size.parse()?).await,
        ("datagrams", [port]) => datagrams(&meter, at((127, 0, 0, 1), port.parse()?)).await,
        ("sendto", [port]) => sendto(&meter, at((127, 0, 0, 2), port.parse()?)).await,
        ("connection", []) => connection(&meter).await,
        _ => Err(format!("there is no workload {name} {rest:?} for WASI 0.3").into()),
    }
}

fn at(address: (u8, u8, u8, u8), port: u16) -> IpSocketAddress {
    IpSocketAddress::Ipv4(Ipv4SocketAddress { port, address })
}

/// A connection, and both of its directions.
struct Stream {
    input: StreamReader<u8>,
    output: StreamWriter<u8>,
    _socket: TcpSocket,
    _ends: [FutureReader<Result<(), ErrorCode>>; 2],
}

impl Stream {
    async fn connect(port: &str, wanted: &[u8]) -> Result<Self> {
        let socket = TcpSocket::create(IpAddressFamily::Ipv4)?;
        socket.connect(at((127, 0, 0, 1), port.parse()?)).await?;
        let (output, reader) = wit_stream::new();
        let sent = socket.send(reader);
        let (input, received) = socket.receive();
        let mut stream = Self { input, output, _socket: socket, _ends: [sent, received] };
        stream.write_all(wanted.to_vec()).await?;
        Ok(stream)
    }

    async fn write_all(&mut self, data: Vec<u8>) -> Result {
        if self.output.write_all(data).await.is_empty() { Ok(()) } else { Err("the peer is gone".into()) }
    }

    /// Fills the buffer up to its capacity.
    async fn read_exact(&mut self, mut buffer: Vec<u8>) -> Result<Vec<u8>> {
        buffer.clear();
        while buffer.len() < buffer.capacity() {
            buffer = self.read(buffer).await?;
        }
        Ok(buffer)
    }

    /// Appends what there is to the buffer.
    async fn read(&mut self, buffer: Vec<u8>) -> Result<Vec<u8>> {
        let before = buffer.len();
        let (_, buffer) = self.input.read(buffer).await;
        if buffer.len() > before { Ok(buffer) } else { Err("the peer is gone".into()) }
    }
}

async fn round(meter: &Meter, mut stream: Stream) -> Result {
    let mut buffer = Vec::with_capacity(MESSAGE);
    meter
        .units(async || {
            stream.write_all(vec![7; MESSAGE]).await?;
            buffer = stream.read_exact(std::mem::take(&mut buffer)).await?;
            Ok(1)
        })
        .await
}

/// Each message is sent back, until the peer has enough and goes.
async fn guest(mut stream: Stream) -> Result {
    begin()?;
    while let Ok(message) = stream.read_exact(Vec::with_capacity(MESSAGE)).await {
        if stream.write_all(message).await.is_err() {
            break;
        }
    }
    Ok(())
}

async fn received(meter: &Meter, mut stream: Stream, size: usize) -> Result {
    let mut buffer = Vec::with_capacity(size);
    meter
        .units(async || {
            buffer.clear();
            buffer = stream.read(std::mem::take(&mut buffer)).await?;
            Ok(buffer.len() as u64)
        })
        .await
}

async fn sent(meter: &Meter, mut stream: Stream, size: usize) -> Result {
    let mut data = vec![7; size];
    meter
        .units(async || {
            let (_, mut rest) = stream.output.write(std::mem::take(&mut data)).await;
            while rest.remaining() > 0 {
                let before = rest.remaining();
                (_, rest) = stream.output.write_buf(rest).await;
                if rest.remaining() == before {
                    return Err("the peer is gone".into());
                }
            }
            data = rest.into_vec();
            // SAFETY: the buffer is the one that had so many bytes before, and has them still.
            unsafe { data.set_len(size) };
            Ok(size as u64)
        })
        .await
}

fn bound() -> Result<UdpSocket> {
    let socket = UdpSocket::create(IpAddressFamily::Ipv4)?;
    socket.bind(at((127, 0, 0, 1), 0))?;
    Ok(socket)
}

async fn datagrams(meter: &Meter, peer: IpSocketAddress) -> Result {
    let socket = bound()?;
    meter
        .units(async || {
            socket.send(vec![7; MESSAGE], Some(peer)).await?;
            let (data, _) = socket.receive().await?;
            if data.len() == MESSAGE { Ok(1) } else { Err("a part".into()) }
        })
        .await
}

async fn sendto(meter: &Meter, peer: IpSocketAddress) -> Result {
    let socket = bound()?;
    meter.units(async || Ok(socket.send(vec![7; MESSAGE], Some(peer)).await.map(|()| 1)?)).await
}

async fn connection(meter: &Meter) -> Result {
    let listener = TcpSocket::create(IpAddressFamily::Ipv4)?;
    listener.bind(at((127, 0, 0, 1), 0))?;
    let mut incoming = listener.listen()?;
    let at = listener.get_local_address()?;
    meter
        .units(async || {
            let one = TcpSocket::create(IpAddressFamily::Ipv4)?;
            one.connect(at).await?;
            let other = incoming.next().await.ok_or("it listens no more")?;
            drop((one, other));
            Ok(1)
        })
        .await
}
