//! The report as a page to look at, in one file.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::conformance::column::{Column, brief};
use crate::conformance::report::{Cell, Outcome, Report, Status};
use crate::conformance::surface::Row;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

pub(super) fn render(report: &Report) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "What guests can do with sockets" }
                style { (PreEscaped(STYLE)) }
            }
            body style={ "--columns:" (report.columns.len()) } {
                (heading(report))
                main { @for section in report.sections() { (table(report, section)) } }
                footer {
                    "Written by " code { "berkeley conformance --format html" } ". A probe is the same code in each "
                    "column, with every grant; what is said of a failure is what was seen."
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

fn heading(report: &Report) -> Markup {
    html! {
        header {
            h1 { "What guests can do with sockets" }
            p { "Every row of Python's " code { "socket" } " module, tried on " (brief(&report.kernel)) ": " (report.rows.len()) " rows." }
            div.platforms {
                @for (at, column) in report.columns.iter().enumerate() { (platform(report, at, column)) }
            }
            div.controls {
                input #search type="search" placeholder="Find a row: socketpair, TCP_, no call…" aria-label="Find a row";
                @for status in Status::ALL {
                    label.choice { input type="checkbox" value=(class(status)) checked; span class=(class(status)) { (status.words()) } }
                }
            }
            p.hint { "A row can be opened to see what was tried. The boxes choose rows by what is found in any column." }
        }
    }
}

/// How much of the surface a platform has, as a bar.
fn platform(report: &Report, at: usize, column: &Column) -> Markup {
    let total = report.rows.len().max(1);
    let counts = Status::ALL.map(|status| (status, report.count(at, status)));
    html! {
        section.platform {
            h2 { (column.title()) }
            p.share { strong { (counts[0].1) } " of " (total) " work" }
            @if let Some(error) = &column.error { p.error { (error) } }
            div.bar {
                @for (status, count) in counts {
                    @if count > 0 {
                        span class=(class(status)) style={ "flex-grow:" (count) } title={ (count) " " (status.words()) } {}
                    }
                }
            }
            p.counts {
                @for (status, count) in counts { @if count > 0 { span class=(class(status)) { (count) " " (status.words()) } } }
            }
        }
    }
}

fn table(report: &Report, section: &[(Row, Vec<Cell>)]) -> Markup {
    let (word, title) = section.first().map_or(("", ""), |(row, _)| (row.section.word(), row.section.title()));
    html! {
        section #(word) {
            h2 { (title) " " small { (section.len()) } }
            table {
                thead { tr { th { "Row" } @for column in &report.columns { th { (column.title()) } } } }
                tbody {
                    @for (row, cells) in section {
                        tr tabindex="0" { th scope="row" { code { (row.label()) } } @for one in cells { (cell(one)) } }
                    }
                }
            }
        }
    }
}

fn cell(cell: &Cell) -> Markup {
    let reason = cell.reason();
    html! {
        td class=(class(cell.status)) {
            span.status { b { (cell.status.sign()) } " " (cell.status.words()) }
            @if !reason.is_empty() { span.reason { (reason) } }
            ul.checks { @for check in &cell.checks { li class=(outcome(&check.outcome).0) { (check.what) (outcome(&check.outcome).1) } } }
        }
    }
}

fn outcome(outcome: &Outcome) -> (&'static str, String) {
    match outcome {
        Outcome::Works => ("works", String::new()),
        Outcome::Missing(what) => ("cannot", format!(": no call for {what}")),
        Outcome::Fails(why) => ("cannot", format!(": {why}")),
    }
}

fn class(status: Status) -> &'static str {
    match status {
        Status::Works => "works",
        Status::Partly => "partly",
        Status::Cannot => "cannot",
        Status::NotHere => "not-here",
        Status::Withheld => "withheld",
        Status::NotProbed => "not-probed",
        Status::NotStarted => "not-started",
    }
}
