//! The meter, for a program whose calls block.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use crate::meter::{Meter, Result};

/// Measures one workload.
pub(crate) struct Blocking(Meter);

impl Blocking {
    /// Measures that workload for so long.
    pub(crate) fn new(milliseconds: u64) -> Self {
        Self(Meter::new(milliseconds))
    }

    /// Does it again and again.
    pub(crate) fn each(&self, mut once: impl FnMut() -> Result) -> Result {
        self.units(|| once().map(|()| 1))
    }

    /// Does it again and again, and counts the units that each time comes to.
    pub(crate) fn units(&self, mut once: impl FnMut() -> Result<u64>) -> Result {
        finished(self.0.units(async || once()))
    }

    /// Does it one time, and is told the number of units.
    pub(crate) fn once(&self, work: impl FnOnce(Instant) -> Result<u64>) -> Result {
        finished(self.0.once(async |began| work(began)))
    }
}

/// The value of what waits for nothing but in its calls.
fn finished<T>(work: impl Future<Output = T>) -> T {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("each call blocks until it has an answer"),
    }
}
