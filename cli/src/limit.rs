//! What a guest may have at most, as it is written on the command line: `--limit NAME=VALUE`.

use std::collections::HashSet;
use std::num::NonZeroU64;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use berkeley_host::{Limit, Limits};

use crate::contained::Contained;

/// One limit, and its value.
#[derive(Clone)]
pub(crate) struct Setting {
    name: String,
    value: String,
}

/// Limits that limit nothing.
const UNBOUND: Limits = Limits {
    sockets: usize::MAX,
    backlog: usize::MAX,
    buffers: usize::MAX,
    peers: usize::MAX,
    receive: usize::MAX,
    datagram: usize::MAX,
    poll: usize::MAX,
    lookups: usize::MAX,
    lookup_time: Duration::MAX,
    name_time: Duration::MAX,
    answers: usize::MAX,
    names: usize::MAX,
    tls: usize::MAX,
    connections_per_second: None,
    bandwidth_in: None,
    bandwidth_out: None,
};

/// The limits that can be set.
const NAMES: &[&str] = &[
    "sockets",
    "backlog",
    "buffers",
    "peers",
    "receive",
    "datagram",
    "poll",
    "lookups",
    "lookup-time",
    "name-time",
    "answers",
    "names",
    "tls",
    "connections-per-second",
    "bandwidth-in",
    "bandwidth-out",
];

/// What the help says of them.
pub(crate) const HELP: &str = "\
Limits: NAME=VALUE, and what a guest meets where it wants more

  sockets=COUNT                 open sockets, and so many on their way to others: EMFILE,
                                ETOOMANYREFS; unless given, as many as the process may have
  backlog=COUNT                 connections that wait on one listener: clamped (4096)
  buffers=SIZE                  what the kernel holds for its sockets: it waits, or EAGAIN (256MiB)
  peers=COUNT                   peers that datagram sockets may answer: the eldest goes (65536)
  receive=SIZE                  what one call receives of a stream: less (1MiB)
  datagram=SIZE                 what one call receives of a datagram: it is cut off (16MiB)
  poll=COUNT                    sockets in one call of poll: EINVAL (65536)
  lookups=COUNT                 look-ups at once: one more waits (16)
  lookup-time=TIME              how long a look-up takes: EAI_AGAIN (30s)
  name-time=TIME                how long a name's address is admitted (10min)
  answers=COUNT                 answers for a name whose addresses are (16)
  names=SIZE                    what names and addresses take: the oldest are forgotten (128KiB)
  tls=SIZE                      certificates, keys and connections of TLS: an error (64MiB)
  connections-per-second=COUNT  connections made and accepted: it waits, or EAGAIN (none)
  bandwidth-in=SIZE/s           bytes received: it waits, or EAGAIN (none); a datagram
                                counts 28 beside its own
  bandwidth-out=SIZE/s          bytes sent: the same (none)

  A SIZE is in bytes, or has a unit such as KiB, MiB, kB or MB; a TIME has one such as ms, s or min.
  The first time that the guest meets a limit is told on stderr.";

impl std::str::FromStr for Setting {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, value) = text.split_once('=').context("a limit is NAME=VALUE, such as sockets=100")?;
        Self::new(name, value)
    }
}

impl Setting {
    /// The limit of that name. A value that is wrong is told before anything is run.
    pub(crate) fn new(name: &str, value: &str) -> Result<Self> {
        let setting = Self { name: name.to_owned(), value: value.to_owned() };
        setting.set(&mut Limits::default())?;
        Ok(setting)
    }

    /// The limits with these settings; the last of a name counts.
    pub(crate) fn apply(settings: &[Self], mut limits: Limits) -> Result<Limits> {
        settings.iter().try_for_each(|setting| setting.set(&mut limits))?;
        Ok(limits)
    }

    /// The limits, each no more than these bounds say.
    pub(crate) fn bound(bounds: &[Self], limits: Limits) -> Result<Limits> {
        let most = Self::apply(bounds, UNBOUND)?;
        let rate = |one: Option<NonZeroU64>, most: Option<NonZeroU64>| match (one, most) {
            (Some(one), Some(most)) => Some(one.min(most)),
            (one, most) => one.or(most),
        };
        Ok(Limits {
            sockets: limits.sockets.min(most.sockets),
            backlog: limits.backlog.min(most.backlog),
            buffers: limits.buffers.min(most.buffers),
            peers: limits.peers.min(most.peers),
            receive: limits.receive.min(most.receive),
            datagram: limits.datagram.min(most.datagram),
            poll: limits.poll.min(most.poll),
            lookups: limits.lookups.min(most.lookups),
            lookup_time: limits.lookup_time.min(most.lookup_time),
            name_time: limits.name_time.min(most.name_time),
            answers: limits.answers.min(most.answers),
            names: limits.names.min(most.names),
            tls: limits.tls.min(most.tls),
            connections_per_second: rate(limits.connections_per_second, most.connections_per_second),
            bandwidth_in: rate(limits.bandwidth_in, most.bandwidth_in),
            bandwidth_out: rate(limits.bandwidth_out, most.bandwidth_out),
        })
    }

    fn set(&self, limits: &mut Limits) -> Result<()> {
        let value = self.value.as_str();
        match self.name.as_str() {
            "sockets" => limits.sockets = count(value)?,
            "backlog" => limits.backlog = count(value)?,
            "buffers" => limits.buffers = size(value)?,
            "peers" => limits.peers = count(value)?,
            "receive" => limits.receive = size(value)?,
            "datagram" => limits.datagram = size(value)?,
            "poll" => limits.poll = count(value)?,
            "lookups" => limits.lookups = count(value)?,
            "lookup-time" => limits.lookup_time = time(value)?,
            "name-time" => limits.name_time = time(value)?,
            "answers" => limits.answers = count(value)?,
            "names" => limits.names = size(value)?,
            "tls" => limits.tls = size(value)?,
            "connections-per-second" => limits.connections_per_second = rate(value)?,
            "bandwidth-in" => limits.bandwidth_in = rate(value)?,
            "bandwidth-out" => limits.bandwidth_out = rate(value)?,
            name => bail!("there is no limit `{name}`; there are {}", NAMES.join(", ")),
        }
        Ok(())
    }
}

/// Tells on stderr that a limit was met, the first time.
pub(crate) fn tell_once(contained: Contained) -> impl Fn(Limit) + Send + Sync {
    let told = Mutex::new(HashSet::new());
    move |limit| {
        if told.lock().unwrap_or_else(PoisonError::into_inner).insert(limit) {
            crate::tell::tell!("the guest has met its limit on {limit}; {}", remedy(limit, &contained));
        }
    }
}

/// Where the limit can be raised, as the end of a sentence.
fn remedy(limit: Limit, contained: &Contained) -> String {
    match limit {
        Limit::Descriptors => "the system's limit on this process's open files (`ulimit -n`) would raise it".to_owned(),
        limit => format!("{} sets it", contained.by("limit", &format!("{limit}=VALUE"))),
    }
}

fn count(value: &str) -> Result<usize> {
    value.parse().with_context(|| format!("`{value}` is no count"))
}

fn size(value: &str) -> Result<usize> {
    let size = parse_size::parse_size(value).map_err(|error| anyhow!("`{value}` is no size: {error}"))?;
    usize::try_from(size).with_context(|| format!("`{value}` is too large"))
}

fn time(value: &str) -> Result<Duration> {
    humantime::parse_duration(value).with_context(|| format!("`{value}` is no time, such as 5s"))
}

fn rate(value: &str) -> Result<Option<NonZeroU64>> {
    let size = size(value.strip_suffix("/s").unwrap_or(value))?;
    ensure!(size > 0, "a rate of 0 would let nothing through");
    Ok(NonZeroU64::new(size as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(texts: &[&str]) -> Result<Limits> {
        let settings = texts.iter().map(|text| text.parse()).collect::<Result<Vec<Setting>>>()?;
        Setting::apply(&settings, Limits::default())
    }

    #[test]
    fn sizes_times_and_rates_have_units() {
        let limits = set(&["buffers=64MiB", "lookup-time=500ms", "bandwidth-in=1MiB/s", "sockets=1", "sockets=100"]);
        let limits = limits.expect("limits");
        assert_eq!((limits.buffers, limits.sockets), (64 << 20, 100));
        assert_eq!(limits.lookup_time, Duration::from_millis(500));
        assert_eq!(limits.bandwidth_in, NonZeroU64::new(1 << 20));
        assert_eq!(set(&["bandwidth-out=1500"]).expect("limits").bandwidth_out, NonZeroU64::new(1500));
    }

    #[test]
    fn a_bound_is_the_most_that_a_limit_can_be() {
        let settings =
            |texts: &[&str]| texts.iter().map(|text| text.parse()).collect::<Result<Vec<Setting>>>().unwrap();
        let bound = |limits: &[&str], bounds: &[&str]| Setting::bound(&settings(bounds), set(limits).unwrap()).unwrap();
        assert_eq!(bound(&["sockets=5"], &[]), set(&["sockets=5"]).unwrap());
        for name in NAMES {
            let (less, more) = if name.ends_with("-time") { ("1ns", "10000s") } else { ("1", "1099511627776") };
            let [less, more] = [less, more].map(|value| format!("{name}={value}"));
            assert_eq!(bound(&[&more], &[&less]), set(&[&less]).unwrap(), "{name}");
            assert_eq!(bound(&[&less], &[&more]), set(&[&less]).unwrap(), "{name}");
            assert_eq!(bound(&[], &[&less]), set(&[&less]).unwrap(), "{name}");
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, told) in [
            ("sockets", "NAME=VALUE"),
            ("socket=1", "there is no limit `socket`; there are sockets, backlog,"),
            ("sockets=-1", "`-1` is no count"),
            ("buffers=many", "`many` is no size"),
            ("lookup-time=5", "`5` is no time"),
            ("bandwidth-out=0", "would let nothing through"),
        ] {
            let error = format!("{:#}", set(&[text]).expect_err(text));
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn every_limit_of_the_library_can_be_set() {
        let text = format!("{:#?}", Limits::default());
        let fields = text.lines().filter_map(|line| line.strip_prefix("    ")?.split_once(": "));
        let mut fields: Vec<_> =
            fields.map(|(name, _)| name.replace('_', "-")).filter(|name| !name.contains(' ')).collect();
        let mut names = NAMES.to_vec();
        fields.sort();
        names.sort_unstable();
        assert_eq!(fields, names);
        for name in NAMES {
            let value = if name.ends_with("-time") { "7s" } else { "7" };
            assert_ne!(set(&[&format!("{name}={value}")]).expect(name), Limits::default(), "{name}");
        }
    }

    #[test]
    fn the_help_has_every_limit() {
        for name in NAMES {
            assert!(HELP.contains(&format!("{name}=")), "{name}");
            let told = set(&[&format!("{name}=x")]).expect_err("x is no value").to_string();
            assert!(told.starts_with("`x` is no "), "{name}: {told}");
        }
    }
}
