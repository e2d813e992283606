//! The command line of runc, as far as it matters here.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// The options before the command that have a value, of runc and of crun.
const GLOBAL: [&str; 7] = ["cgroup-manager", "criu", "log", "log-format", "log-level", "root", "rootless"];

/// The options of `create`, `run` and `exec` that have a value.
const OWN: [&str; 24] = [
    "additional-gids",
    "apparmor",
    "b",
    "bundle",
    "c",
    "cap",
    "cgroup",
    "config",
    "console-socket",
    "cwd",
    "e",
    "env",
    "f",
    "file",
    "g",
    "keep",
    "p",
    "pid-file",
    "preserve-fds",
    "process",
    "process-label",
    "pidfd-socket",
    "u",
    "user",
];

/// What the engine wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// `create` or `run`.
    Create,
    Exec,
    /// Whatever does not matter here.
    Other,
}

/// A command line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) words: Vec<OsString>,
    pub(crate) command: Command,
    /// How many words stand before the command.
    globals: usize,
    /// The options with values, by their names without hyphens.
    options: Vec<(String, OsString)>,
    /// What is neither the command nor an option, in order.
    operands: Vec<OsString>,
}

impl Line {
    pub(crate) fn read(words: Vec<OsString>) -> Self {
        let mut line = Self { words, command: Command::Other, globals: 0, options: Vec::new(), operands: Vec::new() };
        let mut at = line.options_from(0, &GLOBAL);
        line.globals = at;
        line.command = match line.words.get(at).and_then(|word| word.to_str()) {
            Some("create" | "run") => Command::Create,
            Some("exec") => Command::Exec,
            _ => return line,
        };
        at = line.options_from(at + 1, &OWN);
        line.operands = line.words.get(at..).unwrap_or_default().to_vec();
        line
    }

    /// Takes the options from that word on, and tells where they end.
    fn options_from(&mut self, mut at: usize, valued: &[&str]) -> usize {
        while let Some(word) = self.words.get(at) {
            let bytes = word.as_bytes();
            if bytes == b"--" {
                return at + 1;
            }
            let Some(name) = bytes.strip_prefix(b"-").filter(|name| !name.is_empty()) else { return at };
            let name = name.strip_prefix(b"-").unwrap_or(name);
            at += 1;
            let (name, value) = match name.iter().position(|byte| *byte == b'=') {
                Some(end) => (&name[..end], Some(OsStr::from_bytes(&name[end + 1..]).to_owned())),
                None => (name, None),
            };
            let name = String::from_utf8_lossy(name).into_owned();
            if !valued.contains(&name.as_str()) {
                continue;
            }
            let value = value.or_else(|| {
                at += 1;
                self.words.get(at - 1).cloned()
            });
            self.options.extend(value.map(|value| (name, value)));
        }
        at
    }

    fn option(&self, names: &[&str]) -> Option<&OsStr> {
        let mut given = self.options.iter().rev();
        given.find(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| value.as_os_str())
    }

    /// The words before the command.
    pub(crate) fn globals(&self) -> &[OsString] {
        &self.words[..self.globals]
    }

    /// The directory of the container's `config.json`.
    pub(crate) fn bundle(&self) -> PathBuf {
        self.option(&["bundle", "b"]).unwrap_or(OsStr::new(".")).into()
    }

    /// The file that describes the process of `exec`.
    pub(crate) fn process(&self) -> Option<&Path> {
        self.option(&["process", "p"]).map(Path::new)
    }

    /// The container's name.
    pub(crate) fn container(&self) -> Option<&OsStr> {
        self.operands.first().map(OsString::as_os_str)
    }

    /// The file that the engine reads messages from, and whether they are JSON.
    pub(crate) fn log(&self) -> Option<(&Path, bool)> {
        let log = Path::new(self.option(&["log"])?);
        Some((log, self.option(&["log-format"]).is_some_and(|format| format == "json")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Line {
        Line::read(words.split_whitespace().map(OsString::from).collect())
    }

    #[test]
    fn lines_of_engines_are_read() {
        for (words, command, bundle, container) in [
            // containerd and Docker.
            (
                "--root /run/runc --log /b/log.json --log-format json create --bundle /b --pid-file /b/init.pid c1",
                Command::Create,
                "/b",
                Some("c1"),
            ),
            ("--root /r --systemd-cgroup run -b /b -d c1", Command::Create, "/b", Some("c1")),
            ("create --bundle=/b --no-pivot c1", Command::Create, "/b", Some("c1")),
            // conmon, of Podman.
            (
                "--log-format=json --log=/u/oci-log create --bundle /b --pid-file /u/pidfile --preserve-fds 1 c1",
                Command::Create,
                "/b",
                Some("c1"),
            ),
            ("create c1", Command::Create, ".", Some("c1")),
            ("create -- c1", Command::Create, ".", Some("c1")),
            ("exec --process /t/p --pid-file /t/i --detach c1", Command::Exec, ".", Some("c1")),
            ("exec -p=/t/p -t c1", Command::Exec, ".", Some("c1")),
            ("exec --env A=1 c1 create x", Command::Exec, ".", Some("c1")),
            ("kill c1 15", Command::Other, ".", None),
            ("--root create state c1", Command::Other, ".", None),
            ("--version", Command::Other, ".", None),
            ("", Command::Other, ".", None),
            ("--root", Command::Other, ".", None),
            ("create --bundle", Command::Create, ".", None),
        ] {
            let line = read(words);
            assert_eq!(line.command, command, "{words}");
            assert_eq!(line.bundle(), Path::new(bundle), "{words}");
            assert_eq!(line.container().map(|name| name.to_str().unwrap()), container, "{words}");
        }
    }

    #[test]
    fn options_before_and_after_the_command_are_told_apart() {
        let line = read("--root /r --debug --log /l --log-format json exec --process /p c1 --log /other");
        assert_eq!(line.globals(), ["--root", "/r", "--debug", "--log", "/l", "--log-format", "json"]);
        assert_eq!(line.log(), Some((Path::new("/l"), true)));
        assert_eq!(line.process(), Some(Path::new("/p")));
        assert_eq!(read("--log /l kill c").log(), Some((Path::new("/l"), false)));
        assert_eq!(read("exec c1 /bin/sh -p x").process(), None);
    }
}
