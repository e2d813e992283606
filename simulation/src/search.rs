//! Looking for a seed that fails.

use std::num::NonZero;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};

use wasmtime::{Error, Result};

use crate::report::Report;
use crate::simulation::Simulation;

/// Runs the simulation with these seeds, so many at once, until one fails, and gives the report of the lowest seed that
/// does; none where none fails. It is told of each run that did not.
///
/// Each run is on a thread of its own, and the same as if it were alone.
pub fn search(
    simulation: &Simulation,
    seeds: Range<u64>,
    jobs: NonZero<usize>,
    told: &(dyn Fn(&Report) + Sync),
) -> Result<Option<Report>> {
    let next = AtomicU64::new(seeds.start);
    // From there on nothing more is looked for.
    let end = AtomicU64::new(seeds.end);
    let found: Mutex<Option<Result<Report>>> = Mutex::new(None);
    let work = || {
        loop {
            let seed = next.fetch_add(1, Relaxed);
            if seed >= end.load(Relaxed) {
                return;
            }
            let result = simulation.clone().with_seed(seed).run();
            match result {
                Ok(report) if report.passed() => told(&report),
                failed => {
                    let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                    // A lower one may be on another thread.
                    if end.fetch_min(seed, Relaxed) > seed {
                        *found = Some(failed);
                    }
                }
            }
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs.get()).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(ScopedJoinHandle::join)
    })
    .map_err(|_| Error::msg("a run has panicked"))?;
    found.into_inner().unwrap_or_else(PoisonError::into_inner).transpose()
}
