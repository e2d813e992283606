//! Runs the demo guest.

use std::env;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitCode, ExitStatus};

use anyhow::{Context, Result, bail};

use crate::apt::Apt;
use crate::command::{self, say};
use crate::{guests, host, toolchain};

/// What the demo may reach, beside the directory of its Unix-domain sockets.
const ALLOWED: [&str; 5] =
    ["listen=127.0.0.1:0", "listen=[::1]:0", "connect=localhost", "udp=localhost", "resolve=localhost"];

/// Builds the guests and the host, runs the demo, and returns its exit code.
pub(crate) fn run(apt: &mut Apt) -> Result<ExitCode> {
    guests::build(&toolchain::set_up(apt)?)?;
    host::build(&[])?;
    let guest = Path::new(guests::DIRECTORY).join("demo.wasm");
    if !guest.is_file() {
        bail!("{} was not built: tests/guests must have a program `demo`", guest.display());
    }
    let sockets = FreshDirectory::new()?;
    let mut demo = demo(&guest, &sockets.0);
    say(format_args!("running the demo:\n{}", command::line(&demo)));
    Ok(ExitCode::from(code(command::status(&mut demo)?)))
}

/// The command that runs the demo.
fn demo(guest: &Path, sockets: &Path) -> Command {
    let mut demo = Command::new(host::BERKELEY);
    demo.arg("run");
    for rule in ALLOWED {
        demo.args(["--allow", rule]);
    }
    demo.arg("--allow").arg(format!("unix={}::/run/demo", sockets.display())).arg(guest);
    demo
}

/// The exit code, as a shell gives it when a signal ended the process.
fn code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

/// A new directory, for this user alone, that is removed in the end.
struct FreshDirectory(PathBuf);

impl FreshDirectory {
    fn new() -> Result<Self> {
        let path = env::temp_dir().join(format!("berkeley-demo-{}", process::id()));
        // Fails where the directory is there already, so that it is nobody else's.
        let created = DirBuilder::new().mode(0o700).create(&path);
        created.with_context(|| format!("cannot make the directory {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for FreshDirectory {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            say(format_args!("warning: cannot remove {}: {error}", self.0.display()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_command() {
        let demo = demo(Path::new("demo.wasm"), Path::new("/tmp/d"));
        assert_eq!(
            command::line(&demo),
            "target/debug/berkeley run --allow listen=127.0.0.1:0 --allow 'listen=[::1]:0' --allow connect=localhost \
             --allow udp=localhost --allow resolve=localhost --allow unix=/tmp/d::/run/demo demo.wasm"
        );
    }

    #[test]
    fn exit_codes_are_passed_on() {
        assert_eq!(code(ExitStatus::from_raw(0)), 0);
        assert_eq!(code(ExitStatus::from_raw(3 << 8)), 3);
        assert_eq!(code(ExitStatus::from_raw(9)), 137);
    }

    #[test]
    fn the_directory_is_removed() {
        let directory = FreshDirectory::new().unwrap();
        let path = directory.0.clone();
        assert!(path.is_dir());
        drop(directory);
        assert!(!path.exists());
    }
}
