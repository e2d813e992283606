//! What a run has shown.

use std::time::Duration;

use crate::fault::Fault;
use crate::trace::Trace;
use crate::verdict::Failure;

/// A run that is over.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// Its seed: the same simulation with the same seed has the same report.
    pub seed: u64,
    /// What went wrong in it, that was said to, or drawn.
    pub faults: Vec<Fault>,
    /// Why it failed; empty where it did not.
    pub failures: Vec<Failure>,
    /// What happened.
    pub trace: Trace,
    /// How long it lasted, in virtual time.
    pub time: Duration,
}

impl Report {
    /// Whether it did not fail.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}
