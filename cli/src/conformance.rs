//! `berkeley conformance`.

mod actions;
mod html;
mod json;
mod markdown;
mod platform;
mod probe;
mod report;
mod surface;
mod table;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::conformance::platform::Platform;
use crate::conformance::probe::Probes;
use crate::conformance::report::Report;
use crate::conformance::surface::Row;

/// Shows by test what guests can do with sockets: over WASI 0.2, over WASI 0.3 and over Berkeley
///
/// Each row of the surface of Python's socket module has a probe, which is the same code on each of the three, with
/// every grant, against this host, this kernel and its loopback; the system's resolver is asked for a name and an address
/// that nobody has (no.such.host.invalid, 192.0.2.1). It works, or partly or not at all, and then the reason is what was
/// seen. The exit code is 1 if a row of Berkeley's fails that this kernel could serve.
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

    /// Shows beside it what Berkeley does on another kernel, by the report that was written there with --format json
    #[arg(long, value_name = "FILE")]
    beside: Option<PathBuf>,

    /// Where the probes are; unless given, where the build leaves them, seen from this program
    #[arg(long, value_name = "DIRECTORY")]
    probes: Option<PathBuf>,
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
        let directories = self.probes.as_ref().map_or_else(probe::directories, |given| Ok(vec![given.clone()]))?;
        loopback().context("the probes talk over loopback, which does not work here; `ip link set lo up` may help")?;
        let wanted = |platform: &Platform| self.platform.is_empty() || self.platform.contains(platform);
        let platforms: Vec<_> = Platform::ALL.into_iter().filter(wanted).collect();
        let probes = Probes::load(&directories, &platforms)?;
        let mut report = Report::new(&platforms, probes.run(rows)?);
        if let Some(path) = &self.beside {
            json::add(&mut report, path)?;
        }
        let text = match self.format {
            Format::Table => table::render(&report),
            Format::Markdown => markdown::render(&report),
            Format::Json => json::render(&report)?,
            Format::Html => html::render(&report),
        };
        // Whoever reads may have seen enough.
        match std::io::stdout().write_all(text.as_bytes()) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
            result => result.context("cannot write the report")?,
        }
        for (row, cell) in report.failures() {
            match cell.reason().as_str() {
                "" => eprintln!("berkeley: {} was not probed", row.title()),
                reason => eprintln!("berkeley: {} fails, which this kernel could serve: {reason}", row.title()),
            }
        }
        Ok(if report.failures().next().is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn wants(&self, row: &Row) -> bool {
        let matches = |pattern: &String| matches(pattern, row.name) || matches(pattern, row.section.word());
        self.only.is_empty() || self.only.iter().any(matches)
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
