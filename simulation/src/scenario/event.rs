//! The hosts that events name, and what happens to them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use toml::Spanned;
use wasmtime::Result;

use super::entry::{EventEntry, Name, RenameEntry, Way, Which};
use super::link::change;
use super::mistake::Mistakes;
use crate::fault::{Action, Fault};
use crate::link::Change;

/// The names of hosts, and of entries that are several.
pub(super) struct Names<'a> {
    mistakes: &'a Mistakes,
    members: BTreeMap<String, Vec<String>>,
}

type Pair = (String, String);

/// What happens to one host, or between two.
type OfOne = fn(String) -> Action;
type OfTwo = fn(String, String) -> Action;
type OfPair = fn(Option<Pair>) -> Action;

impl<'a> Names<'a> {
    pub(super) fn new<'b>(mistakes: &'a Mistakes, entries: impl Iterator<Item = (&'b str, Vec<String>)>) -> Self {
        let mut members = BTreeMap::new();
        for (name, hosts) in entries {
            for host in &hosts {
                members.insert(host.clone(), vec![host.clone()]);
            }
            members.insert(name.to_owned(), hosts);
        }
        Self { mistakes, members }
    }

    /// The hosts of that name.
    pub(super) fn hosts(&self, name: &Name) -> Result<Vec<String>> {
        self.members.get(name.get_ref()).cloned().ok_or_else(|| {
            let all: Vec<_> = self.members.keys().map(String::as_str).collect();
            self.mistakes.unknown(&name.span(), "host", name.get_ref(), &all)
        })
    }

    /// Whether that is one host alone, so that nothing can be between it and others.
    pub(super) fn is_one(&self) -> bool {
        self.members.values().flatten().collect::<BTreeSet<_>>().len() < 2
    }

    fn product(&self, one: &Name, other: &Name) -> Result<Vec<Pair>> {
        let others = self.hosts(other)?;
        let pair = |one: String| {
            let others = others.iter().filter(|other| **other != one).cloned().collect::<Vec<_>>();
            others.into_iter().map(move |other| (one.clone(), other))
        };
        let pairs: Vec<_> = self.hosts(one)?.into_iter().flat_map(pair).collect();
        if pairs.is_empty() {
            return Err(self.mistakes.at(&other.span(), "two hosts are meant here, and these are one"));
        }
        Ok(pairs)
    }

    /// The groups of a partition, of which each host is in one at most.
    fn groups(&self, groups: &Spanned<Vec<Vec<Name>>>) -> Result<Vec<Vec<String>>> {
        let mut seen = BTreeSet::new();
        let mut all = Vec::new();
        for names in groups.get_ref() {
            let mut group = Vec::new();
            for name in names {
                let hosts = self.hosts(name)?;
                if let Some(twice) = hosts.iter().find(|host| !seen.insert((*host).clone())) {
                    return Err(self.mistakes.at(&name.span(), format!("the host `{twice}` is in two places of this")));
                }
                group.extend(hosts);
            }
            all.push(group);
        }
        let is_rest = self.members.values().flatten().any(|host| !seen.contains(host));
        if all.iter().filter(|group| !group.is_empty()).count() + usize::from(is_rest) < 2 {
            let told = "this parts nobody: two groups of hosts are apart, such as [[\"a\"], [\"b\", \"c\"]]";
            return Err(self.mistakes.at(&groups.span(), told));
        }
        Ok(all)
    }

    /// The links between the hosts of those names; without any, the one entry that is about all.
    pub(super) fn pairs(&self, between: Option<&[Name; 2]>) -> Result<Vec<Option<Pair>>> {
        match between {
            None => Ok(vec![None]),
            Some([one, other]) => Ok(self.product(one, other)?.into_iter().map(Some).collect()),
        }
    }

    /// The links that are to be set right.
    fn which(&self, which: &Spanned<Which>) -> Result<Vec<Option<Pair>>> {
        let name = |name: &String| Spanned::new(which.span(), name.clone());
        match which.get_ref() {
            Which::All(true) => Ok(vec![None]),
            Which::All(false) => {
                Err(self.mistakes.at(&which.span(), "this is true for all, or two hosts: [\"a\", \"b\"]"))
            }
            Which::Two([one, other]) => self.pairs(Some(&[name(one), name(other)])),
        }
    }

    /// What an event is: one fault, or one for each host that it names.
    pub(super) fn faults(&self, event: &Spanned<EventEntry>, limit: Duration) -> Result<Vec<Fault>> {
        let (span, entry) = (event.span(), event.get_ref());
        let at = self.mistakes.before(limit, &entry.at)?;
        let mut actions: Vec<Vec<Action>> = Vec::new();
        if let Some(groups) = &entry.partition {
            actions.push(vec![Action::Partition(self.groups(groups)?)]);
        }
        let links: [(_, OfPair); 2] = [
            (&entry.heal, |between| Action::Heal { between }),
            (&entry.quicken, |between| Action::Quicken { between }),
        ];
        for (which, action) in links {
            if let Some(which) = which {
                actions.push(self.which(which)?.into_iter().map(action).collect());
            }
        }
        let ways: [(_, OfTwo); 2] =
            [(&entry.cut, |from, to| Action::Cut { from, to }), (&entry.mend, |from, to| Action::Mend { from, to })];
        for (way, action) in ways {
            if let Some(Way { from, to }) = way {
                actions.push(self.product(from, to)?.into_iter().map(|(from, to)| action(from, to)).collect());
            }
        }
        if let Some(slow) = &entry.slow {
            let (link, change) = (slow.get_ref(), change(self.mistakes, slow.get_ref())?);
            if change == Change::new() {
                return Err(self.mistakes.at(&slow.span(), "this says nothing that is different, such as `latency`"));
            }
            let slow = |between| Action::Slow { between, change: change.clone() };
            actions.push(self.pairs(link.between.as_ref())?.into_iter().map(slow).collect());
        }
        let of_hosts: [(_, OfOne); 8] = [
            (&entry.pause, Action::Pause),
            (&entry.resume, Action::Resume),
            (&entry.crash, Action::Crash),
            (&entry.outage, Action::Outage),
            (&entry.wipe, Action::Wipe),
            (&entry.restart, Action::Restart),
            (&entry.fill_disk, Action::FillDisk),
            (&entry.free_disk, Action::FreeDisk),
        ];
        for (name, action) in of_hosts {
            if let Some(name) = name {
                actions.push(self.hosts(name)?.into_iter().map(action).collect());
            }
        }
        if let Some(skew) = &entry.skew {
            let skewed = |host| Action::Skew { host, by: skew.by.0 };
            actions.push(self.hosts(&skew.host)?.into_iter().map(skewed).collect());
        }
        if let Some(RenameEntry { name, to }) = &entry.rename {
            let to = to.iter().map(|host| self.hosts(host)).collect::<Result<Vec<_>>>()?.concat();
            actions.push(vec![Action::Rename { name: name.clone(), to }]);
        }
        if let Some(name) = &entry.reclaim {
            actions.push(vec![Action::Reclaim(name.clone())]);
        }
        let Ok([actions]) = <[_; 1]>::try_from(actions) else {
            let told = "an event has, beside `at` and `for`, exactly one of the keys `partition`, `heal`, `cut`, `mend`, \
                        `slow`, `quicken`, `pause`, `resume`, `crash`, `outage`, `wipe`, `restart`, `skew`, `rename`, `reclaim`, \
                        `fill-disk`, `free-disk`";
            return Err(self.mistakes.at(&span, told));
        };
        if let (Some(time), Some(action)) = (&entry.lasts, actions.iter().find(|action| !action.lasts())) {
            let told = format!("`for` is how long a fault lasts, and this is none: {action}");
            return Err(self.mistakes.at(&time.span(), told));
        }
        if let Some(time) = entry.lasts.as_ref().filter(|time| time.get_ref().0.is_zero()) {
            return Err(self.mistakes.at(&time.span(), "a fault lasts some time: this is more than 0"));
        }
        let lasts = entry.lasts.as_ref().map(|time| time.get_ref().0);
        Ok(actions.into_iter().map(|action| Fault { at, lasts, action }).collect())
    }
}
