//! Guests that draw calls at random, and end at random: nothing traps by itself, and nothing is left.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU64;
use std::time::{Duration, Instant};

use berkeley_host::policy::Rules;
use berkeley_host::resolver::Hosts;
use berkeley_host::{Command, Ended, Limits, SocketCtx, Waiting};
use berkeley_tests::{guest, text};
use wasmtime::{Engine, Trap};

use crate::alone::alone;
use crate::embedder::{Given, Ledger, command, engine, polled, prepare, waiting};
use crate::held::Held;

/// How many seeds are tried, unless the variable says how many minutes; and the first of them.
const SEEDS: u64 = 90;
const MINUTES: &str = "BERKELEY_TEST_MINUTES";
const FIRST: &str = "BERKELEY_TEST_SEED";

/// How many calls a guest makes that returns.
const CALLS: u64 = 4000;
/// How many guests there are at once, which meet in one directory and on one network.
const AT_ONCE: u64 = 3;
/// How much fuel a guest burns between two polls.
const INTERVAL: u64 = 100_000;

const RULES: &[&str] = &[
    "connect",
    "connect=127.0.0.1",
    "connect=[::1]",
    "listen",
    "udp",
    "udp=127.0.0.1",
    "resolve",
    "unix=@berkeley-draws*",
    "family=alg",
    "option",
    "files",
    "interfaces",
    "hostname",
];

/// How a guest ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// By itself.
    Return,
    /// By a trap of its own.
    Trap,
    /// By running out of so much fuel, in the middle of whatever it does.
    Fuel(u64),
    /// It is dropped when it was polled so often, in the middle of whatever it waits for.
    Drop(usize),
}

/// What is drawn for one guest.
#[derive(Debug)]
struct Draw {
    seed: u64,
    waiting: Waiting,
    limits: Limits,
    rules: Vec<&'static str>,
    end: End,
}

impl Draw {
    fn new(seed: u64) -> Self {
        let random = &mut fastrand::Rng::with_seed(seed);
        let end = match random.u8(..5) {
            0 => End::Return,
            1 => End::Trap,
            2 => End::Fuel(random.u64(INTERVAL..1000 * INTERVAL)),
            _ => End::Drop(random.usize(1..2000)),
        };
        let mut limits = Limits::default();
        if random.bool() {
            limits.sockets = random.usize(1..60);
            limits.buffers = random.usize(1 << 16..4 << 20);
            limits.backlog = random.usize(1..8);
            limits.tls = random.usize(1 << 12..1 << 20);
            limits.receive = random.usize(1..1 << 16);
            limits.poll = random.usize(1..16);
        }
        if random.u8(..4) == 0 {
            limits.bandwidth_out = NonZeroU64::new(random.u64(1 << 16..1 << 24));
            limits.bandwidth_in = NonZeroU64::new(random.u64(1 << 16..1 << 24));
            limits.connections_per_second = NonZeroU64::new(random.u64(100..10_000));
        }
        // Mostly all of them, so that much succeeds.
        let few = random.u8(..4) == 0;
        let rules = RULES.iter().copied().filter(|_| !few || random.bool()).collect();
        Self { seed, waiting: waiting(random), limits, rules, end }
    }

    fn sockets(&self, given: &Given, ledger: &Ledger) -> SocketCtx {
        let hosts = Hosts::new().with("known.test", ["127.0.0.1", "::1"].map(|ip| ip.parse().expect("an address")));
        let builder = SocketCtx::builder().waiting(self.waiting).limits(self.limits).resolver(hosts);
        let builder = builder.rules(Rules::parse(self.rules.iter().copied()).expect("rules")).expect("rules");
        ledger.watch(builder.unix_directory(given.sockets(), "/sockets").expect("is there")).build()
    }

    fn arguments(&self) -> [String; 3] {
        let end = match (self.end, self.waiting) {
            (End::Return, _) => "return",
            (End::Trap, _) => "trap",
            (End::Drop(_), Waiting::Yield) => "patient",
            _ => "forever",
        };
        [self.seed.to_string(), CALLS.to_string(), end.to_owned()]
    }

    /// Runs the guest to its end, and gives what it wrote.
    async fn run(&self, engine: &Engine, command: &Command, given: &Given) -> String {
        let ledger = Ledger::default();
        let sockets = self.sockets(given, &ledger);
        let mut prepared = prepare(engine, &given.data(), sockets, &self.arguments());
        prepared.store.fuel_async_yield_interval(Some(INTERVAL)).expect("fuel is on");
        if let End::Fuel(fuel) = self.end {
            prepared.store.set_fuel(fuel).expect("fuel is on");
        }
        let most = if let End::Drop(polls) = self.end { polls } else { usize::MAX };
        let ended = polled(most, command.run_in(&mut prepared.store)).await;
        match (self.end, ended) {
            (End::Return, Some(Ok(Ended::Exit(0)))) | (End::Drop(_), None) => {}
            (End::Trap, Some(Ok(Ended::Trap(trap)))) if trap.downcast_ref() == Some(&Trap::UnreachableCodeReached) => {}
            (End::Fuel(_), Some(Ok(Ended::Trap(trap)))) if trap.downcast_ref() == Some(&Trap::OutOfFuel) => {}
            (_, ended) => panic!("{self}: {ended:?}"),
        }
        let stdout = text(&prepared.stdout.contents());
        drop(prepared.store);
        ledger.all_closed(self).await;
        stdout
    }
}

impl fmt::Display for Draw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}, {:?}, {:?}, {:?}", self.seed, self.waiting, self.end, self.limits)
    }
}

/// How often functions were called, and how often they succeeded.
#[derive(Default)]
struct Tally(BTreeMap<String, (u64, u64)>);

impl Tally {
    fn add(&mut self, told: &str) {
        for line in told.lines() {
            let mut words = line.rsplitn(3, ' ');
            let mut number = || words.next().expect("a number").parse::<u64>().expect("a number");
            let (succeeded, called) = (number(), number());
            let counts = self.0.entry(words.next().expect("a name").to_owned()).or_default();
            *counts = (counts.0 + called, counts.1 + succeeded);
        }
    }

    fn calls(&self) -> u64 {
        self.0.values().map(|(called, _)| called).sum()
    }
}

/// What needs more than is given here, or another system; or a moment that hardly comes by chance.
const NEVER: &[&str] = &["fromshare", "ioctl", "share", "sethostname", "connection.choose", "connection.refuse"];

/// That none of fewer calls succeeds may be chance.
const ENOUGH: u64 = 200;

#[test]
fn guests_that_draw_calls_leave_nothing_behind() {
    alone("draws::guests_that_draw_calls_leave_nothing_behind", || {
        let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
        let (first, minutes) = (number(FIRST).unwrap_or(0), number(MINUTES));
        let end = minutes.map(|minutes| Instant::now() + Duration::from_secs(minutes * 60));
        let goes_on = |seed| end.map_or(seed < first + SEEDS, |end| Instant::now() < end);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let engine = engine();
        let command = command(&engine, guest("draws").program());
        let (mut tally, mut seed) = (Tally::default(), first);
        // The first guest of all makes what stays: the hosts's roots, say.
        runtime.block_on(Draw { end: End::Return, ..Draw::new(seed) }.run(&engine, &command, &Given::new()));
        while goes_on(seed) {
            let held = Held::now();
            let given = Given::new();
            let draws: Vec<_> = (seed..seed + AT_ONCE).map(Draw::new).collect();
            let run = futures_util::future::join_all(draws.iter().map(|draw| draw.run(&engine, &command, &given)));
            runtime.block_on(run).iter().for_each(|told| tally.add(told));
            drop(given);
            held.comes_back(format_args!("{draws:?}"));
            seed += AT_ONCE;
        }
        println!("draws: seeds {first} to {seed}; calls of those that returned: {}", tally.calls());
        for (name, (called, succeeded)) in &tally.0 {
            println!("draws: {name}: {called}, {succeeded} of them succeeded");
            let is_known = *called < ENOUGH || NEVER.contains(&name.as_str());
            assert!(*succeeded > 0 || is_known, "{name} never succeeded in {called} calls");
        }
    });
}
