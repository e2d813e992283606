//! What the tests in the lab said.

use std::process::ExitCode;

use crate::command::say;

/// What the programs say beside their tests.
pub(crate) const STDERR: &str = "target/lab/share/stderr";

/// How the line begins that says with what exit code a program of tests has ended.
pub(crate) const PROGRAM_END: &str = "the-program-ends-with:";

/// The tests that ended.
#[derive(Debug, Default)]
pub(crate) struct Report {
    passed: usize,
    failed: usize,
    /// How many had failed when the last program ended.
    failed_before: usize,
}

/// How a line of a test program's output counts.
#[derive(Debug, PartialEq)]
enum Line<'a> {
    Passed(&'a str),
    Failed(&'a str),
    /// The program has ended, with that exit code.
    End(&'a str),
    /// What the program says beside its tests.
    Frame,
    Other,
}

impl Report {
    /// Takes a line of a test program, and prints it unless the report says it in its own way.
    pub(crate) fn take(&mut self, line: &str) {
        match parse(line) {
            Line::Passed(name) => {
                self.passed += 1;
                println!("passed  {name}");
            }
            Line::Failed(name) => {
                self.failed += 1;
                println!("FAILED  {name}");
            }
            Line::End(code) => {
                if code != "0" && self.failed == self.failed_before {
                    self.failed += 1;
                    println!("FAILED  a program of tests, with the exit code {code}");
                }
                self.failed_before = self.failed;
            }
            Line::Frame => {}
            Line::Other => println!("{line}"),
        }
    }

    /// Prints the sum. Without any test, something is wrong.
    pub(crate) fn close(&self) -> ExitCode {
        if self.failed > 0 {
            say(format_args!("what the programs said beside their tests is in {STDERR}"));
        }
        println!("{} passed, {} failed", self.passed, self.failed);
        if self.failed == 0 && self.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// The exit code of a program, where the line says that it has ended, after what stood on the line before.
pub(crate) fn end(line: &str) -> Option<(&str, &str)> {
    line.rsplit_once(PROGRAM_END)
}

fn parse(line: &str) -> Line<'_> {
    if let Some(("", code)) = end(line) {
        return Line::End(code);
    }
    let Some(test) = line.strip_prefix("test ") else {
        let is_frame = line.is_empty() || line.starts_with("running ");
        return if is_frame { Line::Frame } else { Line::Other };
    };
    match test.rsplit_once(" ... ") {
        Some((name, "ok")) => Line::Passed(name),
        Some((name, "FAILED")) => Line::Failed(name),
        _ if test.starts_with("result: ") => Line::Frame,
        _ => Line::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_test_programs_are_understood() {
        for (line, expected) in [
            ("running 3 tests", Line::Frame),
            ("test can_raw ... ok", Line::Passed("can_raw")),
            ("test can_raw ... FAILED", Line::Failed("can_raw")),
            ("test result: ok. 3 passed; 0 failed; 0 ignored", Line::Frame),
            ("---- can_raw stdout ----", Line::Other),
            ("the-program-ends-with:101", Line::End("101")),
            ("", Line::Frame),
        ] {
            assert_eq!(parse(line), expected, "{line}");
        }
    }

    #[test]
    fn a_program_that_crashes_has_failed() {
        let counts = |lines: &[&str]| {
            let mut report = Report::default();
            lines.iter().for_each(|line| report.take(line));
            (report.passed, report.failed)
        };
        assert_eq!(counts(&["test a ... ok", "the-program-ends-with:134"]), (1, 1));
        let failed = ["test a ... FAILED", "the-program-ends-with:101"];
        assert_eq!(counts(&failed), (0, 1));
        assert_eq!(counts(&[&failed[..], &["test b ... ok", "the-program-ends-with:0"]].concat()), (1, 1));
    }

    #[test]
    fn a_run_without_tests_fails() {
        let code = |report: &Report| format!("{:?}", report.close());
        assert_eq!(code(&Report::default()), code(&Report { passed: 1, failed: 1, failed_before: 1 }));
        assert_ne!(code(&Report::default()), code(&Report { passed: 1, ..Report::default() }));
    }
}
