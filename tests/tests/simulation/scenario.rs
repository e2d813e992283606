//! Scenarios of the tests, and how their runs end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use berkeley_tests::{berkeley, guest, text};
use tempfile::TempDir;

/// A scenario in a directory of its own.
pub(crate) struct Scenario {
    directory: TempDir,
    path: PathBuf,
}

impl Scenario {
    /// The scenario, in which `<NAME>` stands for the path of that guest.
    pub(crate) fn new(toml: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("scenario.toml");
        let mut filled = String::new();
        for (at, part) in toml.split(['<', '>']).enumerate() {
            if at % 2 == 0 {
                filled.push_str(part);
            } else {
                filled.push_str(guest(part).program().to_str().expect("UTF-8"));
            }
        }
        fs::write(&path, filled).expect("writes");
        Self { directory, path }
    }

    pub(crate) fn run(&self, options: &[&str]) -> Output {
        let mut command = Command::new(berkeley());
        command.arg("simulate").arg(&self.path).args(options).output().expect("it starts")
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

/// What was written to stdout by a run that passes.
#[track_caller]
pub(crate) fn passes(output: &Output) -> String {
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{}\n{stdout}\n{stderr}", output.status);
    stdout
}

/// What was told on stderr by a run that fails.
#[track_caller]
pub(crate) fn fails(output: &Output) -> String {
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{stdout}\n{stderr}");
    stderr
}

/// One host that runs that guest.
pub(crate) fn alone(guest: &str, more: &str) -> Scenario {
    Scenario::new(&format!("computing = \"50ms\"\n[hosts.a]\nprogram = \"<{guest}>\"\n{more}"))
}
