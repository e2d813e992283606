//! A thousand guests of one process at once.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use berkeley_host::policy::Rules;
use berkeley_host::{Command, Ended, SocketCtx, Waiting};
use berkeley_tests::guest;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;
use wasmtime::{Engine, EngineWeak};

use crate::alone::alone;
use crate::embedder::{Given, Ledger, command, engine, prepare};
use crate::held::Held;

const GUESTS: usize = 1000;
/// How many more never wait and never end.
const GREEDY: usize = 4;
const ROUNDS: usize = 6;
/// How often the guests make room for each other.
const TICK: Duration = Duration::from_millis(1);

/// Sends back what comes; who sends `meet` hears `here` once all others have sent it too.
async fn serve(mut peer: TcpStream, all: Arc<Barrier>) -> std::io::Result<()> {
    let mut bytes = vec![0; 4096];
    let mut meets = Vec::new();
    loop {
        let length = peer.read(&mut bytes).await?;
        if length == 0 {
            return Ok(());
        }
        // A round's bytes are answered before the guest goes on, so that this never comes with others.
        meets.extend_from_slice(&bytes[..length]);
        if b"meet".starts_with(&meets[..meets.len().min(4)]) && meets.len() <= 4 {
            if meets.len() == 4 {
                meets.clear();
                all.wait().await;
                peer.write_all(b"here").await?;
            }
            continue;
        }
        peer.write_all(&meets).await?;
        meets.clear();
    }
}

/// Counts the epochs as long as there is an engine.
fn tick(engine: EngineWeak) {
    std::thread::Builder::new()
        .name("ticks".into())
        .spawn(move || {
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                std::thread::sleep(TICK);
            }
        })
        .expect("a thread");
}

struct Crowd {
    engine: Engine,
    command: Command,
}

impl Crowd {
    /// Runs a guest to its end.
    async fn guest(&self, given: &Given, arguments: Vec<String>) -> (Ended, Ledger) {
        let ledger = Ledger::default();
        let rules = Rules::parse(["connect=127.0.0.1", "listen=127.0.0.1", "udp=127.0.0.1"]).expect("rules");
        let builder = SocketCtx::builder().waiting(Waiting::Yield).rules(rules).expect("rules");
        let builder = builder.unix_directory(given.sockets(), "/sockets").expect("is there");
        let sockets = ledger.watch(builder).build();
        let mut prepared = prepare(&self.engine, &given.data(), sockets, &arguments);
        let ended = self.command.run_in(&mut prepared.store).await.expect("runs");
        drop(prepared);
        (ended, ledger)
    }

    /// All of them at once, beside those that are greedy.
    async fn come(self: &Arc<Self>) {
        let given = Arc::new(Given::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let port = listener.local_addr().expect("an address").port();
        let all = Arc::new(Barrier::new(GUESTS));
        let serving = tokio::spawn(async move {
            let mut peers = Vec::new();
            for _ in 0..GUESTS {
                let (peer, _) = listener.accept().await.expect("accepts");
                peers.push(tokio::spawn(serve(peer, all.clone())));
            }
            for peer in peers {
                peer.await.expect("no panic").expect("no error");
            }
        });
        let begin = |arguments: Vec<String>| {
            let (crowd, given) = (self.clone(), given.clone());
            tokio::spawn(async move { crowd.guest(&given, arguments).await })
        };
        let greedy: Vec<_> = (0..GREEDY).map(|_| begin(vec!["greedy".to_owned()])).collect();
        let arguments = |number: usize| [number, GUESTS, port.into(), ROUNDS].map(|number| number.to_string()).to_vec();
        let guests: Vec<_> = (0..GUESTS).map(|number| begin(arguments(number))).collect();
        for (number, guest) in guests.into_iter().enumerate() {
            let (ended, ledger) = guest.await.expect("no panic");
            assert!(matches!(ended, Ended::Exit(0)), "{number}: {ended:?}");
            assert!(ledger.all_closed(number).await >= 5);
        }
        serving.await.expect("no panic");
        for greedy in greedy {
            assert!(!greedy.is_finished());
            greedy.abort();
            assert!(greedy.await.is_err_and(|error| error.is_cancelled()));
        }
    }
}

/// Bytes of memory that this process has, and how many areas of addresses.
fn memory() -> (usize, usize) {
    let pages = fs::read_to_string("/proc/self/statm").expect("is there");
    let resident: usize = pages.split(' ').nth(1).expect("a number").parse().expect("a number");
    (resident * 4096, fs::read("/proc/self/maps").expect("is there").iter().filter(|byte| **byte == b'\n').count())
}

#[test]
fn a_thousand_guests_work_at_once_and_leave_nothing_behind() {
    alone("crowd::a_thousand_guests_work_at_once_and_leave_nothing_behind", || {
        let most = rustix::process::getrlimit(rustix::process::Resource::Nofile);
        let needed = 8 * GUESTS as u64 + 500;
        if most.maximum.is_some_and(|maximum| maximum < needed) {
            return berkeley_tests::skipped(format_args!("{GUESTS} guests need {needed} descriptors"));
        }
        let limit = rustix::process::Rlimit { current: most.maximum, ..most };
        rustix::process::setrlimit(rustix::process::Resource::Nofile, limit).expect("may be set");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let engine = engine();
        tick(engine.weak());
        let crowd = Arc::new(Crowd { command: command(&engine, guest("crowd").program()), engine });
        // The first guest of all makes what stays.
        runtime.block_on(async {
            let given = Given::new();
            let greedy = crowd.guest(&given, vec!["greedy".to_owned()]);
            drop(tokio::time::timeout(TICK, greedy).await);
        });
        let come = || {
            let held = Held::now();
            runtime.block_on(crowd.come());
            held.comes_back("a crowd");
            memory()
        };
        let (first, second) = (come(), come());
        // A guest has more than a megabyte of memory, and some areas of its own.
        assert!(second.0 < first.0 + GUESTS * (1 << 16), "{second:?} after {first:?} bytes and areas");
        assert!(second.1 < first.1 + GUESTS / 4, "{second:?} after {first:?} bytes and areas");
    });
}
