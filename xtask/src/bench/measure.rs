//! Measuring: each workload in all ways, in turns.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::Options;
use super::build::NATIVE;
use super::figures::Spread;
use super::process::{Pinned, Running, Usage, command_of, most_descriptors};
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
    _pinned: Pinned,
}

impl<'a> Measurer<'a> {
    pub(super) fn new(options: &'a Options) -> Result<Self> {
        let built = host::directory(options.quick);
        let berkeley = options.berkeley.clone().unwrap_or_else(|| built.join("berkeley"));
        let host = Host { berkeley, examples: built.join("examples") };
        // The host keeps a quarter of them to itself, and a process has some open.
        let idle = (most_descriptors()? / 4 * 3).saturating_sub(250).min(MOST_IDLE);
        Ok(Self { options, host, idle, _pinned: Pinned::to(options.processor)? })
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
                    Peer::One => Some(self.peer(&["serve"])?),
                };
                self.program(words, arguments.collect(), peer.as_ref())
            }
            Kind::C(name, size) => {
                self.program(words, vec![name.to_owned(), size.to_string()], Some(&self.peer(&["serve"])?))
            }
            Kind::Guests(count) => self.guests(way, words, count),
            Kind::Python(name) => self.program(words, vec![name.to_owned()], Some(&self.peer(&["serve"])?)),
            Kind::Start => self.start(words),
            Kind::Requests => self.requests(words),
        }
    }

    /// Starts a peer, which tells its port.
    fn peer(&self, arguments: &[&str]) -> Result<(Running, String)> {
        let program = format!("{NATIVE}/release/bench");
        let words = [&*program].into_iter().chain(arguments.iter().copied());
        let mut running = Running::start(&mut command_of(words)?)?;
        let port = running.next()?;
        Ok((running, port))
    }

    /// Runs what measures itself.
    fn program(&self, words: &[String], arguments: Vec<String>, peer: Option<&(Running, String)>) -> Result<Sample> {
        let mut command = command_of(words)?;
        command.arg(self.options.milliseconds.to_string()).args(arguments).args(peer.map(|(_, port)| port));
        let mut running = Running::start(&mut command)?;
        let began = begun(&mut running)?.usage()?;
        running.go()?;
        let told = running.next()?;
        let sample = sample(&told, &began, &running.usage()?)?;
        running.finish()?;
        Ok(sample)
    }

    /// Runs many guests in one process, or natively one program with as many connections. Their peer measures all of them
    /// together, and in the end its going is their sign to end.
    fn guests(&self, way: Way, words: &[String], count: usize) -> Result<Sample> {
        let (milliseconds, number) = (self.options.milliseconds.to_string(), count.to_string());
        let (mut peer, port) = self.peer(&[&milliseconds, "lead", &number])?;
        let mut command = command_of(words)?;
        command.arg(&milliseconds);
        let programs = match way {
            Way::Native => {
                command.args(["guests", &number]);
                1
            }
            _ => {
                command.arg("guest");
                count
            }
        };
        let mut guests = Running::start(command.arg(port))?;
        for _ in 0..programs {
            begun(&mut guests)?;
        }
        begun(&mut peer)?;
        let began = guests.usage()?;
        peer.go()?;
        let told = peer.next()?;
        let sample = sample(&told, &began, &guests.usage()?)?;
        peer.finish()?;
        guests.finish()?;
        Ok(sample)
    }

    fn start(&self, words: &[String]) -> Result<Sample> {
        let began = Instant::now();
        for _ in 0..STARTS {
            let mut command = command_of(words)?;
            command::output(command.args(["0", "start"]))?;
        }
        let seconds = began.elapsed().as_secs_f64();
        Ok(Sample { units: STARTS.into(), seconds, processor: None, memory: None })
    }

    /// By wrk, over 50 connections that are kept.
    fn requests(&self, words: &[String]) -> Result<Sample> {
        let mut server = Running::start(&mut command_of(words)?)?;
        let url = format!("http://127.0.0.1:{}/7", server.next()?);
        // It takes whole seconds.
        let seconds = Duration::from_millis(self.options.milliseconds).as_secs().max(1);
        let wrk = ["wrk", "-t1", "-c50", &*format!("-d{seconds}s"), &url];
        let began = server.usage()?;
        let report = command::output(&mut command_of(wrk)?)?;
        let processor = server.usage()?.processor - began.processor;
        let (units, seconds) = wrks(&report)?;
        Ok(Sample { units, seconds, processor: Some(processor), memory: None })
    }
}

/// Waits until it is prepared, and tells so, as `tests/bench/src/meter.rs` says.
fn begun(running: &mut Running) -> Result<&Running> {
    let line = running.next()?;
    ensure!(line == "begin", "it tells {line} before it begins");
    Ok(running)
}

/// What was told in the end: units, and the seconds that they took.
fn sample(told: &str, began: &Usage, ended: &Usage) -> Result<Sample> {
    let (units, seconds) = told.split_once(' ').with_context(|| format!("{told} is no figure"))?;
    Ok(Sample {
        units: units.parse()?,
        seconds: seconds.parse()?,
        processor: Some(ended.processor - began.processor),
        memory: Some(ended.memory - began.memory),
    })
}

/// The number of requests that wrk made, and the seconds that it took.
fn wrks(report: &str) -> Result<(f64, f64)> {
    let line = |end: &str| report.lines().find_map(|line| line.split_once(end));
    let (count, _) = line(" requests in ").context("wrk tells no number")?;
    let (_, rate) = line("Requests/sec:").context("wrk tells no rate")?;
    let (count, rate): (f64, f64) = (count.trim().parse()?, rate.trim().parse()?);
    ensure!(count > 0.0, "no request is answered");
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
