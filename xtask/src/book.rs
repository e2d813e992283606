//! Building the book.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::command::say;
use crate::tool::Tool;

/// The book, and where it is built.
const BOOK: &str = "docs";
const BUILT: &str = "target/book";

/// What builds it, without what serves and searches books.
const MDBOOK: Tool = Tool { name: "mdbook", version: "0.5.4", options: &["--no-default-features"] };

/// Builds the book. What mdbook warns of is an error.
pub(crate) fn build() -> Result<()> {
    MDBOOK.set_up()?;
    write()
}

/// Builds the book, where mdbook can be had on this machine.
pub(crate) fn build_if_possible() -> Result<()> {
    match MDBOOK.set_up() {
        Ok(()) => write(),
        Err(error) => {
            say(format_args!("going on without the book: {error:#}"));
            Ok(())
        }
    }
}

fn write() -> Result<()> {
    say("building the book");
    let output = MDBOOK.command().args(["build", BOOK]).output().context("cannot run mdbook")?;
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
