//! The report as a page of Markdown.

use std::fmt::Write as _;

use crate::conformance::column::{Column, brief};
use crate::conformance::report::{Cell, Report, Status};

pub(super) fn render(report: &Report) -> String {
    let mut text = String::new();
    write(&mut text, report).expect("text takes text");
    text
}

fn write(text: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(text, "# What guests can do with sockets\n")?;
    writeln!(
        text,
        "Written by `berkeley conformance` on {}. Each row of the surface of Python's `socket` module was tried by a probe,\n\
         which is the same code in each column, with every grant. What is said of a failure is what was seen: the error, or\n\
         that the interface has no call for it. What a kernel lacks, no program could use there{}.{}\n",
        brief(&report.kernel),
        if report.has_kernels() { ",\nwhich is why Berkeley has a column for another kernel" } else { "" },
        if report.has_hosts() {
            "\nA column with a program's name is of that one, run by its own command line."
        } else {
            ""
        }
    )?;
    let titles: Vec<_> = report.columns.iter().map(Column::title).collect();
    writeln!(text, "| | {} |", Status::ALL.map(Status::words).join(" | "))?;
    writeln!(text, "|---{}|", "|---".repeat(Status::ALL.len()))?;
    for (at, name) in titles.iter().enumerate() {
        let counts = Status::ALL.map(|status| report.count(at, status).to_string());
        writeln!(text, "| {name} | {} |", counts.join(" | "))?;
    }
    for (title, error) in report.unstarted() {
        writeln!(text, "\n{title} does not start: {}", escape(error))?;
    }
    for section in report.sections() {
        let title = section.first().map_or("", |(row, _)| row.section.title());
        writeln!(text, "\n## {title}\n")?;
        writeln!(text, "| | {} |", titles.join(" | "))?;
        writeln!(text, "|---{}|", "|---".repeat(titles.len()))?;
        for (row, cells) in section {
            writeln!(text, "| `{}` | {} |", row.label(), cells.iter().map(cell).collect::<Vec<_>>().join(" | "))?;
        }
    }
    Ok(())
}

fn cell(cell: &Cell) -> String {
    let words = format!("{} {}", cell.status.sign(), cell.status.words());
    match cell.reason() {
        reason if reason.is_empty() => words,
        reason => format!("{words}: {}", escape(&reason)),
    }
}

/// What Markdown would take for its own.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for ch in text.chars() {
        if matches!(ch, '|' | '*' | '_' | '<' | '>' | '[' | ']' | '`' | '\\') {
            escaped.push('\\');
        }
        escaped.push(ch);
    }
    escaped
}
