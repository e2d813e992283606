//! Virtual time, as everybody has it, and as one host has it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

use tokio::time::Instant;
use wasmtime_wasi::{HostMonotonicClock, HostWallClock};

use crate::pace::Pace;

/// What a guest's monotonic clock tells when the guest's machine begins, in a run as in a simulation: programs take a time
/// near 0 for none, for under Linux the machine has been running for a while.
pub const UPTIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The time of a run, which begins with zero.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Time {
    start: Instant,
    /// What date that is: the time since 1970.
    date: Duration,
}

impl Time {
    /// A run that begins now. Needs a tokio runtime whose clock is paused.
    pub(crate) fn begin(date: Duration) -> Self {
        Self { start: Instant::now(), date }
    }

    pub(crate) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// The date on which the run began: the time since 1970.
    pub(crate) fn date(&self) -> Duration {
        self.date
    }

    pub(crate) fn since(&self, instant: Instant) -> Duration {
        instant.saturating_duration_since(self.start)
    }

    pub(crate) fn instant(&self, at: Duration) -> Instant {
        self.start + at
    }
}

/// By how much a host's calendar is wrong.
#[derive(Debug, Default)]
pub(crate) struct Skew(AtomicI64);

impl Skew {
    pub(crate) fn set(&self, nanoseconds: i64) {
        self.0.store(nanoseconds, Relaxed);
    }
}

/// The clocks of one host.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    pub(crate) time: Time,
    pub(crate) pace: Arc<Pace>,
    pub(crate) skew: Arc<Skew>,
}

/// What the clocks count.
const RESOLUTION: Duration = Duration::from_nanos(1);

impl Clock {
    /// The host's own time since the run began.
    fn elapsed(&self) -> Duration {
        self.time.now() + self.pace.ahead()
    }

    /// The time since 1970.
    pub(crate) fn date(&self) -> Duration {
        let right = self.time.date + self.elapsed();
        let skew = self.skew.0.load(Relaxed);
        let wrong = Duration::from_nanos(skew.unsigned_abs());
        if skew < 0 { right.saturating_sub(wrong) } else { right.saturating_add(wrong) }
    }
}

impl HostMonotonicClock for Clock {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        u64::try_from((UPTIME + self.elapsed()).as_nanos()).unwrap_or(u64::MAX)
    }
}

impl HostWallClock for Clock {
    fn resolution(&self) -> Duration {
        RESOLUTION
    }

    fn now(&self) -> Duration {
        self.date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_machine_has_been_running_for_a_while() {
        let pace = Arc::new(Pace::new(1.0, Duration::from_secs(1)));
        let clock = Clock { time: Time::begin(Duration::ZERO), pace, skew: Arc::default() };
        assert_eq!(HostMonotonicClock::now(&clock), 86_400_000_000_000);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(HostMonotonicClock::now(&clock), 86_401_000_000_000);
        assert_eq!(clock.date(), Duration::from_secs(1));
    }
}
