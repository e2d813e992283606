//! The clock by which guests tell how much time goes by.

use std::time::{Duration, Instant};

use wasmtime_wasi::HostMonotonicClock;

/// A day: programs take a time near 0 for none, for in Linux the machine has been running for a while.
const BEFORE: Duration = Duration::from_secs(24 * 60 * 60);

/// The time since a day before the guest.
pub(crate) struct Monotonic(Instant);

impl Monotonic {
    /// It begins now.
    pub(crate) fn begin() -> Self {
        Self(Instant::now())
    }
}

impl HostMonotonicClock for Monotonic {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        u64::try_from((BEFORE + self.0.elapsed()).as_nanos()).unwrap_or(u64::MAX)
    }
}
