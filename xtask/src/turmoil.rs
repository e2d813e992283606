//! Measuring simulations: `berkeley simulate`, and turmoil beside it, with the same workload, in turns.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::apt::Apt;
use crate::command::{self, say};
use crate::{guests, host, toolchain};

/// The workload in turmoil, in a workspace of its own.
pub(crate) const MANIFEST: &str = "tests/turmoil/Cargo.toml";

const DIRECTORY: &str = "target/turmoil";
const GUEST: &str = "tokio_rounds";
const REMEDY: &str = "see cargo's messages above";

/// How many messages there are in one run, about, whatever the number of hosts.
const MESSAGES: u32 = 40_000;

/// How it is measured.
#[derive(Args)]
pub(crate) struct Options {
    /// Measure each so many times, in turns with the other
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// With the host as the tests have it, which need not be built for this
    #[arg(long)]
    quick: bool,
}

/// One run.
struct Run {
    /// Virtual seconds.
    lasted: f64,
    /// Seconds of processor time.
    used: f64,
}

/// Builds both, and prints a table for the book's page on simulation.
pub(crate) fn measure(apt: &mut Apt, options: &Options) -> Result<()> {
    build(apt, options)?;
    let host = host::directory(options.quick).join("berkeley");
    let host = host.to_str().context("UTF-8")?;
    println!(
        "| workload | hosts | messages | Berkeley: virtual seconds a second | messages a second | turmoil: virtual seconds a second | messages a second |"
    );
    println!("|---|---|---|---|---|---|---|");
    for protocol in ["tcp", "udp"] {
        for hosts in [3, 10, 100] {
            say(format_args!("measuring {protocol} with {hosts} hosts"));
            let asked = MESSAGES / 2 / (hosts - 1);
            let messages = asked * 2 * (hosts - 1);
            let pair = |_| Ok([berkeley(host, protocol, hosts, asked)?, turmoil(protocol, hosts, asked)?]);
            let runs = (0..options.rounds).map(pair);
            let runs: Vec<_> = runs.collect::<Result<_>>()?;
            let told = [0, 1].map(|at| {
                let run = median(runs.iter().map(|pair| &pair[at]));
                format!("{:.2} | {:.0}", run.lasted / run.used, f64::from(messages) / run.used)
            });
            println!("| {} echo | {hosts} | {messages} | {} | {} |", protocol.to_uppercase(), told[0], told[1]);
        }
    }
    Ok(())
}

fn build(apt: &mut Apt, options: &Options) -> Result<()> {
    let toolchain = toolchain::set_up(apt)?;
    ensure!(toolchain.is_released(), "the workload only links with the target as Rust releases it");
    let words = ["build", "--release", "--manifest-path", MANIFEST, "--target-dir", DIRECTORY];
    command::step("building the workload in turmoil", &mut command::cargo(words), REMEDY)?;
    let [manifest, config] = guests::TOKIO;
    let words = ["build", "--profile", "guest", "--manifest-path", manifest, "--config", config, "--bin", GUEST];
    let mut guest = command::cargo(words.into_iter().chain(["--target-dir", "target/guests"]));
    toolchain.apply(&mut guest);
    command::step("building the workload as a guest", &mut guest, REMEDY)?;
    host::build_measured(options.quick, &[])
}

/// The run that used neither the least nor the most.
fn median<'a>(runs: impl Iterator<Item = &'a Run>) -> &'a Run {
    let mut runs: Vec<_> = runs.collect();
    runs.sort_by(|one, other| one.used.total_cmp(&other.used));
    runs[runs.len() / 2]
}

fn berkeley(host: &str, protocol: &str, hosts: u32, asked: u32) -> Result<Run> {
    let program = format!("../guests/{}/guest/{GUEST}.wasm", toolchain::TARGET);
    let scenario = format!(
        "limit = \"100000s\"\n[hosts.server]\nprogram = {program:?}\nargs = [\"serve\", \"{protocol}\"]\nserves = true\n\
         [hosts.client]\nprogram = {program:?}\nargs = [\"ask\", \"{protocol}\", \"server\", \"{asked}\"]\ncount = {}\n",
        hosts - 1
    );
    let path = Path::new(DIRECTORY).join("scenario.toml");
    fs::write(&path, scenario)?;
    let (told, used) = timed(&[host, "simulate", path.to_str().context("UTF-8")?])?;
    // It is told as `seed 0 passes after 40.004 s, with ...`.
    let words: Vec<_> = told.lines().last().context("nothing is told")?.split(' ').collect();
    Ok(Run { lasted: words.get(4).context("no time is told")?.parse()?, used })
}

fn turmoil(protocol: &str, hosts: u32, asked: u32) -> Result<Run> {
    let program = format!("{DIRECTORY}/release/berkeley-test-turmoil");
    let (told, used) = timed(&[&program, protocol, &hosts.to_string(), &asked.to_string()])?;
    Ok(Run { lasted: told.trim().parse()?, used })
}

/// What the command writes, and how much of the processor's time it used.
fn timed(words: &[&str]) -> Result<(String, f64)> {
    let script = "TIMEFORMAT='%U %S'; time \"$@\"";
    let output = Command::new("bash").args(["-c", script, "bash"]).args(words).output().context("bash")?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{} failed: {stderr}", words.join(" "));
    let times = stderr.lines().last().context("no time is told")?;
    let used = times.split(' ').map(str::parse::<f64>).sum::<Result<f64, _>>()?;
    Ok((String::from_utf8(output.stdout)?, used))
}
