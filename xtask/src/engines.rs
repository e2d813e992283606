//! Guests under container engines: Debian's Docker, containerd, runc and Podman, fetched and not installed.
//!
//! They run in namespaces of their own: of mounts, where they appear as if they were installed; of processes, all of which
//! end with the first one; and of the network. So nothing of them is left, however this ends.

mod bundles;
mod guide;
mod inside;
mod packages;

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::apt::{self, Apt};
use crate::command::{self, say};
use crate::{guests, python, statics, toolchain};

/// What the engines' cgroups are in.
const CGROUP: &str = "berkeley-engines";

/// What the namespaces are made by.
const NAMESPACES: [&str; 8] =
    ["--mount", "--propagation=private", "--net", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"];

/// The first process there: a shell, which takes leave of processes whose parents have ended before them.
const FIRST: [&str; 4] = ["sh", "-c", "\"$@\"; exit $?", "sh"];

pub(crate) use bundles::{test as test_bundles, test_if_possible as test_bundles_if_possible};

/// Runs the guides of the book and the tests of engines, all or those with one of these names.
pub(crate) fn test(apt: &mut Apt, names: &[String]) -> Result<ExitCode> {
    prepare()?;
    guests::build(&toolchain::set_up(apt)?)?;
    statics::build(apt)?;
    if names.iter().any(|name| name == inside::DENSITY.0) {
        statics::build_server(apt)?;
    }
    if let Err(error) = python::build(apt) {
        say(format_args!("warning: {error:#}"));
    }
    packages::set_up(apt)?;
    say("starting the engines, in namespaces of their own");
    let program = std::env::current_exe().context("cannot tell where this program is")?;
    let mut inside = Command::new("unshare");
    inside.args(NAMESPACES).args(FIRST).arg(program).args(["engines", "--inside"]).args(names);
    let status = command::status(&mut inside);
    remove_cgroups();
    Ok(if status?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The part of it that is in the namespaces.
pub(crate) fn inside(names: &[String]) -> Result<ExitCode> {
    inside::run(names)
}

/// Fails, with what is missing, where engines cannot run.
fn prepare() -> Result<()> {
    if !apt::is_root() {
        bail!("container engines need root: run this as root, or in a virtual machine of your own");
    }
    for program in ["unshare", "mount", "ip"] {
        if command::find(program).is_none() {
            bail!("the program `{program}` was not found: install util-linux and iproute2");
        }
    }
    let mut try_out = Command::new("unshare");
    command::output(try_out.args(NAMESPACES).arg("true"))
        .map(drop)
        .context("this machine lets nobody make namespaces, as container engines do")
}

/// Removes what the kernel keeps of containers that have ended.
fn remove_cgroups() {
    let mut find = Command::new("find");
    find.args([
        "/sys/fs/cgroup",
        "-depth",
        "-type",
        "d",
        "-path",
        &format!("*/{CGROUP}*"),
        "-exec",
        "rmdir",
        "{}",
        ";",
    ]);
    // What cannot be removed is told by the kernel's list alone.
    let _ = find.output();
}
