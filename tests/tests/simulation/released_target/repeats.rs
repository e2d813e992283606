//! The same seed is the same run.

use std::collections::HashSet;
use std::path::Path;

use berkeley_simulation::{Host, Programs, Python, Scenario, Simulation, configure};
use wasmtime::component::Component;
use wasmtime::{Config, Engine, Error, Result};

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

/// The store under faults, compiled by another engine each time.
fn simulation() -> Simulation {
    let engine = Engine::new(configure(&mut Config::new())).expect("an engine");
    let scenario = Scenario::read(store("node", FAULTS).path()).expect("a scenario");
    scenario.simulation(&mut Compiled(engine, None)).expect("a simulation")
}

#[test]
fn the_same_seed_is_the_same_run() {
    let [one, other] = [simulation(), simulation()];
    let mut hashes = HashSet::new();
    for seed in 0..SEEDS {
        let run = |simulation: &Simulation| simulation.clone().with_seed(seed).run().expect("a run").trace;
        let (first, second) = (run(&one), run(&other));
        let mut entries = first.entries().iter().zip(second.entries());
        assert!(first.hash() == second.hash(), "seed {seed}: {:?}", entries.find(|(one, other)| one != other));
        assert!(hashes.insert(first.hash()), "seed {seed} is as another one");
    }
}
