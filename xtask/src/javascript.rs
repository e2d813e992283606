//! Building the package for JavaScript, and the component of the tests' programs.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use berkeley_constants::{ALL, errno};

use crate::apt::Apt;
use crate::command::{self, say};
use crate::node::Node;
use crate::python;

/// Where the package is after the build, as it is published, with what it needs beside it.
const DIRECTORY: &str = "target/javascript/package";
const SOURCE: &str = "javascript";

/// The programs of the tests, and the component that is made of them.
const PROGRAM: &str = "tests/javascript/main.js";
const COMPONENT: &str = "target/javascript/tests.wasm";

/// What the component is made of.
const SOURCES: [&str; 5] = ["javascript", "wit", "constants", "tests/javascript", "xtask/src/javascript.rs"];

/// What is generated from the table of constants.
const CONSTANTS: &str = "javascript/src/constants.ts";

/// Builds the package and the component, unless nothing has changed since they were built.
pub(crate) fn build(apt: &mut Apt) -> Result<()> {
    if fs::read_to_string(CONSTANTS).ok().as_deref() != Some(&constants()) {
        fs::write(CONSTANTS, constants()).with_context(|| format!("cannot write {CONSTANTS}"))?;
    }
    if python::is_fresh(Path::new(COMPONENT), &SOURCES)? {
        say(format_args!("the package for JavaScript is in {DIRECTORY}"));
        return Ok(());
    }
    let node = Node::set_up(apt)?;
    copy(Path::new(SOURCE), Path::new(DIRECTORY))?;
    node.install(Path::new(DIRECTORY), "installing what the package for JavaScript needs")?;
    let mut types = node.command("npm");
    types.args(["run", "--silent", "build"]).current_dir(DIRECTORY);
    command::step(
        "checking the types of the package for JavaScript, and building it",
        &mut types,
        "see the messages above",
    )?;
    let mut componentize = node.command("node");
    componentize.args([&format!("{DIRECTORY}/bin/berkeley-componentize.js"), PROGRAM, "--out", COMPONENT]);
    // Where the programs find the packages that they import.
    componentize.env("NODE_PATH", format!("{DIRECTORY}/node_modules"));
    command::step(
        "making a component of the tests' programs in JavaScript",
        &mut componentize,
        "see the messages above",
    )
}

/// Builds them where that is possible. What stays missing is told and is no error: tests in JavaScript are skipped.
pub(crate) fn build_if_possible(apt: &mut Apt) {
    if let Err(error) = build(apt) {
        say(format_args!("warning: {error:#}"));
        say("warning: without the package for JavaScript its tests are skipped");
        // What an earlier build left is not what the tests are about.
        let _ = fs::remove_file(COMPONENT);
    }
}

/// Copies a directory, with the files that its links lead to.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let path = entry?.path();
        let Some(name) = path.file_name() else { continue };
        if path.is_dir() {
            copy(&path, &to.join(name))?;
        } else {
            fs::copy(&path, to.join(name)).with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}

/// The package's constants, as TypeScript.
fn constants() -> String {
    let mut constants = String::from("/** Generated from the table in constants/ by `cargo xtask javascript`. */\n\n");
    for (name, value) in ALL {
        writeln!(constants, "export const {name} = {value};").expect("a string takes it");
    }
    constants.push_str("\n/** Linux's number, the name and Linux's text of each error. */\n");
    constants.push_str("export const ERRNO: readonly (readonly [number, string, string])[] = [\n");
    for (number, name, text) in errno::ERRNOS {
        writeln!(constants, "  [{number}, \"{name}\", \"{text}\"],").expect("a string takes it");
    }
    constants.push_str("];\n");
    constants
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_of_the_package_for_javascript_are_those_of_the_table() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(CONSTANTS);
        let written = fs::read_to_string(&path).expect("reads");
        assert!(written == constants(), "{} is not up to date; run `cargo xtask javascript`", path.display());
    }
}
