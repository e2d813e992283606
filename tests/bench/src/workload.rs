//! What is measured. Each workload is one function; what it is given stands in `xtask/src/bench/workload.rs`.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::SocketAddr;

use crate::blocking::Blocking;
use crate::meter::{Result, begin};
use crate::net::{TcpListener, TcpStream, ToSocketAddrs as _, UdpSocket};
use crate::watch::Watch;

/// The size of a message.
pub(crate) const MESSAGE: usize = 64;

/// Does the workload of that name. The last of its arguments is the peer's port, where it has a peer.
pub(crate) fn run(meter: &Blocking, name: &str, arguments: &[&str]) -> Result {
    match (name, arguments) {
        ("start", []) => Ok(()),
        ("round", [port]) => round(meter, connect(port, b"e")?),
        ("guest", [port]) => guest(connect(port, b"g")?),
        ("guests", [count, port]) => guests(count.parse()?, port),
        ("nothing", [port]) => nothing(meter, connect(port, b"d")?),
        ("ready", []) => ready(meter),
        ("received", [size, port]) => received(meter, connect(port, b"s")?, size.parse()?),
        ("sent", [size, port]) => sent(meter, plain(port, b"d")?, size.parse()?),
        ("datagrams", [port]) => datagrams(meter, &address(port)?),
        ("sendto", [port]) => sendto(meter, unread(port)?),
        #[cfg(any(target_os = "linux", feature = "libc", feature = "guest"))]
        ("sendto-many", [port]) => crate::many::sendto_many(meter, unread(port)?),
        #[cfg(any(target_os = "linux", feature = "libc", feature = "guest"))]
        ("exchange-many", []) => crate::many::exchange_many(meter),
        ("connection", []) => connection(meter),
        ("events", [idle, active, port]) => events(meter, idle.parse()?, active.parse()?, port),
        ("lookup", [host]) => lookup(meter, host),
        ("memory", [count, port]) => memory(meter, count.parse()?, port),
        _ => Err(format!("there is no workload {name} {arguments:?}").into()),
    }
}

fn address(port: &str) -> Result<SocketAddr> {
    Ok(SocketAddr::from(([127, 0, 0, 1], port.parse()?)))
}

/// Where the peer reads nothing.
fn unread(port: &str) -> Result<SocketAddr> {
    Ok(SocketAddr::from(([127, 0, 0, 2], port.parse()?)))
}

fn connect(port: &str, wanted: &[u8]) -> Result<TcpStream> {
    let stream = plain(port, wanted)?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Without TCP_NODELAY, which WASI has not: what is sent in a stream is put together by the kernel in all columns or in none.
fn plain(port: &str, wanted: &[u8]) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(address(port)?)?;
    stream.write_all(wanted)?;
    Ok(stream)
}

/// A message there and back; receiving waits.
fn round(meter: &Blocking, mut stream: TcpStream) -> Result {
    let mut buffer = [7; MESSAGE];
    meter.each(|| {
        stream.write_all(&buffer)?;
        Ok(stream.read_exact(&mut buffer)?)
    })
}

/// Of one guest among others: each message is sent back, until the peer has enough and goes.
fn guest(mut stream: TcpStream) -> Result {
    begin()?;
    while send_back(&mut stream).is_ok() {}
    Ok(())
}

fn send_back(stream: &mut TcpStream) -> io::Result<()> {
    let mut buffer = [0; MESSAGE];
    stream.read_exact(&mut buffer)?;
    stream.write_all(&buffer)
}

/// The same of so many connections in one program, as the best that there is without guests.
fn guests(count: usize, port: &str) -> Result {
    let mut streams = (0..count).map(|_| connect(port, b"g")).collect::<Result<Vec<_>>>()?;
    let mut watch = Watch::new(&streams)?;
    begin()?;
    loop {
        for at in watch.wait()? {
            if send_back(&mut streams[at]).is_err() {
                return Ok(());
            }
        }
    }
}

/// There is nothing to receive.
fn nothing(meter: &Blocking, mut stream: TcpStream) -> Result {
    stream.set_nonblocking(true)?;
    let mut buffer = [0; MESSAGE];
    meter.each(|| match stream.read(&mut buffer) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
        other => Err(format!("{other:?}").into()),
    })
}

/// There is room to send, and something to receive.
fn ready(meter: &Blocking) -> Result {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut one = TcpStream::connect(listener.local_addr()?)?;
    let (mut other, _) = listener.accept()?;
    one.set_nodelay(true)?;
    let mut buffer = [7; MESSAGE];
    meter.each(|| {
        one.write_all(&buffer)?;
        Ok(other.read_exact(&mut buffer)?)
    })
}

fn received(meter: &Blocking, mut stream: TcpStream, size: usize) -> Result {
    let mut buffer = vec![0; size];
    meter.units(|| Ok(stream.read(&mut buffer)? as u64))
}

fn sent(meter: &Blocking, mut stream: TcpStream, size: usize) -> Result {
    let data = vec![7; size];
    meter.units(|| Ok(stream.write(&data)? as u64))
}

/// A datagram there and back.
fn datagrams(meter: &Blocking, peer: &SocketAddr) -> Result {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    let mut buffer = [7; MESSAGE];
    meter.each(|| {
        socket.send_to(&buffer, peer)?;
        let (length, _) = socket.recv_from(&mut buffer)?;
        if length == MESSAGE { Ok(()) } else { Err("a part".into()) }
    })
}

/// Datagrams that nobody reads.
fn sendto(meter: &Blocking, peer: SocketAddr) -> Result {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    let buffer = [7; MESSAGE];
    meter.each(|| Ok(socket.send_to(&buffer, peer).map(drop)?))
}

/// A connection that is made, accepted, and closed at both ends.
fn connection(meter: &Blocking) -> Result {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let at = listener.local_addr()?;
    meter.each(|| {
        let one = TcpStream::connect(at)?;
        let (other, _) = listener.accept()?;
        drop((one, other));
        Ok(())
    })
}

/// Messages back on those connections of many that are active; what is counted is each.
fn events(meter: &Blocking, idle: usize, active: usize, port: &str) -> Result {
    let mut streams = (0..active).map(|_| connect(port, b"e")).collect::<Result<Vec<_>>>()?;
    for _ in 0..idle {
        streams.push(connect(port, b"i")?);
    }
    let mut watch = Watch::new(&streams)?;
    let mut buffer = [7; MESSAGE];
    for stream in &mut streams[..active] {
        stream.write_all(&buffer)?;
    }
    meter.units(|| {
        let mut count = 0;
        for at in watch.wait()? {
            streams[at].read_exact(&mut buffer)?;
            streams[at].write_all(&buffer)?;
            count += 1;
        }
        Ok(count)
    })
}

fn lookup(meter: &Blocking, host: &str) -> Result {
    meter.each(|| match (host, 80).to_socket_addrs()?.next() {
        Some(_) => Ok(()),
        None => Err("no address".into()),
    })
}

/// Connections that do nothing; what the process has grown by is seen from outside.
fn memory(meter: &Blocking, count: u64, port: &str) -> Result {
    // What the first one brings with it is no part of what each is.
    let _first = connect(port, b"i")?;
    let mut streams = Vec::with_capacity(count as usize);
    meter.once(|_| {
        for _ in 0..count {
            streams.push(connect(port, b"i")?);
        }
        Ok(count)
    })
}
