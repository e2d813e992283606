//! `berkeley simulate`.

mod capture;
mod programs;
mod search;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use berkeley_simulation::{Report, Scenario, Simulation};
use clap::{Args, ValueHint};

use crate::ending;
use crate::progress::Progress;
use crate::record::stand_apart;
use crate::run::raise_descriptor_limit;
use crate::tell::{answer, tell};
use programs::Loader;

/// Runs programs in a simulated world: virtual time, a network that fails, one seed
///
/// The scenario is a file of TOML that names hosts and their programs, any that `berkeley run` or `berkeley python` runs,
/// the links between them, what goes wrong, and what must be true. A run with the same seed is the same to the byte. Its
/// output is what the hosts write and what goes wrong, with the virtual time of each; it fails, with exit code 1, where a
/// check does, a program traps, exits with another code than 0, loops without end, or all wait for each other.
///
/// The book's chapter on simulation has the keys of a scenario.
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Simulate {
    /// The scenario
    #[arg(value_name = "SCENARIO.TOML", value_hint = ValueHint::FilePath)]
    scenario: PathBuf,

    /// What all chance comes from, instead of the scenario's seed; with --runs, the first of the seeds
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    seed: Option<u64>,

    /// Runs it with so many seeds, one after the other, until one fails
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true, default_value = "1")]
    runs: NonZero<u64>,

    /// How many runs go on at once
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true, default_value = "1")]
    jobs: NonZero<usize>,

    /// Looks for fewer and shorter faults with which a run that fails still fails
    #[arg(long)]
    shrink: bool,

    /// Writes what happened to the file, messages as well: for people, or as lines of JSON if its name ends with .json or
    /// .jsonl
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    trace: Option<PathBuf>,

    /// Writes the messages to the file, as a capture for Wireshark
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pcap: Option<PathBuf>,

    /// Writes a page to the file that a browser shows: the hosts as lanes, messages, faults, output
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    page: Option<PathBuf>,

    /// Where the interpreter for programs in Python is, as for `berkeley python`
    #[arg(long, value_name = "DIRECTORY", value_hint = ValueHint::DirPath)]
    interpreter: Option<PathBuf>,
}

const EXAMPLES: &str = r#"Examples:

  berkeley simulate cluster.toml
  berkeley simulate cluster.toml --runs 1000 --jobs 2 --shrink
  berkeley simulate cluster.toml --seed 417 --trace run.txt --page run.html

A scenario:

  [hosts.server]
  program = "server.wasm"
  serves = true

  [hosts.client]
  program = "client.wasm"
  args = ["server:80"]

  [[links]]
  latency = "20ms"
  loss = 0.01

  [[events]]
  at = "3s"
  for = "2s"
  crash = "server"

  [[checks]]
  host = "client"
  prints = "done"
  within = "30s""#;

impl Simulate {
    /// Runs it, and tells how it ended.
    pub(crate) fn execute(self) -> Result<ExitCode> {
        stand_apart(&[
            ("--trace", self.trace.as_deref()),
            ("--pcap", self.pcap.as_deref()),
            ("--page", self.page.as_deref()),
        ])?;
        // The files of all hosts are this process's.
        raise_descriptor_limit();
        ending::at_end(berkeley_simulation::remove_disks);
        #[cfg(unix)]
        ending::await_signals_beside(ending::signals(false, false)).context("cannot await signals")?;
        let mut loader = Loader::new(self.interpreter.clone());
        let scenario = Scenario::read(&self.scenario).map_err(plain)?;
        let mut simulation = scenario.simulation(&mut loader).map_err(plain)?;
        if let Some(seed) = self.seed {
            simulation = simulation.with_seed(seed);
        }
        let report = if self.runs.get() == 1 {
            let report = simulation.run().map_err(plain)?;
            answer(&shown(&report)?)?;
            report
        } else {
            match search::search(&simulation, self.runs, self.jobs).map_err(plain)? {
                Ok(count) => {
                    answer(&format!("{count} runs, and none failed\n"))?;
                    return Ok(ExitCode::SUCCESS);
                }
                Err(report) => *report,
            }
        };
        let report = if report.passed() { report } else { self.failed(&simulation, report)? };
        self.write(&report)?;
        Ok(if report.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Tells of a run that failed, and gives the one that is to be looked at.
    fn failed(&self, simulation: &Simulation, report: Report) -> Result<Report> {
        for failure in &report.failures {
            tell!("seed {} fails: {failure}", report.seed);
        }
        tell!("to repeat it: berkeley simulate {} --seed {}", self.scenario.display(), report.seed);
        if !self.shrink {
            return Ok(report);
        }
        let before = report.faults.len();
        if before == 0 {
            tell!("no fault has gone wrong in it, so that there is none to leave out");
            return Ok(report);
        }
        let progress = Progress::of("looking for fewer faults".into());
        let shrunk = berkeley_simulation::shrink(simulation, report).map_err(plain)?;
        drop(progress);
        let few = shrunk.faults.len();
        if few == 0 {
            answer(&format!("it still fails without any of the {before} faults\n"))?;
            return Ok(shrunk);
        }
        let mut told = format!("it still fails with {few} of {before} faults, these events in the place of all:\n");
        for fault in &shrunk.faults {
            told.push_str(&format!("\n{}", fault.to_toml()));
        }
        answer(&told)?;
        Ok(shrunk)
    }

    fn write(&self, report: &Report) -> Result<()> {
        if let Some(path) = &self.trace {
            let is_json = path.extension().is_some_and(|extension| extension == "json" || extension == "jsonl");
            write(path, |file| {
                let trace = &report.trace;
                let written = if is_json { trace.write_json(file) } else { trace.write_text(file) };
                Ok(written?)
            })?;
        }
        if let Some(path) = &self.pcap {
            write(path, |file| capture::write(&report.trace, file))?;
        }
        if let Some(path) = &self.page {
            write(path, |file| Ok(report.write_page(file)?))?;
        }
        Ok(())
    }
}

/// Writes a file.
fn write(path: &Path, content: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
    let write = || -> Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        content(&mut file)?;
        Ok(file.flush()?)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// What a run is shown as, on stdout.
fn shown(report: &Report) -> Result<String> {
    let mut text = Vec::new();
    report.trace.without_messages().write_text(&mut text)?;
    let told = if report.passed() { "passes" } else { "fails" };
    let (time, messages) = (report.time.as_secs_f64(), report.trace.messages().count());
    writeln!(text, "seed {} {told} after {time:.3} s, with {messages} messages", report.seed)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// An error of the library's, in one chain of words.
fn plain(error: wasmtime::Error) -> anyhow::Error {
    anyhow!("{error:#}")
}
