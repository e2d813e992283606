//! The clock by which guests tell how much time goes by.

use std::time::Instant;

use berkeley_simulation::UPTIME;
use wasmtime_wasi::HostMonotonicClock;

/// The time since as long before the guest as its machine is said to have been running.
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
        u64::try_from((UPTIME + self.0.elapsed()).as_nanos()).unwrap_or(u64::MAX)
    }
}
