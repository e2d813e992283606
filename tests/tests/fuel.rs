//! How many instructions of WebAssembly a guest's calls come to: the guest's own part of what a call costs.
//!
//! wasmtime's fuel counts them, the same in each run. The bounds leave a compiler some room, of a tenth.

use berkeley_host::{Command, Ended, Guest, SocketCtx, Waiting};
use berkeley_tests::guest;
use tokio::runtime::{Builder, Runtime};
use wasmtime::component::Component;
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::WasiCtx;

/// More than any of them burns.
const FUEL: u64 = 1 << 40;

/// How often the guest does it, at one time and at the other. What it comes to is the difference, without what begins and
/// ends a program.
const TIMES: [u64; 2] = [16, 48];

/// A guest that makes calls again and again.
struct Calls {
    runtime: Runtime,
    engine: Engine,
    command: Command,
}

impl Calls {
    fn new(program: &str) -> Self {
        let engine = Engine::new(Config::new().consume_fuel(true)).expect("an engine");
        let component = Component::from_file(&engine, guest(program).program()).expect("compiles");
        let command = Command::new(&component).expect("links");
        Self { runtime: Builder::new_current_thread().enable_all().build().expect("a runtime"), engine, command }
    }

    /// What doing it once comes to, on average: now and then a program's memory grows.
    fn once(&self, what: &[&str]) -> u64 {
        let [few, many] = TIMES.map(|times| self.burnt(what, times));
        (many - few) / (TIMES[1] - TIMES[0])
    }

    fn burnt(&self, what: &[&str], times: u64) -> u64 {
        let sockets = SocketCtx::builder().allow_all().expect("rules").waiting(Waiting::Inline).build();
        let mut wasi = WasiCtx::builder();
        wasi.inherit_stderr().args(&["calls", what[0], &times.to_string()]).args(&what[1..]);
        let mut store = Store::new(&self.engine, Guest::new(&mut wasi, sockets));
        store.set_fuel(FUEL).expect("fuel is burnt");
        let ended = self.runtime.block_on(self.command.run_in(&mut store)).expect("runs");
        assert!(matches!(ended, Ended::Exit(0)), "{what:?}: {ended:?}");
        FUEL - store.get_fuel().expect("fuel is burnt")
    }

    /// Each comes to so much at most, and to half of it at least: a bound that is far off holds nothing.
    #[track_caller]
    fn come_to(&self, bounds: &[(&[&str], u64)]) {
        let all: Vec<_> = bounds.iter().map(|&(what, most)| (what, self.once(what), most)).collect();
        let is_off = |(_, once, most): &&(&[&str], u64, u64)| once > most || *once < most / 2;
        let off: Vec<_> = all.iter().filter(is_off).collect();
        assert!(off.is_empty(), "these come to other numbers of instructions than to those after them: {off:?}");
    }
}

#[test]
fn calls_of_the_guest_crate_are_few_instructions() {
    let calls = Calls::new("calls");
    calls.come_to(&[
        (&["nothing"], 410),
        (&["ready"], 480),
        (&["datagram"], 1150),
        (&["connection"], 7400),
        (&["poll", "10"], 3000),
        (&["poller", "10"], 620),
    ]);
}

#[test]
fn calls_of_the_c_library_are_few_instructions() {
    let calls = Calls::new("libc_calls");
    calls.come_to(&[
        (&["nothing"], 930),
        (&["ready"], 1420),
        (&["poll", "10"], 10_100),
        (&["poll", "100"], 59_000),
        (&["epoll", "10"], 1840),
    ]);
}

#[test]
fn waiting_costs_by_what_is_ready_and_not_by_what_is_watched() {
    for (program, what) in [("calls", "poller"), ("libc_calls", "epoll")] {
        let calls = Calls::new(program);
        let [few, many] = ["10", "500"].map(|count| calls.once(&[what, count]));
        // What was learnt in a table is found again in a few steps more, or less.
        assert!(many <= few + few / 8, "{what} of 10 sockets takes {few} instructions, of 500 sockets {many}");
    }
}
