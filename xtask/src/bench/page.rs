//! The tables of the book's page on performance.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};

use super::figures::text;
use super::picture;
use super::report::{Cell, Report, Row};
use super::way::{WAYS, Way};
use crate::command::say;

const PAGE: &str = "docs/src/performance.md";
const PICTURE: &str = "docs/src/performance.svg";

/// What stands around that which is written here.
const BEGIN: &str = "<!-- written by `cargo xtask bench --write` -->\n";
const END: &str = "<!-- end -->";

/// Writes the tables and the picture anew.
pub(super) fn write(report: &Report) -> Result<()> {
    let page = fs::read_to_string(PAGE).with_context(|| format!("cannot read {PAGE}"))?;
    let written = replaced(&page, &tables(report)).with_context(|| format!("{PAGE} has no place for the tables"))?;
    fs::write(PAGE, written).with_context(|| format!("cannot write {PAGE}"))?;
    fs::write(PICTURE, picture::draw(report)?).with_context(|| format!("cannot write {PICTURE}"))?;
    say(format_args!("{PAGE} and {PICTURE} are written"));
    Ok(())
}

/// The page with that between the marks.
fn replaced(page: &str, tables: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{tables}{END}{after}"))
}

fn tables(report: &Report) -> String {
    let Report { rounds, milliseconds, idle, system, host, .. } = report;
    let idle = text(*idle as f64);
    let wall = table(report, wall);
    let processor = table(report, processor);
    format!(
        "![How fast each way is, where native is 1](performance.svg)\n\n\
         Measured on {system}: {rounds} rounds of {milliseconds} ms each. The host is built {host}. Idle connections: {idle}.\n\n\
         {wall}\n\
         The processor time of the process alone, without its peer, in µs for one, or for a megabyte:\n\n{processor}"
    )
}

fn table(report: &Report, cell: fn(&Row, Way, &Cell) -> String) -> String {
    let names: Vec<_> = WAYS.iter().map(|way| way.name()).collect();
    let mut table = format!("| | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(WAYS.len()));
    // A row that lacks native has nothing to be compared with.
    for row in report.rows.iter().filter(|row| row.ratio(Way::Native).is_some()) {
        let Row { workload, cells } = row;
        let _ = write!(table, "| {}, {} |", workload.title, workload.figure.unit());
        for (way, measured) in cells {
            let text = measured.as_ref().map_or_else(|_| "–".to_owned(), |measured| cell(row, *way, measured));
            let _ = write!(table, " {text} |");
        }
        table.push('\n');
    }
    table
}

fn wall(row: &Row, way: Way, cell: &Cell) -> String {
    let ratio = match row.ratio(way) {
        Some(ratio) if way != Way::Native => format!("**×{ratio:.2}** "),
        _ => String::new(),
    };
    let spread = &cell.wall;
    format!("{ratio}{} ({}–{})", text(spread.median), text(spread.min), text(spread.max))
}

fn processor(_: &Row, _: Way, cell: &Cell) -> String {
    cell.processor.map_or_else(|| "–".to_owned(), |spread| text(spread.median))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_the_tables_stays() {
        let page = format!("# Page\n\n{BEGIN}old\n{END}\n\nMore.\n");
        assert_eq!(replaced(&page, "new\n"), Some(format!("# Page\n\n{BEGIN}new\n{END}\n\nMore.\n")));
        assert_eq!(replaced("# Page\n", "new\n"), None);
    }

    #[test]
    fn the_page_has_a_place_for_the_tables() {
        let page = fs::read_to_string(format!("{}/../{PAGE}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert!(replaced(&page, "").is_some());
    }
}
