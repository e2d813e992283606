//! Draws calls at random over the whole contract, and over WASI's own sockets beside it. Nothing traps.
//!
//! Arguments: a seed, how many calls, and how it ends: `return` closes nothing, `trap` traps, `forever` draws on,
//! and so does `patient`, which waits without a limit now and then. It is given `/data`, with files, and unix paths in `/sockets`.
//!
//! In the end it prints a line for each function: its name, how often it was called, how often it succeeded.

mod contract;
mod netdb;
mod tls;
mod value;
mod wasi;
mod world;

use anyhow::{Context, Result, bail};

use world::World;

/// What is called, once: whether it succeeded.
type Call = fn(&mut World) -> bool;

/// A function that can be called, and how often beside the others.
struct Function {
    name: &'static str,
    weight: u32,
    call: Call,
}

const fn function(name: &'static str, weight: u32, call: Call) -> Function {
    Function { name, weight, call }
}

const SETS: &[&[Function]] = &[contract::FUNCTIONS, netdb::FUNCTIONS, tls::FUNCTIONS, wasi::FUNCTIONS];

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Return,
    Trap,
    Forever,
    Patient,
}

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [seed, calls, end] = &arguments[..] else { bail!("a seed, how many calls, and how it ends") };
    let end = match end.as_str() {
        "return" => End::Return,
        "trap" => End::Trap,
        "forever" => End::Forever,
        "patient" => End::Patient,
        other => bail!("no such end: {other}"),
    };
    let functions: Vec<_> = SETS.iter().copied().flatten().collect();
    let total: u32 = functions.iter().map(|function| function.weight).sum();
    let mut told = vec![(0u32, 0u32); functions.len()];
    let mut world = World::new(seed.parse().context("a seed")?, end == End::Patient)?;
    let calls = if matches!(end, End::Forever | End::Patient) { u64::MAX } else { calls.parse()? };
    for _ in 0..calls {
        let mut left = world.random.u32(..total);
        let at = functions.iter().position(|function| {
            let chosen = left < function.weight;
            left = left.wrapping_sub(function.weight);
            chosen
        });
        let at = at.context("the weights are all there are")?;
        told[at].0 += 1;
        told[at].1 += u32::from((functions[at].call)(&mut world));
        world.tidy();
    }
    if end == End::Trap {
        std::process::abort();
    }
    for (function, (called, succeeded)) in functions.iter().zip(told) {
        println!("{} {called} {succeeded}", function.name);
    }
    // Whatever is open stays so: the host is to see to it.
    std::mem::forget(world);
    Ok(())
}
