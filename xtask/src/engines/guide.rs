//! A page of the book as a test: its commands are run, and what they say is compared.
//!
//! A block of the console has commands, after `$`, and what they write, in which `…` stands for anything. Where nothing is
//! shown but that, the command must not fail. A block below `<!-- file: PATH -->` is a file, which is written there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command::say;

/// So long what is shown is waited for: a server may need a moment until it answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// What stands for anything.
const ANYTHING: char = '…';

/// What a page says to do, in order.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Write { path: PathBuf, text: String },
    Run { command: String, shown: Vec<String> },
}

/// A page.
pub(super) struct Guide {
    name: String,
    steps: Vec<Step>,
}

impl Guide {
    pub(super) fn read(page: &Path) -> Result<Self> {
        let text = fs::read_to_string(page).with_context(|| format!("cannot read {}", page.display()))?;
        let name = page.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, steps: steps(&text) })
    }

    /// Does everything, in that directory.
    pub(super) fn run(&self, directory: &Path) -> Result<()> {
        for step in &self.steps {
            match step {
                Step::Write { path, text } => {
                    let path = directory.join(path);
                    fs::create_dir_all(path.parent().context("a file is in a directory")?)?;
                    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
                }
                Step::Run { command, shown } => {
                    say(format_args!("{}: {command}", self.name));
                    try_until_shown(command, shown, directory)?;
                }
            }
        }
        Ok(())
    }
}

/// Runs the command, again while it does not say what is shown: it may ask what is not there yet.
fn try_until_shown(command: &str, shown: &[String], directory: &Path) -> Result<()> {
    let began = Instant::now();
    loop {
        let mut shell = Command::new("bash");
        shell.arg("-c").arg(format!("exec 2>&1\n{command}")).current_dir(directory).stdin(Stdio::null());
        shell.env("PATH", "/usr/bin:/usr/sbin:/bin:/sbin:/usr/local/bin");
        let output = shell.output().context("cannot run bash")?;
        let said = String::from_utf8_lossy(&output.stdout);
        let is_to_succeed = shown.iter().all(|line| line.chars().eq([ANYTHING]));
        if is_to_succeed {
            if output.status.success() {
                return Ok(());
            }
            bail!("`{command}` failed ({}):\n{said}", output.status);
        }
        if is_as_shown(&said, shown) {
            return Ok(());
        }
        let asks = ["curl", "docker logs", "crictl"].iter().any(|begin| command.starts_with(begin));
        if !asks || began.elapsed() > PATIENCE {
            bail!("`{command}` said ({}):\n{said}\nand not:\n{}", output.status, shown.join("\n"));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Whether the lines are those that are shown.
fn is_as_shown(said: &str, shown: &[String]) -> bool {
    let wanted = shown.join("\n");
    let mut rest = said.trim_end();
    let parts: Vec<_> = wanted.split(ANYTHING).collect();
    for (at, part) in parts.iter().enumerate() {
        let found = if at == 0 { rest.starts_with(part).then_some(0) } else { rest.find(part) };
        let Some(found) = found else { return false };
        rest = &rest[found + part.len()..];
    }
    rest.is_empty() || parts.last() == Some(&"") && parts.len() > 1
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut file: Option<PathBuf> = None;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(path) = line.strip_prefix("<!-- file: ").and_then(|rest| rest.strip_suffix(" -->")) {
            file = Some(path.into());
        }
        let Some(kind) = line.strip_prefix("```") else { continue };
        let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        if let Some(path) = file.take() {
            steps.push(Step::Write { path, text: block.join("\n") + "\n" });
        } else if kind == "console" {
            steps.extend(commands(&block));
        }
    }
    steps
}

/// The commands of a block. One goes on where a line ends with a backslash.
fn commands(block: &[&str]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut goes_on = false;
    for line in block {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (_, Some(Step::Run { command, .. })) if goes_on => *command = format!("{command}\n{line}"),
            (Some(command), _) => steps.push(Step::Run { command: command.to_owned(), shown: Vec::new() }),
            (None, Some(Step::Run { shown, .. })) => shown.push((*line).to_owned()),
            (None, _) => {}
        }
        goes_on = line.ends_with('\\');
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_what_to_write_and_to_run() {
        let page = "# A\n\n<!-- file: /etc/a -->\n```toml\na = 1\n```\n\n```console\n$ one \\\n  two\n$ three\nout\nput\n```\n```rust\n$ no\n```\n";
        let run = |command: &str, shown: &[&str]| Step::Run {
            command: command.to_owned(),
            shown: shown.iter().map(ToString::to_string).collect(),
        };
        let file = Step::Write { path: "/etc/a".into(), text: "a = 1\n".to_owned() };
        assert_eq!(steps(page), [file, run("one \\\n  two", &[]), run("three", &["out", "put"])]);
    }

    #[test]
    fn dots_stand_for_anything() {
        for (said, shown, is_shown) in [
            ("a\n", "a", true),
            ("a\nb", "a", false),
            ("x a\n", "a", false),
            ("a 5 b\n", "a … b", true),
            ("a 5 b c\n", "a … b", false),
            ("a\nb\nc", "…b…", true),
            ("", "…", true),
            ("ab", "…c…", false),
        ] {
            assert_eq!(is_as_shown(said, &[shown.to_owned()]), is_shown, "{said:?} {shown:?}");
        }
    }
}
