//! Writing the page of `berkeley conformance`.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::apt::Apt;
use crate::command::say;
use crate::{guests, host, toolchain};

/// The page; a test of the workspace checks that it is current.
const PAGE: &str = "docs/conformance.md";

/// Builds the probes and the host, and writes the page.
pub(crate) fn write(apt: &mut Apt) -> Result<()> {
    guests::build(&toolchain::set_up(apt)?)?;
    host::build(&[])?;
    let mut report = Command::new(host::BERKELEY);
    report.args(["conformance", "--format", "markdown"]);
    let output = report.output().with_context(|| format!("cannot start {}", host::BERKELEY))?;
    if !output.status.success() {
        bail!("the page is not written, for a row fails: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    fs::create_dir_all("docs").context("cannot make the directory docs")?;
    fs::write(PAGE, output.stdout).with_context(|| format!("cannot write {PAGE}"))?;
    say(format_args!("{PAGE} is written"));
    Ok(())
}
