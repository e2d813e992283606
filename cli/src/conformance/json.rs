//! The report as JSON: all that was seen.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::conformance::platform::Platform;
use crate::conformance::report::{Cell, Report};
use crate::conformance::surface::Row;

pub(super) fn render(report: &Report) -> Result<String> {
    let value = |(row, cells): &(Row, Vec<Cell>)| value(report, row, cells);
    let rows = report.rows.iter().map(value).collect::<Result<Vec<_>>>()?;
    let report = json!({ "kernel": report.kernel, "platforms": report.columns, "rows": rows });
    Ok(format!("{report:#}\n"))
}

fn value(report: &Report, row: &Row, cells: &[Cell]) -> Result<Value> {
    let mut platforms = Map::new();
    for (name, cell) in report.columns.iter().zip(cells) {
        let mut value = serde_json::to_value(cell)?;
        value["reason"] = cell.reason().into();
        platforms.insert(name.clone(), value);
    }
    Ok(json!({ "section": row.section.word(), "name": row.name, "level": row.level, "platforms": platforms }))
}

/// Of a report as it is written here, what the report of another kernel takes from it.
#[derive(Deserialize)]
struct Written {
    kernel: String,
    rows: Vec<WrittenRow>,
}

#[derive(Deserialize)]
struct WrittenRow {
    section: String,
    name: String,
    level: Option<String>,
    platforms: HashMap<String, Cell>,
}

/// Adds what Berkeley does on the kernel of the report in the file.
pub(super) fn add(report: &mut Report, path: &Path) -> Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let other: Written = serde_json::from_str(&text)
        .with_context(|| format!("{} is no report of `berkeley conformance --format json`", path.display()))?;
    let mut cells = HashMap::new();
    for mut row in other.rows {
        if let Some(cell) = row.platforms.remove(Platform::Berkeley.name()) {
            cells.insert((row.section, row.name, row.level), cell);
        }
    }
    report.add(&other.kernel, |row| {
        cells.remove(&(row.section.word().to_owned(), row.name.to_owned(), row.level.map(str::to_owned)))
    });
    Ok(())
}
