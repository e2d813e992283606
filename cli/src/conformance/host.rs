//! A host of others: the command line by which it runs a component.

use std::path::Path;
use std::process::Command;
use std::str::FromStr;
use std::time::{Duration, Instant};

use crate::conformance::answer::clean;
use crate::conformance::process::{Process, Step};

/// What stands for the component in a command line, and what for the directory that guests may be given.
const COMPONENT: &str = "{}";
const DIRECTORY: &str = "{dir}";

/// How long a program may think about its version.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a version may be, in characters.
const LONGEST: usize = 40;

/// A host, as it is given: `NAME=COMMAND {}`, `NAME@VERSION=COMMAND {}` or `COMMAND {}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Host {
    pub(super) name: String,
    pub(super) version: Option<String>,
    words: Vec<String>,
}

impl FromStr for Host {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (label, command) = label(text).map_or((None, text), |(label, command)| (Some(label), command));
        let words = shlex::split(command).ok_or("a quote is not closed")?;
        let program = words.first().ok_or("there is no command; write one such as 'wasmtime run {}'")?;
        if program.contains(COMPONENT) || !words.iter().any(|word| word.contains(COMPONENT)) {
            return Err("{} must stand for the component, after the program, as in 'wasmtime run {}'".into());
        }
        let (name, version) = match label {
            None => (name_of(script(&words).unwrap_or(program)), None),
            Some(label) => match label.split_once('@') {
                None => (label.to_owned(), None),
                Some((name, version)) => (name.to_owned(), Some(version.to_owned())),
            },
        };
        Ok(Self { name: clean(&name, LONGEST), version: version.map(|version| clean(&version, LONGEST)), words })
    }
}

/// The name, with a version or without, and the command line, if there is a name.
fn label(text: &str) -> Option<(&str, &str)> {
    let (label, command) = text.split_once('=')?;
    let is_plain = |ch: char| ch.is_alphanumeric() || "-_.+@".contains(ch);
    let (name, version) = label.split_once('@').unwrap_or((label, "0"));
    let is_name = !name.is_empty() && !version.is_empty() && label.chars().all(is_plain);
    is_name.then_some((label, command))
}

/// The file that the program runs, such as a script of node's, if it has one.
fn script(words: &[String]) -> Option<&String> {
    words.get(1).filter(|word| Path::new(word).is_file())
}

/// What a program is called by its path.
fn name_of(program: &str) -> String {
    Path::new(program).file_stem().map_or_else(|| program.to_owned(), |name| name.to_string_lossy().into_owned())
}

impl Host {
    /// The program by which everything begins.
    pub(super) fn program(&self) -> &str {
        &self.words[0]
    }

    /// The command that runs the component, in a directory whose files the guest may be given. The guest's arguments follow
    /// the component where that is a word of its own.
    pub(super) fn command(&self, component: &Path, directory: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.program());
        let (component, directory) = (component.to_string_lossy(), directory.to_string_lossy());
        for word in &self.words[1..] {
            command.arg(word.replace(DIRECTORY, &directory).replace(COMPONENT, &component));
            if word == COMPONENT {
                command.args(arguments);
            }
        }
        command
    }

    /// Asks the program for its version, unless one is given. One that does not tell has none.
    pub(super) fn ask_version(&mut self) -> std::io::Result<()> {
        if self.version.is_none() {
            let mut command = Command::new(self.program());
            command.args(script(&self.words)).arg("--version");
            let mut process = Process::start(command, Vec::new())?;
            let deadline = Instant::now() + PATIENCE;
            let mut lines = Vec::new();
            let step = loop {
                match process.next(deadline) {
                    Step::Line(line) => lines.push(line),
                    step => break step,
                }
            };
            if matches!(step, Step::End(status) if status.success()) {
                lines.push(process.errors());
                self.version = lines.iter().find_map(|line| version(line));
            }
        }
        Ok(())
    }
}

/// The version in a line such as `wasmtime 49.0.3 (f96eabaa1 2026-10-14)`.
fn version(line: &str) -> Option<String> {
    let line = clean(line, 1000);
    let words = line.split(' ').map(|word| word.strip_prefix('v').unwrap_or(word).trim_end_matches([',', ';']));
    let mut versions = words.filter(|word| word.starts_with(|ch: char| ch.is_ascii_digit()) && word.contains('.'));
    versions.next().map(|version| clean(version, LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> Host {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn command_lines_are_read() {
        for (text, name, version) in [
            ("wasmtime run {}", "wasmtime", None),
            ("/opt/bin/wasmtime run {}", "wasmtime", None),
            ("mine=wasmtime run {}", "mine", None),
            ("mine@1.2-dev=wasmtime run {}", "mine", Some("1.2-dev")),
            ("wasmtime run --env A=1 {}", "wasmtime", None),
            ("env A=1 wasmtime run {}", "env", None),
            ("name = wasmtime run {}", "name", None),
            ("sh -c 'exec wasmtime run --env A=1 {}'", "sh", None),
        ] {
            let host = host(text);
            assert_eq!((host.name.as_str(), host.version.as_deref()), (name, version), "{text}");
        }
        // A name has no spaces around it.
        assert_eq!(host("name = wasmtime run {}").program(), "name");
        for (text, told) in [
            ("", "there is no command"),
            ("name=", "there is no command"),
            ("wasmtime run", "{} must stand for the component"),
            ("{}", "{} must stand for the component"),
            ("wasmtime 'run {}", "a quote is not closed"),
        ] {
            let error = text.parse::<Host>().expect_err(text);
            assert!(error.contains(told), "{text}: {error}");
        }
    }

    #[test]
    fn the_component_and_its_arguments_stand_where_they_were_put() {
        let words = |text: &str| {
            let arguments = ["method", "blocking mode"];
            let command = host(text).command(Path::new("/a b/c.wasm"), Path::new("/d"), &arguments);
            command.get_args().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(words("w run {} --last"), ["run", "/a b/c.wasm", "method", "blocking mode", "--last"]);
        assert_eq!(words("w --dir {dir}::/data --file={}"), ["--dir", "/d::/data", "--file=/a b/c.wasm"]);
    }

    #[test]
    fn versions_are_found() {
        for (line, expected) in [
            ("wasmtime 49.0.3 (f96eabaa1 2026-10-14)", Some("49.0.3")),
            ("v20.20.2", Some("20.20.2")),
            ("1.35.0", Some("1.35.0")),
            ("usage: me", None),
        ] {
            assert_eq!(version(line).as_deref(), expected, "{line}");
        }
    }
}
