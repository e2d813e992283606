//! What has changed since an earlier report.

use std::collections::HashMap;
use std::path::Path;

use crate::conformance::column::Column;
use crate::conformance::json::{Key, Written, key};
use crate::conformance::report::{Cell, Outcome, Report, Status};
use crate::conformance::table::in_words;

/// What is told of an earlier report and this one.
pub(super) struct Changes {
    /// What was found otherwise.
    pub(super) found: Vec<String>,
    /// What may be the reason: versions and kernels.
    pub(super) notes: Vec<String>,
}

impl Changes {
    /// Tells it on stderr.
    pub(super) fn tell(&self, path: &Path) {
        for note in &self.notes {
            eprintln!("berkeley: note: {note}");
        }
        for change in &self.found {
            eprintln!("berkeley: changed: {change}");
        }
        match self.found.len() {
            0 => eprintln!("berkeley: nothing has changed since {}", path.display()),
            count => eprintln!("berkeley: {count} changed since {}", path.display()),
        }
    }

    /// Compares the columns of this report with those of the earlier one; `all` is whether all rows were probed.
    pub(super) fn since(earlier: &Written, report: &Report, all: bool) -> Self {
        let mut changes = Self { found: Vec::new(), notes: Vec::new() };
        if earlier.kernel != report.kernel {
            changes.notes.push(format!("the kernel was {}, and is {}", earlier.kernel, report.kernel));
        }
        for (at, column) in report.columns.iter().enumerate() {
            match earlier.find(column) {
                Some((before, cells)) => changes.compare(report, at, before, cells, all),
                None => changes.found.push(format!("{}: was not probed, and is", column.title())),
            }
        }
        changes
    }

    fn compare(&mut self, report: &Report, at: usize, before: &Column, mut cells: HashMap<Key, &Cell>, all: bool) {
        let column = &report.columns[at];
        let title = column.title();
        if let (Some(one), Some(other)) = (&before.version, &column.version)
            && one != other
        {
            self.notes.push(format!("{title}: the version was {one}"));
        }
        match (&before.error, &column.error) {
            (None, None) => {}
            // Why it does not start may be told in other words each time.
            (Some(_), Some(_)) => return,
            (None, Some(error)) => return self.found.push(format!("{title}: started, and does not: {error}")),
            (Some(error), None) => return self.found.push(format!("{title}: starts, and did not: {error}")),
        }
        for (row, now) in &report.rows {
            let now = &now[at];
            match cells.remove(&key(row)) {
                None => self.found.push(format!("{title}: {}: is new: {}", row.title(), in_words(now))),
                Some(before) if !is_same(before, now) => {
                    let [before, now] = [before, now].map(in_words);
                    self.found.push(format!("{title}: {}: was: {before}; is: {now}", row.title()));
                }
                Some(_) => {}
            }
        }
        if all {
            let mut gone: Vec<_> = cells.into_keys().collect();
            gone.sort();
            self.found.extend(gone.into_iter().map(|(section, name, _)| format!("{title}: {section} {name}: is gone")));
        }
    }
}

/// Whether the same was found. How a host ended is told with numbers of its own each time.
fn is_same(one: &Cell, other: &Cell) -> bool {
    let seen = |cell: &Cell| {
        let checks = cell.checks.iter().map(|check| match &check.outcome {
            Outcome::Fails(why) if check.is_unfinished() => (check.what.clone(), Outcome::Fails(without_numbers(why))),
            outcome => (check.what.clone(), outcome.clone()),
        });
        checks.collect::<Vec<_>>()
    };
    // Of what is not in this kernel, what was tried instead does not matter.
    one.status == other.status && (one.status == Status::NotHere || seen(one) == seen(other))
}

/// The text without its long numbers, which are those of processes, places in memory and moments.
fn without_numbers(text: &str) -> String {
    let is_number = |word: &str| word.len() > 3 && word.chars().any(|ch| ch.is_ascii_digit());
    let words = text.split(|ch: char| !ch.is_alphanumeric());
    words.filter(|word| !is_number(word)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::report::Check;

    #[test]
    fn what_is_another_number_each_time_is_the_same() {
        let cell = |text: &str| Cell::of(vec![Check::unfinished(text.into())]);
        assert!(is_same(&cell("signal 6: at 0x7f12ab"), &cell("signal 6: at 0x7fffff")));
        assert!(!is_same(&cell("signal 6: at 0x7f12ab"), &cell("signal 9: at 0x7f12ab")));
    }
}
