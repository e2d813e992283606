//! Looking for fewer and simpler faults with which a run still fails.

use std::time::Duration;

use wasmtime::Result;

use crate::fault::Fault;
use crate::report::Report;
use crate::simulation::Simulation;

/// How many runs that takes at most.
const MOST: usize = 400;

/// A run that fails in the same way by fewer and simpler faults, if there is one: no fault can be left out of it, and none
/// made shorter by half, without its failing in another way or not at all.
///
/// The seed stays, so that all else by chance is drawn as before.
pub fn shrink(simulation: &Simulation, report: Report) -> Result<Report> {
    let mut shrinking = Shrinking { simulation: simulation.clone().with_seed(report.seed), best: report, left: MOST };
    shrinking.remove()?;
    shrinking.simplify()?;
    // What is shorter may make another one needless.
    shrinking.remove()?;
    Ok(shrinking.best)
}

struct Shrinking {
    simulation: Simulation,
    best: Report,
    left: usize,
}

impl Shrinking {
    /// Whether it fails with these as well; it is the best then.
    fn fails(&mut self, faults: Vec<Fault>) -> Result<bool> {
        if self.left == 0 {
            return Ok(false);
        }
        self.left -= 1;
        let report = self.simulation.clone().with_faults(faults).run()?;
        let is_alike = report.failures.iter().any(|one| self.best.failures.iter().any(|other| one.is_like(other)));
        if is_alike {
            self.best = report;
        }
        Ok(is_alike)
    }

    /// Leaves out as many as can be: halves first, then less at once.
    fn remove(&mut self) -> Result<()> {
        let mut size = self.best.faults.len();
        while size > 0 {
            let mut at = 0;
            while at < self.best.faults.len() {
                let mut fewer = self.best.faults.clone();
                fewer.drain(at..(at + size).min(fewer.len()));
                if !self.fails(fewer)? {
                    at += size;
                }
            }
            size /= 2;
        }
        Ok(())
    }

    /// Makes each simpler: shorter, and at a rounder time.
    fn simplify(&mut self) -> Result<()> {
        for at in 0..self.best.faults.len() {
            while self.replace(at, shorter)? {}
            for unit in [1000, 100, 10] {
                if self.replace(at, |fault| rounder(fault, unit))? {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Whether it fails as well with a simpler one in the place of that fault.
    fn replace(&mut self, at: usize, simpler: impl Fn(&Fault) -> Option<Fault>) -> Result<bool> {
        let Some(fault) = self.best.faults.get(at).and_then(simpler) else { return Ok(false) };
        let mut faults = self.best.faults.clone();
        faults[at] = fault;
        faults.sort_by_key(|fault| fault.at);
        self.fails(faults)
    }
}

/// The same for half the time.
fn shorter(fault: &Fault) -> Option<Fault> {
    let half = fault.lasts? / 2;
    (half >= Duration::from_millis(1)).then(|| Fault { lasts: Some(whole(half, 1)), ..fault.clone() })
}

/// The same at a time of whole units of so many milliseconds.
fn rounder(fault: &Fault, unit: u64) -> Option<Fault> {
    let at = whole(fault.at, unit);
    (at != fault.at && !at.is_zero()).then(|| Fault { at, ..fault.clone() })
}

/// Whole units of so many milliseconds.
fn whole(time: Duration, unit: u64) -> Duration {
    let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(milliseconds / unit * unit)
}
