//! Writing the guest crate's bindings.

use anyhow::Result;

use crate::command;

/// The package that generates the bindings, and whose test is that they are those of the contract.
pub(crate) const GENERATOR: &str = "berkeley-bindings";

/// Writes the bindings anew.
pub(crate) fn write() -> Result<()> {
    let mut generate = command::cargo(["run", "--target-dir", "target", "--package", GENERATOR]);
    command::step("generating the guest crate's bindings", &mut generate, "mend what is named above")
}
