//! Writing bindings: those of the guest crate, and those for C.

use std::path::Path;

use anyhow::Result;

use crate::command::{self, say};
use crate::python;

/// The package that generates the bindings, and whose test is that they are those of the contract.
pub(crate) const GENERATOR: &str = "berkeley-bindings";

/// Writes the bindings anew.
pub(crate) fn write() -> Result<()> {
    let mut generate = command::cargo(["run", "--target-dir", "target", "--package", GENERATOR]);
    command::step("generating the guest crate's bindings", &mut generate, "mend what is named above")
}

/// Where the bindings for C are, and what they are made of.
const C: &str = "target/bindings/c";
const C_SOURCES: [&str; 2] = ["wit", "xtask/bindings"];

/// Writes the bindings for C, unless they are there.
fn write_c() -> Result<()> {
    if python::is_fresh(&Path::new(C).join("imports.h"), &C_SOURCES)? {
        return Ok(());
    }
    let mut generate = command::cargo(["run", "--target-dir", "target", "--package", GENERATOR, "--", C]);
    command::step("generating bindings for C", &mut generate, "mend what is named above")
}

/// Writes them where that is possible. What stays missing is told and is no error: the test of them is skipped.
pub(crate) fn write_c_if_possible() {
    if let Err(error) = write_c() {
        say(format_args!("warning: {error:#}"));
        say("warning: without bindings for C the test of the contract in C is skipped");
    }
}
