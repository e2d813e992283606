//! `berkeley conformance`.

mod actions;
mod answer;
mod column;
mod expect;
mod host;
mod hosted;
mod html;
mod json;
mod markdown;
mod platform;
mod probe;
mod process;
mod report;
mod surface;
mod table;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::conformance::column::Column;
use crate::conformance::expect::Changes;
use crate::conformance::host::Host;
use crate::conformance::hosted::Patience;
use crate::conformance::json::Written;
use crate::conformance::platform::Platform;
use crate::conformance::probe::Probes;
use crate::conformance::report::{Cell, Report};
use crate::conformance::surface::Row;
use crate::timeout::Timeout;

/// Shows by test what guests can do with sockets: over WASI 0.2, over WASI 0.3 and over Berkeley, here and under other hosts
///
/// Each row of the surface of Python's socket module has a probe, which is the same code on each of the three, with
/// every grant, against this host, this kernel and its loopback; the system's resolver is asked for a name and an address
/// that nobody has (no.such.host.invalid, 192.0.2.1). It works, or partly or not at all, and then the reason is what was
/// seen. The exit code is 1 if a row of Berkeley's fails that this kernel could serve; with --expect, if anything changed.
#[derive(Args)]
pub(crate) struct Conformance {
    /// How the report is written, to stdout
    #[arg(long, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    format: Format,

    /// Runs only the rows whose name matches, or whose section: function, method, family, flag, ancillary, option,
    /// constant; may be given many times; * stands for anything, as in 'SO_*', and case does not matter
    #[arg(long, value_name = "PATTERN")]
    only: Vec<String>,

    /// Probes only that; may be given many times
    #[arg(long, value_enum, value_name = "PLATFORM")]
    platform: Vec<Platform>,

    /// Runs the probes of WASI 0.2 and 0.3 under another host, too, by the command line that runs a component there: {}
    /// stands for the component, {dir} for a directory that guests may be given; may be given many times
    ///
    /// For example 'wasmtime run -Sinherit-network -Sallow-ip-name-lookup --dir {dir} {}'. What is quoted there is one word,
    /// as in a shell. With NAME= before it the columns are called so; NAME@VERSION= tells the version, too, which the program
    /// is asked for by --version otherwise. The host must hand on stdout, and stdin or arguments. A row that makes it
    /// crash or hang has that for an answer.
    #[arg(long, value_name = "[NAME[@VERSION]=]COMMAND")]
    host: Vec<Host>,

    /// Probes only the hosts, not what this program has
    #[arg(long, requires = "host")]
    hosts_only: bool,

    /// How long a row may take: a number of seconds, or with units, such as 500ms or 1m
    #[arg(long, default_value = "20s", value_name = "TIME", allow_hyphen_values = true)]
    timeout: Timeout,

    /// How long a host may take to start a component, which it may have to compile
    #[arg(long, default_value = "30s", value_name = "TIME", allow_hyphen_values = true)]
    start_timeout: Timeout,

    /// Tells on stderr what has changed since the report in the file, which was written with --format json, and exits with
    /// 1 if anything has
    #[arg(long, value_name = "FILE")]
    expect: Option<PathBuf>,

    /// Shows beside it what Berkeley does on another kernel, by the report that was written there with --format json
    #[arg(long, value_name = "FILE")]
    beside: Option<PathBuf>,

    /// Where the probes are; unless given, where the build leaves them, seen from this program
    #[arg(long, value_name = "DIRECTORY")]
    probes: Option<PathBuf>,

    /// Writes the rows instead, as the components of the probes take them on stdin
    #[arg(long, conflicts_with_all = ["host", "expect", "beside", "platform"])]
    rows: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A table for a terminal
    Table,
    /// A page for a repository
    Markdown,
    /// All that was seen, for programs
    Json,
    /// A page to look at, in one file
    Html,
}

impl Conformance {
    /// Runs the probes, and writes the report.
    pub(crate) fn execute(self) -> Result<ExitCode> {
        let rows: Vec<Row> = surface::rows().into_iter().filter(|row| self.wants(row)).collect();
        if rows.is_empty() {
            bail!("no row matches {}; without --only all are run", self.only.join(", "));
        }
        if self.rows {
            let lines = rows.iter().map(|row| row.arguments().collect::<Vec<_>>().join("\t") + "\n");
            write(&lines.collect::<String>())?;
            return Ok(ExitCode::SUCCESS);
        }
        let written = |path: &Option<PathBuf>| path.as_deref().map(Written::read).transpose();
        let (expected, beside) = (written(&self.expect)?, written(&self.beside)?);
        let mut report = self.probe(rows)?;
        let changes = expected.map(|expected| Changes::since(&expected, &report, self.only.is_empty()));
        if let Some(beside) = &beside {
            json::add(&mut report, beside);
        }
        write(&match self.format {
            Format::Table => table::render(&report),
            Format::Markdown => markdown::render(&report),
            Format::Json => json::render(&report)?,
            Format::Html => html::render(&report),
        })?;
        for (title, error) in report.unstarted() {
            eprintln!("berkeley: {title} does not start: {error}");
        }
        for (row, cell) in report.failures() {
            match cell.reason().as_str() {
                "" => eprintln!("berkeley: {} was not probed", row.title()),
                reason => eprintln!("berkeley: {} fails, which this kernel could serve: {reason}", row.title()),
            }
        }
        let is_good = match (&changes, &self.expect) {
            (Some(changes), Some(path)) => {
                changes.tell(path);
                changes.found.is_empty()
            }
            _ => report.failures().next().is_none(),
        };
        Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Runs the probes of the rows in this program, and under the hosts.
    fn probe(&self, rows: Vec<Row>) -> Result<Report> {
        let directories = self.probes.as_ref().map_or_else(probe::directories, |given| Ok(vec![given.clone()]))?;
        loopback().context("the probes talk over loopback, which does not work here; `ip link set lo up` may help")?;
        let wanted = |platform: &Platform| self.platform.is_empty() || self.platform.contains(platform);
        let platforms: Vec<_> = Platform::ALL.into_iter().filter(wanted).collect();
        let hosts = self.hosts()?;
        let of_hosts: Vec<_> = platforms.iter().filter(|platform| **platform != Platform::Berkeley).collect();
        if !hosts.is_empty() && of_hosts.is_empty() {
            bail!("a host runs the probes of wasi-0.2 and wasi-0.3, and --platform names neither");
        }
        let components = platforms.iter().map(|platform| Ok((*platform, probe::find(&directories, *platform)?)));
        let components: Vec<(Platform, Option<PathBuf>)> = components.collect::<Result<_>>()?;
        let patience = Patience { row: self.timeout.duration(), start: self.start_timeout.duration() };
        let probes = Probes::new(patience)?;
        let mut found: Vec<(Column, Vec<Cell>)> = Vec::new();
        for (platform, component) in components.iter().filter(|_| !self.hosts_only) {
            found.push(probes.run(component.as_deref(), *platform, &rows)?);
        }
        for host in &hosts {
            for (platform, component) in components.iter().filter(|(platform, _)| of_hosts.contains(&platform)) {
                found.push(probes.run_under(host, component.as_deref(), *platform, &rows));
            }
        }
        Ok(Report::new(rows, found))
    }

    /// The hosts, with their versions. Each must be there, and have a name of its own.
    fn hosts(&self) -> Result<Vec<Host>> {
        let mut hosts: Vec<Host> = Vec::new();
        #[cfg(unix)]
        if !self.host.is_empty() {
            process::group::end_with_this_process().context("cannot wait for signals")?;
        }
        for host in &self.host {
            if hosts.iter().any(|other| other.name == host.name) {
                bail!("two hosts are called {}; give one another name, as in --host 'NAME=COMMAND {{}}'", host.name);
            }
            let mut host = host.clone();
            host.ask_version()
                .with_context(|| format!("cannot start `{}` of the host {}", host.program(), host.name))?;
            hosts.push(host);
        }
        Ok(hosts)
    }

    fn wants(&self, row: &Row) -> bool {
        let matches = |pattern: &String| matches(pattern, row.name) || matches(pattern, row.section.word());
        self.only.is_empty() || self.only.iter().any(matches)
    }
}

/// Writes the report to stdout.
fn write(text: &str) -> Result<()> {
    // Whoever reads may have seen enough.
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write the report"),
    }
}

/// Whether there is a network to probe.
fn loopback() -> std::io::Result<()> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    std::net::TcpStream::connect(listener.local_addr()?).map(drop)
}

/// Whether the text is as the pattern says, where `*` is any text.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let parts: Vec<_> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_a_shell() {
        for (pattern, text, expected) in [
            ("socket", "socket", true),
            ("socket", "socketpair", false),
            ("SO_*", "so_keepalive", true),
            ("*pair", "socketpair", true),
            ("s*k*r", "socketpair", true),
            ("*", "", true),
            ("s*k*q", "socketpair", false),
            ("so*so", "so", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
