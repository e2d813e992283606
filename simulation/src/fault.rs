//! What goes wrong, and when.
//!
//! What lasts adds up: a host is down as long as any fault has it down, and two hosts are apart as long as any partition or
//! cut has them apart. Where two faults say what only one can be true of, a clock or the latency of a link, the later one
//! counts while it lasts.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use crate::link::Change;

/// Something that goes wrong, or is set right.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// The groups of hosts do not reach each other; a host in no group is in one with all such hosts.
    Partition(Vec<Vec<String>>),
    /// Hosts that partitions keep apart reach each other again.
    Heal {
        /// The two hosts; every two where there are none.
        between: Option<(String, String)>,
    },
    /// What the one host sends to the other does not arrive.
    Cut {
        /// The sender.
        from: String,
        /// The receiver.
        to: String,
    },
    /// It arrives again.
    Mend {
        /// The sender.
        from: String,
        /// The receiver.
        to: String,
    },
    /// The link between two hosts, or every link, has other properties.
    Slow {
        /// The two hosts; every two where there are none.
        between: Option<(String, String)>,
        /// What is different.
        change: Change,
    },
    /// The link has its own properties again.
    Quicken {
        /// The two hosts; every two where there are none.
        between: Option<(String, String)>,
    },
    /// The host's program stands still.
    Pause(String),
    /// It goes on.
    Resume(String),
    /// The host falls: its program is gone, and its peers are not told.
    Crash(String),
    /// The host's power fails: it falls, and of what its program wrote to files and did not sync a part is lost. The names of
    /// files are there at once, and what is older than 30 seconds.
    Outage(String),
    /// The host falls, and its files are lost: those of the beginning come back with it.
    Wipe(String),
    /// The host that fell is there again, and its program starts anew; one that runs falls first.
    Restart(String),
    /// The host's calendar is wrong by so many nanoseconds.
    Skew {
        /// The host.
        host: String,
        /// By how much: late where it is less than 0.
        by: i64,
    },
    /// The name service tells those hosts' addresses for the name, which may be that of a host; without any, nothing has it.
    Rename {
        /// The name.
        name: String,
        /// The hosts.
        to: Vec<String>,
    },
    /// The name is what it was at the beginning.
    Reclaim(String),
    /// The host's disk is full: nothing more can be written to it.
    FillDisk(String),
    /// There is room on it again.
    FreeDisk(String),
}

impl Action {
    /// The hosts that it names.
    pub(crate) fn hosts(&self) -> Vec<&str> {
        match self {
            Self::Partition(groups) => groups.iter().flatten().map(String::as_str).collect(),
            Self::Reclaim(_) => Vec::new(),
            Self::Rename { to, .. } => to.iter().map(String::as_str).collect(),
            Self::Cut { from, to } | Self::Mend { from, to } => vec![from, to],
            Self::Heal { between } | Self::Slow { between, .. } | Self::Quicken { between } => {
                between.iter().flat_map(|(one, other)| [one.as_str(), other.as_str()]).collect()
            }
            Self::Pause(host)
            | Self::Resume(host)
            | Self::Crash(host)
            | Self::Outage(host)
            | Self::Wipe(host)
            | Self::Restart(host)
            | Self::FillDisk(host)
            | Self::FreeDisk(host)
            | Self::Skew { host, .. } => vec![host],
        }
    }

    /// The one host that it happens to, if it does not happen to links.
    pub(crate) fn host(&self) -> Option<&str> {
        match self {
            Self::Pause(host) | Self::Resume(host) | Self::Crash(host) | Self::Outage(host) => Some(host),
            Self::Wipe(host)
            | Self::Restart(host)
            | Self::FillDisk(host)
            | Self::FreeDisk(host)
            | Self::Skew { host, .. } => Some(host),
            _ => None,
        }
    }

    /// The key and the value of an event.
    fn to_toml(&self) -> String {
        let between = |pair: &Option<(String, String)>| match pair {
            Some((one, other)) => format!("between = [{one:?}, {other:?}], "),
            None => String::new(),
        };
        let which = |pair: &Option<(String, String)>| match pair {
            Some((one, other)) => format!("[{one:?}, {other:?}]"),
            None => "true".into(),
        };
        match self {
            Self::Partition(groups) => format!("partition = {groups:?}"),
            Self::Heal { between } => format!("heal = {}", which(between)),
            Self::Cut { from, to } => format!("cut = {{ from = {from:?}, to = {to:?} }}"),
            Self::Mend { from, to } => format!("mend = {{ from = {from:?}, to = {to:?} }}"),
            Self::Slow { between: pair, change } => format!("slow = {{ {}{} }}", between(pair), change.to_toml()),
            Self::Quicken { between } => format!("quicken = {}", which(between)),
            Self::Pause(host) => format!("pause = {host:?}"),
            Self::Resume(host) => format!("resume = {host:?}"),
            Self::Crash(host) => format!("crash = {host:?}"),
            Self::Outage(host) => format!("outage = {host:?}"),
            Self::Wipe(host) => format!("wipe = {host:?}"),
            Self::Restart(host) => format!("restart = {host:?}"),
            Self::Skew { host, by } => format!("skew = {{ host = {host:?}, by = {:?} }}", *by as f64 / 1e9),
            Self::Rename { name, to } => format!("rename = {{ name = {name:?}, to = {to:?} }}"),
            Self::Reclaim(name) => format!("reclaim = {name:?}"),
            Self::FillDisk(host) => format!("fill-disk = {host:?}"),
            Self::FreeDisk(host) => format!("free-disk = {host:?}"),
        }
    }

    /// Whether it lasts: it is no moment, such as what sets something right.
    pub fn lasts(&self) -> bool {
        match self {
            Self::Partition(_) | Self::Cut { .. } | Self::Slow { .. } | Self::Pause(_) | Self::Crash(_) => true,
            Self::Outage(_) | Self::Wipe(_) | Self::Skew { .. } | Self::Rename { .. } | Self::FillDisk(_) => true,
            Self::Heal { .. } | Self::Mend { .. } | Self::Quicken { .. } | Self::Resume(_) | Self::Restart(_) => false,
            Self::Reclaim(_) | Self::FreeDisk(_) => false,
        }
    }
}

/// Something that goes wrong at a time, for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// When, since the run began.
    pub at: Duration,
    /// After what time it is over; none is never, unless something sets it right.
    pub lasts: Option<Duration>,
    /// What goes wrong.
    pub action: Action,
}

impl Fault {
    /// Something that goes wrong at that time, and stays so.
    pub fn new(at: Duration, action: Action) -> Self {
        Self { at, lasts: None, action }
    }

    /// The same, over after that time.
    #[must_use]
    pub fn lasting(self, time: Duration) -> Self {
        Self { lasts: Some(time), ..self }
    }

    /// The same as an event of a scenario.
    pub fn to_toml(&self) -> String {
        let time = |time| format!("{:?}", humantime::format_duration(time).to_string());
        let lasts = self.lasts.map_or(String::new(), |lasts| format!("for = {}\n", time(lasts)));
        format!("[[events]]\nat = {}\n{lasts}{}\n", time(self.at), self.action.to_toml())
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "at {}: {}", humantime::format_duration(self.at), self.action)?;
        self.lasts.map_or(Ok(()), |time| write!(f, ", for {}", humantime::format_duration(time)))
    }
}

impl Display for Action {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let pair = |between: &Option<(String, String)>| match between {
            Some((one, other)) => format!("between {one} and {other}"),
            None => "everywhere".into(),
        };
        match self {
            Self::Partition(groups) => {
                let groups: Vec<_> = groups.iter().map(|group| group.join(" ")).collect();
                write!(f, "partition {}", groups.join(" | "))
            }
            Self::Heal { between } => write!(f, "heal {}", pair(between)),
            Self::Cut { from, to } => write!(f, "cut {from} to {to}"),
            Self::Mend { from, to } => write!(f, "mend {from} to {to}"),
            Self::Slow { between, change } => write!(f, "slow {}: {change}", pair(between)),
            Self::Quicken { between } => write!(f, "quicken {}", pair(between)),
            Self::Pause(host) => write!(f, "pause {host}"),
            Self::Resume(host) => write!(f, "resume {host}"),
            Self::Crash(host) => write!(f, "crash {host}"),
            Self::Outage(host) => write!(f, "outage of {host}"),
            Self::Wipe(host) => write!(f, "wipe {host}"),
            Self::Restart(host) => write!(f, "restart {host}"),
            Self::Skew { host, by } => write!(f, "skew {host} by {} ms", *by as f64 / 1e6),
            Self::Rename { name, to } if to.is_empty() => write!(f, "rename {name} to nothing"),
            Self::Rename { name, to } => write!(f, "rename {name} to {}", to.join(" ")),
            Self::Reclaim(name) => write!(f, "reclaim {name}"),
            Self::FillDisk(host) => write!(f, "disk of {host} is full"),
            Self::FreeDisk(host) => write!(f, "disk of {host} has room"),
        }
    }
}
