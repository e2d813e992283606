//! `berkeley-runc` over runc and crun, on bundles, without an engine: quick, and with the programs that the tests have built.

use std::env::{self, consts};
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::apt::Apt;
use crate::command::{self, say};
use crate::guests;

/// What it is called beside others.
pub(super) const NAME: &str = "bundles";

/// The test.
pub(super) const SCRIPT: &str = "tests/engines/bundle.py";

/// The programs that it tries, and what runs under them.
pub(super) struct Tried {
    /// The command that containers are given.
    pub(super) program: PathBuf,
    /// `berkeley-runc`.
    pub(super) runtime: PathBuf,
    /// runc and crun.
    pub(super) others: Vec<PathBuf>,
}

/// Debian's packages of these, unpacked where this machine lacks one: the runtimes, and a first process.
const PACKAGES: [&str; 3] = ["crun", "runc", "tini"];
const PROGRAMS: [&str; 3] = ["crun", "runc", "tini-static"];
const ROOT: &str = "target/engines/runtimes";

/// The first process of the namespaces, which has a directory of its own that is nobody else's.
const FIRST: [&str; 4] = ["sh", "-c", "mount -t tmpfs tmpfs /run && \"$@\"; exit $?", "sh"];

impl Tried {
    /// Sets the variables by which the test is told.
    pub(super) fn tell(&self, test: &mut Command) -> Result<()> {
        test.env("BERKELEY_TEST_PROGRAM", &self.program).env("BERKELEY_TEST_RUNTIME", &self.runtime);
        test.env("BERKELEY_TEST_OTHERS", env::join_paths(&self.others)?);
        test.env("BERKELEY_TEST_GUESTS", fs::canonicalize(guests::DIRECTORY)?);
        Ok(())
    }
}

/// Runs the test, if this machine can; else tells what it lacks.
pub(crate) fn test_if_possible(apt: &mut Apt) -> Result<()> {
    match get(apt) {
        Ok(found) => run(&found),
        Err(error) => {
            say(format_args!("warning: {error:#}"));
            say("warning: the tests of berkeley-runc over runc and crun are left out");
            Ok(())
        }
    }
}

/// Runs the test.
pub(crate) fn test(apt: &mut Apt) -> Result<()> {
    run(&get(apt)?)
}

/// Builds the programs, and runs the test on them.
fn run(found: &Found) -> Result<()> {
    let mut build = command::cargo(["build", "--target-dir", "target", "--bins"]);
    command::step("building the programs", &mut build, "see cargo's messages above")?;
    let built = fs::canonicalize("target/debug")?;
    let tried = Tried {
        program: built.join("berkeley"),
        runtime: built.join("berkeley-runc"),
        others: ["runc", "crun"].into_iter().filter_map(|name| found.program(name)).collect(),
    };
    let mut test = Command::new("unshare");
    test.args(super::NAMESPACES).args(FIRST).arg("python3").arg(SCRIPT);
    test.env("PATH", &found.path).env("LD_LIBRARY_PATH", &found.libraries).env("PYTHONDONTWRITEBYTECODE", "1");
    tried.tell(&mut test)?;
    let done = command::step("running berkeley-runc over runc and crun", &mut test, "see what it says above");
    super::remove_cgroups();
    done
}

/// Where the runtimes are, and the libraries that they need.
struct Found {
    path: OsString,
    libraries: PathBuf,
}

impl Found {
    fn program(&self, name: &str) -> Option<PathBuf> {
        env::split_paths(&self.path).map(|directory| directory.join(name)).find(|path| path.is_file())
    }
}

/// Gets what this machine lacks.
fn get(apt: &mut Apt) -> Result<Found> {
    super::prepare()?;
    let root = std::path::absolute(ROOT)?;
    if PROGRAMS.iter().any(|program| command::find(program).is_none()) && !root.join("usr/sbin/runc").is_file() {
        fs::create_dir_all(root.parent().context("it is in a directory")?)?;
        apt.unpack(&PACKAGES, &PACKAGES, &root)?;
    }
    let own = env::var_os("PATH").unwrap_or_default();
    let administrators = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    let unpacked = ["usr/sbin", "usr/bin"].map(|directory| root.join(directory));
    Ok(Found {
        path: env::join_paths(env::split_paths(&own).chain(administrators).chain(unpacked))?,
        libraries: root.join(format!("usr/lib/{}-linux-gnu", consts::ARCH)),
    })
}
