//! Checking the crates that all of this is built with: known faults, licenses, origins.

use std::process::Command;

use anyhow::Result;

use crate::command::{self, say};
use crate::tool::Tool;
use crate::{bench, guests, turmoil};

/// What checks them.
const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2", options: &[] };

/// Each workspace: all of them have crates of their own, and a list of these that is tracked.
const WORKSPACES: [&str; 5] = ["Cargo.toml", bench::MANIFEST, guests::TOKIO[0], turmoil::MANIFEST, "fuzz/Cargo.toml"];

/// What is allowed, in all of them.
const RULES: &str = "deny.toml";

/// What needs nothing but the crates themselves.
const OFFLINE: [&str; 3] = ["bans", "licenses", "sources"];

/// Where the list of known faults is, from which the program fetches it.
const FAULTS: &str = "https://github.com/RustSec/advisory-db";

const REMEDY: &str = "update the crate that is named, or say in deny.toml why it may stay";

/// Gets the program, and checks everything.
pub(crate) fn check() -> Result<()> {
    DENY.set_up()?;
    check_all(&[])
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
    check_all(&OFFLINE)
}

/// Checks that of every workspace; all, if nothing is said.
fn check_all(what: &[&str]) -> Result<()> {
    WORKSPACES.iter().try_for_each(|manifest| {
        let mut check = DENY.command();
        check.args(["--manifest-path", manifest, "--config", RULES, "check"]).args(what);
        command::step(&format!("checking the crates of {manifest}"), &mut check, REMEDY)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_list_of_crates_is_checked() {
        let output = Command::new("git").args(["ls-files", "*Cargo.lock"]).current_dir("..").output();
        let Ok(output) = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()) else { return };
        let tracked: BTreeSet<_> = output.lines().map(|lock| Path::new(lock).with_extension("toml")).collect();
        let checked = WORKSPACES.map(|manifest| Path::new(manifest).to_owned()).into();
        // Nothing is tracked in what is published.
        assert!(tracked.is_empty() || tracked == checked, "{tracked:?}");
    }
}
