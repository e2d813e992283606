//! The report as JSON: all that was seen.

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::conformance::probe::PLATFORMS;
use crate::conformance::report::{Cell, Report};
use crate::conformance::surface::Row;

pub(super) fn render(report: &Report) -> Result<String> {
    let rows = report.rows.iter().map(|(row, cells)| value(row, cells)).collect::<Result<Vec<_>>>()?;
    let report = json!({ "kernel": report.kernel, "platforms": PLATFORMS.map(|(name, _)| name), "rows": rows });
    Ok(format!("{report:#}\n"))
}

fn value(row: &Row, cells: &[Cell; 3]) -> Result<Value> {
    let mut platforms = Map::new();
    for ((name, _), cell) in PLATFORMS.iter().zip(cells) {
        let mut value = serde_json::to_value(cell)?;
        value["reason"] = cell.reason().into();
        platforms.insert((*name).to_owned(), value);
    }
    Ok(json!({ "section": row.section.word(), "name": row.name, "level": row.level, "platforms": platforms }))
}
