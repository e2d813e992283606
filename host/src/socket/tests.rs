//! What no guest's call and no guest's end may do to others: lead outside, hold threads, change what is shared.
#![cfg(target_os = "linux")]
#![allow(clippy::disallowed_methods, reason = "these are the peers")]

use std::fs;
use std::future::Future;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::pin::Pin;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use berkeley_constants as c;
use futures_util::FutureExt;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use socket2::{SockAddr, Type};

use super::attempt::Tried;
use super::handle::Socket;
use crate::address::Address;
use crate::ctx::SocketCtx;
use crate::error::{Errno, Error, Result};
use crate::sys;
use crate::wait::Waiting;

/// A guest that is granted the directory, as `/`, and everything else.
fn guest(directory: &Path, waiting: Waiting) -> SocketCtx {
    let builder = SocketCtx::builder().policy(crate::policy::AllowAll).waiting(waiting);
    builder.unix_directory(directory, "/").expect("a directory").build()
}

/// The two ends of a connection of a guest that yields.
pub(super) async fn connection(protocol: i32) -> (Socket, Socket) {
    let ctx = SocketCtx::builder().policy(crate::policy::AllowAll).waiting(Waiting::Yield).build();
    let stream = || Socket::create(&ctx.shared, c::AF_INET, c::SOCK_STREAM, protocol).expect("a socket");
    let (mut listener, mut client) = (stream(), stream());
    listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).expect("binds");
    listener.listen(1).expect("listens");
    client.connect(&listener.getsockname().expect("a name").expect("a name")).await.expect("connects");
    let (accepted, _) = listener.accept().await.expect("a connection");
    (client, accepted)
}

fn unix(ctx: &SocketCtx, kind: i32) -> Socket {
    Socket::create(&ctx.shared, c::AF_UNIX, kind, 0).expect("a socket")
}

fn named(path: &str) -> Address {
    Address::Unix(path.as_bytes().to_vec())
}

fn count(directory: impl AsRef<Path>) -> usize {
    fs::read_dir(directory).expect("a directory").count()
}

/// Runs the test of that name in a process of its own, where it may count what the process has.
fn in_own_process(name: &str, test: impl FnOnce()) {
    const MARK: &str = "BERKELEY_TEST_IN_OWN_PROCESS";
    if std::env::var_os(MARK).is_some() {
        return test();
    }
    let mut command = Command::new(std::env::current_exe().expect("a test knows where it is"));
    let output = command.args(["--exact", &format!("socket::tests::{name}")]).env(MARK, "1").output().expect("starts");
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8_lossy(&told);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

/// Tells the end, also where a test fails.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Exchanges a directory and a link until it is told to end.
fn swap(directory: &Path, end: &AtomicBool) {
    let (sub, link) = (directory.join("sub"), directory.join("link"));
    while !end.load(Ordering::Relaxed) {
        renameat_with(CWD, &sub, CWD, &link, RenameFlags::EXCHANGE).expect("exchanges");
    }
}

#[test]
fn nothing_that_is_renamed_leads_a_socket_outside() {
    const ROUNDS: usize = 20_000;
    let (inside, outside) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    fs::create_dir(inside.path().join("sub")).expect("makes");
    std::os::unix::fs::symlink(outside.path(), inside.path().join("link")).expect("links");
    let peer = UnixDatagram::bind(outside.path().join("peer")).expect("binds");
    peer.set_nonblocking(true).expect("is set");
    let ctx = guest(inside.path(), Waiting::Inline);
    let (sender, end) = (unix(&ctx, c::SOCK_DGRAM), AtomicBool::new(false));
    let (mut bound, mut refused) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| swap(inside.path(), &end));
        let _ends = Ends(&end);
        for round in 0..ROUNDS {
            let mut socket = unix(&ctx, c::SOCK_DGRAM);
            match socket.bind(&named(&format!("/sub/{round}"))) {
                Ok(()) => bound += 1,
                Err(Error::Os(Errno::EACCES)) => refused += 1,
                Err(error) => panic!("{error}"),
            }
            let sent = sender.sendto(b"x", 0, &named("/sub/peer")).now_or_never().expect("it need not wait");
            assert!(matches!(sent, Err(Error::Os(Errno::EACCES | Errno::ENOENT))), "{sent:?}");
        }
    });
    assert!(bound > 0 && refused > 0, "{bound} and {refused}: they never met");
    assert_eq!(count(outside.path()), 1, "of {bound}, outside");
    assert_eq!(peer.recv(&mut [0]).map_err(|error| error.kind()), Err(std::io::ErrorKind::WouldBlock));
    let entries = ["sub", "link"].map(|name| inside.path().join(name));
    let real = entries.iter().find(|entry| !entry.is_symlink()).expect("the directory");
    assert_eq!(count(real), bound);
}

#[test]
fn a_name_lasts_as_long_as_its_socket() {
    let inside = tempfile::tempdir().expect("a directory");
    fs::create_dir(inside.path().join("sub")).expect("makes");
    let (one, other) = (guest(inside.path(), Waiting::Inline), guest(inside.path(), Waiting::Inline));
    let mut server = unix(&one, c::SOCK_DGRAM);
    server.bind(&named("/server")).expect("binds");
    let native = UnixDatagram::bind(inside.path().join("native")).expect("binds");
    for (name, descriptors) in [("/client", 1), ("/sub/client", 2)] {
        let mut client = unix(&other, c::SOCK_DGRAM);
        client.bind(&named(name)).expect("binds");
        assert_eq!(client.getsockname(), Ok(Some(named(name))));
        assert_eq!(other.open_sockets(), descriptors);
        let copy = client.dup().expect("a duplicate");
        drop(client);
        for to in ["/server", "/native"] {
            assert_eq!(copy.sendto(b"x", 0, &named(to)).now_or_never(), Some(Ok(1)));
        }
        let (_, from) = server.recvfrom(1, 0).now_or_never().expect("it need not wait").expect("received");
        assert_eq!(from, Some(named(name)));
        // Who may look into this process can answer.
        let (_, from) = native.recv_from(&mut [0]).expect("received");
        native.send_to(b"answer", from.as_pathname().expect("a path")).expect("answers");
        assert_eq!(copy.recv(9, 0).now_or_never(), Some(Ok(b"answer".to_vec())));
        drop(copy);
        assert_eq!(other.open_sockets(), 0);
    }
}

type Waits = Pin<Box<dyn Future<Output = Result<usize>>>>;

/// A guest that waits for room in the queue, or for a place in the backlog, once it is polled. Beside it, whether its
/// socket goes on not to block.
fn waiting(directory: &Path, kind: i32) -> (Waits, socket2::Socket) {
    let ctx = guest(directory, Waiting::Yield);
    let mut socket = unix(&ctx, kind);
    let watched =
        socket.descriptor().expect("open").socket().kernel().expect("the kernel's").try_clone().expect("a duplicate");
    let waits = async move {
        let result = match kind {
            c::SOCK_DGRAM => socket.sendto(b"x", 0, &named("/queue")).await,
            _ => socket.connect(&named("/listener")).await.map(|()| 0),
        };
        drop(ctx);
        result
    };
    (Box::pin(waits), watched)
}

/// A queue that is full, and two listeners that are: whoever holds it keeps them so.
fn full(directory: &Path) -> Vec<socket2::Socket> {
    let at = |name: &str| SockAddr::unix(directory.join(name)).expect("an address");
    let made = |kind| {
        let socket = socket2::Socket::new(socket2::Domain::UNIX, kind, None).expect("a socket");
        socket.set_nonblocking(true).expect("is set");
        socket
    };
    let (queue, filler) = (made(Type::DGRAM), made(Type::DGRAM));
    queue.bind(&at("queue")).expect("binds");
    while filler.send_to(b"fill", &at("queue")).is_ok() {}
    let listener = made(Type::STREAM);
    listener.bind(&at("listener")).expect("binds");
    listener.listen(0).expect("listens");
    let mut held = vec![queue, filler, listener];
    loop {
        let client = made(Type::STREAM);
        let result = client.connect(&at("listener"));
        held.push(client);
        if result.is_err() {
            return held;
        }
    }
}

#[test]
fn guests_that_are_dropped_leave_nothing_behind() {
    in_own_process("guests_that_are_dropped_leave_nothing_behind", || {
        const GUESTS: usize = 500;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).build();
        let directory = tempfile::tempdir().expect("a directory");
        let held = full(directory.path());
        runtime.expect("a runtime").block_on(async {
            let has = || (count("/proc/self/task"), count("/proc/self/fd"));
            let before = has();
            let kinds = [c::SOCK_DGRAM, c::SOCK_STREAM];
            let mut guests: Vec<_> = (0..GUESTS).map(|at| waiting(directory.path(), kinds[at % 2])).collect();
            for (waits, _) in &mut guests {
                assert!(waits.now_or_never().is_none(), "there is no room");
            }
            assert_eq!(count("/proc/self/task"), before.0);
            // A neighbour's file is read on the one thread that there is for that.
            let file = tokio::task::spawn_blocking(|| fs::read("/dev/null")).await;
            assert!(file.expect("is run").is_ok());
            let with_neighbour = count("/proc/self/task");
            assert!(guests.iter().all(|(_, socket)| sys::is_nonblocking(socket).expect("tells")));
            drop(guests);
            assert_eq!(has(), (with_neighbour, before.1));
        });
        drop(held);
    });
}

#[tokio::test]
async fn a_call_waits_for_room_as_long_as_it_takes() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut held = full(directory.path());
    for kind in [c::SOCK_DGRAM, c::SOCK_STREAM] {
        let (mut waits, _) = waiting(directory.path(), kind);
        assert!((&mut waits).now_or_never().is_none(), "there is no room");
        match kind {
            c::SOCK_DGRAM => drop(held[0].recv(&mut [std::mem::MaybeUninit::uninit(); 9]).expect("receives")),
            _ => drop(held[2].accept().expect("accepts")),
        }
        assert!(waits.await.is_ok());
    }
    held.clear();
}

/// The socket of one guest, handed to another that yields as one from elsewhere.
fn handed(socket: &Socket, to: &SocketCtx) -> Socket {
    socket.prepare_to_pass().expect("can be passed");
    let copy =
        socket.descriptor().expect("open").socket().kernel().expect("the kernel's").try_clone().expect("a duplicate");
    Socket::adopt(&to.shared, super::life::Adopted::new(copy.into()).expect("a socket"))
}

#[tokio::test]
async fn one_guests_waiting_keeps_no_other_from_going_on() {
    let directory = tempfile::tempdir().expect("a directory");
    let _held = full(directory.path());
    let ctxs = [(); 2].map(|()| guest(directory.path(), Waiting::Yield));
    let mut socket = unix(&ctxs[0], c::SOCK_STREAM);
    let mut other = handed(&socket, &ctxs[1]);
    other.settimeout(Some(Duration::ZERO));
    let listener = named("/listener");
    let mut waits = Box::pin(socket.connect(&listener));
    for _ in 0..3 {
        assert!((&mut waits).now_or_never().is_none(), "there is no room");
        assert_eq!(other.connect(&listener).now_or_never(), Some(Err(Errno::EAGAIN.into())));
        assert_eq!(
            sys::is_nonblocking(other.descriptor().expect("open").socket().kernel().expect("the kernel's")).ok(),
            Some(true)
        );
    }
    drop(waits);
    let datagrams = unix(&ctxs[0], c::SOCK_DGRAM);
    handed(&datagrams, &ctxs[1]).connect(&named("/queue")).now_or_never().expect("it need not wait").expect("connects");
    assert_eq!(
        sys::is_nonblocking(datagrams.descriptor().expect("open").socket().kernel().expect("the kernel's")).ok(),
        Some(false),
        "as it is passed"
    );
}

#[test]
fn the_flag_of_what_others_hold_is_left_alone() {
    let inside = tempfile::tempdir().expect("a directory");
    for waiting in [Waiting::Inline, Waiting::Yield] {
        let ctx = guest(inside.path(), waiting);
        let (mut one, _other) = Socket::pair(&ctx.shared, c::AF_UNIX, c::SOCK_STREAM, 0).expect("a pair");
        let blocks = |socket: &Socket| {
            !sys::is_nonblocking(socket.descriptor().expect("open").socket().kernel().expect("the kernel's"))
                .expect("tells")
        };
        one.prepare_to_pass().expect("can be passed");
        assert!(blocks(&one), "as this guest has made it");
        one.settimeout(Some(Duration::ZERO));
        one.prepare_to_pass().expect("can be passed");
        assert!(blocks(&one), "as others have it");
        assert_eq!(one.recv(1, 0).now_or_never(), Some(Err(Errno::EAGAIN.into())));
        one.descriptor().expect("open").socket().kernel().expect("the kernel's").set_nonblocking(true).expect("is set");
        one.settimeout(None);
        one.prepare_to_pass().expect("can be passed");
        assert!(!blocks(&one), "as others have it");
    }
}

#[test]
fn a_call_that_may_not_wait_is_answered_at_once() {
    let inside = tempfile::tempdir().expect("a directory");
    for waiting in [Waiting::Inline, Waiting::Yield] {
        let ctx = guest(inside.path(), waiting);
        let (mut one, other) = Socket::pair(&ctx.shared, c::AF_UNIX, c::SOCK_STREAM, 0).expect("a pair");
        let blocks = |tried| matches!(tried, Tried::Done(Err(error)) if error == Errno::EAGAIN.into());
        assert!(matches!(one.recv_now(1, 0), Tried::Blocked(_)), "it may wait");
        assert!(blocks(one.recv_now(1, c::MSG_DONTWAIT)));
        one.settimeout(Some(Duration::ZERO));
        assert!(blocks(one.recv_now(1, 0)));
        assert!(matches!(other.send_now(b"x", 0, true), Tried::Done(Ok(1))));
        assert!(matches!(one.recv_now(1, 0), Tried::Done(Ok(data)) if data == b"x"));
    }
}

#[test]
fn only_receiving_waits_first_where_receiving_had_to_wait() {
    let inside = tempfile::tempdir().expect("a directory");
    let ctx = guest(inside.path(), Waiting::Inline);
    let now = |call: Option<Result<Vec<u8>>>| call.expect("it waits on this thread").err();
    let mut datagrams = Socket::create(&ctx.shared, c::AF_INET, c::SOCK_DGRAM, 0).expect("a socket");
    datagrams.settimeout(Some(Duration::from_millis(1)));
    assert_eq!(now(datagrams.recv(1, 0).now_or_never()), Some(Error::TimedOut));
    let accepted = datagrams.accept().now_or_never().expect("it waits on this thread");
    assert_eq!(accepted.err(), Some(Errno::EOPNOTSUPP.into()));
    let mut listener = unix(&ctx, c::SOCK_STREAM);
    listener.bind(&named("/l")).expect("a name");
    listener.listen(1).expect("listens");
    listener.settimeout(Some(Duration::from_millis(1)));
    let accepted = listener.accept().now_or_never().expect("it waits on this thread");
    assert_eq!(accepted.err(), Some(Error::TimedOut));
    assert_eq!(now(listener.recv(1, 0).now_or_never()), Some(Errno::EINVAL.into()));
}

/// A connection whose one end is a guest's, which lingers for an hour; and a duplicate of that, to be asked.
fn lingering(ctx: &SocketCtx) -> (Socket, socket2::Socket) {
    let socket = Socket::create(&ctx.shared, c::AF_INET, c::SOCK_STREAM, 0).expect("a socket");
    let watched =
        socket.descriptor().expect("open").socket().kernel().expect("the kernel's").try_clone().expect("a duplicate");
    watched.set_linger(Some(Duration::from_secs(3600))).expect("is set");
    // As it is noted of one that others can set it of.
    socket.descriptor().expect("open").file().linger();
    (socket, watched)
}

#[test]
fn nobody_waits_for_the_peers_of_a_guest_that_ends() {
    let inside = tempfile::tempdir().expect("a directory");
    let lingers = |socket: &socket2::Socket| socket.linger().expect("tells").is_some();
    for waiting in [Waiting::Inline, Waiting::Yield] {
        let ctx = guest(inside.path(), waiting);
        let (socket, watched) = lingering(&ctx);
        let copy = socket.dup().expect("a duplicate");
        drop(socket);
        assert!(lingers(&watched), "there is another");
        drop(copy);
        assert!(!lingers(&watched));
        let (mut socket, watched) = lingering(&ctx);
        socket.close().expect("closes");
        assert_eq!(lingers(&watched), waiting == Waiting::Inline, "what the guest closes itself");
    }
}

/// A connection that lingers for an hour, whose peer takes nothing yet; and that peer.
fn unsent() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
    let mut client = TcpStream::connect(listener.local_addr().expect("an address")).expect("connects");
    socket2::SockRef::from(&client).set_linger(Some(Duration::from_secs(3600))).expect("is set");
    client.set_nonblocking(true).expect("is set");
    while client.write(&[0; 1 << 16]).is_ok() {}
    (client, listener.accept().expect("accepts").0)
}

#[test]
fn what_others_hold_too_lingers_for_them_alone() {
    let inside = tempfile::tempdir().expect("a directory");
    for waiting in [Waiting::Inline, Waiting::Yield] {
        let ctx = guest(inside.path(), waiting);
        let take = |client: &TcpStream| {
            let copy = client.try_clone().expect("a duplicate");
            Socket::adopt(&ctx.shared, super::life::Adopted::new(copy.into()).expect("a socket"))
        };
        let (client, mut peer) = unsent();
        let (one, other) = (take(&client), take(&client));
        drop(one);
        let told = socket2::SockRef::from(&client).linger().expect("tells");
        assert_eq!(told, Some(Duration::from_secs(3600)), "as others have it");
        drop(client);
        // The last of all, which would wait for an hour.
        drop(other);
        let (mut received, mut buffer) = (0, vec![0; 1 << 16]);
        loop {
            match peer.read(&mut buffer).expect("receives") {
                0 => break,
                more => received += more,
            }
        }
        assert!(received >= 1 << 16, "all of it, and then the end");
    }
}
