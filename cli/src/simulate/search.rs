//! Looking for a seed that fails.

use std::num::NonZero;

use berkeley_simulation::{Report, Simulation};

use crate::progress::Progress;

/// Runs it with so many seeds from its own on: how many did not fail, or the first that did.
pub(super) fn search(
    simulation: &Simulation,
    runs: NonZero<u64>,
    jobs: NonZero<usize>,
) -> wasmtime::Result<Result<u64, Box<Report>>> {
    let progress = Progress::counting("simulating".into(), runs.get());
    let seeds = simulation.seed()..simulation.seed().saturating_add(runs.get());
    let found = berkeley_simulation::search(simulation, seeds, jobs, &|_| progress.step())?;
    Ok(found.map_or(Ok(runs.get()), |report| Err(Box::new(report))))
}
