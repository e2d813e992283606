//! Checking the crates that all of this is built with: known faults, licenses, origins.

use std::process::Command;

use anyhow::Result;

use crate::command::{self, say};
use crate::tool::Tool;

/// What checks them.
const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2", options: &[] };

/// What needs nothing but the crates themselves.
const OFFLINE: [&str; 3] = ["bans", "licenses", "sources"];

/// Where the list of known faults is, from which the program fetches it.
const FAULTS: &str = "https://github.com/RustSec/advisory-db";

const REMEDY: &str = "update the crate that is named, or say in deny.toml why it may stay";

/// Gets the program, and checks everything.
pub(crate) fn check() -> Result<()> {
    DENY.set_up()?;
    command::step("checking the crates", DENY.command().arg("check"), REMEDY)
}

/// Checks all where the list of known faults can be fetched, and says why where it cannot. Then licenses and origins are
/// checked if the program is there; it is not built for these.
pub(crate) fn check_if_possible() -> Result<()> {
    let mut ask = Command::new("git");
    ask.args(["ls-remote", "--exit-code", FAULTS, "HEAD"]).env("GIT_TERMINAL_PROMPT", "0");
    let Err(error) = command::output(&mut ask) else { return check() };
    say(format_args!("going on without the list of known faults, which is not reached: {error:#}"));
    if !DENY.is_there() {
        say("going on without a check of licenses and origins: `cargo xtask deny` installs what does it");
        return Ok(());
    }
    command::step("checking licenses and origins", DENY.command().arg("check").args(OFFLINE), REMEDY)
}
