//! Checking the crates that all of this is built with: known faults, licenses, origins.

use std::process::Command;

use anyhow::Result;

use crate::command::{self, say};

/// What checks them, and where it is installed.
const VERSION: &str = "0.20.2";
const TOOLS: &str = "target/tools";
const DENY: &str = "target/tools/bin/cargo-deny";

const INSTALL: [&str; 10] = [
    "install",
    "cargo-deny",
    "--version",
    VERSION,
    "--locked",
    "--debug",
    "--root",
    TOOLS,
    "--target-dir",
    "target/tools/build",
];

/// What needs nothing but the crates themselves.
const OFFLINE: [&str; 3] = ["bans", "licenses", "sources"];

const REMEDY: &str = "update the crate that is named, or say in deny.toml why it may stay";

/// Gets the program, and checks everything.
pub(crate) fn check() -> Result<()> {
    if !is_there() {
        command::step("installing cargo-deny", &mut command::cargo(INSTALL), "look whether crates.io is reached")?;
    }
    command::step("checking the crates", Command::new(DENY).arg("check"), REMEDY)
}

/// Checks what can be checked here: the program is not built for it, and the list of known faults has to be fetched.
pub(crate) fn check_if_possible() -> Result<()> {
    if !is_there() {
        say("going on without a check of the crates: `cargo xtask deny` installs what does it");
        return Ok(());
    }
    match command::output(Command::new(DENY).args(["fetch", "db"])) {
        Ok(_) => check(),
        Err(error) => {
            say(format_args!("going on without the list of known faults: {error:#}"));
            command::step("checking licenses and origins", Command::new(DENY).arg("check").args(OFFLINE), REMEDY)
        }
    }
}

fn is_there() -> bool {
    command::output(Command::new(DENY).arg("--version")).is_ok_and(|version| version.ends_with(VERSION))
}
