//! The tests, and everything that CI checks.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use std::{env, fs, iter};

use anyhow::{Context, Result, ensure};

use crate::apt::Apt;
use crate::command::say;
use crate::{
    bench, bindings, book, build, command, cpython, deny, engines, guests, hosts, javascript, lab, programs, python,
    targets, turmoil,
};

/// What CI checks before the tests.
struct Check {
    what: &'static str,
    args: &'static [&'static str],
    variables: &'static [(&'static str, &'static str)],
    remedy: &'static str,
}

const CHECKS: [Check; 12] = [
    Check {
        what: "checking the format",
        args: &["fmt", "--all", "--check"],
        variables: &[],
        remedy: "run `cargo fmt --all` (if it is missing: `rustup component add rustfmt`)",
    },
    Check {
        what: "checking the format of the programs with well-known crates",
        args: &["fmt", "--check", "--manifest-path", guests::TOKIO[0]],
        variables: &[],
        remedy: "run `cargo fmt --manifest-path tests/tokio/Cargo.toml`",
    },
    Check {
        what: "checking the format of the program that is measured",
        args: &["fmt", "--check", "--manifest-path", bench::MANIFEST],
        variables: &[],
        remedy: "run `cargo fmt --manifest-path tests/bench/Cargo.toml`",
    },
    Check {
        what: "checking the format of the workload in turmoil",
        args: &["fmt", "--check", "--manifest-path", turmoil::MANIFEST],
        variables: &[],
        remedy: "run `cargo fmt --manifest-path tests/turmoil/Cargo.toml`",
    },
    Check {
        what: "checking with clippy",
        args: &[
            "clippy",
            "--target-dir",
            "target",
            "--workspace",
            // Beside it wasmtime would be checked with other features than by what follows.
            "--exclude",
            bindings::GENERATOR,
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
        variables: &[],
        remedy: "mend what clippy names above (if it is missing: `rustup component add clippy`)",
    },
    Check {
        what: "checking what fuzzers call with clippy",
        args: &[
            "clippy",
            "--target-dir",
            "target",
            "--workspace",
            "--exclude",
            bindings::GENERATOR,
            "--lib",
            "--",
            "--cfg",
            "fuzzing",
            "-D",
            "warnings",
        ],
        variables: &[],
        remedy: "mend what clippy names above",
    },
    Check {
        what: "checking the C library with clippy",
        args: &[
            "clippy",
            "--target-dir",
            "target/guests",
            "--target",
            "wasm32-wasip2",
            "--profile",
            "guest",
            "--package",
            "berkeley-libc",
            "--package",
            "berkeley-test-libc",
            "--features",
            "berkeley-test-libc/released-target",
            "--",
            "-D",
            "warnings",
        ],
        variables: &[],
        remedy: "mend what clippy names above (if the target is missing: `rustup target add wasm32-wasip2`)",
    },
    Check {
        what: "checking the documentation",
        args: &["doc", "--target-dir", "target", "--no-deps"],
        variables: &[("RUSTDOCFLAGS", "-D warnings")],
        remedy: "mend what rustdoc names above",
    },
    Check {
        what: "checking the generator of bindings with clippy",
        args: &[
            "clippy",
            "--target-dir",
            "target",
            "--package",
            bindings::GENERATOR,
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
        variables: &[],
        remedy: "mend what clippy names above",
    },
    Check {
        what: "checking the bindings",
        args: &["test", "--target-dir", "target", "--package", bindings::GENERATOR],
        variables: &[],
        remedy: "run `cargo xtask bindings`, and commit what it writes",
    },
    Check {
        what: "packaging the crates that guests need, and building them from their packages",
        args: &[
            "package",
            "--target-dir",
            "target",
            "--target",
            "wasm32-wasip2",
            "--allow-dirty",
            "--package",
            "berkeley-constants",
            "--package",
            "berkeley-guest",
            "--package",
            "berkeley-libc",
        ],
        variables: &[],
        remedy: "mend what cargo names above (if the target is missing: `rustup target add wasm32-wasip2`)",
    },
    Check {
        what: "packaging the crates that hosts need",
        args: &[
            "package",
            "--target-dir",
            "target",
            "--allow-dirty",
            // They are built by the other checks, and here wasmtime would be built with other features.
            "--no-verify",
            "--package",
            "berkeley-constants",
            "--package",
            "berkeley-host",
            "--package",
            "berkeley-simulation",
            "--package",
            "berkeley-cli",
            "--package",
            "berkeley-runc",
        ],
        variables: &[],
        remedy: "mend what cargo names above",
    },
];

/// Where cargo notes what it has compiled for guests of their packages.
const COMPILED_PACKAGES: &str = "target/wasm32-wasip2/debug/.fingerprint";

/// Has cargo unpack and compile this workspace's packages anew. It keeps what it once had under a name and a version, and would
/// build one package with what another was then.
fn forget_packages() -> Result<()> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    // Those of no host: the registry that cargo makes of the packages beside one another.
    let registries = home.into_iter().flat_map(|home| entries(&home.join("registry/src")));
    let own = registries.filter(|registry| begins_with(registry, "-"));
    let kept = own.chain([COMPILED_PACKAGES.into()]).flat_map(|directory| entries(&directory));
    for package in kept.filter(|package| begins_with(package, "berkeley-")) {
        fs::remove_dir_all(&package).with_context(|| format!("cannot remove {}", package.display()))?;
    }
    Ok(())
}

/// Whether the last part of the path does.
fn begins_with(path: &Path, begin: &str) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(begin.as_bytes()))
}

/// What is in a directory, if it is there.
fn entries(directory: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// A part of what CI does.
type Part = (&'static str, fn(&mut Apt) -> Result<()>);

const PARTS: [Part; 8] = [
    ("checks", |_| {
        forget_packages()?;
        CHECKS.iter().try_for_each(Check::run)
    }),
    ("origins and book", |_| deny::check_if_possible().and_then(|()| book::build_if_possible())),
    ("tests", |apt| test(apt, &[], &[])),
    ("containers", engines::test_bundles_if_possible),
    ("a measurement", bench::try_out),
    ("other systems", targets::check_if_possible),
    ("CPython's own tests", |apt| {
        let code = cpython::test_if_possible(apt)?;
        ensure!(code == ExitCode::SUCCESS, "CPython's own tests do not come out as expected; see above");
        Ok(())
    }),
    ("lab", |apt| {
        let code = lab::test_if_possible(apt)?;
        ensure!(code == ExitCode::SUCCESS, "tests fail in the lab; see above");
        Ok(())
    }),
];

/// Does what CI does, and tells how long each part takes.
pub(crate) fn ci(apt: &mut Apt) -> Result<ExitCode> {
    let begin = Instant::now();
    for (what, part) in PARTS {
        let part_begin = Instant::now();
        let result = part(apt);
        let [took, all] = [part_begin, begin].map(|moment| moment.elapsed().as_secs());
        say(format_args!("{what}: {took} s, {all} s in all"));
        result?;
    }
    Ok(ExitCode::SUCCESS)
}

impl Check {
    fn run(&self) -> Result<()> {
        let mut command = command::cargo(self.args.iter().copied());
        command.envs(self.variables.iter().copied());
        command::step(self.what, &mut command, self.remedy)
    }
}

/// Builds everything, and runs the tests.
pub(crate) fn test(apt: &mut Apt, filters: &[String], args: &[String]) -> Result<()> {
    let toolchain = build::everything(apt)?;
    programs::build_if_possible(apt);
    hosts::set_up_if_possible(apt)?;
    javascript::build_if_possible(apt);
    let python = python::build(apt);
    let mut args = args.to_vec();
    if !toolchain.is_released() {
        // The guests of these tests do not link with a standard library that was built over Debian's wasi-libc.
        args.extend(["--skip", "released_target"].map(str::to_owned));
    }
    if let Err(error) = python {
        say(format_args!("warning: {error:#}"));
        say("warning: without the guest that runs Python programs its tests are skipped");
        args.extend(["--skip", "python_guest", "--skip", "python_packages"].map(str::to_owned));
    } else if let Err(error) = python::install_packages(apt) {
        say(format_args!("warning: {error:#}"));
        say("warning: without packages from PyPI the tests of Python programs that import them are skipped");
        args.extend(["--skip", "python_packages"].map(str::to_owned));
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
