//! What must be true of a run.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use regex::Regex;

use crate::trace::{Happening, Trace};
use crate::verdict::Failure;

/// What must be true of a run, seen from its end.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Check {
    /// The host's program ends with the exit code. Without such a check, it must be 0 of each program that ends.
    Exits {
        /// The host.
        host: String,
        /// The exit code.
        code: i32,
    },
    /// The host writes a line in which the expression is found.
    Prints {
        /// The host.
        host: String,
        /// What is found in the line.
        pattern: Regex,
        /// After which time that counts.
        after: Duration,
        /// Until when; none is the end of the run.
        within: Option<Duration>,
    },
    /// The host writes no line in which the expression is found; without a host, none does.
    Never {
        /// The host.
        host: Option<String>,
        /// What is found in no line.
        pattern: Regex,
    },
    /// Every line in which the expression is found says the same, whichever host writes it: its first group, or all that
    /// is found.
    Agree {
        /// What is found in the lines.
        pattern: Regex,
    },
}

impl Check {
    /// What is wrong; none where it holds.
    pub(crate) fn judge(&self, trace: &Trace) -> Option<Failure> {
        let found = match self {
            Self::Exits { host, code } => Self::exit(trace, host, *code),
            Self::Prints { host, pattern, after, within } => {
                let in_time = |at: Duration| at >= *after && within.is_none_or(|within| at <= *after + within);
                let mut lines = trace.lines(host).filter(|(_, _, line)| pattern.is_match(line)).peekable();
                let first = lines.peek().map(|(at, ..)| *at);
                if lines.any(|(at, ..)| in_time(at)) {
                    return None;
                }
                match first {
                    Some(at) => Some(format!("it does so only at {:.3} s", at.as_secs_f64())),
                    None => Some("it does not".into()),
                }
            }
            Self::Never { host, pattern } => {
                let hosts = trace.hosts().iter().filter(|one| host.as_deref().is_none_or(|host| host == &***one));
                let mut lines = hosts.flat_map(|host| trace.lines(host).map(move |line| (host, line)));
                let found = lines.find(|(_, (_, _, line))| pattern.is_match(line));
                found.map(|(host, (at, _, line))| format!("{host} does at {:.3} s: {line}", at.as_secs_f64()))
            }
            Self::Agree { pattern } => Self::disagreement(trace, pattern),
        }?;
        Some(Failure::Check { check: self.to_string(), found })
    }

    fn exit(trace: &Trace, host: &str, code: i32) -> Option<String> {
        let mut ends = trace.entries().iter().rev().filter(|entry| entry.host.as_deref() == Some(host));
        let last = ends.find_map(|entry| match &entry.happening {
            Happening::Exit { code } => Some(Some(*code)),
            Happening::Trap { .. } => Some(None),
            _ => None,
        });
        match last {
            Some(Some(found)) if found == code => None,
            Some(Some(found)) => Some(format!("it exits with {found}")),
            Some(None) => Some("it traps".into()),
            None => Some("it does not end".into()),
        }
    }

    fn disagreement(trace: &Trace, pattern: &Regex) -> Option<String> {
        let mut said: Option<(&str, &str)> = None;
        for host in trace.hosts() {
            for (_, _, line) in trace.lines(host) {
                let Some(groups) = pattern.captures(line) else { continue };
                let Some(text) = groups.get(1).or(groups.get(0)).map(|found| found.as_str()) else { continue };
                match said {
                    Some((other, before)) if before != text => {
                        return Some(format!("{other} says {before:?}, {host} says {text:?}"));
                    }
                    _ => said = Some((host, text)),
                }
            }
        }
        None
    }

    /// The host that it is about, if it is about one.
    pub(crate) fn host(&self) -> Option<&str> {
        match self {
            Self::Exits { host, .. } | Self::Prints { host, .. } => Some(host),
            Self::Never { host, .. } => host.as_deref(),
            Self::Agree { .. } => None,
        }
    }

    /// The host whose exit code it is about.
    pub(crate) fn exit_of(&self) -> Option<&str> {
        match self {
            Self::Exits { host, .. } => Some(host),
            _ => None,
        }
    }
}

impl Display for Check {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exits { host, code } => write!(f, "{host} exits with {code}"),
            Self::Prints { host, pattern, after, within } => {
                write!(f, "{host} prints {:?}", pattern.as_str())?;
                if let Some(within) = within {
                    write!(f, " within {}", humantime::format_duration(*within))?;
                }
                if !after.is_zero() {
                    write!(f, " after {}", humantime::format_duration(*after))?;
                }
                Ok(())
            }
            Self::Never { host, pattern } => {
                write!(f, "{} never prints {:?}", host.as_deref().unwrap_or("any host"), pattern.as_str())
            }
            Self::Agree { pattern } => write!(f, "all lines agree on {:?}", pattern.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_have_all_that_people_write() {
        for (expression, line) in [
            (r"value \d+$", "value 17"),
            (r"^\s*\w+ is (\S+)", "  a is b"),
            (r"(?i)DONE", "done"),
            (r"\bgrün\b", "so grün!"),
            (r"[^\W\d]{3}", "äöü"),
        ] {
            assert!(Regex::new(expression).expect(expression).is_match(line), "{expression}");
        }
    }
}
