//! What the tests in the lab said.

use std::process::ExitCode;

/// The tests that ended.
#[derive(Debug, Default)]
pub(crate) struct Report {
    passed: usize,
    failed: usize,
}

/// How a line of a test program's output counts.
#[derive(Debug, PartialEq)]
enum Line<'a> {
    Passed(&'a str),
    Failed(&'a str),
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
            Line::Frame => {}
            Line::Other => println!("{line}"),
        }
    }

    /// Prints the sum. Without any test, something is wrong.
    pub(crate) fn close(&self) -> ExitCode {
        println!("{} passed, {} failed", self.passed, self.failed);
        if self.failed == 0 && self.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn parse(line: &str) -> Line<'_> {
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
            ("", Line::Frame),
        ] {
            assert_eq!(parse(line), expected, "{line}");
        }
    }

    #[test]
    fn a_run_without_tests_fails() {
        let code = |report: &Report| format!("{:?}", report.close());
        assert_eq!(code(&Report::default()), code(&Report { passed: 1, failed: 1 }));
        assert_ne!(code(&Report::default()), code(&Report { passed: 1, failed: 0 }));
    }
}
