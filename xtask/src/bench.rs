//! Measures sockets: the same programs native, over Berkeley, and over WASI's own sockets in wasmtime, in turns.

mod build;
mod columns;
mod figures;
mod measure;
mod page;
mod picture;
mod process;
mod report;
mod table;
mod way;
mod workload;

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;

use crate::apt::Apt;
use crate::command::say;

pub(crate) use self::build::MANIFEST;
use self::measure::Measurer;
use self::report::{Report, Row};
use self::table::workloads;
use self::workload::Workload;

/// What is measured, and how long.
#[derive(Args)]
pub(crate) struct Options {
    /// Measure only the workloads whose name contains one of these; `--list` has the names
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// List the workloads, and measure none
    #[arg(long)]
    list: bool,
    /// Measure each so many times, in turns with the others
    #[arg(long, value_name = "NUMBER", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Measure for so long each time
    #[arg(long, value_name = "NUMBER", default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..))]
    milliseconds: u64,
    /// Run everything, peers too, on this processor
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    processor: usize,
    /// With the host as the tests have it, which need not be built for this
    #[arg(long)]
    quick: bool,
    /// Run this command in place of the one that is built here
    #[arg(long, value_name = "PATH")]
    berkeley: Option<PathBuf>,
    /// Write all figures, as JSON, into this file
    #[arg(long, value_name = "FILE", default_value = "target/bench/figures.json")]
    json: PathBuf,
    /// Write the table and the picture of the book's page on performance anew, of a run of all workloads
    #[arg(long, conflicts_with_all = ["filters", "berkeley", "list"])]
    write: bool,
}

impl Options {
    /// A moment of a few workloads.
    fn shortest() -> Self {
        Self {
            filters: ["round", "received-64K"].map(str::to_owned).into(),
            list: false,
            rounds: 1,
            milliseconds: 20,
            processor: 0,
            quick: true,
            berkeley: None,
            json: "target/bench/shortest.json".into(),
            write: false,
        }
    }

    fn workloads(&self) -> Result<Vec<&'static Workload>> {
        let is_meant =
            |name: &str| self.filters.is_empty() || self.filters.iter().any(|part| name.contains(part.as_str()));
        let meant: Vec<_> = workloads().filter(|workload| is_meant(workload.name)).collect();
        ensure!(!meant.is_empty(), "no workload's name contains {}; --list has them", self.filters.join(" or "));
        Ok(meant)
    }
}

/// Builds the programs, measures, and tells what was found.
///
/// The host is optimised as it is released, or, if it is to be quick, as the tests have it.
pub(crate) fn run(apt: &mut Apt, options: &Options) -> Result<()> {
    measure(apt, options).map(drop)
}

/// Measures some of it for moments, to see that it can be measured; the figures say nothing.
pub(crate) fn try_out(apt: &mut Apt) -> Result<()> {
    let report = measure(apt, &Options::shortest())?;
    let failed: Vec<_> = report.rows.iter().flat_map(Row::failed).collect();
    ensure!(failed.is_empty(), "this cannot be measured: {}", failed.join(", "));
    Ok(())
}

fn measure(apt: &mut Apt, options: &Options) -> Result<Report> {
    let workloads = options.workloads()?;
    if options.list {
        workloads.iter().for_each(|workload| println!("{:24}{}", workload.name, workload.title));
        return Ok(Report::new(options, 0));
    }
    build::build(apt, options.quick, &workloads)?;
    let measurer = Measurer::new(options)?;
    let mut report = Report::new(options, measurer.idle());
    for workload in workloads {
        say(format_args!("measuring {}", workload.name));
        let row = measurer.measure(workload);
        report::print(&row);
        report.rows.push(row);
    }
    report.write_json(&options.json)?;
    say(format_args!("all figures are in {}", options.json.display()));
    if options.write {
        page::write(&report)?;
    }
    Ok(report)
}
