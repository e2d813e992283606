//! Building the host's command.

use anyhow::Result;

use crate::command;

/// The command, after the build.
pub(crate) const BERKELEY: &str = "target/debug/berkeley";

/// Builds the host's command, with these further arguments of cargo.
///
/// The build takes in all default members and not only the host, because cargo chooses the features of the
/// dependencies by what is built together: `--package berkeley-host` would build another wasmtime than `cargo test`
/// does.
pub(crate) fn build(args: &[&str]) -> Result<()> {
    let mut build = command::cargo(["build", "--target-dir", "target", "--bins"]);
    build.args(args);
    command::step("building the host", &mut build, "see cargo's messages above")
}
