//! What awaiting sockets does, case by case, over loopback and pairs. Argument: a directory for unix sockets.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io::ErrorKind;
use std::net::Shutdown;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use berkeley_guest::ancillary::{Batch, ControlMessage};
use berkeley_guest::error::Errno;
use berkeley_guest::future::{
    self, AsyncPollable, Socket, TcpListener, TcpStream, UdpSocket, UnixDatagram, UnixListener, UnixStream, block_on,
    sleep, spawn, timeout, yield_now,
};
use berkeley_guest::poll::{AsSocket, POLLIN};
use berkeley_guest::socket::{self, AF_INET, AF_UNIX, MSG_PEEK, SO_SNDBUF, SOCK_SEQPACKET, SOCK_STREAM, SOL_SOCKET};
use berkeley_test_guests::{PATIENCE, run};
use wasip2::clocks::monotonic_clock::subscribe_duration;

type Case = fn() -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("a conversation over TCP", || block_on(tcp())),
    ("nobody listens", || block_on(refused())),
    ("datagrams over UDP", || block_on(udp())),
    ("many datagrams by one call", || block_on(batches())),
    ("datagrams over unix sockets", || block_on(datagrams())),
    ("sockets of other families, and messages with sockets", || block_on(messages())),
    ("a full backlog is waited out", || block_on(backlog())),
    ("a call that is dropped loses nothing", || block_on(dropped())),
    ("all who wait are woken, readers and writers", || block_on(all_woken())),
    ("all who poll are woken, whoever was last", || block_on(all_polled())),
    ("more is sent than there is room for", || block_on(room())),
    ("timers end in their order, not before", || block_on(timers())),
    ("a busy socket lets others go on", || block_on(fair())),
    ("pollables of WASI beside sockets", || block_on(pollables())),
    ("a socket that closes ends its wait", || block_on(closes())),
    ("a socket goes from one block_on to the next", again),
    ("another event loop waits for tasks, too", another_loop),
    ("another event loop waits for tasks beside pollables, too", another_loop_with_pollables),
    ("the traits of futures-io", || block_on(futures_io())),
    ("the traits of tokio", || block_on(tokio_io())),
];

fn main() -> Result<()> {
    run(CASES.iter().copied())
}

fn path(name: &str) -> String {
    format!("{}/{name}", std::env::args().nth(1).unwrap_or_default())
}

/// When something comes about for which somebody waits.
const SOON: Duration = Duration::from_millis(20);

async fn pair() -> Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = TcpStream::connect(listener.local_addr()?).await?;
    Ok((client, listener.accept().await?.0))
}

async fn tcp() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = spawn(async move {
        let (stream, peer) = listener.accept().await?;
        ensure!(stream.peer_addr()? == peer);
        let mut said = Vec::new();
        stream.read_to_end(&mut said).await?;
        stream.write_all(&said.to_ascii_uppercase()).await?;
        Ok(())
    });
    let client = TcpStream::connect(format!("127.0.0.1:{}", address.port())).await?;
    ensure!(client.peer_addr()? == address);
    client.write_all(b"hello").await?;
    sleep(SOON).await;
    client.write_all(b", you").await?;
    client.shutdown(Shutdown::Write)?;
    let mut answer = [0; 10];
    client.read_exact(&mut answer).await?;
    ensure!(&answer == b"HELLO, YOU");
    ensure!(client.read(&mut answer).await? == 0);
    ensure!(client.read_exact(&mut answer).await.is_err_and(|error| error.kind() == ErrorKind::UnexpectedEof));
    server.await?
}

async fn refused() -> Result<()> {
    let (held, _other) = pair().await?;
    let error = TcpStream::connect(held.local_addr()?).await.err().context("nobody listens there")?;
    ensure!(error.kind() == ErrorKind::ConnectionRefused, "{error}");
    let socket = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    for _ in 0..3 {
        let error = socket.connect(held.local_addr()?).await.err().context("nobody listens there")?;
        ensure!(error.errno() == Some(Errno::Econnrefused), "{error}");
    }
    let error = UnixStream::connect(path("nobody")).await.err().context("nobody listens there")?;
    ensure!(error.kind() == ErrorKind::NotFound, "{error}");
    let error = TcpStream::connect("192.0.2.1:80").await.err().context("it is not granted")?;
    ensure!(error.kind() == ErrorKind::PermissionDenied, "{error}");
    ensure!(TcpStream::connect(&[][..]).await.is_err_and(|error| error.kind() == ErrorKind::InvalidInput));
    Ok(())
}

async fn udp() -> Result<()> {
    let server = UdpSocket::bind("127.0.0.1:0").await?;
    let client = UdpSocket::bind("127.0.0.1:0").await?;
    let at = server.local_addr()?;
    let answers = server.clone();
    let task = spawn(async move {
        let mut buffer = [0; 100];
        let mut sizes = Vec::new();
        for _ in 0..3 {
            let (length, from) = answers.recv_from(&mut buffer).await?;
            answers.send_to(&buffer[..length], from).await?;
            sizes.push(length);
        }
        std::io::Result::Ok(sizes)
    });
    yield_now().await;
    client.connect(at).await?;
    let mut buffer = [0; 100];
    for text in ["one", "", "three"] {
        client.send(text.as_bytes()).await?;
        let length = client.recv(&mut buffer).await?;
        ensure!(&buffer[..length] == text.as_bytes(), "{text}");
    }
    ensure!(task.await?? == [3, 0, 5]);
    server.send_to(b"peek", client.local_addr()?).await?;
    ensure!(client.peek_from(&mut buffer).await? == (4, at));
    ensure!(client.recv_from(&mut buffer).await? == (4, at));
    Ok(())
}

async fn batches() -> Result<()> {
    let (one, other) = (UdpSocket::bind("127.0.0.1:0").await?, UdpSocket::bind("127.0.0.1:0").await?);
    let peer = other.local_addr()?;
    let waiting = spawn(async move {
        // Nothing is there yet.
        let mut came = Vec::new();
        while came.len() < 40 {
            for datagram in &other.recv_many(64, 100).await? {
                came.push(datagram.data().to_vec());
            }
        }
        Ok::<_, berkeley_guest::Error>(came)
    });
    yield_now().await;
    let mut batch = Batch::new();
    (0..40).for_each(|at: u8| batch.push_to(&[at; 10], peer));
    ensure!(one.send_many(&mut batch).await? == 40 && batch.is_empty());
    ensure!(waiting.await??.iter().map(|data| data[0]).eq(0..40));
    Ok(())
}

async fn datagrams() -> Result<()> {
    let (left, right) = UnixDatagram::pair()?;
    let task = spawn(async move {
        let mut buffer = [0; 10];
        std::io::Result::Ok((right.recv(&mut buffer).await?, right.recv(&mut buffer).await?))
    });
    yield_now().await;
    left.send(b"one").await?;
    left.send(b"").await?;
    ensure!(task.await?? == (3, 0));
    let named = UnixDatagram::bind(path("named"))?;
    UnixDatagram::unbound()?.send_to(b"to a name", path("named")).await?;
    let mut buffer = [0; 100];
    let (length, from) = named.recv_from(&mut buffer).await?;
    ensure!(length == 9 && from.is_unnamed());
    Ok(())
}

async fn messages() -> Result<()> {
    let listener = Socket::new(AF_UNIX, SOCK_SEQPACKET, 0)?;
    listener.get_ref().bind(path("packets").as_str())?;
    listener.get_ref().listen(8)?;
    let accepting = listener.clone();
    let task = spawn(async move {
        let (peer, _) = accepting.accept().await?;
        let message = peer.recvmsg(100, 100, 0).await?;
        let gift = message.sockets().pop().context("a socket")?;
        gift.sendall(b"thanks")?;
        ensure!(peer.recv_flags(100, MSG_PEEK).await? == b"more" && peer.recv(100).await? == b"more");
        ensure!(peer.recv(100).await?.is_empty());
        Ok(())
    });
    let client = Socket::new(AF_UNIX, SOCK_SEQPACKET, 0)?;
    client.connect(path("packets").as_str()).await?;
    yield_now().await;
    let (gift, kept) = socket::socketpair(AF_UNIX, socket::SOCK_STREAM, 0)?;
    client.sendmsg(&[b"take ", b"this"], &[ControlMessage::Rights(&[&gift])], 0).await?;
    ensure!(Socket::from(kept).recv(100).await? == b"thanks");
    client.send(b"more").await?;
    drop(client);
    task.await?
}

async fn backlog() -> Result<()> {
    let listener = socket::Socket::new(AF_UNIX, socket::SOCK_STREAM, 0)?;
    listener.bind(path("backlog").as_str())?;
    listener.listen(0)?;
    let listener = UnixListener::from(berkeley_guest::os::unix::net::UnixListener::from(listener));
    let clients: Vec<_> = (0..5).map(|_| spawn(UnixStream::connect(path("backlog")))).collect();
    sleep(SOON).await;
    ensure!(clients.iter().filter(|client| client.is_finished()).count() < 5, "there was room");
    let mut streams = Vec::new();
    for client in clients {
        streams.push((listener.accept().await?, client));
    }
    for (_, client) in streams {
        client.await??;
    }
    Ok(())
}

async fn dropped() -> Result<()> {
    let (left, right) = pair().await?;
    let mut buffer = [0; 100];
    ensure!(timeout(SOON, right.read(&mut buffer)).await.is_err());
    left.write_all(b"hello").await?;
    // One that was never asked takes nothing.
    drop(Box::pin(right.read(&mut buffer)));
    ensure!(right.read(&mut buffer).await? == 5);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    ensure!(timeout(SOON, listener.accept()).await.is_err());
    let client = TcpStream::connect(listener.local_addr()?).await?;
    ensure!(listener.accept().await?.1 == client.local_addr()?);
    // What is tried first may have no time at all.
    left.write_all(b"again").await?;
    right.readable().await?;
    ensure!(timeout(Duration::ZERO, right.read(&mut buffer)).await?? == 5);
    Ok(())
}

async fn all_woken() -> Result<()> {
    let (left, right) = UnixDatagram::pair()?;
    let readers: Vec<_> = (0..10)
        .map(|_| {
            let right = right.clone();
            spawn(async move { right.recv(&mut [0; 10]).await })
        })
        .collect();
    let writer = right.clone();
    let writing = spawn(async move { writer.send(b"out").await });
    yield_now().await;
    ensure!(left.recv(&mut [0; 10]).await? == 3 && writing.await?? == 3);
    for at in 0..10 {
        left.send(&vec![0; at]).await?;
    }
    let mut sizes = Vec::new();
    for reader in readers {
        sizes.push(reader.await??);
    }
    sizes.sort_unstable();
    ensure!(sizes == (0..10).collect::<Vec<_>>(), "{sizes:?}");
    Ok(())
}

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

async fn all_polled() -> Result<()> {
    use futures_util::AsyncRead;

    let (left, right) = UnixStream::pair()?;
    let counts = [(); 3].map(|()| Arc::new(Count::default()));
    for count in counts.iter().chain(&counts) {
        let waker = Waker::from(count.clone());
        let polled = Pin::new(&mut &right).poll_read(&mut Context::from_waker(&waker), &mut [0; 10]);
        ensure!(polled.is_pending());
    }
    left.write_all(b"x").await?;
    right.readable().await?;
    sleep(SOON).await;
    ensure!(counts.map(|count| count.0.load(Ordering::Relaxed)) == [1; 3]);
    Ok(())
}

async fn room() -> Result<()> {
    const SIZE: usize = 3 << 20;
    let (left, right) = UnixStream::pair()?;
    left.as_socket().setsockopt(SOL_SOCKET, SO_SNDBUF, 1 << 14)?;
    let sending = left.clone();
    let task = spawn(async move {
        let data: Vec<u8> = (0..SIZE).map(|at| (at % 251) as u8).collect();
        sending.write_all(&data).await?;
        sending.shutdown(Shutdown::Write)
    });
    let mut all = Vec::new();
    right.read_to_end(&mut all).await?;
    task.await??;
    ensure!(all.len() == SIZE && all.iter().enumerate().all(|(at, byte)| *byte == (at % 251) as u8));
    Ok(())
}

async fn timers() -> Result<()> {
    let began = Instant::now();
    let order = Rc::new(Cell::new(0));
    let tasks: Vec<_> = [3, 1, 2]
        .into_iter()
        .map(|number| {
            let order = order.clone();
            spawn(async move {
                sleep(SOON * number).await;
                order.set(order.get() * 10 + number);
                began.elapsed() >= SOON * number
            })
        })
        .collect();
    for task in tasks {
        ensure!(task.await?);
    }
    ensure!(order.get() == 123, "{}", order.get());
    let mut never = pin!(sleep(Duration::MAX));
    ensure!(poll_fn(|cx| Poll::Ready(never.as_mut().poll(cx))).await.is_pending());
    let error = std::io::Error::from(timeout(SOON, std::future::pending::<()>()).await.err().context("no end")?);
    ensure!(error.kind() == ErrorKind::TimedOut);
    Ok(())
}

async fn fair() -> Result<()> {
    let (left, right) = UnixStream::pair()?;
    // Two who keep each other busy without an end, and never wait.
    let busy = spawn(async move {
        loop {
            left.write_all(b"x").await?;
            right.read(&mut [0; 1]).await?;
        }
        #[allow(unreachable_code, reason = "the type of the errors")]
        std::io::Result::Ok(())
    });
    let (one, other) = UnixStream::pair()?;
    let echo = spawn(async move {
        let mut byte = [0];
        other.read_exact(&mut byte).await?;
        other.write_all(&byte).await
    });
    sleep(SOON).await;
    one.write_all(b"y").await?;
    timeout(PATIENCE, one.read_exact(&mut [0; 1])).await??;
    echo.await??;
    busy.abort();
    Ok(())
}

async fn pollables() -> Result<()> {
    let (left, right) = pair().await?;
    let clock = AsyncPollable::new(subscribe_duration(3_000_000_000_000));
    let waiting = clock.clone();
    let late = spawn(async move { waiting.wait_for().await });
    let reading = spawn(async move { right.read(&mut [0; 10]).await });
    AsyncPollable::new(subscribe_duration(1_000_000)).wait_for().await;
    ensure!(!reading.is_finished());
    left.write_all(b"hello").await?;
    ensure!(reading.await?? == 5 && !late.is_finished());
    sleep(SOON).await;
    late.abort();
    Ok(())
}

async fn closes() -> Result<()> {
    let (left, right) = pair().await?;
    let reading = {
        let right = right.clone();
        spawn(async move { right.read(&mut [0; 10]).await })
    };
    yield_now().await;
    drop(left);
    ensure!(reading.await?? == 0);
    let (_left, right) = pair().await?;
    right.as_socket().close()?;
    ensure!(right.read(&mut [0; 10]).await.is_err());
    Ok(())
}

fn again() -> Result<()> {
    let (left, right) = block_on(pair())?;
    let mut reading = Box::pin({
        let right = right.clone();
        async move { right.read(&mut [0; 10]).await }
    });
    block_on(async {
        ensure!(timeout(SOON, &mut reading).await.is_err());
        Ok(())
    })?;
    block_on(left.write_all(b"hello"))?;
    ensure!(block_on(reading)? == 5);
    let blocking = right.into_inner().context("there is a clone")?;
    block_on(left.write_all(b"more"))?;
    ensure!(blocking.as_socket().getblocking() && std::io::Read::read(&mut &blocking, &mut [0; 10])? == 4);
    Ok(())
}

/// A task that no runtime of this crate runs: it is woken by the wait of another event loop.
fn waits_beside(mut task: impl FnMut(&mut Context<'_>) -> bool) -> Result<()> {
    let (own, peer) = socket::socketpair(AF_UNIX, socket::SOCK_STREAM, 0)?;
    let (left, right) = UnixStream::pair()?;
    let count = Arc::new(Count::default());
    let waker = Waker::from(count.clone());
    let mut cx = Context::from_waker(&waker);
    let mut reading = pin!(async { right.read(&mut [0; 10]).await });
    ensure!(reading.as_mut().poll(&mut cx).is_pending() && task(&mut cx));
    let turn = |limit| future::poll(&[(&own, POLLIN)], limit);
    let woken = || count.0.load(Ordering::Relaxed);

    ensure!(turn(Some(SOON)) == [0] && woken() == 0);
    peer.sendall(b"own")?;
    ensure!(turn(None) == [POLLIN] && woken() == 0);
    own.recv(10)?;
    left.get_ref().as_socket().send(b"task")?;
    ensure!(turn(None) == [0] && woken() == 1);
    ensure!(matches!(reading.as_mut().poll(&mut cx), Poll::Ready(Ok(4))));

    // A timer bounds the wait as well.
    let mut sleeping = pin!(sleep(SOON));
    ensure!(sleeping.as_mut().poll(&mut cx).is_pending());
    let began = Instant::now();
    while woken() == 1 {
        ensure!(turn(None) == [0]);
    }
    ensure!(began.elapsed() >= SOON / 2 && sleeping.as_mut().poll(&mut cx).is_ready());
    ensure!(turn(Some(Duration::ZERO)) == [0]);
    Ok(())
}

fn another_loop() -> Result<()> {
    waits_beside(|_| true)
}

fn another_loop_with_pollables() -> Result<()> {
    let late = AsyncPollable::new(subscribe_duration(3_000_000_000_000));
    let mut late = pin!(async move { late.wait_for().await });
    waits_beside(|cx| late.as_mut().poll(cx).is_pending())
}

async fn futures_io() -> Result<()> {
    use futures_util::{AsyncReadExt, AsyncWriteExt};

    let (left, right) = pair().await?;
    let echo = spawn(async move {
        let (mut reader, mut writer) = right.split();
        let copied = futures_util::io::copy(&mut reader, &mut writer).await?;
        writer.close().await?;
        std::io::Result::Ok(copied)
    });
    let (mut reader, mut writer) = left.split();
    let data = vec![7; 1 << 20];
    let sending = spawn(async move {
        writer.write_all(&data).await?;
        writer.close().await
    });
    let mut all = Vec::new();
    reader.read_to_end(&mut all).await?;
    sending.await??;
    ensure!(all.len() == 1 << 20 && echo.await?? == 1 << 20);
    Ok(())
}

async fn tokio_io() -> Result<()> {
    use std::io::IoSlice;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let (left, right) = UnixStream::pair()?;
    let echo = spawn(async move {
        let (mut reader, mut writer) = tokio::io::split(right);
        let copied = tokio::io::copy(&mut reader, &mut writer).await?;
        writer.shutdown().await?;
        std::io::Result::Ok(copied)
    });
    let (mut reader, mut writer) = tokio::io::split(left);
    let slices = [IoSlice::new(b"one"), IoSlice::new(b""), IoSlice::new(b"two")];
    ensure!(writer.write_vectored(&slices).await? == 6);
    writer.shutdown().await?;
    let mut all = String::new();
    reader.read_to_string(&mut all).await?;
    ensure!(all == "onetwo" && echo.await?? == 6);
    Ok(())
}
