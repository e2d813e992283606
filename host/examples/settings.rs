//! Measures what wasmtime's settings make of a guest: its compilation, its start, and its calls.
//!
//! ```console
//! $ cargo run --release --example settings -- 100000 guest.wasm WHAT
//! ```
//!
//! The guest is the tests' `calls.wasm`, or any other that does what its first argument says as often as the second one says;
//! a third and others are added. It is compiled once with each setting, and then run in turns: never doing it, and doing it so
//! often. What is told is the least of some rounds.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use berkeley_host::{Command, Ended, Guest, SocketCtx, Waiting};
use wasmtime::component::Component;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, Store};
use wasmtime_wasi::WasiCtx;

const ROUNDS: usize = 7;

/// What a setting is called, and what makes it.
type Named = (&'static str, fn(&mut Config));

/// What is looked at, beside what the command has: calls that are not concurrent, and nothing else.
const SETTINGS: &[Named] = &[
    ("as the command has it", |_| ()),
    ("concurrency support, wasmtime's default", |config| {
        config.concurrency_support(true);
    }),
    ("epochs", |config| {
        config.epoch_interruption(true);
    }),
    ("fuel", |config| {
        config.consume_fuel(true);
    }),
    ("memories of 64 MiB at most, bounds checked", |config| {
        config.memory_reservation(64 << 20).memory_guard_size(0).memory_may_move(true);
    }),
    ("no copy-on-write images", |config| {
        config.memory_init_cow(false);
    }),
    ("a pool, of 16 guests", |config| {
        let mut pool = PoolingAllocationConfig::default();
        pool.total_component_instances(16).total_memories(16).total_stacks(16);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    }),
    ("not optimised", |config| {
        config.cranelift_opt_level(OptLevel::None);
    }),
];

/// A guest, compiled with a setting, and what was found.
struct Setting {
    name: &'static str,
    engine: Engine,
    command: Command,
    compiled: Duration,
    started: Duration,
    ran: Duration,
}

impl Setting {
    fn new(name: &'static str, set: fn(&mut Config), path: &str) -> Result<Self> {
        let mut config = Config::new();
        config.concurrency_support(false);
        set(&mut config);
        let engine = Engine::new(&config)?;
        let began = Instant::now();
        let component = Component::from_file(&engine, path)?;
        let compiled = began.elapsed();
        let command = Command::new(&component)?;
        Ok(Self { name, engine, command, compiled, started: Duration::MAX, ran: Duration::MAX })
    }

    /// Runs the guest, which does it so often.
    async fn run(&self, path: &str, times: u32, what: &[String]) -> Result<Duration> {
        let sockets = SocketCtx::builder().allow_all()?.waiting(Waiting::Inline).build();
        let mut wasi = WasiCtx::builder();
        wasi.inherit_stderr().arg(path).arg(&what[0]).arg(times.to_string()).args(&what[1..]);
        let mut store = Store::new(&self.engine, Guest::new(&mut wasi, sockets));
        // Neither is to end.
        store.set_epoch_deadline(u64::MAX / 2);
        if store.get_fuel().is_ok() {
            store.set_fuel(u64::MAX)?;
        }
        let began = Instant::now();
        match self.command.run_in(&mut store).await? {
            Ended::Exit(0) => Ok(began.elapsed()),
            ended => bail!("{ended:?}"),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [times, path, what @ ..] = words.as_slice() else { bail!("give how often, a component, and what it is to do") };
    ensure!(!what.is_empty(), "give what it is to do");
    let times: u32 = times.parse().context("how often")?;
    let settings = SETTINGS.iter().map(|(name, set)| Setting::new(name, *set, path));
    let mut settings = settings.collect::<Result<Vec<_>>>()?;
    for _ in 0..ROUNDS {
        for setting in &mut settings {
            setting.started = setting.started.min(setting.run(path, 0, what).await?);
            setting.ran = setting.ran.min(setting.run(path, times, what).await?);
        }
    }
    println!("{:44}{:>12}{:>12}{:>12}", "", "compiled", "started", "each");
    for Setting { name, compiled, started, ran, .. } in settings {
        let each = ran.saturating_sub(started) / times;
        println!("{name:44}{:>9} ms{:>9} µs{:>9} ns", compiled.as_millis(), started.as_micros(), each.as_nanos());
    }
    Ok(())
}
