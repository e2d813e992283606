//! Which tests are expected not to pass, and why.

use std::fs;

use anyhow::{Context, Result, bail};

/// The tests that do not pass: a name, in which * stands for anything, and the reason.
#[derive(Debug)]
pub(crate) struct Expectations(Vec<(String, String)>);

impl Expectations {
    /// Reads those of a file for a version of the tests.
    pub(crate) fn read(file: &str, version: &str) -> Result<Self> {
        let text = fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
        Self::parse(&text, version).with_context(|| file.to_owned())
    }

    /// A reason stands at the beginning of lines, its tests below it after spaces.
    fn parse(text: &str, version: &str) -> Result<Self> {
        let (mut all, mut reason, mut complete) = (Vec::new(), String::new(), true);
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            if !line.starts_with(' ') {
                if complete {
                    reason.clear();
                }
                reason = format!("{reason} {line}").trim().to_owned();
                complete = false;
                continue;
            }
            if reason.is_empty() {
                bail!("a test without a reason: {}", line.trim());
            }
            complete = true;
            let mut words = line.split_whitespace();
            let test = words.next().unwrap_or_default();
            // Only for these versions of the tests.
            let versions: Vec<_> = words.collect();
            if versions.is_empty() || versions.contains(&version) {
                all.push((test.to_owned(), reason.clone()));
            }
        }
        Ok(Self(all))
    }

    /// Why the test is expected not to pass, if it is.
    pub(crate) fn reason(&self, name: &str) -> Option<&str> {
        self.find(name).map(|(_, reason)| reason.as_str())
    }

    /// Whether the test may pass: it is not expected to fail, or it depends on chance.
    pub(crate) fn may_pass(&self, name: &str) -> bool {
        self.find(name).is_none_or(|(test, _)| test.ends_with(CHANCE))
    }

    /// The patterns of tests that have no end.
    pub(crate) fn endless(&self) -> Vec<&str> {
        self.0.iter().filter_map(|(test, _)| test.strip_suffix(ENDLESS)).collect()
    }

    fn find(&self, name: &str) -> Option<&(String, String)> {
        self.0.iter().find(|(test, _)| matches(test.trim_end_matches([CHANCE, ENDLESS]), name))
    }
}

/// What stands at the end of a test that passes or not by chance, and of one that has no end.
const CHANCE: char = '?';
const ENDLESS: char = '!';

/// Whether the name is that of the pattern, in which * stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((begin, rest)) => name.strip_prefix(begin).is_some_and(|name| {
            name.char_indices().map(|(at, _)| at).chain([name.len()]).any(|at| matches(rest, &name[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "# A comment.\nno pipes,\nnor forks\n    test_a.B.*\n    test_a.C.d 3.11 3.12\n\nno fcntl\n  test_c.D.e\n";

    #[test]
    fn tests_have_reasons() {
        let expectations = Expectations::parse(TEXT, "3.12").expect("reads");
        assert_eq!(expectations.reason("test_a.B.x"), Some("no pipes, nor forks"));
        assert_eq!(expectations.reason("test_a.C.d"), Some("no pipes, nor forks"));
        assert_eq!(expectations.reason("test_c.D.e"), Some("no fcntl"));
        assert_eq!(expectations.reason("test_c.D.ef"), None);
        assert_eq!(Expectations::parse(TEXT, "3.13").expect("reads").reason("test_a.C.d"), None);
        assert!(Expectations::parse("  test_a.B.c", "3.13").is_err());
        let chance = Expectations::parse("slow\n  test_a.B.c?", "3.13").expect("reads");
        assert_eq!(chance.reason("test_a.B.c"), Some("slow"));
        assert!(chance.may_pass("test_a.B.c") && chance.may_pass("test_d.E.f"));
        assert!(!expectations.may_pass("test_c.D.e"));
        let endless = Expectations::parse("waits\n  test_a.*.c*!\n  test_b", "3.13").expect("reads");
        assert_eq!(endless.endless(), ["test_a.*.c*"]);
        assert!(!endless.may_pass("test_a.B.cd"));
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name, is_it) in [
            ("a.b", "a.b", true),
            ("a.b", "a.bc", false),
            ("a.*", "a.", true),
            ("*.b", "a.b", true),
            ("a.*.c", "a.b.c.d.c", true),
            ("a.*.c", "a.c", false),
            ("a.*.c*", "a.b.cd", true),
            ("a*é*", "aé", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, name), is_it, "{pattern} {name}");
        }
    }
}
