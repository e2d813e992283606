//! The programs that containers and nodes are given: static, so that each is one file that needs no other.
//!
//! They are built with musl: a static program of glibc would load what an image's /etc/nsswitch.conf names, machine code
//! among it, to look a name up.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::apt::{self, Apt};
use crate::command;

/// The target, and the compiler for it of the little C that dependencies have.
const TARGET: &str = "x86_64-unknown-linux-musl";
const COMPILER: &str = "musl-tools";

/// Where the programs are after the build.
pub(crate) const DIRECTORY: &str = "target/static";

const PACKAGES: [&str; 2] = ["berkeley-cli", "berkeley-runc"];
const PROGRAMS: [&str; 2] = ["berkeley", "berkeley-runc"];

/// Builds the programs.
pub(crate) fn build(apt: &mut Apt) -> Result<()> {
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
    // Each by itself: cargo would give the command, and so wasmtime, what the other one wants of their dependencies.
    for package in PACKAGES {
        let mut build = command::cargo(["build", "--target-dir", "target", "--target", TARGET, "--package", package]);
        command::step(&format!("building {package}, static"), &mut build, "see cargo's messages above")?;
    }
    fs::create_dir_all(DIRECTORY).with_context(|| format!("cannot make {DIRECTORY}"))?;
    for program in PROGRAMS {
        let (from, to) =
            (Path::new("target").join(TARGET).join("debug").join(program), Path::new(DIRECTORY).join(program));
        let mut strip = Command::new("strip");
        strip.arg("-o").arg(&to).arg(&from);
        command::output(&mut strip)?;
    }
    command::say(format_args!("{} are in {DIRECTORY}", PROGRAMS.join(" and ")));
    Ok(())
}
