//! How a run ended.

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;
use std::time::Duration;

/// How many lines of a guest's stack are told.
const MOST_LINES: usize = 24;

/// Why a run failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// A check does not hold.
    Check {
        /// Which one.
        check: String,
        /// What was found.
        found: String,
    },
    /// A program ended with an exit code that says so.
    Exit {
        /// The host.
        host: Arc<str>,
        /// Its exit code.
        code: i32,
    },
    /// A program trapped.
    Trap {
        /// The host.
        host: Arc<str>,
        /// What wasmtime tells of it.
        why: String,
        /// Where it was: the frames of its stack, one a line, the innermost first; empty where that is not known.
        frames: String,
    },
    /// Nothing was left to happen, and programs were not at their end.
    Deadlock {
        /// When the last thing happened.
        since: Duration,
        /// What each host does that has not ended.
        hosts: Vec<(Arc<str>, String)>,
    },
    /// A program computed, and waited for nothing.
    Endless {
        /// The host.
        host: Arc<str>,
        /// How long, in virtual time.
        time: Duration,
        /// Where it was then: the frames of its stack, one a line, the innermost first; empty where that is not known.
        frames: String,
    },
    /// The run's time was over, and programs were not at their end.
    Late {
        /// The time limit.
        limit: Duration,
        /// What each host does that has not ended.
        hosts: Vec<(Arc<str>, String)>,
    },
    /// A program could not be run.
    Broken {
        /// The host.
        host: Arc<str>,
        /// Why.
        why: String,
    },
}

impl Failure {
    /// Whether the other one is of the same kind: the same check, or the same end of the same program.
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Check { check: one, .. }, Self::Check { check: other, .. }) => one == other,
            (Self::Exit { host: one, .. }, Self::Exit { host: other, .. })
            | (Self::Trap { host: one, .. }, Self::Trap { host: other, .. })
            | (Self::Endless { host: one, .. }, Self::Endless { host: other, .. })
            | (Self::Broken { host: one, .. }, Self::Broken { host: other, .. }) => one == other,
            (Self::Deadlock { .. }, Self::Deadlock { .. }) | (Self::Late { .. }, Self::Late { .. }) => true,
            _ => false,
        }
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Check { check, found } => write!(f, "{check}: {found}"),
            Self::Exit { host, code } => write!(f, "{host} exits with {code}"),
            Self::Trap { host, why, frames } => {
                write!(f, "{host} traps: {why}")?;
                write_frames(f, frames)
            }
            Self::Deadlock { since, hosts } => {
                write!(f, "deadlock: nothing is left to happen after {:.3} s", since.as_secs_f64())?;
                write_hosts(f, hosts)
            }
            Self::Endless { host, time, frames } => {
                write!(f, "{host} loops without end: it has computed for {time:?} and waited for nothing")?;
                write_frames(f, frames)
            }
            Self::Late { limit, hosts } => {
                write!(f, "the time is over, {}", humantime::format_duration(*limit))?;
                write_hosts(f, hosts)
            }
            Self::Broken { host, why } => write!(f, "{host} cannot be run: {why}"),
        }
    }
}

/// The innermost frames, which say where it is.
fn write_frames(f: &mut Formatter<'_>, frames: &str) -> fmt::Result {
    frames.lines().take(MOST_LINES).try_for_each(|line| write!(f, "\n{line}"))
}

fn write_hosts(f: &mut Formatter<'_>, hosts: &[(Arc<str>, String)]) -> fmt::Result {
    hosts.iter().try_for_each(|(host, what)| write!(f, "\n  {host} {what}"))
}
