//! The processes that are measured, and their peers.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::command::{self, say};

/// This process on one processor, with all descriptors that it may have. What it starts has the same; a program that a command
/// such as `taskset` runs would begin with the start of that one, which is measured too. Dropping it undoes both.
pub(super) struct Pinned {
    /// The processors and the limit of descriptors as they were.
    before: [String; 2],
}

impl Pinned {
    pub(super) fn to(processor: usize) -> Result<Self> {
        let status = fs::read_to_string("/proc/self/status").context("this needs Linux")?;
        let allowed = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
        let processors = allowed.context("no processors are told")?.trim().to_owned();
        let [soft, hard] = descriptors()?;
        set(&processor.to_string(), &hard)?;
        Ok(Self { before: [processors, soft] })
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        let [processors, soft] = &self.before;
        if let Err(error) = set(processors, soft) {
            say(format_args!("this process stays on one processor: {error:#}"));
        }
    }
}

/// Sets the processors of this process, and how many descriptors it may have.
fn set(processors: &str, descriptors: &str) -> Result<()> {
    let process = std::process::id().to_string();
    command::output(Command::new("taskset").args(["--pid", "--cpu-list", processors, &process]))?;
    // The part after the colon is the hard limit, which stays.
    command::output(Command::new("prlimit").args(["--pid", &process, &format!("--nofile={descriptors}:")]))?;
    Ok(())
}

/// The soft and the hard limit on descriptors of one process.
fn descriptors() -> Result<[String; 2]> {
    let limits = fs::read_to_string("/proc/self/limits").context("this needs Linux")?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).context("no limit is told")?;
    let mut words = line.split_whitespace().map(str::to_owned);
    Ok([words.next().context("a soft limit")?, words.next().context("a hard limit")?])
}

/// The most descriptors that one process may have.
pub(super) fn most_descriptors() -> Result<u64> {
    let [_, hard] = descriptors()?;
    Ok(hard.parse().unwrap_or(1 << 20))
}

/// A command of these words.
pub(super) fn command_of(words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Command> {
    let mut words = words.into_iter();
    let mut command = Command::new(words.next().context("a program")?);
    command.args(words);
    Ok(command)
}

/// A program that runs beside this one. It is ended with this.
pub(super) struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    line: String,
}

/// What a process has used so far.
pub(super) struct Usage {
    /// Seconds of processor time.
    pub(super) processor: f64,
    /// Bytes in memory.
    pub(super) memory: f64,
}

impl Running {
    pub(super) fn start(command: &mut Command) -> Result<Self> {
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = started.with_context(|| format!("cannot run {}", command::line(command)))?;
        let stdout = BufReader::new(child.stdout.take().context("a pipe")?);
        Ok(Self { child, stdout, line: command::line(command) })
    }

    /// The next line that it writes.
    pub(super) fn next(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.stdout.read_line(&mut line)? == 0 {
            let mut errors = String::new();
            if let Some(mut stderr) = self.child.stderr.take() {
                stderr.read_to_string(&mut errors)?;
            }
            bail!("{} ended too early: {}", self.line, errors.trim());
        }
        Ok(line.trim().to_owned())
    }

    /// Tells it to begin.
    pub(super) fn go(&mut self) -> Result<()> {
        Ok(self.child.stdin.as_mut().context("a pipe")?.write_all(b"\n")?)
    }

    /// What it has used so far: `proc_pid_status(5)`, and the times of its threads in the scheduler's own statistics, which
    /// count nanoseconds.
    pub(super) fn usage(&self) -> Result<Usage> {
        let directory = format!("/proc/{}", self.child.id());
        let mut nanoseconds = 0.0;
        for thread in fs::read_dir(format!("{directory}/task"))?.flatten() {
            // A thread may have ended just now.
            let Ok(text) = fs::read_to_string(thread.path().join("schedstat")) else { continue };
            nanoseconds += text.split_whitespace().next().context("no time is told")?.parse::<f64>()?;
        }
        let status = fs::read_to_string(format!("{directory}/status"))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("it has ended")?;
        let kilobytes: f64 = resident.trim().trim_end_matches(" kB").parse()?;
        Ok(Usage { processor: nanoseconds / 1e9, memory: kilobytes * 1024.0 })
    }

    /// Waits for its end, which the end of its stdin is the sign for.
    pub(super) fn finish(mut self) -> Result<()> {
        drop(self.child.stdin.take());
        let status = self.child.wait()?;
        ensure!(status.success(), "{} failed ({status})", self.line);
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
