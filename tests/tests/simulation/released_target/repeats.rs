//! The same seed is the same run.

use std::collections::HashSet;
use std::path::Path;

use berkeley_simulation::{Host, Programs, Python, Scenario, Simulation, configure};
use wasmtime::component::Component;
use wasmtime::{Config, Engine, Error, OptLevel, Result};

use super::store::{FAULTS, store};

/// How many seeds are tried.
const SEEDS: u64 = 100;

/// Components, each compiled once.
struct Compiled(Engine, Option<Component>);

impl Programs for Compiled {
    fn component(&mut self, name: &str, path: &Path) -> Result<Host> {
        let component = match self.1.take() {
            Some(component) => component,
            None => Component::from_file(&self.0, path)?,
        };
        self.1 = Some(component.clone());
        Ok(Host::new(name, component))
    }

    fn python(&mut self, name: &str, _: &Python) -> Result<Host> {
        Err(Error::msg(format!("{name} is a program in Python")))
    }
}

/// The store under faults, compiled by another engine each time, and in that way.
fn simulation(level: OptLevel) -> Simulation {
    let engine = Engine::new(configure(Config::new().cranelift_opt_level(level))).expect("an engine");
    let scenario = Scenario::read(store("node", FAULTS).path()).expect("a scenario");
    scenario.simulation(&mut Compiled(engine, None)).expect("a simulation")
}

#[test]
fn the_same_seed_is_the_same_run_however_its_programs_are_compiled() {
    // The first two are compiled in the same way, by engines of their own.
    let ways = [OptLevel::Speed, OptLevel::Speed, OptLevel::None].map(simulation);
    let mut hashes = HashSet::new();
    for seed in 0..SEEDS {
        let run = |simulation: &Simulation| simulation.clone().with_seed(seed).run().expect("a run").trace;
        let [first, others @ ..] = ways.each_ref().map(run);
        for other in others {
            let mut entries = first.entries().iter().zip(other.entries());
            assert!(first.hash() == other.hash(), "seed {seed}: {:?}", entries.find(|(one, other)| one != other));
        }
        assert!(hashes.insert(first.hash()), "seed {seed} is as another one");
    }
}
