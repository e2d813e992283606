//! Building the book.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{self, say};

/// The book, and where it is built.
const BOOK: &str = "docs";
const BUILT: &str = "target/book";

/// What builds it, and where that is.
const VERSION: &str = "0.5.4";
const TOOLS: &str = "target/tools";
const MDBOOK: &str = "target/tools/bin/mdbook";

/// How it is installed: without what serves and searches books, and without optimisation, which takes longer than the
/// whole book does.
const INSTALL: [&str; 11] = [
    "install",
    "mdbook",
    "--version",
    VERSION,
    "--locked",
    "--no-default-features",
    "--debug",
    "--root",
    TOOLS,
    "--target-dir",
    "target/tools/build",
];

/// Builds the book. What mdbook warns of is an error.
pub(crate) fn build() -> Result<()> {
    set_up()?;
    write()
}

/// Builds the book, where mdbook can be had on this machine.
pub(crate) fn build_if_possible() -> Result<()> {
    match set_up() {
        Ok(()) => write(),
        Err(error) => {
            say(format_args!("going on without the book: {error:#}"));
            Ok(())
        }
    }
}

/// Gets mdbook.
fn set_up() -> Result<()> {
    if command::output(Command::new(MDBOOK).arg("--version")).is_ok_and(|version| version.ends_with(VERSION)) {
        return Ok(());
    }
    let mut install = command::cargo(INSTALL);
    install.env("CARGO_PROFILE_DEV_DEBUG", "false");
    command::step("installing mdbook", &mut install, "look whether this machine reaches crates.io")
}

fn write() -> Result<()> {
    say("building the book");
    let output = Command::new(MDBOOK).args(["build", BOOK]).output().with_context(|| format!("cannot run {MDBOOK}"))?;
    let told = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() || has_complaints(&told) {
        bail!("mdbook complains ({})\n{told}  what to do: mend what it names", output.status);
    }
    if !Path::new(BUILT).join("index.html").exists() {
        bail!("mdbook has not written {BUILT}");
    }
    say(format_args!("the book is in {BUILT}"));
    Ok(())
}

/// Whether mdbook warns of something, such as a file to include that is not there.
fn has_complaints(told: &str) -> bool {
    told.lines().any(|line| line.split_whitespace().take(3).any(|word| matches!(word, "WARN" | "ERROR")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_complaints() {
        assert!(!has_complaints(" INFO Book building has started\n INFO HTML book written to `target/book`\n"));
        assert!(has_complaints(" INFO Book building has started\n WARN something is missing\n"));
        assert!(has_complaints("ERROR Error updating \"{{#include no.md}}\"\n"));
    }
}
