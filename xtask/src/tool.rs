//! Programs of crates.io that tasks call, each in one version.

use std::process::Command;

use anyhow::Result;

use crate::command;

/// Where they are installed.
const TOOLS: &str = "target/tools";

/// A program, and the crate of the same name that it is of.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// What cargo is told beside that.
    pub(crate) options: &'static [&'static str],
}

impl Tool {
    /// The program, to be run.
    pub(crate) fn command(&self) -> Command {
        Command::new(format!("{TOOLS}/bin/{}", self.name))
    }

    /// Whether it is installed.
    pub(crate) fn is_there(&self) -> bool {
        command::output(self.command().arg("--version")).is_ok_and(|version| version.ends_with(self.version))
    }

    /// Installs it, unless it is: without optimisation, which takes longer than what it does.
    pub(crate) fn set_up(&self) -> Result<()> {
        if self.is_there() {
            return Ok(());
        }
        let mut install = command::cargo(["install", self.name, "--version", self.version, "--locked", "--debug"]);
        install.args(["--root", TOOLS, "--target-dir", "target/tools/build"]).args(self.options);
        install.env("CARGO_PROFILE_DEV_DEBUG", "false");
        let what = format!("installing {}", self.name);
        command::step(&what, &mut install, "look whether this machine reaches crates.io")
    }
}
