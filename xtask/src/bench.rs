//! Figures of the same programs, native, over berkeley-libc and over WASI's own sockets, in turns.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::apt::Apt;
use crate::command::{self, say};
use crate::{guests, toolchain};

/// What is measured by the program `bench`: its arguments, whether it has a peer, and the unit.
const MEASURES: [(&str, &[&str], bool, &str); 5] = [
    ("round trip of 64 bytes", &["round"], true, "µs"),
    ("received in 64 KiB", &["received"], true, "MB/s"),
    ("sent in 64 KiB", &["sent"], true, "MB/s"),
    ("poll of 100 sockets", &["poll", "100"], false, "µs"),
    ("poll of 1000 sockets", &["poll", "1000"], false, "µs"),
];

/// How often each is measured; the median is told.
const ROUNDS: usize = 5;

/// Where the programs are that are native, or not over the C library.
const BUILD: &str = "target/bench";

/// How a program is run.
struct Way {
    name: &'static str,
    /// What stands before the program.
    before: Vec<String>,
    directory: PathBuf,
    ending: &'static str,
}

impl Way {
    /// All, with the host of that profile.
    fn all(profile: &str) -> [Self; 4] {
        let wasi = || Path::new(BUILD).join(toolchain::TARGET).join("guest");
        let host = |words: &str| format!("target/{profile}/{words}").split(' ').map(str::to_owned).collect();
        let berkeley = || host("berkeley run --allow-all");
        let way = |name, before, directory, ending| Self { name, before, directory, ending };
        [
            way("native", Vec::new(), Path::new(BUILD).join("guest"), ""),
            way("berkeley-libc", berkeley(), guests::DIRECTORY.into(), ".wasm"),
            way("wasi:sockets, wasmtime's", host("examples/beside wasmtime"), wasi(), ".wasm"),
            way("wasi:sockets, Berkeley's", berkeley(), wasi(), ".wasm"),
        ]
    }

    /// The program, on the first processor.
    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = pinned("0", self.before.iter().map(String::as_str).chain([&*self.program(program)]));
        command.args(arguments);
        command
    }

    fn program(&self, name: &str) -> String {
        format!("{}/{name}{}", self.directory.display(), self.ending)
    }
}

/// A command on one processor.
fn pinned<'a>(processor: &str, words: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", processor]).args(words);
    command
}

/// A program that runs until this ends.
struct Server {
    child: Child,
    port: String,
}

impl Server {
    fn start(mut command: Command) -> Result<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut port = String::new();
        BufReader::new(child.stdout.take().context("a pipe")?).read_line(&mut port)?;
        let server = Self { child, port: port.trim().to_owned() };
        if server.port.is_empty() {
            bail!("it does not serve");
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Builds the programs, measures, and prints the medians.
///
/// The host is optimised as it is released, or, if it is to be quick, as the tests have it.
pub(crate) fn run(apt: &mut Apt, quick: bool) -> Result<()> {
    build(apt, quick)?;
    let ways = Way::all(if quick { "debug" } else { "release" });
    let peer = Server::start(pinned("1", [&*ways[0].program("bench"), "serve"]))?;
    let mut rows: Vec<(String, Vec<Vec<f64>>)> = Vec::new();
    for (what, arguments, has_peer, unit) in MEASURES {
        let all: Vec<_> = arguments.iter().copied().chain(has_peer.then_some(&*peer.port)).collect();
        rows.push((format!("{what}, {unit}"), in_turns(&ways, |way| number(&mut way.command("bench", &all)))));
    }
    rows.push(("requests a second of axum".to_owned(), in_turns(&ways, requests)));
    print!("{:28}", "");
    ways.iter().for_each(|way| print!("{:>26}", way.name));
    println!();
    for (what, columns) in rows {
        print!("{what:28}");
        columns.into_iter().for_each(|figures| print!("{:>26}", median(figures)));
        println!();
    }
    Ok(())
}

fn build(apt: &mut Apt, quick: bool) -> Result<()> {
    let toolchain = toolchain::set_up(apt)?;
    guests::build(&toolchain)?;
    let [manifest, config] = guests::TOKIO;
    let base = ["build", "--profile", "guest", "--target-dir", BUILD, "--manifest-path", manifest, "--bins"];
    let mut native = command::cargo(base);
    let mut wasi = command::cargo(base);
    wasi.args(["--no-default-features", "--config", config]);
    toolchain.apply(&mut wasi);
    let remedy = "see cargo's messages above";
    command::step("building the programs that are native", &mut native, remedy)?;
    command::step("building the programs over WASI's own sockets", &mut wasi, remedy)?;
    let mut host = command::cargo(["build", "--target-dir", "target", "--bins", "--examples"]);
    host.args((!quick).then_some("--release"));
    command::step("building the host", &mut host, remedy)
}

/// The figures of each way. One that fails once is not tried again.
fn in_turns(ways: &[Way], mut measure: impl FnMut(&Way) -> Result<f64>) -> Vec<Vec<f64>> {
    let mut columns = vec![Some(Vec::new()); ways.len()];
    for _ in 0..ROUNDS {
        for (way, column) in ways.iter().zip(&mut columns) {
            let Some(figures) = column else { continue };
            match measure(way) {
                Ok(figure) => figures.push(figure),
                Err(error) => {
                    say(format_args!("{}: {error:#}", way.name));
                    *column = None;
                }
            }
        }
    }
    columns.into_iter().map(Option::unwrap_or_default).collect()
}

fn number(command: &mut Command) -> Result<f64> {
    command::output(command)?.parse().context("it tells no number")
}

/// By wrk, over 50 connections that are kept.
fn requests(way: &Way) -> Result<f64> {
    let server = Server::start(way.command("tokio_axum", &[]))?;
    let url = format!("http://127.0.0.1:{}/7", server.port);
    let report = command::output(&mut pinned("1", ["wrk", "-t1", "-c50", "-d3s", &url]))?;
    let told = report.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
    let figure: f64 = told.context("wrk tells nothing")?.trim().parse()?;
    if figure == 0.0 { bail!("no request is answered") } else { Ok(figure) }
}

/// What stands in the middle; a dash where there is nothing.
fn median(mut figures: Vec<f64>) -> String {
    figures.sort_by(f64::total_cmp);
    let middle = figures.get(figures.len() / 2);
    middle.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.*}", if *figure < 100.0 { 1 } else { 0 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_told() {
        assert_eq!(median(vec![3.0, 1.25, 2.0]), "2.0");
        assert_eq!(median(vec![300.5]), "300");
        assert_eq!(median(Vec::new()), "-");
    }

    #[test]
    fn what_fails_is_not_tried_again() {
        let mut tried = 0;
        let columns = in_turns(&Way::all("debug")[..2], |way| {
            tried += 1;
            if way.name == "native" { Ok(1.0) } else { bail!("no") }
        });
        assert_eq!((tried, &*columns[1]), (ROUNDS + 1, &[][..]));
        assert_eq!(columns[0].len(), ROUNDS);
    }
}
