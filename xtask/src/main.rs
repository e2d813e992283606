//! The workspace's own tasks: `cargo xtask <task>`.

mod apt;
mod bench;
mod bindings;
mod book;
mod build;
mod c;
mod checks;
mod command;
mod conformance;
mod cpython;
mod crates;
mod demo;
mod deny;
mod engines;
mod expectations;
mod guests;
mod headers;
mod host;
mod hosts;
mod javascript;
mod lab;
mod node;
mod peers;
mod probes;
mod programs;
mod python;
mod statics;
mod targets;
mod tool;
mod toolchain;
mod turmoil;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use crate::apt::Apt;

/// What `--help` says beside the list of tasks.
const AFTER_HELP: &str = "\
Environment:
  BERKELEY_GUEST_TOOLCHAIN=rustup|debian

How the guests' wasm32-wasip2 target is got. Without the variable: the target if it is installed, then \
`rustup target add wasm32-wasip2`, then Debian's packages rustc-web, rust-web-src and wasi-libc, with which the \
standard library is built from source. `rustup` and `debian` allow one way alone.

Debian packages are installed only when this runs as root; otherwise the command that installs them is printed.";

/// The tasks of the Berkeley workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

/// One task.
#[derive(Subcommand)]
enum Task {
    /// Get the guests' wasm32-wasip2 target and the programs that the tests talk to
    Setup,
    /// Build the guest programs into target/guests/wasm32-wasip2/guest
    Guests,
    /// Build the probes of `berkeley conformance` into target/probes, for any host: the files that a release has
    Probes,
    /// Get the hosts of others that `berkeley conformance` is tried with, from PyPI and npm: wasmtime's command, and jco
    Hosts,
    /// Build the guest that runs Python programs into target/guests/python, with pip and componentize-py
    Python,
    /// Build the package for JavaScript into target/javascript, and a component of the tests' programs, with npm
    Javascript,
    /// Build C programs of Debian's sources, such as curl, with `berkeley cc` into target/programs
    Programs {
        /// Build these, even if they are there
        #[arg(value_name = "NAME")]
        names: Vec<String>,
    },
    /// Build everything and run the demo guest
    Demo,
    /// Build everything and run the tests of the workspace
    Test {
        /// Run only the tests whose name contains one of these
        #[arg(value_name = "FILTER")]
        filters: Vec<String>,
        /// Arguments of the test programs, such as --nocapture
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Run CPython's own tests of its library in the guest, against a native run of the same files
    ///
    /// The files, and the native interpreter, are those of the guest's own version, which Debian's packages have, with the
    /// guest's library; where these cannot be had, those of the newest CPython of this machine that has them. What is not
    /// expected in tests/cpython/expectations.txt is told, and makes this fail.
    CpythonTests {
        /// Run only this suite, such as test_socket
        suite: Option<String>,
        /// Run only the tests whose name contains this, such as BasicTCPTest
        #[arg(default_value = "", hide_default_value = true)]
        filter: String,
        /// Take the tests of this CPython instead, or those of Debian for it, and compare with it
        #[arg(long, value_name = "PROGRAM")]
        python: Option<String>,
    },
    /// Run the own tests of crates that know only std's sockets or tokio, and build programs of crates.io, over berkeley-libc
    ///
    /// The sources are those of crates.io. What is not expected in tests/crates/expectations.txt is told, and makes this fail.
    CrateTests {
        /// Run only the tests of this crate, such as tokio
        name: Option<String>,
        /// Run only the tests whose name contains this
        #[arg(default_value = "", hide_default_value = true)]
        filter: String,
        /// Take all tests of that crate in this directory, such as a clone of its repository, which may have more
        #[arg(long, value_name = "DIRECTORY", requires = "name")]
        sources: Option<PathBuf>,
    },
    /// Measure sockets: native, over Berkeley, and over WASI's own sockets in wasmtime
    Bench(bench::Options),
    /// Measure simulations: `berkeley simulate`, and turmoil of crates.io with the same workload
    Turmoil(turmoil::Options),
    /// Write the guest crate's bindings and Python's table of calls anew, from the contract in wit/
    Bindings,
    /// Write the numbers in the C headers anew, from the table in constants/
    Headers,
    /// Build the book in docs/ into target/book, with mdbook from crates.io
    Book,
    /// Build everything and write docs/conformance.md anew: what is found here, in the lab, and under other hosts
    Conformance,
    /// Run the tests of address families in an emulated machine with Debian's kernel, which has them all
    ///
    /// The machine sees this one's files, read only, and no network but its own.
    Lab {
        /// Run only the tests whose name contains one of these
        #[arg(value_name = "FILTER")]
        filters: Vec<String>,
        /// Open a shell in the machine instead; `exit` ends it
        #[arg(long, conflicts_with = "filters")]
        shell: bool,
        /// Run this command in the machine instead, in the workspace's directory, and end with its exit code
        #[arg(last = true, conflicts_with_all = ["filters", "shell"])]
        command: Vec<String>,
    },
    /// Build the static programs that containers and nodes are given into target/static
    Static,
    /// Run the book's guides on containers, and tests, under Debian's Docker, containerd and Podman
    ///
    /// They are fetched, and run in namespaces of their own, in which they seem to be installed; nothing is left of them.
    /// This needs root.
    Engines {
        /// Run only these: containers, bundles, docker, podman, kubernetes, docker-tests, cri,
        /// rootless; or density, which measures
        #[arg(value_name = "NAME")]
        names: Vec<String>,
        /// What is run inside of the namespaces
        #[arg(long, hide = true)]
        inside: bool,
    },
    /// Run berkeley-runc over runc and crun, without an engine, with the programs that the tests are run with
    ///
    /// Debian's packages are fetched where this machine lacks one of them. This needs root.
    Bundles,
    /// Check the crates of all this for known faults, licenses and origins, with cargo-deny from crates.io
    Deny,
    /// Check the host for the systems that the tests do not run on: Windows, and macOS
    ///
    /// Nothing is linked, and nothing is run. The targets are got with rustup.
    Targets,
    /// Do what CI does: format, clippy, documentation, bindings, packages, book, tests, other systems, some of CPython's own tests, lab
    Ci,
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(code) => code,
        Err(error) => {
            command::say(format_args!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Runs a task in the root of the workspace, so that every path in this crate is relative to it.
fn run(task: Task) -> Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    env::set_current_dir(&root).with_context(|| format!("cannot change to {}", root.display()))?;
    let mut apt = Apt::default();
    match task {
        Task::Setup => {
            toolchain::set_up(&mut apt)?;
            peers::set_up(&mut apt);
            c::set_up_if_possible(&mut apt);
        }
        Task::Guests => guests::build(&toolchain::set_up(&mut apt)?)?,
        Task::Probes => probes::build(&toolchain::set_up(&mut apt)?)?,
        Task::Hosts => hosts::set_up(&mut apt)?.iter().for_each(|host| println!("{host}")),
        Task::Python => python::build(&mut apt)?,
        Task::Javascript => javascript::build(&mut apt)?,
        Task::Programs { names } => {
            guests::build(&build::tools(&mut apt)?)?;
            host::build(&[])?;
            programs::build(&mut apt, &names)?;
        }
        Task::Demo => return demo::run(&mut apt),
        Task::Test { filters, args } => checks::test(&mut apt, &filters, &args)?,
        Task::CpythonTests { suite, filter, python } => {
            return cpython::run(&mut apt, suite.as_deref(), &filter, python);
        }
        Task::CrateTests { name, filter, sources } => {
            return crates::run(&mut apt, name.as_deref(), &filter, sources.as_deref());
        }
        Task::Bench(options) => bench::run(&mut apt, &options)?,
        Task::Turmoil(options) => turmoil::measure(&mut apt, &options)?,
        Task::Bindings => bindings::write()?,
        Task::Headers => headers::write()?,
        Task::Book => book::build()?,
        Task::Conformance => conformance::write(&mut apt)?,
        Task::Lab { shell: true, .. } => lab::shell(&mut apt)?,
        Task::Lab { filters, command, .. } if command.is_empty() => return lab::test(&mut apt, &filters),
        Task::Lab { command, .. } => return lab::command(&mut apt, &command),
        Task::Static => statics::build(&mut apt)?,
        Task::Engines { names, inside: true } => return engines::inside(&names),
        Task::Engines { names, .. } => return engines::test(&mut apt, &names),
        Task::Bundles => engines::test_bundles(&mut apt)?,
        Task::Deny => deny::check()?,
        Task::Targets => targets::check(&mut apt)?,
        Task::Ci => return checks::ci(&mut apt),
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn filters_and_arguments_are_told_apart() {
        let cli = Cli::try_parse_from(["xtask", "test", "tcp", "udp", "--", "--nocapture"]).unwrap();
        let Task::Test { filters, args } = cli.task else { panic!("not the task test") };
        assert_eq!(filters, ["tcp", "udp"]);
        assert_eq!(args, ["--nocapture"]);
    }
}
