//! Checking the host for systems that the tests do not run on.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::apt::Apt;
use crate::command::{self, say};
use crate::toolchain;

/// A system to check for.
struct Target {
    triple: &'static str,
    /// The program that compiles the C code of dependencies, which their build scripts want.
    compiler: Compiler,
    /// Whether CI checks it: one of those that differ in the processor alone stands for all of them there.
    in_ci: bool,
}

enum Compiler {
    /// A program of a Debian package.
    Debian { program: &'static str, package: &'static str },
    /// None: it would take an SDK that only Apple gives, and only on its own systems. A check links nothing, so that it
    /// does with a program that compiles nothing.
    Absent,
}

const TARGETS: [Target; 3] = [
    Target {
        triple: "x86_64-pc-windows-gnu",
        compiler: Compiler::Debian { program: "x86_64-w64-mingw32-gcc", package: "gcc-mingw-w64-x86-64" },
        in_ci: true,
    },
    Target { triple: "aarch64-apple-darwin", compiler: Compiler::Absent, in_ci: true },
    Target { triple: "x86_64-apple-darwin", compiler: Compiler::Absent, in_ci: false },
];

/// What is checked, by clippy, which finds what the compiler finds, too: the library and the command.
///
/// In the directory of all builds, so that what runs while others are compiled, as build scripts do, is there already.
const CHECK: [&str; 9] =
    ["clippy", "--target-dir", "target", "--package", "berkeley-host", "--package", "berkeley-cli", "--lib", "--bins"];

/// Checks all of them.
pub(crate) fn check(apt: &mut Apt) -> Result<()> {
    TARGETS.iter().try_for_each(|target| {
        target.set_up(apt)?;
        target.check()
    })
}

/// Checks those of CI that can be had on this machine, and says which cannot.
pub(crate) fn check_if_possible(apt: &mut Apt) -> Result<()> {
    for target in TARGETS.iter().filter(|target| target.in_ci) {
        match target.set_up(apt) {
            Ok(()) => target.check()?,
            Err(error) => say(format_args!("going on without the target {}: {error:#}", target.triple)),
        }
    }
    Ok(())
}

impl Target {
    /// Gets its standard library, and its compiler of C.
    fn set_up(&self, apt: &mut Apt) -> Result<()> {
        if !toolchain::is_installed(self.triple)? {
            let what = format!("installing the target {} with rustup", self.triple);
            let remedy = "look whether this machine reaches Rust's servers";
            command::step(&what, Command::new("rustup").args(["target", "add", self.triple]), remedy)?;
            if !toolchain::is_installed(self.triple)? {
                bail!("rustup installed {}, but not for the `rustc` in use; use rustup's `rustc`", self.triple);
            }
        }
        match self.compiler {
            Compiler::Debian { program, package } if command::find(program).is_none() => {
                apt.install(&[package]).with_context(|| format!("the program {program} is missing"))
            }
            _ => Ok(()),
        }
    }

    fn check(&self) -> Result<()> {
        let mut check = command::cargo(CHECK);
        check.args(["--target", self.triple, "--", "-D", "warnings"]);
        if matches!(self.compiler, Compiler::Absent) {
            for (name, value) in without_compiler(self.triple) {
                check.env(name, value);
            }
        }
        command::step(&format!("checking the host for {}", self.triple), &mut check, "mend what is named above")
    }
}

/// The variables by which build scripts take a program that does nothing for the compiler and the archiver, and look for
/// no SDK.
fn without_compiler(triple: &str) -> [(String, &'static str); 3] {
    let triple = triple.replace('-', "_");
    [(format!("CC_{triple}"), "true"), (format!("AR_{triple}"), "true"), ("SDKROOT".into(), "/")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_files_of_its_own_to_check() {
        let host = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../host/src/sys");
        for system in ["windows", "apple", "linux"] {
            assert!(host.join(system).with_extension("rs").is_file(), "{system}");
            assert!(system == "linux" || TARGETS.iter().any(|target| target.triple.contains(system)), "{system}");
        }
    }

    #[test]
    fn build_scripts_are_told_by_the_targets_name() {
        let [(compiler, program), ..] = without_compiler("aarch64-apple-darwin");
        assert_eq!((compiler.as_str(), program), ("CC_aarch64_apple_darwin", "true"));
    }
}
