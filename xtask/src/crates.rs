//! Crates as others have written them, over the C library: their own tests, and programs, of what crates.io has of them.

mod sources;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::apt::Apt;
use crate::command::{self, say};
use crate::expectations::Expectations;
use crate::{guests, host, toolchain};

/// A crate, and what is built of it.
struct Crate {
    name: &'static str,
    version: &'static str,
    features: &'static str,
    /// What is built of its programs.
    programs: &'static [&'static str],
    /// What is built of its tests, and run. Nobody publishes those of mio and socket2 but in their repositories.
    tests: &'static [&'static str],
}

const CRATES: &[Crate] = &[
    Crate {
        name: "mini-redis",
        version: "0.4.1",
        features: "",
        // The server, and so the tests, wait for a signal.
        programs: &["--bin=mini-redis-cli"],
        tests: &[],
    },
    Crate {
        name: "hyper-util",
        version: "0.1.21",
        features: "full",
        programs: &[],
        tests: &["--lib", "--test=legacy_client", "--test=proxy"],
    },
    Crate { name: "mio", version: "1.2.5", features: "net,os-ext,os-poll", programs: &[], tests: &[] },
    Crate { name: "socket2", version: "0.6.5", features: "all", programs: &[], tests: &["--lib"] },
    Crate {
        name: "tokio",
        version: "1.54.1",
        features: "full,test-util",
        programs: &[],
        // Those of tcp_stream and tcp_shutdown call methods that tokio lacks on WASI, such as `set_zero_linger`.
        tests: &[
            "--test=io_copy_bidirectional",
            "--test=io_driver",
            "--test=io_driver_drop",
            "--test=net_bind_resource",
            "--test=net_lookup_host",
            "--test=tcp_accept",
            "--test=tcp_accept_ready",
            "--test=tcp_connect",
            "--test=tcp_echo",
            "--test=tcp_into_split",
            "--test=tcp_into_std",
            "--test=tcp_peek",
            "--test=tcp_socket",
            "--test=tcp_split",
            "--test=time_rt",
            "--test=udp",
        ],
    },
];

/// The tests that are expected not to pass, by the names of crate and test program.
const EXPECTATIONS: &str = "tests/crates/expectations.txt";

/// Where it is all built.
const BUILD: &str = "target/crates/build";

/// Where the programs are.
const PROGRAMS: &str = "target/crates/programs";

/// The longest that a test may take, in seconds.
const LIMIT: &str = "100";

/// Runs the tests of one crate or of all, and says whether what came of them was as it is expected to be.
pub(crate) fn run(apt: &mut Apt, name: Option<&str>, filter: &str, sources: Option<&Path>) -> Result<ExitCode> {
    let toolchain = toolchain::set_up(apt)?;
    if !toolchain.is_released() {
        bail!("the C library needs wasi-libc as Rust's own target has it: `rustup target add wasm32-wasip2`");
    }
    guests::build(&toolchain)?;
    host::build(&[])?;
    let crates: Vec<_> = CRATES.iter().filter(|one| name.is_none_or(|name| one.name == name)).collect();
    if crates.is_empty() {
        let known: Vec<_> = CRATES.iter().map(|one| one.name).collect();
        bail!("{} is none of {}", name.unwrap_or_default(), known.join(", "));
    }
    let directories = match sources {
        Some(sources) => vec![sources::take(crates[0].name, sources)?],
        None => sources::fetch(&crates.iter().map(|one| (one.name, one.version)).collect::<Vec<_>>())?,
    };
    let mut as_expected = true;
    for (one, directory) in crates.into_iter().zip(directories) {
        let expectations = Expectations::read(EXPECTATIONS, one.version)?;
        if !one.programs.is_empty() {
            for program in build(one, &["build"], one.programs, &directory)? {
                keep(&program)?;
            }
        }
        let tests = if sources.is_some() { &["--tests"][..] } else { one.tests };
        if tests.is_empty() {
            continue;
        }
        for program in build(one, &["test", "--no-run"], tests, &directory)?.iter().filter(|program| program.is_test) {
            as_expected &= program.run(one, &directory, filter, &expectations)?;
        }
    }
    Ok(if as_expected { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What was built: a program, or one of tests.
#[derive(Debug, PartialEq)]
struct Program {
    name: String,
    path: PathBuf,
    is_test: bool,
}

/// Has cargo build targets of a crate, and gives what was built.
fn build(one: &Crate, task: &[&str], targets: &[&str], directory: &Path) -> Result<Vec<Program>> {
    let mut library = Command::new(host::BERKELEY);
    let library = command::output(library.args(["cc", "--library"]).env("BERKELEY_LIBC", guests::DIRECTORY))?;
    let flags =
        [&format!("-Lnative={}", library.trim_end()), "-lstatic:-bundle=berkeley_libc", "--cfg", "tokio_unstable"];
    let mut build = command::cargo(task.iter().copied());
    build.args(["--target", toolchain::TARGET, "--target-dir", BUILD]);
    build.args(["--message-format=json-render-diagnostics", "--features", one.features]).args(targets);
    // Unlike RUSTFLAGS it is not split at spaces, which a path may have.
    build.env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    build.arg("--manifest-path").arg(directory.join("Cargo.toml")).stdout(Stdio::piped()).stderr(Stdio::inherit());
    say(format_args!("building {} {}: {}", one.name, one.version, targets.join(" ")));
    let output = build.output().with_context(|| format!("cannot run {}", command::line(&build)))?;
    if !output.status.success() {
        bail!("{} does not build ({})\n  the command: {}", one.name, output.status, command::line(&build));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter_map(built).collect())
}

/// Puts a program where the programs are.
fn keep(program: &Program) -> Result<()> {
    fs::create_dir_all(PROGRAMS).with_context(|| format!("cannot make {PROGRAMS}"))?;
    let place = Path::new(PROGRAMS).join(&program.name).with_extension("wasm");
    fs::copy(&program.path, &place).with_context(|| format!("cannot copy {}", program.path.display()))?;
    say(format_args!("the program {}", place.display()));
    Ok(())
}

/// What is built, if this message of cargo's is that it is.
fn built(message: &str) -> Option<Program> {
    let message: Value = serde_json::from_str(message).ok()?;
    let path = message["executable"].as_str()?.into();
    let name = message["target"]["name"].as_str()?.to_owned();
    Some(Program { name, path, is_test: message["profile"]["test"].as_bool()? })
}

impl Program {
    /// Runs each of its tests by itself, for one that fails ends the program, and prints what came of them. Whether that is
    /// as expected.
    fn run(&self, one: &Crate, directory: &Path, filter: &str, expectations: &Expectations) -> Result<bool> {
        let list = command::output(self.command(directory)?.args(["--list", "--format=terse"]))?;
        let (mut passed, mut expected, mut wrong) = (0, 0, Vec::new());
        for test in list.lines().filter_map(|line| line.strip_suffix(": test")).filter(|test| test.contains(filter)) {
            let name = format!("{}.{}.{test}", one.name, self.name);
            let output = self
                .command(directory)?
                .args(["--exact", test, "--include-ignored", "--nocapture"])
                .stdin(Stdio::null())
                .output()?;
            let told = String::from_utf8_lossy(&output.stdout);
            // One that is expected to panic is not run: a panic ends the program.
            let is_run = !told.contains("1 ignored");
            match (output.status.success(), expectations.reason(&name)) {
                (true, Some(reason)) if is_run && !expectations.may_pass(&name) => {
                    wrong.push(format!("{name} passes, which is not expected: {reason}"));
                }
                (true, _) if is_run => passed += 1,
                (false, None) => wrong.push(format!("{name} fails: {}", why(&output.stderr))),
                _ => expected += 1,
            }
        }
        println!("{:40} {passed:4} passed, {expected:3} not, as expected", format!("{}.{}", one.name, self.name));
        for line in &wrong {
            println!("  unexpected: {line}");
        }
        Ok(wrong.is_empty())
    }

    /// The program, to be run where its crate is, as cargo does it.
    fn command(&self, directory: &Path) -> Result<Command> {
        let mut command = Command::new("timeout");
        command.arg(LIMIT).arg(fs::canonicalize(host::BERKELEY)?).args(["run", "--allow-all", "--dir", "."]);
        command.arg(fs::canonicalize(&self.path)?).current_dir(directory);
        Ok(command)
    }
}

/// What a program said when it panicked.
fn why(stderr: &[u8]) -> String {
    let told = String::from_utf8_lossy(stderr);
    let mut lines = told.lines().skip_while(|line| !line.contains("panicked at"));
    let words = [lines.next(), lines.next()].into_iter().flatten().collect::<Vec<_>>();
    if words.is_empty() { told.trim().to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_messages_tell_what_is_built() {
        let message = r#"{"target":{"name":"udp"},"profile":{"test":true},"executable":"/t/udp-1.wasm"}"#;
        let udp = Program { name: "udp".to_owned(), path: "/t/udp-1.wasm".into(), is_test: true };
        assert_eq!(built(message), Some(udp));
        assert_eq!(built(r#"{"target":{"name":"udp"},"profile":{"test":true},"executable":null}"#), None);
        assert_eq!(built("warning"), None);
    }

    #[test]
    fn panics_are_told() {
        assert_eq!(
            why(b"\nthread 'a' panicked at b.rs:1:2:\nno thread\nnote: c"),
            "thread 'a' panicked at b.rs:1:2: no thread"
        );
        assert_eq!(why(b"ended\n"), "ended");
    }
}
