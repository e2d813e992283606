//! The faults that last at the moment, and what comes of all of them together.

use crate::fault::Action;
use crate::link::Change;

/// The faults that last at the moment, in the order in which they began.
#[derive(Debug, Default)]
pub(crate) struct Active(Vec<Lasting>);

#[derive(Debug)]
struct Lasting {
    /// Which of the run's faults it is.
    number: usize,
    action: Action,
    /// Of a partition: whom it no longer keeps apart.
    healed: Vec<(String, String)>,
}

impl Active {
    /// The fault of that number begins, or sets right others.
    pub(crate) fn begin(&mut self, number: usize, action: &Action) {
        match action {
            Action::Heal { between: Some(pair) } => {
                self.0.iter_mut().for_each(|lasting| lasting.healed.push(pair.clone()));
            }
            action if action.lasts() => {
                self.0.push(Lasting { number, action: action.clone(), healed: Vec::new() });
            }
            action => self.0.retain(|lasting| !is_set_right(&lasting.action, action)),
        }
    }

    /// The fault of that number is over. Whether it had lasted until now.
    pub(crate) fn end(&mut self, number: usize) -> bool {
        let before = self.0.len();
        self.0.retain(|lasting| lasting.number != number);
        self.0.len() < before
    }

    /// Whether nothing gets from the one host to the other.
    pub(crate) fn is_cut(&self, from: &str, to: &str) -> bool {
        self.0.iter().any(|lasting| match &lasting.action {
            Action::Partition(groups) => {
                let is_healed = lasting.healed.iter().any(|pair| is_between(Some(pair), from, to));
                !is_healed && group(groups, from) != group(groups, to)
            }
            Action::Cut { from: one, to: other } => one == from && other == to,
            _ => false,
        })
    }

    /// What is different of the link between the hosts, the later ones last.
    pub(crate) fn changes<'a>(&'a self, from: &'a str, to: &'a str) -> impl Iterator<Item = &'a Change> {
        self.0.iter().filter_map(move |lasting| match &lasting.action {
            Action::Slow { between, change } if is_between(between.as_ref(), from, to) => Some(change),
            _ => None,
        })
    }

    pub(crate) fn is_down(&self, name: &str) -> bool {
        self.any(
            |action| matches!(action, Action::Crash(host) | Action::Outage(host) | Action::Wipe(host) if host == name),
        )
    }

    pub(crate) fn is_paused(&self, name: &str) -> bool {
        self.any(|action| matches!(action, Action::Pause(host) if host == name))
    }

    pub(crate) fn is_full(&self, name: &str) -> bool {
        self.any(|action| matches!(action, Action::FillDisk(host) if host == name))
    }

    /// By how many nanoseconds the host's calendar is wrong.
    pub(crate) fn skew(&self, name: &str) -> i64 {
        let skew = self.0.iter().rev().find_map(|lasting| match &lasting.action {
            Action::Skew { host, by } if host == name => Some(*by),
            _ => None,
        });
        skew.unwrap_or(0)
    }

    /// The hosts whose addresses the name has; none where it has what it had at the beginning.
    pub(crate) fn renamed(&self, name: &str) -> Option<&[String]> {
        self.0.iter().rev().find_map(|lasting| match &lasting.action {
            Action::Rename { name: other, to } if other == name => Some(to.as_slice()),
            _ => None,
        })
    }

    fn any(&self, is_so: impl Fn(&Action) -> bool) -> bool {
        self.0.iter().any(|lasting| is_so(&lasting.action))
    }
}

/// Which of the groups the host is in; those that are in none are in one together.
fn group(groups: &[Vec<String>], host: &str) -> Option<usize> {
    groups.iter().position(|group| group.iter().any(|name| name == host))
}

/// Whether the link between the hosts is meant: where no two are named, every link is.
pub(crate) fn is_between(pair: Option<&(String, String)>, from: &str, to: &str) -> bool {
    pair.is_none_or(|(one, other)| (one == from && other == to) || (one == to && other == from))
}

/// Whether the action sets that fault right.
fn is_set_right(fault: &Action, action: &Action) -> bool {
    match (fault, action) {
        (Action::Partition(_), Action::Heal { between: None }) => true,
        (Action::Cut { from, to }, Action::Mend { from: one, to: other }) => (from, to) == (one, other),
        (Action::Slow { between, .. }, Action::Quicken { between: which }) => match (between, which) {
            (_, None) => true,
            (Some(pair), Some((one, other))) => is_between(Some(pair), one, other),
            (None, Some(_)) => false,
        },
        (Action::Pause(host), Action::Resume(other))
        | (Action::Crash(host) | Action::Outage(host) | Action::Wipe(host), Action::Restart(other))
        | (Action::FillDisk(host), Action::FreeDisk(other))
        | (Action::Rename { name: host, .. }, Action::Reclaim(other)) => host == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn groups(groups: &[&[&str]]) -> Action {
        let names = |group: &&[&str]| group.iter().map(ToString::to_string).collect();
        Action::Partition(groups.iter().map(names).collect())
    }

    fn pair(one: &str, other: &str) -> (String, String) {
        (one.into(), other.into())
    }

    #[test]
    fn partitions_add_up_and_each_ends_alone() {
        let mut active = Active::default();
        active.begin(0, &groups(&[&["a"], &["b", "c"]]));
        active.begin(1, &groups(&[&["a", "b"], &["c"]]));
        let apart = |active: &Active| {
            [("a", "b"), ("a", "c"), ("b", "c")].map(|(one, other)| {
                assert_eq!(active.is_cut(one, other), active.is_cut(other, one));
                active.is_cut(one, other)
            })
        };
        assert_eq!(apart(&active), [true, true, true]);
        assert!(active.end(0));
        assert_eq!(apart(&active), [false, true, true]);
        active.begin(2, &Action::Cut { from: "b".into(), to: "c".into() });
        active.begin(3, &Action::Heal { between: Some(pair("c", "b")) });
        assert!(active.is_cut("b", "c") && !active.is_cut("c", "b"), "it heals no cut");
        assert!(active.is_cut("a", "c"), "it heals nobody else");
        active.begin(4, &groups(&[&["b"], &["c"]]));
        assert!(active.is_cut("c", "b"), "it heals no partition to come");
        active.begin(5, &Action::Heal { between: None });
        assert_eq!([active.is_cut("a", "c"), active.is_cut("c", "b"), active.is_cut("b", "c")], [false, false, true]);
        assert!(!active.end(1), "it was set right before");
        active.begin(6, &Action::Mend { from: "b".into(), to: "c".into() });
        assert!(!active.is_cut("b", "c"));
    }

    #[test]
    fn a_host_is_down_as_long_as_any_fault_has_it_down() {
        let mut active = Active::default();
        active.begin(0, &Action::Crash("a".into()));
        active.begin(1, &Action::Wipe("a".into()));
        active.begin(2, &Action::Crash("b".into()));
        active.end(0);
        assert!(active.is_down("a") && active.is_down("b"));
        active.begin(3, &Action::Restart("a".into()));
        assert!(!active.is_down("a") && active.is_down("b"));
    }

    #[test]
    fn of_what_is_one_value_the_later_counts_while_it_lasts() {
        let mut active = Active::default();
        let skew = |by| Action::Skew { host: "a".into(), by };
        active.begin(0, &skew(5));
        active.begin(1, &skew(-3));
        assert_eq!(active.skew("a"), -3);
        active.end(1);
        assert_eq!((active.skew("a"), active.skew("b")), (5, 0));
        let slow = |between, seconds| {
            let change = Change::new().latency(Duration::from_secs(seconds));
            Action::Slow { between, change }
        };
        active.begin(2, &slow(Some(pair("a", "b")), 1));
        active.begin(3, &slow(None, 2));
        let seconds = |active: &Active, from, to| -> Vec<_> {
            active.changes(from, to).filter_map(|change| change.latency).map(|time| time.as_secs()).collect()
        };
        assert_eq!((seconds(&active, "b", "a"), seconds(&active, "b", "c")), (vec![1, 2], vec![2]));
        active.begin(4, &Action::Quicken { between: Some(pair("b", "a")) });
        assert_eq!(seconds(&active, "a", "b"), [2]);
        active.begin(5, &Action::Quicken { between: None });
        assert!(seconds(&active, "a", "b").is_empty());
    }
}
