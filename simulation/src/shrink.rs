//! Looking for fewer and simpler faults with which a run still fails.

use std::time::Duration;

use wasmtime::Result;

use crate::fault::Fault;
use crate::report::Report;
use crate::simulation::Simulation;

/// How many runs that takes at most.
const MOST: usize = 400;

/// Of how many faults all pairs and triples are tried by themselves.
const FEW: usize = 12;

/// A run that fails in the same way by fewer and simpler faults, if there is one: no fault can be left out of it, and none
/// made shorter by half, without its failing in another way or not at all. Where few are left, no two or three of them by
/// themselves make it fail either.
///
/// The seed stays, so that all else by chance is drawn as before.
pub fn shrink(simulation: &Simulation, report: Report) -> Result<Report> {
    let simulation = simulation.clone().with_seed(report.seed);
    let faults = report.faults.clone();
    let mut best = report;
    let fails = |faults: &[Fault]| {
        let report = simulation.clone().with_faults(faults.to_vec()).run()?;
        let is_alike = report.failures.iter().any(|one| best.failures.iter().any(|other| one.is_like(other)));
        if is_alike {
            best = report;
        }
        Ok(is_alike)
    };
    Shrinking { fails, faults, left: MOST }.shrink()?;
    Ok(best)
}

struct Shrinking<F> {
    fails: F,
    /// The simplest that fail.
    faults: Vec<Fault>,
    left: usize,
}

impl<F: FnMut(&[Fault]) -> Result<bool>> Shrinking<F> {
    fn shrink(&mut self) -> Result<()> {
        self.remove()?;
        self.pick()?;
        self.simplify()?;
        // What is shorter may make another one needless.
        self.remove()
    }

    /// Whether it fails with these as well; they are the simplest then.
    fn fails(&mut self, faults: Vec<Fault>) -> Result<bool> {
        if self.left == 0 {
            return Ok(false);
        }
        self.left -= 1;
        let fails = (self.fails)(&faults)?;
        if fails {
            self.faults = faults;
        }
        Ok(fails)
    }

    /// Leaves out as many as can be: halves first, then less at once.
    fn remove(&mut self) -> Result<()> {
        let mut size = self.faults.len();
        while size > 0 {
            let mut at = 0;
            while at < self.faults.len() {
                let mut fewer = self.faults.clone();
                fewer.drain(at..(at + size).min(fewer.len()));
                if !self.fails(fewer)? {
                    at += size;
                }
            }
            size /= 2;
        }
        Ok(())
    }

    /// Takes one, two or three alone. Leaving out one at a time does not lead there where each moves what the others meet.
    fn pick(&mut self) -> Result<()> {
        if self.faults.len() > FEW {
            return Ok(());
        }
        let all = self.faults.clone();
        for size in 1..all.len().min(4) {
            for chosen in (0..1_u32 << all.len()).filter(|chosen| chosen.count_ones() as usize == size) {
                let is_chosen = |at: &usize| chosen >> at & 1 == 1;
                let few = (0..all.len()).filter(is_chosen).map(|at| all[at].clone()).collect();
                if self.fails(few)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Makes each simpler: shorter, and at a rounder time.
    fn simplify(&mut self) -> Result<()> {
        for at in 0..self.faults.len() {
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
        let Some(fault) = self.faults.get(at).and_then(simpler) else { return Ok(false) };
        let mut faults = self.faults.clone();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Action;

    /// What is left of so many pauses, the n-th at n seconds, where that many seconds tell whether a run fails.
    fn left(many: u64, mut fails: impl FnMut(&[u64]) -> bool) -> Vec<u64> {
        let fault = |at| Fault { at: Duration::from_secs(at), action: Action::Pause("a".into()), lasts: None };
        let mut shrinking = Shrinking {
            fails: |faults: &[Fault]| Ok(fails(&faults.iter().map(|fault| fault.at.as_secs()).collect::<Vec<_>>())),
            faults: (1..=many).map(fault).collect(),
            left: MOST,
        };
        shrinking.shrink().expect("no run breaks off");
        shrinking.faults.iter().map(|fault| fault.at.as_secs()).collect()
    }

    #[test]
    fn what_does_not_matter_is_left_out() {
        assert_eq!(left(44, |seconds| seconds.contains(&17) && seconds.contains(&30)), [17, 30]);
        assert_eq!(left(44, |_| true), [] as [u64; 0]);
    }

    #[test]
    fn two_are_found_where_leaving_out_one_after_the_other_stops_before() {
        // Seven meet what these two meet by themselves, but no three to six do.
        let fails = |seconds: &[u64]| match seconds.len() {
            7.. => [17, 30].iter().all(|second| seconds.contains(second)),
            _ => seconds == [17, 30],
        };
        assert_eq!(left(44, fails), [17, 30]);
    }

    #[test]
    fn it_ends_after_so_many_runs() {
        let mut runs = 0;
        let fails = |seconds: &[u64]| {
            runs += 1;
            seconds.len() > 300
        };
        assert_eq!(left(1000, fails).len(), 301);
        assert!(runs <= MOST, "{runs}");
    }
}
