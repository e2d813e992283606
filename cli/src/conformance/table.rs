//! The report as a table for a terminal.

use std::fmt::Write as _;

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell as TableCell, Color, ContentArrangement, Table};

use crate::conformance::column::Column;
use crate::conformance::report::{Cell, Report, Status};

pub(super) fn render(report: &Report) -> String {
    let mut text = format!("{}\n", report.kernel);
    let titles: Vec<_> = report.columns.iter().map(Column::title).collect();
    for section in report.sections() {
        let title = section.first().map_or("", |(row, _)| row.section.title());
        let mut table = table(std::iter::once(title).chain(titles.iter().map(String::as_str)));
        for (row, cells) in section {
            table.add_row(std::iter::once(TableCell::new(row.label())).chain(cells.iter().map(cell)));
        }
        writeln!(text, "\n{table}").expect("text takes text");
    }
    writeln!(text, "\n{}", summary(report, &titles)).expect("text takes text");
    for (title, error) in report.unstarted() {
        writeln!(text, "\n{title} does not start: {error}").expect("text takes text");
    }
    text
}

/// A table as wide as the terminal, with a heading.
fn table<'a>(heading: impl Iterator<Item = &'a str>) -> Table {
    /// Where there is no terminal.
    const WIDTH: u16 = 120;
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    if table.width().is_none() {
        table.set_width(WIDTH);
    }
    table.set_header(heading.map(|text| TableCell::new(text).add_attribute(Attribute::Bold)));
    table
}

fn cell(cell: &Cell) -> TableCell {
    let color = match cell.status {
        Status::Works => Color::Green,
        Status::Partly => Color::Yellow,
        Status::Cannot | Status::NotStarted => Color::Red,
        _ => Color::DarkGrey,
    };
    TableCell::new(in_words(cell)).fg(color)
}

/// The status, and why.
pub(super) fn in_words(cell: &Cell) -> String {
    match cell.reason().as_str() {
        "" => cell.status.words().to_owned(),
        reason => format!("{}: {reason}", cell.status.words()),
    }
}

/// How many rows have which status, platform by platform.
fn summary(report: &Report, titles: &[String]) -> Table {
    let mut table = table(std::iter::once("").chain(Status::ALL.map(Status::words)));
    for (at, name) in titles.iter().enumerate() {
        let counts = Status::ALL.map(|status| report.count(at, status).to_string());
        table.add_row(std::iter::once(name.clone()).chain(counts));
    }
    table
}
