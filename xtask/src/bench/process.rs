//! The processes that are measured, and their peers.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::command;

/// A command on one processor, which may have all descriptors that this process may have.
pub(super) fn pinned(processor: usize, words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Command> {
    let most = most_descriptors()?;
    let mut command = Command::new("prlimit");
    command.arg(format!("--nofile={most}:{most}")).args(["taskset", "-c", &processor.to_string()]).args(words);
    Ok(command)
}

/// The hard limit on descriptors of one process.
pub(super) fn most_descriptors() -> Result<u64> {
    let limits = fs::read_to_string("/proc/self/limits").context("this needs Linux")?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).context("no limit is told")?;
    Ok(line.split_whitespace().nth(1).and_then(|hard| hard.parse().ok()).unwrap_or(1 << 20))
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
