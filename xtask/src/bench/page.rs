//! The tables of the book's page on performance.

use std::fs;

use anyhow::{Context, Result};

use super::columns::columns;
use super::figures::text;
use super::picture;
use super::report::{Report, Row};
use super::table::GROUPS;
use super::way::Way;
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
    let noun = if *rounds == 1 { "round" } else { "rounds" };
    let idle = text(*idle as f64);
    let mut page = format!(
        "![How fast each way is, where native is 1](performance.svg)\n\n\
         Measured on {system}: {rounds} {noun} of {milliseconds} ms each. The host is built {host}. Idle connections: {idle}.\n"
    );
    for group in GROUPS {
        let is_of_it = |row: &&Row| group.workloads.iter().any(|workload| workload.name == row.workload.name);
        // A row that lacks native has nothing to be compared with.
        let rows: Vec<_> = report.rows.iter().filter(is_of_it).filter(|row| row.cell(Way::Native).is_ok()).collect();
        if !rows.is_empty() {
            page += &format!("\n### {}\n\n{}", group.title, columns(&rows));
        }
    }
    page
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
