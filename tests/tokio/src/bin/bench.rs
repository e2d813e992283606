//! Measures sockets by what `std` and `poll` know, over whatever sockets it is linked with; natively it is the peer too.
//!
//! `bench serve` tells its port, and serves what the other ways ask for, until it is ended. The others take the port, and
//! tell one number: `round` microseconds of a round trip of 64 bytes, `received` and `sent` megabytes a second of a stream
//! in calls of 64 KiB, `poll` (and how many) microseconds of poll(2) on sockets of which one is ready.
#![allow(unsafe_code, reason = "poll(2) is C's")]

use std::env;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::thread;
use std::time::{Duration, Instant};

use berkeley_test_tokio::Result;

/// How long each is measured.
const TIME: Duration = Duration::from_millis(1500);

/// The size of a call.
const SIZE: usize = 1 << 16;

fn main() -> Result {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve"] => serve()?,
        ["round", port] => println!("{:.2}", round(connect(port, b"e")?)?),
        ["received", port] => println!("{:.0}", received(connect(port, b"s")?)?),
        ["sent", port] => println!("{:.0}", sent(connect(port, b"d")?)?),
        ["poll", count] => println!("{:.2}", poll(count.parse()?)?),
        _ => return Err("what is to be measured?".into()),
    }
    Ok(())
}

fn connect(port: &str, what: &[u8]) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(("127.0.0.1", port.parse()?))?;
    stream.set_nodelay(true)?;
    stream.write_all(what)?;
    Ok(stream)
}

/// Microseconds of what is done again and again.
fn each(mut once: impl FnMut() -> Result) -> Result<f64> {
    for _ in 0..100 {
        once()?;
    }
    let (began, mut count) = (Instant::now(), 0);
    while began.elapsed() < TIME {
        for _ in 0..20 {
            once()?;
        }
        count += 20;
    }
    Ok(began.elapsed().as_secs_f64() * 1e6 / f64::from(count))
}

fn round(mut stream: TcpStream) -> Result<f64> {
    let mut buffer = [7; 64];
    each(|| {
        stream.write_all(&buffer)?;
        Ok(stream.read_exact(&mut buffer)?)
    })
}

/// Megabytes a second of calls that tell how many bytes they moved.
fn rate(mut once: impl FnMut() -> io::Result<usize>) -> Result<f64> {
    let (began, mut bytes) = (Instant::now(), 0);
    while began.elapsed() < TIME {
        for _ in 0..20 {
            bytes += once()? as u64;
        }
    }
    Ok(bytes as f64 / began.elapsed().as_secs_f64() / 1e6)
}

fn received(mut stream: TcpStream) -> Result<f64> {
    let mut buffer = vec![0; SIZE];
    rate(|| stream.read(&mut buffer))
}

fn sent(mut stream: TcpStream) -> Result<f64> {
    let data = vec![7; SIZE];
    rate(|| stream.write(&data))
}

fn poll(count: usize) -> Result<f64> {
    let sockets = (0..count).map(|_| UdpSocket::bind("127.0.0.1:0")).collect::<io::Result<Vec<_>>>()?;
    let last = sockets.last().ok_or("of nothing")?;
    last.send_to(b"ready", last.local_addr()?)?;
    let of = |socket: &UdpSocket| libc::pollfd { fd: socket.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    let mut list: Vec<_> = sockets.iter().map(of).collect();
    each(|| {
        // SAFETY: the list is so long.
        let ready = unsafe { libc::poll(list.as_mut_ptr(), list.len() as _, -1) };
        if ready == 1 { Ok(()) } else { Err(io::Error::last_os_error().into()) }
    })
}

fn serve() -> Result {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?.port());
    for stream in listener.incoming() {
        let stream = stream?;
        thread::spawn(|| serve_one(stream));
    }
    Ok(())
}

/// Until the client has enough, and goes.
fn serve_one(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut what = [0];
    stream.read_exact(&mut what)?;
    let mut buffer = vec![0; SIZE];
    loop {
        if what == *b"s" {
            stream.write_all(&buffer)?;
            continue;
        }
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        if what == *b"e" {
            stream.write_all(&buffer[..length])?;
        }
    }
}
