//! Looks for a seed with which a client fails while its server falls and the network fails:
//! `cargo run --example search SERVER.WASM CLIENT.WASM`. The server is found by the name `server`.

use std::num::NonZero;
use std::time::Duration;

use berkeley_simulation::{Change, Host, Kind, Random, Simulation, configure, search, shrink};
use wasmtime::component::Component;
use wasmtime::{Config, Engine, Error, Result};

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let (Some(server), Some(client)) = (words.next(), words.next()) else {
        return Err(Error::msg("write SERVER.WASM CLIENT.WASM"));
    };
    let engine = Engine::new(configure(&mut Config::new()))?;
    let second = Duration::from_secs(1);
    let simulation = Simulation::builder()
        .with(Host::new("server", Component::from_file(&engine, server)?).serves())
        .host("client", Component::from_file(&engine, client)?)
        .links(Change::new().latency(Duration::from_millis(20)).loss(0.01))
        .random(Random::new([Kind::Crash, Kind::Cut], second..20 * second).host("server"))
        .build()?;
    let jobs = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let Some(report) = search(&simulation, 0..1000, jobs, &|_| ())? else {
        println!("1000 runs, and none failed");
        return Ok(());
    };
    println!("seed {}: {}", report.seed, report.failures[0]);
    for fault in shrink(&simulation, report)?.faults {
        println!("  {fault}");
    }
    Ok(())
}
