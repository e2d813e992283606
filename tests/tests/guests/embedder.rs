//! A program that embeds the library: an engine, a temporary directory, and what guests are given.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use berkeley_host::observer::{Observer, SocketInfo};
use berkeley_host::{Command, Guest, SocketCtx, SocketCtxBuilder, Waiting};
use tempfile::TempDir;
use wasmtime::component::Component;
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{FsPerms, WasiCtxBuilder};

use crate::held::PATIENCE;

/// How many bytes a guest may write to stdout.
const OUTPUT: usize = 1 << 20;

/// An engine whose guests can be stopped anywhere.
pub(crate) fn engine() -> Engine {
    let mut config = Config::new();
    config.epoch_interruption(true).consume_fuel(true);
    Engine::new(&config).expect("an engine")
}

/// A guest program, linked.
pub(crate) fn command(engine: &Engine, program: &Path) -> Command {
    let component = Component::from_file(engine, program).expect("compiles");
    Command::new(&component).expect("links")
}

/// What guests are given: `/data` with files, `/sockets` for unix sockets.
pub(crate) struct Given(TempDir);

impl Given {
    pub(crate) fn new() -> Self {
        let given = Self(tempfile::tempdir().expect("a directory"));
        std::fs::create_dir(given.sockets()).expect("makes");
        std::fs::create_dir(given.data()).expect("makes");
        let identity = rcgen::generate_simple_self_signed(["known.test".to_owned()]).expect("a certificate");
        let large = vec![b'l'; 3 << 20];
        let files: [(&str, &[u8]); 4] = [
            ("small", b"a few bytes"),
            ("large", &large),
            ("certificate", identity.cert.der()),
            ("key", &identity.signing_key.serialize_der()),
        ];
        for (name, bytes) in files {
            std::fs::write(given.data().join(name), bytes).expect("writes");
        }
        given
    }

    pub(crate) fn sockets(&self) -> std::path::PathBuf {
        self.0.path().join("sockets")
    }

    pub(crate) fn data(&self) -> std::path::PathBuf {
        self.0.path().join("data")
    }
}

/// A store that is about to run a guest, and what is known of it.
pub(crate) struct Prepared {
    pub(crate) store: Store<Guest>,
    pub(crate) stdout: MemoryOutputPipe,
}

/// Prepares a guest, which has `/data` and those arguments.
pub(crate) fn prepare(engine: &Engine, data: &Path, sockets: SocketCtx, arguments: &[String]) -> Prepared {
    let stdout = MemoryOutputPipe::new(OUTPUT);
    let mut wasi = WasiCtxBuilder::new();
    wasi.arg("guest").args(arguments).stdout(stdout.clone()).inherit_stderr();
    wasi.preopened_dir(data, "/data", FsPerms::ReadWrite).expect("is there");
    let mut store = Store::new(engine, Guest::new(&mut wasi, sockets));
    store.set_fuel(u64::MAX).expect("fuel is on");
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);
    Prepared { store, stdout }
}

/// What a guest has open, as its observer counts it.
#[derive(Clone, Default)]
pub(crate) struct Ledger(Arc<Counts>);

#[derive(Default)]
struct Counts {
    opened: AtomicUsize,
    closed: AtomicUsize,
}

impl Ledger {
    pub(crate) fn watch(&self, builder: SocketCtxBuilder) -> SocketCtxBuilder {
        builder.observer(Watch(self.clone()))
    }

    /// Waits until nothing of the guest is left that would tell of more. How many sockets it has opened: all are closed.
    pub(crate) async fn all_closed(&self, after: impl std::fmt::Display) -> usize {
        let deadline = Instant::now() + PATIENCE;
        // A task of the runtime that was aborted may hold something until it is looked at.
        while Arc::strong_count(&self.0) > 1 {
            assert!(Instant::now() < deadline, "{after}: something is left");
            tokio::task::yield_now().await;
        }
        let (opened, closed) = (self.0.opened.load(Ordering::Relaxed), self.0.closed.load(Ordering::Relaxed));
        assert_eq!(opened, closed, "{after}: sockets that were opened, and that were closed");
        opened
    }
}

struct Watch(Ledger);

impl Observer for Watch {
    fn opened(&self, _: &SocketInfo) {
        self.0.0.opened.fetch_add(1, Ordering::Relaxed);
    }

    fn closed(&self, _: &SocketInfo) {
        self.0.0.closed.fetch_add(1, Ordering::Relaxed);
    }
}

/// Polls the future so many times at most, whether it asks for that or not.
pub(crate) async fn polled<F: Future>(most: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    for _ in 0..most {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return Some(output);
        }
        tokio::task::yield_now().await;
    }
    None
}

pub(crate) fn waiting(random: &mut fastrand::Rng) -> Waiting {
    if random.bool() { Waiting::Inline } else { Waiting::Yield }
}
