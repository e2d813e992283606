//! Runs very many guests of one component on one thread.
//!
//! ```console
//! $ cargo run --release --example many -- 10000 guest.wasm ARGUMENTS…
//! $ cargo run --release --example many -- --busy 'busy.wasm ARGUMENTS…' 200 guest.wasm ARGUMENTS…
//! ```
//!
//! Each guest has an instance from a pool, with a memory that begins as a copy-on-write image of the component's, and may
//! connect to this machine. With `--busy` one more guest, which may never wait and never end, runs on the same thread. In
//! the end it is told what each guest took in memory, on stdout: `memory BYTES`.

use std::fs;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use berkeley_host::policy::Rules;
use berkeley_host::{Command, Ended, Guest, SocketCtx, Waiting};
use futures_util::future::{self, Either, TryFutureExt};
use wasmtime::component::Component;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};
use wasmtime_wasi::WasiCtx;

/// A guest that computes yields this often to the others.
const TURN: Duration = Duration::from_millis(5);

/// The most that one guest's memory can grow to.
const MEMORY: usize = 64 << 20;

/// A component consists of some modules: its own, and small ones that link it with what it imports.
const MODULES: u32 = 8;

/// A pool with room for so many guests.
fn pool(guests: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::default();
    // Room for so many components at once, and for the modules that they consist of.
    pool.total_component_instances(guests)
        .max_core_instances_per_component(MODULES)
        .total_core_instances(guests * MODULES);
    // Each has one memory, and a table for each module at most.
    pool.total_memories(guests).max_memories_per_component(1).max_memory_size(MEMORY);
    pool.total_tables(guests * MODULES).max_tables_per_component(MODULES);
    // Each has a stack of its own, on which it waits. What it used of it is given back when the guest ends.
    pool.total_stacks(guests).async_stack_keep_resident(0);
    pool
}

fn engine(guests: u32) -> Result<Engine> {
    let mut config = Config::new();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(guests)));
    // Calls between guest and host cost twice as much where calls may be concurrent, as those of WASI 0.3 are.
    config.concurrency_support(false);
    config.epoch_interruption(true);
    Ok(Engine::new(&config)?)
}

/// Lets every guest of the engine have its turn. The thread ends with the engine.
fn keep_turns(engine: &Engine) {
    let engine = engine.weak();
    thread::spawn(move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(TURN);
        }
    });
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let (busy, rest) = match &words[..] {
        ["--busy", busy, rest @ ..] => (Some(busy.split_whitespace().collect::<Vec<_>>()), rest),
        rest => (None, rest),
    };
    let [count, guest @ ..] = rest else { bail!("give a number of guests, a component, and its arguments") };
    let count = within_descriptors(count.parse().context("the number of guests")?)?;

    let engine = engine(count + 1)?;
    keep_turns(&engine);
    let command = program(&engine, guest)?;
    let busy = busy.map(|words| Ok::<_, anyhow::Error>((program(&engine, &words)?, words))).transpose()?;
    let before = memory("VmRSS:")?;
    let all = future::try_join_all((0..count).map(|_| run(&engine, &command, guest)));
    match &busy {
        None => drop(all.await?),
        // It goes when the others have ended.
        Some((busy, words)) => {
            let busy = run(&engine, busy, words).and_then(|()| future::pending::<Result<()>>());
            match future::select(Box::pin(all), Box::pin(busy)).await {
                Either::Left((ended, _)) => drop(ended?),
                Either::Right((ended, _)) => return ended,
            }
        }
    }
    println!("memory {}", (memory("VmHWM:")? - before) / u64::from(count));
    Ok(())
}

/// The component that the words begin with, compiled and linked once, whatever the number of guests.
fn program(engine: &Engine, words: &[&str]) -> Result<Command> {
    let path = words.first().context("give a component")?;
    Ok(Command::new(&Component::from_file(engine, path)?)?)
}

async fn run(engine: &Engine, command: &Command, words: &[&str]) -> Result<()> {
    let sockets = SocketCtx::builder().rules(Rules::parse(["connect=127.0.0.0/8"])?)?.waiting(Waiting::Yield).build();
    let mut wasi = WasiCtx::builder();
    wasi.inherit_stdio().args(words);
    let mut store = Store::new(engine, Guest::new(&mut wasi, sockets));
    // At the end of each turn it yields, and goes on when it is its turn again.
    store.epoch_deadline_async_yield_and_update(1);
    match command.run_in(&mut store).await? {
        Ended::Exit(0) => Ok(()),
        Ended::Exit(code) => bail!("a guest exits with {code}"),
        Ended::Trap(trap) => bail!("a guest traps: {trap:?}"),
    }
}

#[cfg(not(unix))]
fn within_descriptors(guests: u32) -> Result<u32> {
    Ok(guests)
}

/// So many guests, or as many as may have a descriptor each. The library leaves the process a quarter of them.
#[cfg(unix)]
fn within_descriptors(guests: u32) -> Result<u32> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let hard = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: hard, maximum: hard })?;
    let Some(hard) = hard else { return Ok(guests) };
    let most = u32::try_from((hard / 4 * 3).saturating_sub(64)).unwrap_or(u32::MAX);
    if guests > most {
        eprintln!("{most} guests instead of {guests}: a process may have {hard} descriptors here");
    }
    Ok(guests.min(most))
}

/// What the process has in memory, or had at most, in bytes.
fn memory(what: &str) -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status").context("this needs Linux")?;
    let line = status.lines().find_map(|line| line.strip_prefix(what)).context("it is not told")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}
