//! What goes wrong by chance: drawn from the seed before the run begins, so that it can be told, and made less.

use std::time::Duration;

use crate::chance::Chance;
use crate::fault::{Action, Fault};
use crate::link::Change;

/// A kind of fault that is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The hosts fall apart into two groups.
    Partition,
    /// What one host sends to one other is lost.
    Cut,
    /// One link is slow, and loses messages.
    Slow,
    /// A host stands still.
    Pause,
    /// A host falls, and comes back with its files.
    Crash,
    /// A host's power fails, and it comes back without a part of what it did not sync.
    Outage,
    /// A host falls, and comes back as it was in the beginning.
    Wipe,
    /// A host's calendar is wrong.
    Skew,
    /// A host's disk is full.
    FillDisk,
}

impl Kind {
    /// All, with their names.
    pub const ALL: [(&'static str, Self); 9] = [
        ("partition", Self::Partition),
        ("cut", Self::Cut),
        ("slow", Self::Slow),
        ("pause", Self::Pause),
        ("crash", Self::Crash),
        ("outage", Self::Outage),
        ("wipe", Self::Wipe),
        ("skew", Self::Skew),
        ("fill-disk", Self::FillDisk),
    ];

    /// Whether it happens between hosts, and not to one.
    pub(crate) fn is_of_links(self) -> bool {
        matches!(self, Self::Partition | Self::Cut | Self::Slow)
    }
}

/// Faults at random times in a window.
///
/// ```
/// use std::time::Duration;
///
/// use berkeley_simulation::{Kind, Random};
///
/// let second = Duration::from_secs(1);
/// let random = Random::new([Kind::Partition, Kind::Crash], second..20 * second).every(2 * second).lasting(3 * second);
/// ```
#[derive(Clone, Debug)]
pub struct Random {
    kinds: Vec<Kind>,
    window: std::ops::Range<Duration>,
    every: Duration,
    lasts: Duration,
    pub(crate) hosts: Vec<String>,
}

/// How often something goes wrong, and how long, unless that is set.
const EVERY: Duration = Duration::from_secs(2);
const LASTS: Duration = Duration::from_secs(2);

/// How many faults are drawn at most.
const MOST: usize = 10_000;

impl Random {
    /// Faults of these kinds that begin in the window.
    pub fn new(kinds: impl IntoIterator<Item = Kind>, window: std::ops::Range<Duration>) -> Self {
        Self { kinds: kinds.into_iter().collect(), window, every: EVERY, lasts: LASTS, hosts: Vec::new() }
    }

    /// How much time there is between two of them, on average; 2 seconds unless set.
    #[must_use]
    pub fn every(self, every: Duration) -> Self {
        Self { every, ..self }
    }

    /// How long one lasts at most; 2 seconds unless set.
    #[must_use]
    pub fn lasting(self, lasts: Duration) -> Self {
        Self { lasts, ..self }
    }

    /// One of the hosts that it can hit; all, unless any is named.
    #[must_use]
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.hosts.push(host.into());
        self
    }

    /// The faults that the seed gives.
    pub(crate) fn draw(&self, seed: u64, number: usize, names: &[String]) -> Vec<Fault> {
        let mut chance = Chance::new(seed, &format!("faults {number}"));
        let hosts = if self.hosts.is_empty() { names } else { &self.hosts };
        let (mut at, mut faults) = (self.window.start, Vec::new());
        if self.kinds.is_empty() || hosts.is_empty() || self.every.is_zero() {
            return faults;
        }
        while faults.len() < MOST {
            // The gaps of events that know nothing of each other.
            at += milliseconds(self.every.mul_f64(-(1.0 - chance.fraction()).ln()));
            if at >= self.window.end {
                break;
            }
            let kind = self.kinds[chance.index(self.kinds.len())];
            let lasts = milliseconds(self.lasts.mul_f64(chance.fraction()));
            if let Some(action) = action(kind, hosts, names, &mut chance) {
                faults.push(Fault::new(at, action).lasting(lasts));
            }
        }
        faults
    }
}

/// Whole milliseconds, as timers have them and people read them; at least one.
fn milliseconds(time: Duration) -> Duration {
    Duration::from_millis(u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1))
}

fn action(kind: Kind, hosts: &[String], names: &[String], chance: &mut Chance) -> Option<Action> {
    let host = hosts[chance.index(hosts.len())].clone();
    let others: Vec<_> = names.iter().filter(|name| **name != host).cloned().collect();
    let other = others.get(chance.index(others.len())).cloned();
    Some(match kind {
        Kind::Partition => {
            let (mut one, mut rest) = (vec![host], Vec::new());
            for name in others {
                if chance.fraction() < 0.5 { one.push(name) } else { rest.push(name) }
            }
            if rest.is_empty() {
                rest.extend((one.len() > 1).then(|| one.pop()).flatten());
            }
            if rest.is_empty() {
                return None;
            }
            Action::Partition(vec![one, rest])
        }
        Kind::Cut => Action::Cut { from: host, to: other? },
        Kind::Slow => {
            let latency = Duration::from_millis(50 + chance.below(450));
            let change = Change::new().latency(latency).jitter(latency / 2).loss(chance.below(30) as f64 / 100.0);
            Action::Slow { between: Some((host, other?)), change }
        }
        Kind::Pause => Action::Pause(host),
        Kind::Crash => Action::Crash(host),
        Kind::Outage => Action::Outage(host),
        Kind::Wipe => Action::Wipe(host),
        Kind::Skew => {
            let by = (chance.below(20_000) as i64 - 10_000) * 1_000_000;
            Action::Skew { host, by }
        }
        Kind::FillDisk => Action::FillDisk(host),
    })
}
