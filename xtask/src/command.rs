//! Runs other programs, and says what is run and what failed.

use std::env;
use std::ffi::OsStr;
use std::fmt::Display;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Result, anyhow, bail};

/// What to do when a program is not there.
const REMEDIES: [(&str, &str); 6] = [
    ("cargo", "install Rust with rustup"),
    ("rustc", "install Rust with rustup"),
    ("rustup", "install Rust with rustup, or use a system with Debian's packages"),
    ("apt-get", "this system has no Debian packages; install what is needed by its own means"),
    ("apt-cache", "this system has no Debian packages; install what is needed by its own means"),
    ("dpkg-query", "this system has no Debian packages; install what is needed by its own means"),
];

/// Where Debian keeps the programs of the administrator, which a user's PATH may lack.
const ADMINISTRATOR_PATH: &str = "/usr/local/sbin:/usr/sbin:/sbin";

/// Prints one line of what is being done.
pub(crate) fn say(line: impl Display) {
    eprintln!("xtask: {line}");
}

/// Cargo with these arguments, without the variables that `cargo run` gave this program: build scripts that watch
/// them (`CARGO_MANIFEST_DIR` and its like) would run again, and wasmtime would be built again.
pub(crate) fn cargo<'a>(args: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new("cargo");
    command.args(args);
    for (name, _) in env::vars_os().filter(|(name, _)| is_of_cargo_run(name)) {
        command.env_remove(name);
    }
    command
}

/// Whether `cargo run` sets this variable for the program it runs.
fn is_of_cargo_run(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    ["CARGO", "CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH"].contains(&name) || name.starts_with("CARGO_PKG_")
}

/// Says what is done, and does it by running a command, whose output is shown.
///
/// When the command fails, the error names it, and `remedy` says what to do.
pub(crate) fn step(what: &str, command: &mut Command, remedy: &str) -> Result<()> {
    say(what);
    let status = status(command)?;
    if !status.success() {
        bail!("{what} failed ({status})\n  the command: {}\n  what to do: {remedy}", line(command));
    }
    Ok(())
}

/// Runs a command, whose output is shown, to its end.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    command.status().map_err(|error| not_started(command, &error))
}

/// Runs a command and returns what it wrote on its standard output, without white space at the ends.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| not_started(command, &error))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed ({}): {}", line(command), output.status, message.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The error for a command that could not be started.
fn not_started(command: &Command, error: &Error) -> anyhow::Error {
    let program = command.get_program().to_string_lossy();
    let remedy = REMEDIES.iter().find(|(name, _)| *name == program).map_or("install it", |(_, remedy)| remedy);
    if error.kind() == ErrorKind::NotFound {
        anyhow!("the program `{program}` was not found: {remedy}")
    } else {
        anyhow!("cannot run `{}`: {error}", line(command))
    }
}

/// The command as a person would type it into a shell, with the variables that are set for it alone.
pub(crate) fn line(command: &Command) -> String {
    let variables = command
        .get_envs()
        .filter_map(|(name, value)| Some(format!("{}={}", name.to_string_lossy(), quoted(&value?.to_string_lossy()))));
    let words = [command.get_program()].into_iter().chain(command.get_args());
    let words = words.map(|word| quoted(&word.to_string_lossy()));
    variables.chain(words).collect::<Vec<_>>().join(" ")
}

/// A word for a shell, quoted if it has characters that are special to one.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Where a program is, in PATH or among the administrator's programs.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let directories = env::split_paths(&path).chain(env::split_paths(ADMINISTRATOR_PATH));
    find_in(program, directories)
}

/// The first of the directories' files with this name.
fn find_in(program: &str, directories: impl IntoIterator<Item = impl AsRef<Path>>) -> Option<PathBuf> {
    directories.into_iter().map(|directory| directory.as_ref().join(program)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_when_a_shell_would_change_them() {
        for (word, expected) in [
            ("listen=127.0.0.1:0", "listen=127.0.0.1:0"),
            ("listen=[::1]:0", "'listen=[::1]:0'"),
            ("two words", "'two words'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }

    #[test]
    fn a_line_has_the_variables_that_are_set() {
        let mut command = Command::new("cargo");
        command.arg("doc").env("RUSTDOCFLAGS", "-D warnings").env_remove("RUSTFLAGS");
        assert_eq!(line(&command), "RUSTDOCFLAGS='-D warnings' cargo doc");
    }

    #[test]
    fn the_variables_of_cargo_run_are_known() {
        for name in ["CARGO", "CARGO_MANIFEST_DIR", "CARGO_PKG_VERSION"] {
            assert!(is_of_cargo_run(OsStr::new(name)), "{name}");
        }
        for name in ["CARGO_HOME", "CARGO_TARGET_DIR", "RUSTUP_TOOLCHAIN"] {
            assert!(!is_of_cargo_run(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn a_failure_names_the_command_and_the_remedy() {
        let error = step("trying", &mut Command::new("false"), "nothing").unwrap_err().to_string();
        assert!(error.contains("trying failed"), "{error}");
        assert!(error.contains("the command: false"), "{error}");
        assert!(error.contains("what to do: nothing"), "{error}");
    }

    #[test]
    fn a_missing_program_is_told() {
        let error = not_started(&Command::new("rustup"), &Error::from(ErrorKind::NotFound)).to_string();
        assert!(error.contains("`rustup` was not found: install Rust"), "{error}");
    }

    #[test]
    fn programs_are_found_in_directories() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        assert_eq!(find_in("main.rs", [Path::new("/nowhere"), &source]), Some(source.join("main.rs")));
        assert_eq!(find_in("no.rs", [&source]), None);
    }
}
