//! What observers are told, and what it costs where there are none.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use berkeley_host::ancillary::{Control, Outgoing, OutgoingDatagram};
use berkeley_host::observer::{Began, Data, Direction, Ended, Observer, SocketInfo};
use berkeley_host::option::Value;
use berkeley_host::policy::Refusal;
use berkeley_host::{Address, Error, Socket, SocketCtx, Waiting};
use futures_util::FutureExt;

/// MSG_PEEK, MSG_WAITALL.
const PEEK: i32 = 2;
const WAITALL: i32 = 0x100;

/// Writes down what it is told.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Notes {
    fn put(&self, note: String) {
        self.0.lock().expect("nobody panics").push(note);
    }

    /// What was told since the last time.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("nobody panics"))
    }
}

impl Observer for Notes {
    fn wants_data(&self) -> bool {
        true
    }

    fn opened(&self, socket: &SocketInfo) {
        self.put(format!("{} is open", socket.number));
    }

    fn closed(&self, socket: &SocketInfo) {
        self.put(format!("{} is closed", socket.number));
    }

    fn began(&self, call: &Began<'_>) {
        self.put(format!("{} begins: {call}", call.id));
    }

    fn ended(&self, call: &Ended<'_>) {
        assert!(call.waited <= call.took, "{call:?}");
        let waited = if call.waited.is_zero() { "" } else { ", after waiting" };
        self.put(format!("{} ends: {}{waited}", call.id, call.answer()));
    }

    fn refused(&self, refusal: &Refusal) {
        self.put(refusal.to_string());
    }

    fn data(&self, data: &Data<'_>) {
        let bytes: Vec<u8> = data.parts().flatten().copied().collect();
        let way = if data.direction == Direction::Sent { "sent" } else { "received" };
        self.put(format!("{} has {way} {}", data.socket.number, bytes.escape_ascii()));
    }
}

/// A guest's end of a connection, and the other one.
fn connected(
    build: impl FnOnce(berkeley_host::SocketCtxBuilder) -> berkeley_host::SocketCtxBuilder,
) -> (SocketCtx, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let ours = TcpStream::connect(listener.local_addr().expect("an address")).expect("a connection");
    let (theirs, _) = listener.accept().expect("its other end");
    let builder = build(SocketCtx::builder().waiting(Waiting::Inline));
    (builder.preopened("peer", theirs).expect("a socket").build(), ours)
}

fn socket(ctx: &SocketCtx) -> Socket {
    ctx.preopened().expect("its handle").remove(0).1
}

fn now<T>(call: impl Future<Output = T>) -> T {
    call.now_or_never().expect("an inline call is never pending")
}

#[test]
fn calls_are_told_once_with_their_bytes_and_waits() {
    let notes = Arc::new(Notes::default());
    let (ctx, mut peer) = connected(|builder| builder.observer(notes.clone()));
    assert_eq!(notes.take(), ["3 is open"]);
    let mut socket = socket(&ctx);
    assert_eq!(notes.take(), ["0 begins: preopened(\"peer\")", "4 is open", "0 ends: 4"]);

    now(socket.send(b"question", 0)).expect("sends");
    assert_eq!(notes.take(), ["1 begins: send(4, 8 bytes, 0)", "4 has sent question", "1 ends: 8"]);
    let mut question = [0; 8];
    peer.read_exact(&mut question).expect("reads");
    peer.write_all(b"answer").expect("writes");
    now(socket.recv(6, PEEK)).expect("looks");
    let looked = notes.take();
    assert_eq!(looked.first().map(String::as_str), Some("2 begins: recv(4, 6, MSG_PEEK)"));
    assert!(looked.len() == 2, "what was only looked at is not told: {looked:?}");

    // Several system calls, in several parts: one call, and the bytes in order.
    let writer = std::thread::spawn(move || {
        peer.write_all(b", and more").expect("writes");
        peer
    });
    assert_eq!(now(socket.recv(16, WAITALL)).as_deref(), Ok(&b"answer, and more"[..]));
    let received = notes.take();
    let bytes: String = received.iter().filter_map(|note| note.strip_prefix("4 has received ")).collect();
    assert_eq!(bytes, "answer, and more");
    assert_eq!(received.iter().filter(|note| note.contains("begins")).count(), 1, "{received:?}");

    let _peer = writer.join().expect("the peer");
    socket.settimeout(Some(Duration::from_millis(1)));
    notes.take();
    assert_eq!(now(socket.recv(1, 0)), Err(Error::TimedOut));
    assert_eq!(notes.take(), ["5 begins: recv(4, 1, 0)", "5 ends: -1 (timed out), after waiting"]);

    drop(socket);
    assert_eq!(notes.take(), ["6 begins: close(4)", "4 is closed", "6 ends: 0"]);
}

#[test]
fn each_datagram_of_a_batch_is_told() {
    let notes = Arc::new(Notes::default());
    let (ours, theirs) =
        (UdpSocket::bind("127.0.0.1:0").expect("ours"), UdpSocket::bind("127.0.0.1:0").expect("theirs"));
    let peer = ours.local_addr().expect("an address");
    let own = theirs.local_addr().expect("an address");
    let builder = SocketCtx::builder().allow_all().expect("a policy").waiting(Waiting::Inline);
    let ctx = builder.observer(notes.clone()).preopened("given", theirs).expect("a socket").build();
    let socket = socket(&ctx);
    notes.take();
    let datagram = |length| OutgoingDatagram { length, address: Some(peer.into()), ancillary: Vec::new() };
    let sent = now(socket.sendmmsg(b"onetwothree", [3, 3, 5].map(datagram).to_vec(), 0));
    assert_eq!(sent, Ok(3));
    let told = ["1 begins: sendmmsg(4, 3 datagrams, 11 bytes, 0)", "4 has sent one", "4 has sent two"];
    assert_eq!(notes.take(), [&told[..], &["4 has sent three", "1 ends: 3, 11 bytes"]].concat());
    ours.send_to(b"four", own).expect("it sends");
    ours.send_to(b"five", own).expect("it sends");
    let (data, came) = now(socket.recvmmsg(10, 10, 0, 0)).expect("two");
    assert_eq!((data.as_slice(), came.len()), (&b"fourfive"[..], 2));
    let told = ["2 begins: recvmmsg(4, 10 datagrams, 10, 0 control, 0)", "4 has received four"];
    assert_eq!(notes.take(), [&told[..], &["4 has received five", "2 ends: 2, 8 bytes"]].concat());
}

/// Linux's UDP_SEGMENT.
#[cfg(target_os = "linux")]
#[test]
fn each_datagram_is_told_that_the_kernel_makes_of_one() {
    let notes = Arc::new(Notes::default());
    let (ours, theirs) =
        (UdpSocket::bind("127.0.0.1:0").expect("ours"), UdpSocket::bind("127.0.0.1:0").expect("theirs"));
    theirs.connect(ours.local_addr().expect("an address")).expect("connects");
    let builder = SocketCtx::builder().allow_all().expect("a policy").waiting(Waiting::Inline);
    let ctx = builder.observer(notes.clone()).preopened("given", theirs).expect("a socket").build();
    let socket = socket(&ctx);
    let sent =
        |notes: Vec<String>| -> Vec<String> { notes.into_iter().filter(|note| note.contains(" sent ")).collect() };
    let apart = ["4 has sent one", "4 has sent two", "4 has sent of"];
    let size = Outgoing::Data(Control::Raw { level: 17, kind: 103, data: 3u16.to_ne_bytes().to_vec() });
    now(socket.sendmsg(&[b"on".to_vec(), b"etwoof".to_vec()], &[size], 0, None)).expect("sends");
    assert_eq!(sent(notes.take()), apart);
    socket.setsockopt(17, 103, &Value::Int(3)).expect("sets");
    now(socket.send(b"onetwoof", 0)).expect("sends");
    assert_eq!(sent(notes.take()), apart);
    now(socket.send(b"", 0)).expect("sends");
    assert_eq!(sent(notes.take()), ["4 has sent "]);
    let received: Vec<_> = (0..7).map(|_| ours.recv(&mut [0; 100]).expect("a datagram")).collect();
    assert_eq!(received, [3, 3, 2, 3, 3, 2, 0]);
}

#[test]
fn refusals_are_told_with_the_call_that_fails() {
    let notes = Arc::new(Notes::default());
    let (ctx, _peer) = connected(|builder| builder.observer(notes.clone()));
    let mut socket = socket(&ctx);
    notes.take();
    let elsewhere = Address::from(std::net::SocketAddr::from(([192, 0, 2, 1], 80)));
    assert!(matches!(now(socket.connect(&elsewhere)), Err(Error::Denied(_))));
    let text = "not allowed to connect by tcp to 192.0.2.1:80";
    assert_eq!(
        notes.take(),
        ["1 begins: connect(4, 192.0.2.1:80)".to_owned(), text.to_owned(), format!("1 ends: -1 EACCES ({text})")]
    );
}

#[tokio::test]
async fn a_call_that_is_dropped_while_it_waits_is_told_so() {
    let notes = Arc::new(Notes::default());
    let (ctx, mut peer) = connected(|builder| builder.observer(notes.clone()).waiting(Waiting::Yield));
    let socket = socket(&ctx);
    notes.take();
    assert!(socket.recv(10, 0).now_or_never().is_none(), "there is nothing to receive");
    let told = notes.take();
    let [began, ended] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(began, "1 begins: recv(4, 10, 0)");
    assert!(ended.starts_with("1 ends: ? (the guest was ended)"), "{ended}");
    // What waits by yielding has waited, too.
    let receive = socket.recv(10, 0);
    let send = async {
        tokio::task::yield_now().await;
        peer.write_all(b"at last").expect("writes");
    };
    let (received, ()) = futures_util::future::join(receive, send).await;
    assert_eq!(received.as_deref(), Ok(&b"at last"[..]));
    assert!(notes.take().iter().any(|note| note == "2 ends: 7, after waiting"));
}

/// Is told of calls, and does nothing.
struct Idle;

impl Observer for Idle {}

/// How many allocations so many calls of send and recv make.
fn allocations(build: impl FnOnce(berkeley_host::SocketCtxBuilder) -> berkeley_host::SocketCtxBuilder) -> u64 {
    const CALLS: usize = 1000;
    let (ctx, mut peer) = connected(build);
    let socket = socket(&ctx);
    let mut all = [0; CALLS];
    // What is made once is made now.
    now(socket.send(b"x", 0)).expect("sends");
    peer.read_exact(&mut all[..1]).expect("reads");
    peer.write_all(&all).expect("writes");
    let counted = allocation_counter::measure(|| {
        for _ in 0..CALLS {
            now(socket.send(b"x", 0)).expect("sends");
            now(socket.recv(1, 0)).expect("receives");
        }
    });
    peer.read_exact(&mut all).expect("reads");
    // The vector that each recv gives.
    counted.count_total - CALLS as u64
}

#[test]
fn being_told_allocates_nothing_and_neither_does_not_being_told() {
    assert_eq!(allocations(|builder| builder), 0, "without an observer");
    assert_eq!(allocations(|builder| builder.on_refusal(|_| ())), 0, "with one of refusals");
    assert_eq!(allocations(|builder| builder.observer(Idle)), 0, "with one of calls");
}
