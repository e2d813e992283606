//! The report as JSON: all that was seen.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::conformance::column::Column;
use crate::conformance::platform::Platform;
use crate::conformance::report::{Cell, Report};
use crate::conformance::surface::Row;

pub(super) fn render(report: &Report) -> Result<String> {
    let titles: Vec<_> = report.columns.iter().map(Column::title).collect();
    let value = |(row, cells): &(Row, Vec<Cell>)| value(&titles, row, cells);
    let rows = report.rows.iter().map(value).collect::<Result<Vec<_>>>()?;
    let report = json!({ "kernel": report.kernel, "platforms": titles, "columns": report.columns, "rows": rows });
    Ok(format!("{report:#}\n"))
}

fn value(titles: &[String], row: &Row, cells: &[Cell]) -> Result<Value> {
    let mut platforms = Map::new();
    for (title, cell) in titles.iter().zip(cells) {
        let mut value = serde_json::to_value(cell)?;
        value["reason"] = cell.reason().into();
        platforms.insert(title.clone(), value);
    }
    Ok(json!({ "section": row.section.word(), "name": row.name, "level": row.level, "platforms": platforms }))
}

/// Of a report as it is written here, what another takes from it.
#[derive(Deserialize)]
pub(super) struct Written {
    pub(super) kernel: String,
    /// The headings of the columns.
    platforms: Vec<String>,
    /// What the columns are of; older reports do not say it.
    #[serde(default)]
    columns: Vec<Column>,
    rows: Vec<WrittenRow>,
}

#[derive(Deserialize)]
struct WrittenRow {
    section: String,
    name: String,
    level: Option<String>,
    platforms: HashMap<String, Cell>,
}

/// A row, as it is found in a report.
pub(super) type Key = (String, String, Option<String>);

pub(super) fn key(row: &Row) -> Key {
    (row.section.word().to_owned(), row.name.to_owned(), row.level.map(str::to_owned))
}

impl Written {
    /// Reads the file.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut written: Self = serde_json::from_str(&text)
            .with_context(|| format!("{} is no report of `berkeley conformance --format json`", path.display()))?;
        if written.columns.is_empty() {
            let column = |title: &String| Platform::ALL.into_iter().find(|platform| platform.name() == title);
            let known: Vec<_> =
                written.platforms.iter().filter_map(|title| Some((title.clone(), column(title)?))).collect();
            (written.platforms, written.columns) =
                known.into_iter().map(|(title, platform)| (title, Column::own(platform))).unzip();
        }
        Ok(written)
    }

    /// The column that is of the same as the other, on the kernel where the report was written, with its cells.
    pub(super) fn find(&self, other: &Column) -> Option<(&Column, HashMap<Key, &Cell>)> {
        let is_here = |column: &Column| column.kernel.as_ref().is_none_or(|kernel| *kernel == self.kernel);
        let mut columns = self.platforms.iter().zip(&self.columns);
        let (title, column) = columns.find(|(_, column)| column.is_like(other) && is_here(column))?;
        let cells = self.rows.iter().filter_map(|row| {
            let key = (row.section.clone(), row.name.clone(), row.level.clone());
            Some((key, row.platforms.get(title)?))
        });
        Some((column, cells.collect()))
    }
}

/// Adds what Berkeley does on the kernel of the other report.
pub(super) fn add(report: &mut Report, other: &Written) {
    let cells = other.find(&Column::own(Platform::Berkeley)).map(|(_, cells)| cells).unwrap_or_default();
    report.add_kernel(&other.kernel, |row| cells.get(&key(row)).copied().cloned());
}
