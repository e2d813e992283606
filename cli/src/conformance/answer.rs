//! What a component of probes writes: lines, whose words are apart by tabs.

use crate::conformance::report::{Check, Outcome};

/// A line that means something. What else comes is of somebody else: a host, or a library of the guest's.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// The component has begun.
    Probes,
    /// A row begins, by its place among those that were asked for.
    Row(usize),
    /// One thing was tried.
    Check(Check),
    /// The row ends.
    Done(usize),
}

/// What the lines mean that this program reads.
const VERSION: &str = "1";

/// How long a text may be that a host writes, in characters.
const LONGEST: usize = 1000;

pub(super) fn parse(line: &str) -> Option<Line> {
    let mut fields = line.splitn(3, '\t');
    let (how, what, why) = (fields.next()?, fields.next()?, fields.next().unwrap_or_default());
    let check = |outcome| Some(Line::Check(Check { what: clean(what, LONGEST), outcome }));
    match how {
        "probes" => (what == VERSION).then_some(Line::Probes),
        "row" => what.parse().ok().map(Line::Row),
        "done" => what.parse().ok().map(Line::Done),
        "works" => check(Outcome::Works),
        "missing" => check(Outcome::Missing(clean(why, LONGEST))),
        "fails" => check(Outcome::Fails(clean(why, LONGEST))),
        _ => None,
    }
}

/// The text in one line that any terminal and any page may show: without colours and control characters, and no longer
/// than so many characters.
pub(super) fn clean(text: &str, longest: usize) -> String {
    let plain = anstream::adapter::strip_str(text).to_string();
    let words: Vec<&str> = plain.split(|ch: char| ch.is_whitespace() || ch.is_control()).collect();
    let line = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probes_lines_are_understood() {
        let check = |outcome| Some(Line::Check(Check { what: "a thing".into(), outcome }));
        assert_eq!(parse("works\ta thing"), check(Outcome::Works));
        assert_eq!(parse("missing\ta thing\tb"), check(Outcome::Missing("b".into())));
        assert_eq!(
            parse("fails\ta thing\t\u{1b}[31mred\u{1b}[0m\tand\u{7} more"),
            check(Outcome::Fails("red and more".into()))
        );
        assert_eq!(parse("probes\t1\twasi:sockets 0.2"), Some(Line::Probes));
        assert_eq!(parse("row\t7\tmethod connect"), Some(Line::Row(7)));
        assert_eq!(parse("done\t7"), Some(Line::Done(7)));
        for other in ["", "a warning of somebody's", "works", "probes\t2\twasi:sockets 0.2", "row\t-1\tx", "done\tx"] {
            assert_eq!(parse(other), None, "{other}");
        }
    }

    #[test]
    fn texts_are_cut() {
        assert_eq!(clean("a\r\n b", 10), "a b");
        assert_eq!(clean("äöü", 2), "äö…");
    }
}
