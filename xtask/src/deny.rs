//! Checking the crates that all of this is built with: known faults, licenses, origins.

use anyhow::Result;

use crate::command::{self, say};
use crate::tool::Tool;

/// What checks them.
const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2", options: &[] };

/// What needs nothing but the crates themselves.
const OFFLINE: [&str; 3] = ["bans", "licenses", "sources"];

const REMEDY: &str = "update the crate that is named, or say in deny.toml why it may stay";

/// Gets the program, and checks everything.
pub(crate) fn check() -> Result<()> {
    DENY.set_up()?;
    command::step("checking the crates", DENY.command().arg("check"), REMEDY)
}

/// Checks what can be checked here: the program is not built for it, and the list of known faults has to be fetched.
pub(crate) fn check_if_possible() -> Result<()> {
    if !DENY.is_there() {
        say("going on without a check of the crates: `cargo xtask deny` installs what does it");
        return Ok(());
    }
    match command::output(DENY.command().args(["fetch", "db"])) {
        Ok(_) => check(),
        Err(error) => {
            say(format_args!("going on without the list of known faults: {error:#}"));
            command::step("checking licenses and origins", DENY.command().arg("check").args(OFFLINE), REMEDY)
        }
    }
}
