//! A component of WASI 0.3 that has no `main`: what the contract's `stream` does, case by case, and this crate's futures
//! awaited by the component's own task. Without an argument over loopback; `denied`: what is not granted.

use std::pin::pin;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use berkeley_guest::bindings::error as contract;
use berkeley_guest::bindings::p3::berkeley::sockets::stream;
use berkeley_guest::bindings::p3::wit_stream;
use berkeley_guest::error::Errno;
use berkeley_guest::future::{TcpListener, TcpStream, UdpSocket, sleep, timeout};
use berkeley_guest::poll::{POLLIN, POLLOUT};
use berkeley_guest::socket::{
    AF_INET, AF_UNIX, MSG_PEEK, SHUT_WR, SO_LINGER, SOCK_DGRAM, SOCK_STREAM, SOL_SOCKET, Socket, socketpair,
};
use berkeley_guest::{Address, Error};
use berkeley_test_guests::pattern;
use futures_util::future::{join, select};
use wit_bindgen::rt::async_support::StreamResult;

struct Program;

wasip3::cli::command::export!(Program);

impl wasip3::exports::cli::run::Guest for Program {
    async fn run() -> Result<(), ()> {
        let arguments = wasip3::cli::environment::get_arguments();
        let result =
            if arguments.get(1).is_some_and(|argument| argument == "denied") { denied().await } else { all().await };
        result.map_err(|error| eprintln!("{error:?}"))
    }
}

/// Runs the cases one after the other, and prints the name of each that has passed.
macro_rules! cases {
    ($($name:literal: $case:ident;)*) => {
        $(
            $case().await.context($name)?;
            println!($name);
        )*
    };
}

async fn all() -> Result<()> {
    cases! {
        "bytes come straight, and what is not read stays": bytes_come;
        "a read for nothing waits for something": reads_for_nothing;
        "a read that is cancelled takes nothing": cancelled;
        "an end and an error are told": ends;
        "bytes go straight, as many as there is room for": bytes_go;
        "a writer that is dropped shuts nothing down": dropped_writer;
        "what is closed ends its streams": closed;
        "datagrams have no stream": no_stream;
        "readiness is told": readiness;
        "connections are awaited": connections;
        "datagrams are awaited": datagrams;
        "names are looked up beside other tasks": names;
        "many at once": many;
        "futures of the crate, in the component's own task": futures;
    }
    Ok(())
}

/// The error of what must fail.
fn failed<T>(result: Result<T, contract::Error>) -> Option<Error> {
    result.err().map(Error::from)
}

const SOON: Duration = Duration::from_millis(20);

fn pair() -> Result<(Socket, Socket)> {
    Ok(socketpair(AF_UNIX, SOCK_STREAM, 0)?)
}

async fn tcp() -> Result<(Socket, Socket)> {
    let listener = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    listener.bind(("127.0.0.1", 0))?;
    listener.listen(8)?;
    let client = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    let at = listener.getsockname()?.into();
    let (connected, accepted) = join(stream::connect(client.handle(), at), stream::accept(listener.handle())).await;
    connected?;
    Ok((client, Socket::from_handle(accepted?.0)))
}

async fn bytes_come() -> Result<()> {
    let (left, right) = pair()?;
    let (mut incoming, end) = stream::incoming(right.handle());
    left.sendall(b"hello, you")?;
    let (result, data) = incoming.read(Vec::with_capacity(5)).await;
    ensure!(result == StreamResult::Complete(5) && data == b"hello");
    drop(incoming);
    end.await?;
    // By a call, and by another stream.
    ensure!(right.recv(1)? == b",");
    let (mut incoming, _end) = stream::incoming(right.handle());
    ensure!(incoming.read(Vec::with_capacity(100)).await.1 == b" you");
    // What waits is told once it comes.
    let reading = incoming.read(Vec::with_capacity(100));
    let writing = async {
        sleep(SOON).await;
        left.sendall(b"late")
    };
    let ((_, data), sent) = join(reading, writing).await;
    sent?;
    ensure!(data == b"late");
    Ok(())
}

async fn reads_for_nothing() -> Result<()> {
    let (left, right) = pair()?;
    let (mut incoming, _end) = stream::incoming(right.handle());
    ensure!(timeout(SOON, incoming.read(Vec::new())).await.is_err(), "there is nothing");
    left.sendall(b"some")?;
    ensure!(incoming.read(Vec::new()).await.0 == StreamResult::Complete(0));
    ensure!(right.recv_flags(100, MSG_PEEK)? == b"some");
    Ok(())
}

async fn cancelled() -> Result<()> {
    let (left, right) = tcp().await?;
    let (mut incoming, _end) = stream::incoming(right.handle());
    for _ in 0..3 {
        let mut reading = Box::pin(incoming.read(Vec::with_capacity(10)));
        ensure!(timeout(SOON, &mut reading).await.is_err());
        let (result, data) = reading.as_mut().cancel();
        ensure!(result == StreamResult::Cancelled && data.is_empty());
    }
    left.sendall(b"kept")?;
    ensure!(right.recv(10)? == b"kept");
    // Dropped in the midst of a wait, it leaves the socket as it was.
    ensure!(timeout(SOON, stream::recv(right.handle(), 10, 0)).await.is_err());
    ensure!(timeout(SOON, stream::recvfrom(right.handle(), 10, 0)).await.is_err());
    left.sendall(b"too")?;
    ensure!(stream::recv(right.handle(), 10, 0).await? == b"too");
    Ok(())
}

async fn ends() -> Result<()> {
    let (left, right) = tcp().await?;
    let (mut incoming, end) = stream::incoming(right.handle());
    left.sendall(b"last")?;
    left.shutdown(SHUT_WR)?;
    ensure!(incoming.read(Vec::with_capacity(10)).await.1 == b"last");
    ensure!(incoming.read(Vec::with_capacity(10)).await.0 == StreamResult::Dropped);
    end.await?;
    // A reset, which closing with no time to linger makes.
    let (left, right) = tcp().await?;
    let (mut incoming, end) = stream::incoming(right.handle());
    left.setsockopt(SOL_SOCKET, SO_LINGER, [1i32.to_ne_bytes(), 0i32.to_ne_bytes()].concat())?;
    left.close()?;
    ensure!(incoming.read(Vec::with_capacity(10)).await.0 == StreamResult::Dropped);
    ensure!(failed(end.await) == Some(Error::Os(Errno::Econnreset)));
    Ok(())
}

async fn bytes_go() -> Result<()> {
    const SIZE: usize = 3 << 20;
    let (left, right) = tcp().await?;
    let (mut writer, data) = wit_stream::new();
    let end = stream::outgoing(left.handle(), data);
    let sending = async {
        let rest = writer.write_all(pattern(SIZE)).await;
        drop(writer);
        left.shutdown(SHUT_WR)?;
        ensure!(rest.is_empty(), "{} were not sent", rest.len());
        Ok(end.await?)
    };
    let (incoming, _end) = stream::incoming(right.handle());
    let (sent, received) = join(sending, incoming.collect()).await;
    sent?;
    ensure!(received == pattern(SIZE));
    // A peer that is gone.
    let (left, right) = pair()?;
    let (mut writer, data) = wit_stream::new();
    let end = stream::outgoing(left.handle(), data);
    right.close()?;
    ensure!(writer.write(vec![1]).await.0 == StreamResult::Dropped);
    ensure!(failed(end.await) == Some(Error::Os(Errno::Epipe)));
    Ok(())
}

async fn dropped_writer() -> Result<()> {
    let (left, right) = pair()?;
    for text in ["one", "two"] {
        let (mut writer, data) = wit_stream::new();
        let end = stream::outgoing(left.handle(), data);
        ensure!(writer.write_all(text.into()).await.is_empty());
        drop(writer);
        end.await?;
    }
    left.sendall(b"three")?;
    ensure!(right.recv(100)? == b"onetwothree");
    Ok(())
}

async fn closed() -> Result<()> {
    let (_left, right) = tcp().await?;
    let (mut incoming, end) = stream::incoming(right.handle());
    let mut told = stream::readiness(right.handle(), POLLIN);
    let closing = async {
        sleep(SOON).await;
        right.close()
    };
    let both = join(incoming.read(Vec::with_capacity(10)), told.read(Vec::with_capacity(1)));
    let ((read, ready), result) = join(both, closing).await;
    result?;
    ensure!(read.0 == StreamResult::Dropped && ready.0 == StreamResult::Dropped, "{read:?}, {ready:?}");
    ensure!(failed(end.await) == Some(Error::Os(Errno::Ebadf)));
    // A call that waits is one on an open handle; another handle of the same socket does not end it.
    let (left, right) = tcp().await?;
    let other = right.dup()?;
    let closing = async {
        sleep(SOON).await;
        other.close()?;
        left.sendall(b"still")
    };
    let (received, result) = join(stream::recv(right.handle(), 10, 0), closing).await;
    result?;
    ensure!(received? == b"still");
    let closing = async {
        sleep(SOON).await;
        right.close()
    };
    let (received, result) = join(stream::recv(right.handle(), 10, 0), closing).await;
    result?;
    ensure!(failed(received) == Some(Error::Os(Errno::Ebadf)));
    Ok(())
}

async fn no_stream() -> Result<()> {
    let socket = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    let (mut incoming, end) = stream::incoming(socket.handle());
    ensure!(incoming.read(Vec::with_capacity(1)).await.0 == StreamResult::Dropped);
    ensure!(failed(end.await) == Some(Error::Os(Errno::Eopnotsupp)));
    let (mut writer, data) = wit_stream::new();
    let end = stream::outgoing(socket.handle(), data);
    ensure!(writer.write(vec![1]).await.0 == StreamResult::Dropped);
    ensure!(failed(end.await) == Some(Error::Os(Errno::Eopnotsupp)));
    Ok(())
}

async fn readiness() -> Result<()> {
    let (left, right) = tcp().await?;
    let mut readable = stream::readiness(right.handle(), POLLIN);
    right.setblocking(false);
    for text in [&b"one"[..], b"two"] {
        ensure!(right.recv(10) == Err(Error::Os(Errno::Eagain)));
        ensure!(timeout(SOON, readable.read(Vec::with_capacity(1))).await.is_err());
        left.sendall(text)?;
        ensure!(readable.read(Vec::with_capacity(1)).await.1 == [POLLIN]);
        ensure!(right.recv(10)? == text);
    }
    let mut writable = stream::readiness(left.handle(), POLLOUT);
    left.setblocking(false);
    let piece = vec![0; 1 << 20];
    let mut sent = 0;
    while let Ok(more) = left.send(&piece) {
        sent += more;
    }
    ensure!(timeout(SOON, writable.read(Vec::with_capacity(1))).await.is_err());
    let (incoming, _end) = stream::incoming(right.handle());
    let mut incoming = incoming;
    let mut received = 0;
    let told = writable.read(Vec::with_capacity(1));
    let reading = async {
        while received < sent {
            received += incoming.read(Vec::with_capacity(1 << 20)).await.1.len();
        }
    };
    let ((result, _), ()) = join(told, reading).await;
    ensure!(result == StreamResult::Complete(1) && left.send(b"more")? == 4);
    Ok(())
}

async fn connections() -> Result<()> {
    let listener = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    listener.bind(("127.0.0.1", 0))?;
    listener.listen(8)?;
    ensure!(timeout(SOON, stream::accept(listener.handle())).await.is_err());
    let at = listener.getsockname()?;
    let client = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    // A socket's own mode plays no part.
    client.setblocking(false);
    listener.setblocking(false);
    stream::connect(client.handle(), at.clone().into()).await?;
    let (accepted, peer) = stream::accept(listener.handle()).await?;
    ensure!(peer.map(Address::from) == Some(client.getsockname()?));
    let accepted = Socket::from_handle(accepted);
    ensure!(stream::send(client.handle(), b"hello".to_vec(), 0).await? == 5);
    ensure!(stream::recv(accepted.handle(), 100, 0).await? == b"hello");
    ensure!(!client.getblocking() && !listener.getblocking());
    listener.close()?;
    let late = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    let refused = stream::connect(late.handle(), at.into()).await;
    ensure!(failed(refused) == Some(Error::Os(Errno::Econnrefused)));
    Ok(())
}

async fn datagrams() -> Result<()> {
    let [one, other] = [0; 2].map(|_| Socket::new(AF_INET, SOCK_DGRAM, 0));
    let (one, other) = (one?, other?);
    one.bind(("127.0.0.1", 0))?;
    other.bind(("127.0.0.1", 0))?;
    let receiving = stream::recvfrom(one.handle(), 100, 0);
    let to = one.getsockname()?;
    let sending = async {
        sleep(SOON).await;
        stream::sendto(other.handle(), b"hello".to_vec(), 0, to.into()).await
    };
    let (received, sent) = join(receiving, sending).await;
    let (data, from) = received?;
    ensure!(sent? == 5 && data == b"hello" && from.map(Address::from) == Some(other.getsockname()?));
    Ok(())
}

async fn names() -> Result<()> {
    let look = |host: &str| {
        stream::getaddrinfo(Some(host.as_bytes().to_vec()), Some(b"80".to_vec()), AF_INET, SOCK_STREAM, 0, 0)
    };
    let (one, other) = join(look("localhost"), look("127.0.0.1")).await;
    for infos in [one?, other?] {
        let found = infos.into_iter().next().context("an address")?;
        ensure!(Address::from(found.address).port() == Some(80));
    }
    ensure!(matches!(failed(look("").await), Some(Error::Gai(_))));
    Ok(())
}

async fn many() -> Result<()> {
    const MANY: usize = 200;
    let mut ends = Vec::new();
    for _ in 0..MANY {
        ends.push(tcp().await?);
    }
    let mut reading =
        futures_util::future::join_all(ends.iter().map(|(_, right)| stream::recv(right.handle(), 100, 0)));
    ensure!(timeout(SOON, &mut reading).await.is_err());
    for (number, (left, _)) in ends.iter().enumerate().rev() {
        left.sendall(number.to_string().as_bytes())?;
    }
    for (number, data) in reading.await.into_iter().enumerate() {
        ensure!(data? == number.to_string().as_bytes());
    }
    // The guest's end, with as many that wait, is for the host to clear up: see the test.
    let left = futures_util::future::join_all(ends.iter().map(|(_, right)| stream::recv(right.handle(), 100, 0)));
    ensure!(timeout(SOON, left).await.is_err());
    Ok(())
}

async fn futures() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let at = listener.local_addr()?;
    let serving = async {
        let (peer, _) = listener.accept().await?;
        let mut buffer = vec![0; 1 << 16];
        loop {
            match peer.read(&mut buffer).await? {
                0 => return std::io::Result::Ok(()),
                length => peer.write_all(&buffer[..length]).await?,
            }
        }
    };
    let asking = async {
        let client = TcpStream::connect(at).await?;
        let data = pattern(3 << 20);
        let reading = async {
            let mut answer = vec![0; data.len()];
            client.read_exact(&mut answer).await?;
            std::io::Result::Ok(answer)
        };
        let (answer, sent) = join(reading, client.write_all(&data)).await;
        sent?;
        client.shutdown(std::net::Shutdown::Write)?;
        ensure!(answer? == data);
        ensure!(timeout(SOON, UdpSocket::bind("127.0.0.1:0").await?.recv(&mut [0; 10])).await.is_err());
        Ok(())
    };
    let (served, asked) = join(serving, asking).await;
    served?;
    asked?;
    // Others of WASI 0.3 beside.
    let late = pin!(wasip3::clocks::monotonic_clock::wait_for(3_000_000_000_000));
    select(late, pin!(sleep(SOON))).await;
    Ok(())
}

/// What is not granted fails so, whichever call it is.
async fn denied() -> Result<()> {
    let is_denied = |error: Option<Error>| matches!(error, Some(Error::Denied(_)));
    let to = || Address::from(std::net::SocketAddr::from(([127, 0, 0, 1], 9)));
    let client = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    ensure!(is_denied(failed(stream::connect(client.handle(), to().into()).await)));
    let datagrams = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    ensure!(is_denied(failed(stream::sendto(datagrams.handle(), vec![1], 0, to().into()).await)));
    let looked_up = stream::getaddrinfo(Some(b"localhost".to_vec()), None, 0, 0, 0, 0).await;
    ensure!(is_denied(failed(looked_up)));
    println!("denied");
    Ok(())
}
