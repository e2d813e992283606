//! Whether a history of one register is linearizable, as Wing and Gong found it: every operation seems to happen at once,
//! somewhere between its beginning and its end.

use std::collections::HashSet;
use std::fmt::{self, Display, Formatter};
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Write(u64),
    /// What was read.
    Read(u64),
}

/// An operation, of which may not be known whether it was done: then it has no end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done {
    pub(crate) task: u64,
    pub(crate) what: Operation,
    pub(crate) from: Duration,
    pub(crate) until: Option<Duration>,
}

impl Display for Done {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "task {} from {:?} until {:?}: {:?}", self.task, self.from, self.until, self.what)
    }
}

/// The register begins with 0.
pub(crate) fn is_linearizable(history: &[Done]) -> bool {
    let is_read = |value| history.iter().any(|done| done.what == Operation::Read(value));
    // A write of which nobody knows, and that nobody has read, may as well have happened after all.
    let is_needless =
        |done: &Done| done.until.is_none() && matches!(done.what, Operation::Write(value) if !is_read(value));
    let history: Vec<_> = history.iter().filter(|done| !is_needless(done)).copied().collect();
    // Which operations have happened, and what the register has then.
    let mut seen: HashSet<(Vec<bool>, u64)> = HashSet::new();
    let mut next = vec![(vec![false; history.len()], 0)];
    while let Some((mut happened, value)) = next.pop() {
        // A read that may happen now changes nothing for others.
        let fits = |at: &usize| history[*at].what == Operation::Read(value);
        loop {
            let read = may_happen(&history, &happened).find(fits);
            let Some(at) = read else { break };
            happened[at] = true;
        }
        if !seen.insert((happened.clone(), value)) {
            continue;
        }
        if (0..history.len()).all(|at| happened[at] || history[at].until.is_none()) {
            return true;
        }
        for at in may_happen(&history, &happened) {
            if let Operation::Write(written) = history[at].what {
                let mut more = happened.clone();
                more[at] = true;
                next.push((more, written));
            }
        }
    }
    false
}

/// Which operations may happen next: one that began after another's end happens after it.
fn may_happen<'a>(history: &'a [Done], happened: &'a [bool]) -> impl Iterator<Item = usize> + use<'a> {
    let left = (0..history.len()).filter(|at| !happened[*at]);
    let end = left.clone().filter_map(|at| history[at].until).min();
    left.filter(move |at| end.is_none_or(|end| history[*at].from <= end))
}
