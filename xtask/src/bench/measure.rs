//! Measuring: each workload in all ways, in turns.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Options;
use super::build::NATIVE;
use super::figures::Spread;
use super::process::{Running, most_descriptors, pinned};
use super::report::{Cell, FAILED, Row};
use super::way::{Host, WAYS, Way};
use super::workload::{Figure, IDLE, Kind, Peer, Workload};
use crate::command::{self, say};
use crate::host;

/// The most connections that are idle. It is said in the page if there are fewer.
const MOST_IDLE: u64 = 9800;

/// How often a program is started and ended for one figure.
const STARTS: u32 = 10;

/// What is measured by one run.
struct Sample {
    units: f64,
    seconds: f64,
    /// Seconds of processor time of the process alone, not of its peers.
    processor: Option<f64>,
    /// Bytes by which it grew.
    memory: Option<f64>,
}

impl Sample {
    fn figure(&self, figure: Figure) -> Option<f64> {
        Some(match figure {
            Figure::Microseconds => self.seconds / self.units * 1e6,
            Figure::Milliseconds => self.seconds / self.units * 1e3,
            Figure::PerSecond => self.units / self.seconds,
            Figure::Megabytes => self.units / self.seconds / 1e6,
            Figure::Bytes => self.memory? / self.units,
        })
    }

    /// Microseconds of the processor for each unit, or for each million of bytes.
    fn processor(&self, figure: Figure) -> Option<f64> {
        let units = if figure == Figure::Megabytes { self.units / 1e6 } else { self.units };
        Some(self.processor? / units * 1e6)
    }
}

pub(super) struct Measurer<'a> {
    options: &'a Options,
    host: Host,
    idle: u64,
}

impl<'a> Measurer<'a> {
    pub(super) fn new(options: &'a Options) -> Result<Self> {
        let built = host::directory(options.quick);
        let berkeley = options.berkeley.clone().unwrap_or_else(|| built.join("berkeley"));
        let host = Host { berkeley, examples: built.join("examples") };
        // The host keeps a quarter of them to itself, and a process has some open.
        let idle = (most_descriptors()? / 4 * 3).saturating_sub(250).min(MOST_IDLE);
        Ok(Self { options, host, idle })
    }

    /// How many connections are idle.
    pub(super) fn idle(&self) -> u64 {
        self.idle
    }

    /// In all ways. One that fails once is not tried again.
    pub(super) fn measure(&self, workload: &'static Workload) -> Row {
        let mut columns = WAYS.map(|way| (way, way.words(&self.host, workload).map_err(str::to_owned), Vec::new()));
        for _ in 0..self.options.rounds {
            for (way, words, samples) in &mut columns {
                let Ok(known) = words else { continue };
                match self.run(*way, workload, known) {
                    Ok(sample) => samples.push(sample),
                    Err(error) => {
                        say(format_args!("{}, {}: {error:#}", workload.name, way.name()));
                        *words = Err(format!("{FAILED}: {error:#}"));
                    }
                }
            }
        }
        let cells = columns.map(|(way, words, samples)| {
            let spread = |of: &dyn Fn(&Sample) -> Option<f64>| Spread::of(samples.iter().filter_map(of).collect());
            let cell = words.and_then(|_| {
                let wall = spread(&|sample| sample.figure(workload.figure)).ok_or("it was not measured")?;
                Ok(Cell { wall, processor: spread(&|sample| sample.processor(workload.figure)) })
            });
            (way, cell)
        });
        Row { workload, cells: cells.to_vec() }
    }

    fn run(&self, way: Way, workload: &Workload, words: &[String]) -> Result<Sample> {
        match workload.kind {
            Kind::Program(arguments, peer) => {
                let arguments =
                    arguments.iter().map(|&word| if word == IDLE { self.idle.to_string() } else { word.to_owned() });
                let peer = match peer {
                    Peer::None => None,
                    Peer::One => Some(self.serve(1)?),
                };
                self.run_program(words, arguments.collect(), peer.as_ref(), 1)
            }
            Kind::Guests(count) => {
                let peer = self.serve(count)?;
                // Natively it is one program, with one set of connections.
                let (arguments, programs) = match way {
                    Way::Native => (vec!["events".to_owned(), "0".to_owned(), count.to_string()], 1),
                    _ => (vec!["guest".to_owned()], count),
                };
                self.run_program(words, arguments, Some(&peer), programs)
            }
            Kind::Python(name) => self.run_program(words, vec![name.to_owned()], Some(&self.serve(1)?), 1),
            Kind::Start => self.start(words),
            Kind::Requests => self.requests(words),
        }
    }

    /// Starts a peer, which lets so many guests begin together.
    fn serve(&self, guests: usize) -> Result<(Running, String)> {
        let words = [&*format!("{NATIVE}/release/bench"), "serve", &*guests.to_string()];
        let mut running = Running::start(pinned(self.options.processor, words)?)?;
        let port = running.next()?;
        Ok((running, port))
    }

    /// Runs what tells of its measuring as `tests/bench/src/meter.rs` says; so many of it, in one process.
    fn run_program(
        &self,
        words: &[String],
        arguments: Vec<String>,
        peer: Option<&(Running, String)>,
        count: usize,
    ) -> Result<Sample> {
        let mut command = pinned(self.options.processor, words)?;
        command.arg(self.options.milliseconds.to_string()).args(arguments).args(peer.map(|(_, port)| port));
        let mut running = Running::start(command)?;
        let mut began = None;
        let (mut units, mut rate, mut told) = (0.0, 0.0, 0);
        while told < count {
            let line = running.next()?;
            if line == "begin" {
                began = Some(running.usage()?);
                running.go()?;
                continue;
            }
            let (some, seconds) = line.split_once(' ').with_context(|| format!("{line} is no figure"))?;
            let (some, seconds): (f64, f64) = (some.parse()?, seconds.parse()?);
            (units, rate, told) = (units + some, rate + some / seconds, told + 1);
        }
        let (ended, began) = (running.usage()?, began.context("it never began")?);
        running.finish()?;
        Ok(Sample {
            units,
            seconds: units / rate,
            // Many begin without waiting to be told, and so some have begun before it is looked at what they have used.
            processor: (count == 1).then_some(ended.processor - began.processor),
            memory: Some(ended.memory - began.memory),
        })
    }

    fn start(&self, words: &[String]) -> Result<Sample> {
        let began = Instant::now();
        for _ in 0..STARTS {
            let mut command = pinned(self.options.processor, words)?;
            command::output(command.args(["0", "start"]))?;
        }
        let seconds = began.elapsed().as_secs_f64();
        Ok(Sample { units: STARTS.into(), seconds, processor: None, memory: None })
    }

    /// By wrk, over 50 connections that are kept.
    fn requests(&self, words: &[String]) -> Result<Sample> {
        let mut server = Running::start(pinned(self.options.processor, words)?)?;
        let url = format!("http://127.0.0.1:{}/7", server.next()?);
        // It takes whole seconds.
        let seconds = Duration::from_millis(self.options.milliseconds).as_secs().max(1);
        let wrk = ["wrk", "-t1", "-c50", &*format!("-d{seconds}s"), &url];
        let began = server.usage()?;
        let report = command::output(&mut pinned(self.options.processor, wrk)?)?;
        let processor = server.usage()?.processor - began.processor;
        let (units, seconds) = wrks(&report)?;
        Ok(Sample { units, seconds, processor: Some(processor), memory: None })
    }
}

/// The number of requests that wrk made, and the seconds that it took.
fn wrks(report: &str) -> Result<(f64, f64)> {
    let line = |end: &str| report.lines().find_map(|line| line.split_once(end));
    let (count, _) = line(" requests in ").context("wrk tells no number")?;
    let (_, rate) = line("Requests/sec:").context("wrk tells no rate")?;
    let (count, rate): (f64, f64) = (count.trim().parse()?, rate.trim().parse()?);
    anyhow::ensure!(count > 0.0, "no request is answered");
    Ok((count, count / rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrks_report_is_understood() {
        let report =
            "Running 1s test @ http://127.0.0.1:1/7\n  30600 requests in 1.02s, 3.5MB read\nRequests/sec:  30000.00\n";
        assert_eq!(wrks(report).unwrap(), (30600.0, 1.02));
        assert!(wrks("  0 requests in 1s\nRequests/sec: 1.0").is_err());
    }

    #[test]
    fn a_figure_is_by_the_unit() {
        let sample = Sample { units: 2e6, seconds: 2.0, processor: Some(1.0), memory: Some(4e6) };
        for (figure, expected, processor) in [
            (Figure::Microseconds, 1.0, 0.5),
            (Figure::Milliseconds, 0.001, 0.5),
            (Figure::PerSecond, 1e6, 0.5),
            (Figure::Megabytes, 1.0, 5e5),
            (Figure::Bytes, 2.0, 0.5),
        ] {
            assert_eq!((sample.figure(figure), sample.processor(figure)), (Some(expected), Some(processor)));
        }
    }
}
