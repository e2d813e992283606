//! The programs that containers and nodes are given: static, so that each is one file that needs no other.
//!
//! They are built with musl: a static program of glibc would load what an image's /etc/nsswitch.conf names, machine code
//! among it, to look a name up.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::apt::{self, Apt};
use crate::{command, guests};

/// The target, and the compiler for it of the little C that dependencies have.
const TARGET: &str = "x86_64-unknown-linux-musl";
const COMPILER: &str = "musl-tools";

/// Where the programs are after the build.
pub(crate) const DIRECTORY: &str = "target/static";

const PACKAGES: [&str; 2] = ["berkeley-cli", "berkeley-runc"];
const PROGRAMS: [&str; 2] = ["berkeley", "berkeley-runc"];

/// The tests' server of axum's, as a program of this machine: what its guest is measured beside.
pub(crate) const SERVER: &str = "target/static/tokio_axum";

/// Builds the programs.
pub(crate) fn build(apt: &mut Apt) -> Result<()> {
    set_up(apt)?;
    // Each by itself: cargo would give the command, and so wasmtime, what the other one wants of their dependencies.
    for package in PACKAGES {
        let mut build = command::cargo(["build", "--target-dir", "target", "--target", TARGET, "--package", package]);
        command::step(&format!("building {package}, static"), &mut build, "see cargo's messages above")?;
    }
    for program in PROGRAMS {
        strip(&Path::new("target").join(TARGET).join("debug").join(program), &Path::new(DIRECTORY).join(program))?;
    }
    command::say(format_args!("{} are in {DIRECTORY}", PROGRAMS.join(" and ")));
    Ok(())
}

/// Builds [`SERVER`] from the source, and with the profile, of the guest.
pub(crate) fn build_server(apt: &mut Apt) -> Result<()> {
    set_up(apt)?;
    let [manifest, _] = guests::TOKIO;
    let mut build = command::cargo(["build", "--profile", "guest", "--target-dir", "target", "--target", TARGET]);
    build.args(["--manifest-path", manifest, "--no-default-features", "--bin", "tokio_axum"]);
    command::step("building the server of axum's, static", &mut build, "see cargo's messages above")?;
    strip(&Path::new("target").join(TARGET).join("guest/tokio_axum"), Path::new(SERVER))
}

/// Gets what compiles for the target.
fn set_up(apt: &mut Apt) -> Result<()> {
    if command::find("musl-gcc").is_none() {
        apt.install(&apt::missing(&[COMPILER]))?;
    }
    let targets = command::output(Command::new("rustc").args(["--print", "sysroot"]))?;
    if !Path::new(&targets).join("lib/rustlib").join(TARGET).is_dir() {
        let mut add = Command::new("rustup");
        command::step(
            &format!("getting the target {TARGET}"),
            add.args(["target", "add", TARGET]),
            "install Rust with rustup",
        )?;
    }
    Ok(())
}

/// Puts the program there, without its symbols.
fn strip(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(DIRECTORY).with_context(|| format!("cannot make {DIRECTORY}"))?;
    command::output(Command::new("strip").arg("-o").arg(to).arg(from)).map(drop)
}
