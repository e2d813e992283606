//! What was found: printed, and as JSON.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::Options;
use super::figures::{Spread, text};
use super::way::Way;
use super::workload::{Figure, Workload};

/// What one way comes to.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub(super) wall: Spread,
    /// Microseconds of the processor for a unit, or for a million bytes.
    pub(super) processor: Option<Spread>,
}

/// What the reason of a cell begins with where it should have been measured.
pub(super) const FAILED: &str = "it failed";

/// What all ways come to, or why one does not.
pub(super) struct Row {
    pub(super) workload: &'static Workload,
    pub(super) cells: Vec<(Way, Result<Cell, String>)>,
}

impl Row {
    /// What a way comes to, or why it does not.
    pub(super) fn cell(&self, way: Way) -> Result<&Cell, &str> {
        let cell = self.cells.iter().find(|(each, _)| *each == way);
        cell.map_or(Err("it was not measured"), |(_, cell)| cell.as_ref().map_err(String::as_str))
    }

    /// How far a round was from the median at most, in any way, as a part of the median.
    pub(super) fn spread(&self) -> f64 {
        let of = |wall: Spread| (wall.max / wall.median).max(wall.median / wall.min) - 1.0;
        self.cells
            .iter()
            .filter_map(|(_, cell)| Some(of(cell.as_ref().ok()?.wall)))
            .filter(|of| of.is_finite())
            .fold(0.0, f64::max)
    }

    /// What should have been measured, and was not.
    pub(super) fn failed(&self) -> impl Iterator<Item = String> {
        self.cells.iter().filter_map(|(way, cell)| {
            let reason = cell.as_ref().err().filter(|reason| reason.starts_with(FAILED))?;
            Some(format!("{}, {} ({reason})", self.workload.name, way.name()))
        })
    }

    /// The figure of a way, as a multiple of native's. The memory of a program that keeps nothing but the kernel's number is
    /// no measure for others'.
    pub(super) fn ratio(&self, way: Way) -> Option<f64> {
        if self.workload.figure == Figure::Bytes {
            return None;
        }
        Some(self.cell(way).ok()?.wall.median / self.cell(Way::Native).ok()?.wall.median)
    }

    /// How fast a way is, where native is 1.
    pub(super) fn speed(&self, way: Way) -> Option<f64> {
        let ratio = self.ratio(way)?;
        Some(if self.workload.figure.is_rate() { ratio } else { ratio.recip() })
    }

    fn json(&self) -> Value {
        let cells = self.cells.iter().map(|(way, cell)| {
            let value = match cell {
                Ok(cell) => json!({ "wall": cell.wall, "processor_us": cell.processor, "to_native": self.ratio(*way) }),
                Err(reason) => json!({ "without": reason }),
            };
            (way.name().to_owned(), value)
        });
        let Workload { name, title, figure, .. } = self.workload;
        let cells: Map<_, _> = cells.collect();
        json!({ "name": name, "title": title, "unit": figure.unit(), "more_is_better": figure.is_rate(), "ways": cells })
    }
}

/// A run.
pub(super) struct Report {
    pub(super) rounds: u32,
    pub(super) milliseconds: u64,
    pub(super) idle: u64,
    pub(super) system: String,
    /// How the host is built.
    pub(super) host: &'static str,
    pub(super) rows: Vec<Row>,
}

impl Report {
    pub(super) fn new(options: &Options, idle: u64) -> Self {
        let &Options { rounds, milliseconds, quick, .. } = options;
        let host = if quick { "as the tests have it, little optimised" } else { "optimised as it is released" };
        Self { rounds, milliseconds, idle, system: system(), host, rows: Vec::new() }
    }

    pub(super) fn write_json(&self, path: &Path) -> Result<()> {
        let rows: Vec<_> = self.rows.iter().map(Row::json).collect();
        let Self { rounds, milliseconds, idle, system, host, .. } = self;
        let all = json!({
            "rounds": rounds, "milliseconds": milliseconds, "idle": idle, "system": system, "host": host, "workloads": rows
        });
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
        }
        let text = serde_json::to_string_pretty(&all)?;
        fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
    }
}

/// The processor and the kernel.
fn system() -> String {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let processor = read("/proc/cpuinfo");
    let model = processor.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split_once(": "));
    let model = model.map_or("an unknown processor", |(_, model)| model);
    let count = processor.lines().filter(|line| line.starts_with("processor")).count();
    format!("{model}, {count} processors, Linux {}", read("/proc/sys/kernel/osrelease").trim())
}

/// Prints a row, a line for each way.
pub(super) fn print(row: &Row) {
    let unit = row.workload.figure.unit();
    println!("{} ({unit})", row.workload.title);
    for (way, cell) in &row.cells {
        match cell {
            Ok(Cell { wall, processor }) => {
                let processor =
                    processor.map_or_else(String::new, |spread| format!("  {} µs of processor", text(spread.median)));
                let ratio = row.ratio(*way).map_or_else(String::new, |ratio| format!("×{ratio:.2}"));
                let Spread { min, median, max } = wall;
                println!(
                    "  {:10}{:>10}  {:>8}  {} to {}{processor}",
                    way.name(),
                    text(*median),
                    ratio,
                    text(*min),
                    text(*max)
                );
            }
            Err(reason) => println!("  {:10}{:>10}  {reason}", way.name(), "-"),
        }
    }
}
