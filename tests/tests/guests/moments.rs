//! Guests that are ended at bad moments, in the middle of a call, while neighbours work.

use std::os::unix::net::{UnixDatagram, UnixListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use berkeley_host::observer::{Began, Ended as CallEnded, Observer};
use berkeley_host::policy::Rules;
use berkeley_host::{Command, Ended, PolicyHandle, SocketCtx, Waiting};
use berkeley_tests::guest;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::watch;
use wasmtime::Engine;

use crate::alone::alone;
use crate::embedder::{Given, Ledger, command, engine, prepare};
use crate::held::Held;
use crate::silent::Silent;

/// How many guests are ended at each moment.
const VICTIMS: usize = 12;
/// How many round trips a neighbour makes before and after.
const TRIPS: usize = 10;
const RULES: [&str; 4] = ["connect=127.0.0.1", "listen=127.0.0.1", "resolve=*", "files"];

/// A call of the guest, and the name of the call that it waits in.
const MOMENTS: &[(&str, &str)] = &[
    ("connect", "connect"),
    ("connect-unix", "connect"),
    ("accept", "accept"),
    ("send", "sendall"),
    ("sendto", "sendto"),
    ("tls", "recv"),
    ("look-up", "getaddrinfo"),
    ("blocking-look-up", "getaddrinfo"),
    ("linger", "recv"),
    ("poll", "poll"),
    ("pollable", "subscribe"),
    ("wasi", "subscribe"),
    ("sendfile", "sendfile"),
    ("recvmsg", "recvmsg"),
    ("bind", "accept"),
    ("recv", "recv"),
];

/// Tells in which call a guest is, or was last.
#[derive(Clone, Default)]
struct Moment(Arc<Mutex<Option<&'static str>>>);

impl Observer for Moment {
    fn wants_calls(&self) -> bool {
        true
    }

    fn began(&self, call: &Began<'_>) {
        *self.0.lock().expect("no panic") = Some(call.call.name());
    }

    fn ended(&self, _: &CallEnded<'_>) {}
}

/// A listener and a queue that take nothing more.
#[expect(clippy::disallowed_methods, reason = "no policy stands before a native peer")]
fn full(given: &Given) -> impl Sized {
    let listener = UnixListener::bind(given.sockets().join("full")).expect("binds");
    socket2::SockRef::from(&listener).listen(0).expect("listens");
    let queue = UnixDatagram::bind(given.sockets().join("queue")).expect("binds");
    let filler = UnixDatagram::unbound().expect("a socket");
    filler.set_nonblocking(true).expect("is set");
    while filler.send_to(b"x", given.sockets().join("queue")).is_ok() {}
    let address = socket2::SockAddr::unix(given.sockets().join("full")).expect("an address");
    let mut clients = Vec::new();
    loop {
        let client = socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None).expect("a socket");
        client.set_nonblocking(true).expect("is set");
        let connects = client.connect(&address).is_ok();
        clients.push(client);
        if !connects {
            return (listener, queue, filler, clients);
        }
    }
}

/// Peers: of the first so many connections they send what comes back, and count the round trips; of others nothing.
struct Peers {
    port: u16,
    silent: Arc<AtomicUsize>,
    trips: Vec<watch::Receiver<usize>>,
}

impl Peers {
    async fn new(echoes: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let port = listener.local_addr().expect("an address").port();
        let (senders, trips): (Vec<_>, Vec<_>) = (0..echoes).map(|_| watch::channel(0)).unzip();
        let silent = Arc::new(AtomicUsize::new(0));
        let count = silent.clone();
        tokio::spawn(async move {
            let mut senders = senders.into_iter();
            let mut all_silent = Vec::new();
            while let Ok((mut peer, _)) = listener.accept().await {
                let Some(sender) = senders.next() else {
                    all_silent.push(peer);
                    count.fetch_add(1, Ordering::Relaxed);
                    continue;
                };
                tokio::spawn(async move {
                    let mut byte = [0];
                    while !sender.is_closed()
                        && peer.write_all(b"x").await.is_ok()
                        && peer.read_exact(&mut byte).await.is_ok()
                    {
                        sender.send_modify(|trips| *trips += 1);
                        tokio::task::yield_now().await;
                    }
                });
            }
        });
        Self { port, silent, trips }
    }

    /// Waits until each neighbour has made some more round trips.
    async fn go_on(&mut self) {
        for trips in &mut self.trips {
            let enough = *trips.borrow() + TRIPS;
            trips.wait_for(|trips| *trips >= enough).await.expect("the neighbour goes on");
        }
    }
}

struct World {
    engine: Engine,
    command: Command,
    given: Given,
    silent: Silent,
}

impl World {
    fn sockets(&self, ledger: &Ledger, moment: &Moment) -> SocketCtx {
        let builder = SocketCtx::builder().waiting(Waiting::Yield).resolver(self.silent.clone());
        let builder = builder.rules(Rules::parse(RULES).expect("rules")).expect("rules").tls_roots(Vec::new());
        let builder = builder.unix_directory(self.given.sockets(), "/sockets").expect("is there");
        ledger.watch(builder).observer(moment.clone()).build()
    }

    /// The guest that waits there, which is run by polling the future; and how its policy is replaced.
    fn guest(
        &self,
        call: &str,
        port: u16,
        ledger: &Ledger,
        moment: &Moment,
    ) -> (impl Future<Output = wasmtime::Result<Ended>> + use<>, PolicyHandle) {
        let sockets = self.sockets(ledger, moment);
        let policy = sockets.policy_handle().expect("a handle");
        let arguments = [call.to_owned(), port.to_string()];
        let mut prepared = prepare(&self.engine, &self.given.data(), sockets, &arguments);
        let command = self.command.clone();
        (async move { command.run_in(&mut prepared.store).await }, policy)
    }
}

/// Polls the guest until it is pending, again and again, in that call.
async fn reach<F: Future<Output = wasmtime::Result<Ended>>>(
    future: std::pin::Pin<&mut F>,
    moment: &Moment,
    call: &'static str,
) {
    let mut future = future;
    let mut times = 0;
    while times < 20 {
        if let Poll::Ready(ended) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            panic!("{call}: it should wait: {ended:?}");
        }
        times = if *moment.0.lock().expect("no panic") == Some(call) { times + 1 } else { 0 };
        tokio::task::yield_now().await;
    }
}

/// How those are ended that wait.
#[derive(Clone, Copy, Debug)]
enum Ending {
    /// They are dropped.
    Drop,
    /// Their policy is replaced by one that allows nothing, once they wait; then they are dropped.
    Policy,
}

async fn end_at(world: &World, call: &str, told: &'static str, ending: Ending) {
    let ledger = Ledger::default();
    let mut peers = Peers::new(2).await;
    let neighbours: Vec<_> = peers
        .trips
        .iter()
        .map(|_| {
            let neighbour = world.guest("echo", peers.port, &Ledger::default(), &Moment::default()).0;
            tokio::spawn(neighbour)
        })
        .collect();
    peers.go_on().await;
    let held = Held::now();
    let mut victims = Vec::new();
    let moments: Vec<_> = (0..VICTIMS).map(|_| Moment::default()).collect();
    for moment in &moments {
        let (victim, policy) = world.guest(call, peers.port, &ledger, moment);
        victims.push((Box::pin(victim), policy));
    }
    for ((victim, _), moment) in victims.iter_mut().zip(&moments) {
        reach(victim.as_mut(), moment, told).await;
    }
    peers.go_on().await;
    if let Ending::Policy = ending {
        for (victim, policy) in &mut victims {
            policy.replace(Rules::default()).expect("is replaced");
            // It may end by what it is refused, or wait on: it has done nothing that is not allowed.
            let _ = victim.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
        peers.go_on().await;
    }
    drop(victims);
    ledger.all_closed(format_args!("{call} {ending:?}")).await;
    peers.go_on().await;
    // The silent peers' ends are the test's own.
    while !held.has_beside(peers.silent.load(Ordering::Relaxed), format_args!("{call} {ending:?}")) {
        tokio::task::yield_now().await;
    }
    peers.go_on().await;
    // Their peers end.
    drop(peers);
    for neighbour in neighbours {
        assert!(matches!(neighbour.await.expect("no panic"), Ok(Ended::Exit(0))));
    }
}

#[test]
fn guests_are_ended_at_bad_moments_while_neighbours_work() {
    alone("moments::guests_are_ended_at_bad_moments_while_neighbours_work", || {
        let (release, silent) = Silent::new();
        let engine = engine();
        let world =
            World { command: command(&engine, guest("moments").program()), engine, given: Given::new(), silent };
        let _full = full(&world.given);
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        // The first guest of all, and the first runtime, make what stays.
        runtime().block_on(end_at(&world, "recv", "recv", Ending::Drop));
        for (call, told) in MOMENTS {
            for ending in [Ending::Drop, Ending::Policy] {
                let held = Held::now();
                let runtime = runtime();
                runtime.block_on(end_at(&world, call, told, ending));
                // With it goes all that the test itself has.
                drop(runtime);
                held.comes_back(format_args!("{call}, {ending:?}"));
                println!("moments: {call}, {ending:?}");
            }
        }
        drop(release);
    });
}
