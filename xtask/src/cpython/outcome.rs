//! What came of each test, as `tests/cpython/run.py` writes it down.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use anyhow::{Context, Result, bail};

/// What came of a test, and why.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    Passed,
    Failed(String),
    Skipped(String),
}

/// What came of each test of a suite.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    pub(super) tests: BTreeMap<String, Outcome>,
    /// What came of classes, and of the module: those tests are missing that are in one that failed or was skipped.
    groups: BTreeMap<String, Outcome>,
    /// The test that was started and not brought to its end.
    pub(super) unfinished: Option<String>,
}

impl Outcomes {
    /// What came of the test, or of the class or module that it is in.
    pub(super) fn of(&self, name: &str) -> Outcome {
        if let Some(outcome) = self.tests.get(name) {
            return outcome.clone();
        }
        let group = self.groups.iter().find(|(group, _)| name.starts_with(group.as_str()));
        group.map_or_else(|| Outcome::Failed("it is not among the tests".into()), |(_, outcome)| outcome.clone())
    }

    fn add(&mut self, line: &str) -> Result<()> {
        let mut parts = line.split('\t');
        let (Some(name), Some(outcome), reason) = (parts.next(), parts.next(), parts.next()) else {
            bail!("not a result: {line}");
        };
        let reason = || reason.unwrap_or_default().replace("\\n", "\n");
        let outcome = match outcome {
            "started" => {
                self.unfinished = Some(name.to_owned());
                return Ok(());
            }
            "passed" => Outcome::Passed,
            "failed" => Outcome::Failed(reason()),
            "skipped" => Outcome::Skipped(reason()),
            _ => bail!("not a result: {line}"),
        };
        // As in `setUpClass (test.test_socket.SendfileUsingSendTest)`.
        if let Some(group) = name.split_once('(').and_then(|(_, group)| group.strip_suffix(')')) {
            self.groups.insert(format!("{group}."), outcome);
        } else if name.split('.').count() < 4 && self.unfinished.is_none() {
            self.groups.insert(format!("{name}."), outcome);
        } else {
            self.tests.insert(name.to_owned(), outcome);
            self.unfinished = None;
        }
        Ok(())
    }
}

/// Reads a file of results.
pub(super) fn read(path: &Path) -> Result<Outcomes> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!("no test was begun; see {}", path.with_file_name("output").display())
        }
        text => text.with_context(|| format!("cannot read {}", path.display()))?,
    };
    let mut outcomes = Outcomes::default();
    for line in text.lines() {
        outcomes.add(line)?;
    }
    Ok(outcomes)
}

/// Writes down that a test failed, which could not do so itself.
pub(super) fn append(path: &Path, name: &str, reason: &str) -> Result<()> {
    let mut file = File::options().append(true).open(path)?;
    writeln!(file, "{name}\tfailed\t{reason}").with_context(|| format!("cannot write {}", path.display()))
}

/// Of a traceback, what went wrong.
pub(super) fn last_line(text: &str) -> &str {
    text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(lines: &[&str]) -> Outcomes {
        let mut outcomes = Outcomes::default();
        for line in lines {
            outcomes.add(line).expect("a result");
        }
        outcomes
    }

    #[test]
    fn results_are_read() {
        let lines = ["test.a.B.c\tstarted\t", "test.a.B.c\tfailed\tone\\ntwo", "test.a.B.d\tstarted\t"];
        let outcomes = outcomes(&lines);
        assert_eq!(outcomes.of("test.a.B.c"), Outcome::Failed("one\ntwo".into()));
        assert_eq!(outcomes.unfinished.as_deref(), Some("test.a.B.d"));
        assert!(Outcomes::default().add("no result").is_err());
    }

    #[test]
    fn what_came_of_a_class_or_module_came_of_its_tests() {
        let outcomes = outcomes(&["setUpClass (test.a.B)\tfailed\tx", "test.c\tskipped\ty"]);
        assert_eq!(outcomes.of("test.a.B.d"), Outcome::Failed("x".into()));
        assert_eq!(outcomes.of("test.c.D.e"), Outcome::Skipped("y".into()));
        assert!(matches!(outcomes.of("test.a.Bc.d"), Outcome::Failed(why) if why.contains("not among")));
    }
}
