//! What the probes found.

use serde::{Deserialize, Serialize};

use crate::conformance::column::Column;
use crate::conformance::platform::Platform;
use crate::conformance::surface::Row;

/// All that was found.
pub(super) struct Report {
    /// The kernel's name and release.
    pub(super) kernel: String,
    /// What each column of cells is of.
    pub(super) columns: Vec<Column>,
    /// The column of Berkeley on this kernel, if it was probed.
    own: Option<usize>,
    /// Each row, with a cell for each column.
    pub(super) rows: Vec<(Row, Vec<Cell>)>,
}

/// What was found of one row on one platform.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Cell {
    pub(super) status: Status,
    /// Why the kernel is to blame, the row is withheld, or nobody has asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    excuse: Option<String>,
    pub(super) checks: Vec<Check>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Status {
    /// All that was tried works.
    Works,
    /// Some of it.
    Partly,
    /// None of it.
    Cannot,
    /// This kernel has it not, or not for this process; no program could use it here.
    NotHere,
    /// The host lets no guest use it, on purpose.
    Withheld,
    /// There is no probe, or it is not built.
    NotProbed,
    /// The host does not start the component.
    NotStarted,
}

impl Status {
    pub(super) const ALL: [Self; 7] =
        [Self::Works, Self::Partly, Self::Cannot, Self::NotHere, Self::Withheld, Self::NotProbed, Self::NotStarted];

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Partly => "partly",
            Self::Cannot => "cannot",
            Self::NotHere => "not in this kernel",
            Self::Withheld => "withheld",
            Self::NotProbed => "not probed",
            Self::NotStarted => "does not start",
        }
    }

    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Works => "✓",
            Self::Partly => "◐",
            Self::Cannot | Self::NotStarted => "✗",
            Self::NotHere | Self::Withheld => "–",
            Self::NotProbed => "?",
        }
    }
}

/// One thing that a probe tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Check {
    pub(super) what: String,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
}

/// How it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "why", rename_all = "kebab-case")]
pub(super) enum Outcome {
    Works,
    /// The platform has no call for this.
    Missing(String),
    /// This was seen.
    Fails(String),
}

impl Cell {
    pub(super) const fn not_probed() -> Self {
        Self { status: Status::NotProbed, excuse: None, checks: Vec::new() }
    }

    /// Nobody has asked, for that reason.
    pub(super) fn given_up(why: &str) -> Self {
        Self { excuse: Some(why.to_owned()), ..Self::not_probed() }
    }

    /// The column says why.
    pub(super) const fn not_started() -> Self {
        Self { status: Status::NotStarted, excuse: None, checks: Vec::new() }
    }

    /// What the checks come to.
    pub(super) fn of(checks: Vec<Check>) -> Self {
        let working = checks.iter().filter(|check| check.outcome == Outcome::Works).count();
        let status = match working {
            _ if checks.is_empty() => Status::NotProbed,
            0 => Status::Cannot,
            all if all == checks.len() => Status::Works,
            _ => Status::Partly,
        };
        Self { status, excuse: None, checks }
    }

    /// Says that nobody could have had more here, if it failed and that is so.
    pub(super) fn excuse(&mut self, lacking: impl FnOnce() -> Option<String>) {
        if matches!(self.status, Status::Partly | Status::Cannot)
            && let Some(lack) = lacking()
        {
            self.status = Status::NotHere;
            self.excuse = Some(lack);
        }
    }

    /// Says that only another system has it. What its number stands for here does not matter.
    pub(super) fn belongs_elsewhere(&mut self, system: &str) {
        if self.status == Status::NotProbed {
            return;
        }
        self.status = Status::NotHere;
        self.excuse = Some(format!("{system} only"));
    }

    /// Says that no guest may use it, if the probe saw that it is so.
    pub(super) fn withhold(&mut self) {
        if self.status == Status::Works {
            self.status = Status::Withheld;
            self.excuse = Some("its value would reach into the host's memory, descriptors or keys".into());
        }
    }

    /// Why it does not work, in one line; if it does, what must be said of that, or nothing.
    pub(super) fn reason(&self) -> String {
        if let Some(excuse) = &self.excuse {
            return excuse.clone();
        }
        let only = self.checks.iter().find(|check| check.what.starts_with("only "));
        if let (Status::Works, Some(check)) = (self.status, only) {
            return check.what.clone();
        }
        let mut reasons: Vec<(Vec<&str>, String)> = Vec::new();
        for check in &self.checks {
            let why = match &check.outcome {
                Outcome::Works => continue,
                Outcome::Missing(what) => format!("no call for {what}"),
                Outcome::Fails(why) => why.clone(),
            };
            match reasons.iter_mut().find(|(_, other)| *other == why) {
                Some((whats, _)) => whats.push(&check.what),
                None => reasons.push((vec![&check.what], why)),
            }
        }
        // One reason for all of it needs no heading.
        match reasons.as_slice() {
            [(_, why)] if self.status == Status::Cannot => why.clone(),
            reasons => {
                let line = |(whats, why): &(Vec<&str>, String)| format!("{}: {why}", whats.join(", "));
                reasons.iter().map(line).collect::<Vec<_>>().join("; ")
            }
        }
    }
}

impl Report {
    /// What was found on this kernel.
    pub(super) fn new(rows: Vec<Row>, found: Vec<(Column, Vec<Cell>)>) -> Self {
        let (columns, cells): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        let mut cells: Vec<_> = cells.into_iter().map(Vec::into_iter).collect();
        let row = |row| (row, cells.iter_mut().map(|column| column.next().unwrap_or(Cell::not_probed())).collect());
        let rows = rows.into_iter().map(row).collect();
        let own = columns.iter().position(|column| column.is_like(&Column::own(Platform::Berkeley)));
        Self { kernel: kernel(), columns, own, rows }
    }

    /// Whether there are columns of other kernels.
    pub(super) fn has_kernels(&self) -> bool {
        self.columns.iter().any(|column| column.kernel.is_some())
    }

    /// Whether there are columns of other hosts.
    pub(super) fn has_hosts(&self) -> bool {
        self.columns.iter().any(|column| column.host.is_some())
    }

    /// Adds a column; the cells are found by their rows.
    pub(super) fn add(&mut self, column: Column, mut find: impl FnMut(&Row) -> Option<Cell>) {
        self.columns.push(column);
        for (row, cells) in &mut self.rows {
            cells.push(find(row).unwrap_or(Cell::not_probed()));
        }
    }

    /// Adds the column of Berkeley on another kernel.
    pub(super) fn add_kernel(&mut self, kernel: &str, find: impl FnMut(&Row) -> Option<Cell>) {
        if let Some(own) = self.own {
            self.columns[own].kernel = Some(self.kernel.clone());
        }
        self.add(Column { kernel: Some(kernel.to_owned()), ..Column::own(Platform::Berkeley) }, find);
    }

    /// The rows that fail over Berkeley, though this kernel could serve them, and those that nobody has seen to.
    pub(super) fn failures(&self) -> impl Iterator<Item = (&Row, &Cell)> {
        let failed = |cell: &Cell| matches!(cell.status, Status::Partly | Status::Cannot | Status::NotProbed);
        let own = self.own.into_iter().flat_map(|own| self.rows.iter().map(move |(row, cells)| (row, &cells[own])));
        own.filter(move |(_, cell)| failed(cell))
    }

    /// The columns whose host does not start the component, and why.
    pub(super) fn unstarted(&self) -> impl Iterator<Item = (String, &str)> {
        self.columns.iter().filter_map(|column| Some((column.title(), column.error.as_deref()?)))
    }

    /// How many rows of a column have that status.
    pub(super) fn count(&self, column: usize, status: Status) -> usize {
        self.rows.iter().filter(|(_, cells)| cells[column].status == status).count()
    }

    /// The rows by their sections, in the order of the surface.
    pub(super) fn sections(&self) -> impl Iterator<Item = &[(Row, Vec<Cell>)]> {
        self.rows.chunk_by(|(one, _), (other, _)| one.section == other.section)
    }
}

/// The kernel's name; nothing safe tells its release.
#[cfg(windows)]
pub(super) fn kernel() -> String {
    "Windows".into()
}

/// The kernel's name and release: uname(2).
#[cfg(unix)]
pub(super) fn kernel() -> String {
    let name = rustix::system::uname();
    format!("{} {}", name.sysname().to_string_lossy(), name.release().to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(outcomes: &[Outcome]) -> Cell {
        let check = |(at, outcome): (usize, &Outcome)| Check { what: format!("{at}"), outcome: outcome.clone() };
        Cell::of(outcomes.iter().enumerate().map(check).collect())
    }

    #[test]
    fn a_row_works_only_if_all_of_it_was_seen_to() {
        let fails = || Outcome::Fails("EINVAL".into());
        assert_eq!(cell(&[]).status, Status::NotProbed);
        assert_eq!(cell(&[Outcome::Works]).status, Status::Works);
        assert_eq!(cell(&[Outcome::Works, fails()]).status, Status::Partly);
        assert_eq!(cell(&[fails(), fails()]).status, Status::Cannot);
    }

    #[test]
    fn reasons_are_told_once() {
        let fails = |why: &str| Outcome::Fails(why.into());
        assert_eq!(cell(&[Outcome::Works]).reason(), "");
        assert_eq!(cell(&[fails("EINVAL"), fails("EINVAL")]).reason(), "EINVAL");
        assert_eq!(cell(&[Outcome::Works, fails("EINVAL"), fails("EINVAL")]).reason(), "1, 2: EINVAL");
        assert_eq!(cell(&[fails("EINVAL"), Outcome::Missing("x".into())]).reason(), "0: EINVAL; 1: no call for x");
    }

    #[test]
    fn a_kernels_lack_excuses_only_what_failed() {
        let mut works = cell(&[Outcome::Works]);
        works.excuse(|| Some("EAFNOSUPPORT".into()));
        assert_eq!(works.status, Status::Works);
        let mut fails = cell(&[Outcome::Fails("EAFNOSUPPORT".into())]);
        fails.excuse(|| None);
        assert_eq!(fails.status, Status::Cannot);
        fails.excuse(|| Some("EAFNOSUPPORT".into()));
        assert_eq!((fails.status, fails.reason().as_str()), (Status::NotHere, "EAFNOSUPPORT"));
    }
}
