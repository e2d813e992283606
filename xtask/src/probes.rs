//! The components of the probes, and the rows that they are asked for: what a release has as files for those who try a host.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{self, say};
use crate::toolchain::Toolchain;
use crate::{guests, host};

/// Where they are put.
const DIRECTORY: &str = "target/probes";

/// The components, where the build leaves them.
const COMPONENTS: [&str; 3] =
    ["conformance_wasip2.wasm", "examples/conformance_wasip3.wasm", "conformance_berkeley.wasm"];

/// Builds them into the directory. Not every toolchain builds that of WASI 0.3.
pub(crate) fn build(toolchain: &Toolchain) -> Result<()> {
    guests::build_probes(toolchain)?;
    host::build(&[])?;
    fs::create_dir_all(DIRECTORY).with_context(|| format!("cannot make {DIRECTORY}"))?;
    for component in COMPONENTS.map(|component| Path::new(guests::DIRECTORY).join(component)) {
        match component.file_name() {
            Some(name) if component.exists() => {
                fs::copy(&component, Path::new(DIRECTORY).join(name))
                    .with_context(|| format!("cannot copy {}", component.display()))?;
            }
            _ => say(format_args!("warning: {} was not built", component.display())),
        }
    }
    let rows = command::output(Command::new(host::BERKELEY).args(["conformance", "--rows"]))?;
    fs::write(Path::new(DIRECTORY).join("rows.txt"), rows + "\n").context("cannot write the rows")?;
    say(format_args!("the probes are in {DIRECTORY}"));
    Ok(())
}
