//! The tests, and everything that CI checks.

use std::iter;

use anyhow::Result;

use crate::apt::Apt;
use crate::{command, guests, host, peers, toolchain};

/// What CI checks before the tests.
struct Check {
    what: &'static str,
    args: &'static [&'static str],
    variables: &'static [(&'static str, &'static str)],
    remedy: &'static str,
}

const CHECKS: [Check; 3] = [
    Check {
        what: "checking the format",
        args: &["fmt", "--all", "--check"],
        variables: &[],
        remedy: "run `cargo fmt --all` (if it is missing: `rustup component add rustfmt`)",
    },
    Check {
        what: "checking with clippy",
        args: &["clippy", "--target-dir", "target", "--workspace", "--all-targets", "--", "-D", "warnings"],
        variables: &[],
        remedy: "mend what clippy names above (if it is missing: `rustup component add clippy`)",
    },
    Check {
        what: "checking the documentation",
        args: &["doc", "--target-dir", "target", "--no-deps"],
        variables: &[("RUSTDOCFLAGS", "-D warnings")],
        remedy: "mend what rustdoc names above",
    },
];

/// Does what CI does.
pub(crate) fn ci(apt: &mut Apt) -> Result<()> {
    for check in &CHECKS {
        let mut command = command::cargo(check.args.iter().copied());
        command.envs(check.variables.iter().copied());
        command::step(check.what, &mut command, check.remedy)?;
    }
    test(apt, &[], &[])
}

/// Gets what the tests need, builds the guests and the host, and runs the tests.
pub(crate) fn test(apt: &mut Apt, filters: &[String], args: &[String]) -> Result<()> {
    let toolchain = toolchain::set_up(apt)?;
    peers::set_up(apt);
    guests::build(&toolchain)?;
    // With the tests, so that the dependencies' features, which tests may add to, are those of `cargo test`.
    host::build(&["--tests", "--examples"])?;
    let mut args = args.to_vec();
    if !toolchain.is_released() {
        // The guests of these tests do not link with a standard library that was built over Debian's wasi-libc.
        args.extend(["--skip", "released_target"].map(str::to_owned));
    }
    let mut test = command::cargo(test_args(filters, &args));
    command::step("running the tests", &mut test, "see the failures above; `cargo xtask test NAME` runs one test")
}

/// The arguments of cargo for the tests. The filters go to the test programs, because cargo itself takes only one.
fn test_args<'a>(filters: &'a [String], args: &'a [String]) -> Vec<&'a str> {
    let cargo = ["test", "--target-dir", "target", "--no-fail-fast"];
    let programs = filters.iter().chain(args).map(String::as_str);
    let mut all: Vec<_> = cargo.into_iter().chain(iter::once("--")).chain(programs).collect();
    if all.last() == Some(&"--") {
        all.pop();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_go_to_the_test_programs() {
        let cargo = ["test", "--target-dir", "target", "--no-fail-fast"];
        assert_eq!(test_args(&[], &[]), cargo);
        let [filters, args] = [["tcp", "udp"], ["--nocapture", "--exact"]].map(|words| words.map(str::to_owned));
        let expected = ["--", "tcp", "udp", "--nocapture", "--exact"];
        assert_eq!(test_args(&filters, &args), [&cargo[..], &expected].concat());
    }
}
