//! Writing the page of `berkeley conformance`.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::apt::Apt;
use crate::command::{self, say};
use crate::{guests, host, hosts, lab, toolchain};

/// The page; tests of the workspace check that it is current, here and in the lab.
const PAGE: &str = "docs/conformance.md";

/// What the lab finds.
const LAB: &str = "target/lab/share/conformance.json";

/// Finds it, with the two controllers of Bluetooth that the probes want.
const SCRIPT: &str = "mkfifo /tmp/ready
python3 -S tests/data/bluetooth.py >/tmp/ready &
read -r ready </tmp/ready
";

/// Builds the probes and the host, and writes the page: what is found on this kernel, on the lab's, and under other hosts.
pub(crate) fn write(apt: &mut Apt) -> Result<()> {
    guests::build(&toolchain::set_up(apt)?)?;
    host::build(&[])?;
    let hosts = hosts::set_up(apt)?;
    let mut probes = Command::new(host::BERKELEY);
    probes.args(["conformance", "--platform", "berkeley", "--format", "json"]);
    let script = format!("{SCRIPT}{} >{LAB} || echo a row fails\n", command::line(&probes));
    let mut told = String::new();
    lab::run_script(apt, &script, |line| told.extend([line, "\n"]))?;
    if !told.is_empty() {
        bail!("the page is not written, for in the lab {}", told.trim());
    }
    let mut report = Command::new(host::BERKELEY);
    report.args(["conformance", "--format", "markdown", "--beside", LAB]);
    report.args(hosts.iter().flat_map(|host| ["--host", host]));
    let output = report.output().with_context(|| format!("cannot start {}", host::BERKELEY))?;
    if !output.status.success() {
        bail!("the page is not written, for a row fails: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    fs::create_dir_all("docs").context("cannot make the directory docs")?;
    fs::write(PAGE, output.stdout).with_context(|| format!("cannot write {PAGE}"))?;
    say(format_args!("{PAGE} is written"));
    Ok(())
}
