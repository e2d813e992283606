//! One table of the page: a row for each workload, a column for each way, and notes on what is missing.

use std::fmt::Write as _;

use super::figures::text;
use super::report::{Cell, Row};
use super::way::{WAYS, Way};
use super::workload::Figure;

/// How much of a reason stands in a note. The rest is in the file of figures.
const LONGEST: usize = 120;

/// The rows as a table of those ways that any of them was measured in. The processor's time stands in a second one.
pub(super) fn columns(rows: &[&Row]) -> String {
    let ways: Vec<_> = WAYS.into_iter().filter(|way| rows.iter().any(|row| row.cell(*way).is_ok())).collect();
    let mut notes = Notes::default();
    let figures = table(rows, &ways, Told::Wall, |row, way| match row.cell(way) {
        Ok(cell) => wall(row, way, cell),
        Err(reason) => format!("– {}", notes.mark(reason)),
    });
    let processor = |row: &Row, way| row.cell(way).ok().and_then(|cell| cell.processor);
    let timed: Vec<_> =
        rows.iter().copied().filter(|row| ways.iter().any(|way| processor(row, *way).is_some())).collect();
    let times = if timed.is_empty() {
        String::new()
    } else {
        let time = |row: &Row, way| processor(row, way).map_or_else(|| "–".to_owned(), |spread| text(spread.median));
        format!("\nProcessor time of the process alone:\n\n{}", table(&timed, &ways, Told::Processor, time))
    };
    format!("{figures}{}{times}", notes.text())
}

/// What a table tells.
#[derive(Clone, Copy, PartialEq)]
enum Told {
    /// What was measured, and in the last column how far rounds were from each other.
    Wall,
    Processor,
}

impl Told {
    fn unit(self, figure: Figure) -> &'static str {
        match (self, figure) {
            (Self::Wall, figure) => figure.unit(),
            (Self::Processor, Figure::Megabytes) => "µs/MB",
            (Self::Processor, _) => "µs",
        }
    }

    /// The last column, if there is one.
    fn last(self, text: &str) -> String {
        if self == Self::Wall { format!(" {text} |") } else { String::new() }
    }
}

fn table(rows: &[&Row], ways: &[Way], told: Told, mut cell: impl FnMut(&Row, Way) -> String) -> String {
    let names: Vec<_> = ways.iter().map(|way| way.name()).collect();
    let (last, lines) = (told.last("spread"), "---|".repeat(ways.len()));
    let mut table = format!("| | {} |{last}\n|---|{lines}{}\n", names.join(" | "), told.last("---"));
    for row in rows {
        let _ = write!(table, "| {}, {} |", row.workload.title, told.unit(row.workload.figure));
        for way in ways {
            let _ = write!(table, " {} |", cell(row, *way));
        }
        // One round has none.
        let spread = Some(row.spread()).filter(|spread| *spread > 0.0);
        table += &told.last(&spread.map_or_else(|| "–".to_owned(), |spread| format!("{:.0} %", spread * 100.0)));
        table.push('\n');
    }
    table
}

fn wall(row: &Row, way: Way, cell: &Cell) -> String {
    let figure = text(cell.wall.median);
    match row.ratio(way) {
        Some(ratio) if way != Way::Native => format!("**×{ratio:.2}** {figure}"),
        _ => figure,
    }
}

/// Reasons why cells are empty, each of them once.
#[derive(Default)]
struct Notes(Vec<String>);

impl Notes {
    /// The mark of a reason.
    fn mark(&mut self, reason: &str) -> String {
        let line = reason.lines().next().unwrap_or_default();
        let short = match line.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line.to_owned(),
        };
        let at = self.0.iter().position(|known| *known == short).unwrap_or_else(|| {
            self.0.push(short);
            self.0.len() - 1
        });
        mark(at)
    }

    fn text(&self) -> String {
        let notes = self.0.iter().enumerate().map(|(at, note)| format!("{} {note}", mark(at)));
        let notes: Vec<_> = notes.collect();
        if notes.is_empty() { String::new() } else { format!("\n{}\n", notes.join("<br>\n")) }
    }
}

fn mark(at: usize) -> String {
    format!("<sup>{}</sup>", at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::figures::Spread;
    use crate::bench::table::GROUPS;

    #[test]
    fn what_is_missing_has_a_note_and_what_nothing_has_no_column() {
        let cell = |median| Ok(Cell { wall: Spread { min: median, median, max: median * 1.5 }, processor: None });
        let long = format!("it failed: {}\nand more", "very ".repeat(100));
        let no = || Err("it has no such thing".to_owned());
        let row = |native, at: usize, yields| Row {
            workload: &GROUPS[0].workloads[at],
            cells: vec![
                (Way::Native, cell(native)),
                (Way::Inline, cell(3.0)),
                (Way::Yield, yields),
                (Way::Wasi3, no()),
            ],
        };
        let rows = [row(2.0, 0, no()), row(4.0, 1, Err(long)), row(4.0, 2, cell(5.0))];
        let text = columns(&rows.each_ref());
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "| | native | inline | yield | spread |");
        assert!(lines[2].ends_with(", µs | 2.00 | **×1.50** 3.00 | – <sup>1</sup> | 50 % |"), "{text}");
        assert!(lines[3].ends_with(" | **×0.75** 3.00 | – <sup>2</sup> | 50 % |"), "{text}");
        assert!(text.contains("<sup>1</sup> it has no such thing<br>\n<sup>2</sup> it failed: very"), "{text}");
        assert!(!text.contains("and more") && lines.iter().all(|line| line.len() < 200), "{text}");
    }
}
