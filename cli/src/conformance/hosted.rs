//! Running the probes under a host.

use std::path::Path;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use crate::conformance::answer::{self, Line, clean};
use crate::conformance::host::Host;
use crate::conformance::process::{self, Process, Step};
use crate::conformance::report::{Cell, Check, Outcome};
use crate::conformance::surface::Row;

/// How much a host may say of why it ended, in characters.
const LONGEST: usize = 240;

/// How many checks a row may have: many times what any has.
const MOST_CHECKS: usize = 1000;

/// After how many rows that end a host among others, but not alone, each has a process of its own.
const MOST_STRIKES: usize = 3;

/// After how many rows one after another without an answer in time the others are given up.
const MOST_LATE: usize = 5;

/// How long a host may take.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// For a row.
    pub(super) row: Duration,
    /// From its start to the first row.
    pub(super) start: Duration,
}

/// A component under a host.
pub(super) struct Hosted<'a> {
    pub(super) host: &'a Host,
    pub(super) component: &'a Path,
    /// A directory that the guest may be given, with a file of bytes.
    pub(super) data: &'a Path,
    pub(super) patience: Patience,
}

/// What a process of the host's made of the rows that it was asked for.
#[derive(Default)]
struct Answers {
    /// Whether the component has begun.
    begun: bool,
    /// Whether a row has.
    row_begun: bool,
    /// Those of the rows that were answered, from the first.
    whole: Vec<Vec<Check>>,
    /// What was answered of the row after them.
    part: Vec<Check>,
    /// What became of the process, unless it answered all.
    problem: Option<Problem>,
}

struct Problem {
    text: String,
    is_late: bool,
}

impl Answers {
    /// Whether the rows did not get through. A host may keep back all that is written until its guest ends, which takes long
    /// for all rows; another has no stdin for its guest.
    fn is_deaf(&self) -> bool {
        let is_late = self.problem.as_ref().is_some_and(|problem| problem.is_late);
        !self.row_begun && (self.begun || is_late)
    }
}

impl Hosted<'_> {
    /// What is found of each row, or why the host does not start the component.
    ///
    /// One process of the host's is asked for the first row, and another for all others. A row that ends it is tried once
    /// more, in a process of its own, so that no other row is to blame; a new process is asked for the rest.
    pub(super) fn run(&self, rows: &[Row]) -> Result<Vec<Cell>, String> {
        let mut cells: Vec<Cell> = Vec::new();
        let (mut strikes, mut late, mut has_begun) = (0, 0, false);
        while cells.len() < rows.len() {
            if late >= MOST_LATE {
                let given_up = || Cell::given_up(&format!("given up after {MOST_LATE} rows without an answer in time"));
                cells.resize_with(rows.len(), given_up);
                break;
            }
            let left = &rows[cells.len()..];
            // The first row shows whether the host starts anything.
            let asked = if cells.is_empty() || strikes >= MOST_STRIKES { &left[..1] } else { left };
            let mut answers = self.ask(asked)?;
            let answered = answers.whole.len();
            if answered > 0 {
                late = 0;
            }
            has_begun |= answers.begun;
            cells.extend(answers.whole.drain(..).map(Cell::of));
            let Some(row) = rows.get(cells.len()).filter(|_| answered < asked.len()) else { continue };
            if answers.is_deaf() {
                strikes = MOST_STRIKES;
            }
            if answered > 0 || (answers.is_deaf() && asked.len() > 1) {
                answers = self.ask(std::slice::from_ref(row))?;
                has_begun |= answers.begun;
                if let Some(checks) = answers.whole.pop() {
                    strikes += 1;
                    late = 0;
                    cells.push(Cell::of(checks));
                    continue;
                }
            }
            let Some(Problem { text, is_late }) = answers.problem else { continue };
            if !has_begun {
                return Err(text);
            }
            late = if is_late { late + 1 } else { 0 };
            answers.part.push(Check::unfinished(text));
            cells.push(Cell::of(answers.part));
        }
        Ok(cells)
    }

    /// Asks one process for these rows.
    fn ask(&self, rows: &[Row]) -> Result<Answers, String> {
        let lines: Vec<Vec<String>> = rows.iter().map(|row| self.arguments(row)).collect();
        // Not every host hands on both.
        let arguments: Vec<_> = match lines.as_slice() {
            [line] => std::iter::once("row").chain(line.iter().map(String::as_str)).collect(),
            _ => Vec::new(),
        };
        let input: String = lines.iter().map(|line| line.join("\t") + "\n").collect();
        let command = self.host.command(self.component, self.data, &arguments);
        let mut process = Process::start(command, input.into_bytes())
            .map_err(|error| format!("cannot start `{}`: {error}", self.host.program()))?;
        let mut answers = Answers::default();
        let mut deadline = Instant::now() + self.patience.start;
        let mut is_within = false;
        let mut noise = None;
        let problem = loop {
            let line = match process.next(deadline) {
                Step::Line(line) => line,
                Step::End(status) => break Problem { text: self.ended(status, &process, noise), is_late: false },
                Step::Late => {
                    let patience = if answers.row_begun { self.patience.row } else { self.patience.start };
                    break Problem { text: late(patience), is_late: true };
                }
                Step::Flood => {
                    let text = format!("the host writes more than {} KiB", process::MOST >> 10);
                    break Problem { text, is_late: true };
                }
            };
            match answer::parse(&line) {
                Some(Line::Probes) => answers.begun = true,
                Some(Line::Row(at)) if answers.begun && !is_within && at == answers.whole.len() => {
                    (is_within, answers.row_begun) = (true, true);
                    deadline = Instant::now() + self.patience.row;
                    process.forgive();
                }
                Some(Line::Check(check)) if is_within && answers.part.len() < MOST_CHECKS => answers.part.push(check),
                Some(Line::Done(at)) if is_within && at == answers.whole.len() => {
                    is_within = false;
                    answers.whole.push(std::mem::take(&mut answers.part));
                    if answers.whole.len() == rows.len() {
                        return Ok(answers);
                    }
                }
                _ => noise = noise.or(Some(line)).filter(|line| !line.is_empty()),
            }
        };
        answers.problem = Some(problem);
        Ok(answers)
    }

    /// What the component is told of the row.
    fn arguments(&self, row: &Row) -> Vec<String> {
        let file = row.wants_file().then(|| self.data.join("bytes").display().to_string());
        row.arguments().map(str::to_owned).chain(file).collect()
    }

    /// How the host ended, and what it said of it.
    fn ended(&self, status: ExitStatus, process: &Process, noise: Option<String>) -> String {
        let how = how(status);
        let errors = process.errors();
        let said = shorten(&errors);
        if !said.is_empty() {
            return format!("the host ends {how}: {said}");
        }
        match noise.map(|noise| shorten(&noise)).or_else(|| Some(shorten(&process.rest()))) {
            Some(noise) if !noise.is_empty() => format!("the host ends {how}, without an answer; it writes: {noise}"),
            _ => format!("the host ends {how}, without an answer"),
        }
    }
}

/// The beginning of a text of the host's, without what means something on this machine alone.
fn shorten(text: &str) -> String {
    let lines = text.lines().take_while(|line| !line.to_lowercase().starts_with("stack backtrace"));
    clean(&without_directories(&lines.collect::<Vec<_>>().join(" ")), LONGEST)
}

/// The text with the names of files in the place of their paths.
fn without_directories(text: &str) -> String {
    let is_end = |ch: char| ch.is_whitespace() || "'\"`()[]<>=,:".contains(ch);
    let mut words = Vec::new();
    for word in text.replace("file://", "").split_inclusive(is_end) {
        let (_, name) = word.rsplit_once('/').filter(|_| word.starts_with('/')).unwrap_or(("", word));
        words.push(name.to_owned());
    }
    words.concat()
}

/// What is said of a row without an answer.
pub(super) fn late(patience: Duration) -> String {
    format!("no answer within {}", humantime::format_duration(patience))
}

/// How a process ended.
fn how(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("by signal {signal}");
    }
    status.code().map_or_else(|| "somehow".to_owned(), |code| format!("with exit code {code}"))
}

impl Check {
    /// What kept a row from being answered to its end.
    pub(super) fn unfinished(problem: String) -> Self {
        Self { what: "the rest".into(), outcome: Outcome::Fails(problem) }
    }

    /// Whether it is that.
    pub(super) fn is_unfinished(&self) -> bool {
        self.what == "the rest"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_by_their_names() {
        for (text, expected) in [
            ("Error: failed to run main module `/tmp/a/b.wasm`", "Error: failed to run main module `b.wasm`"),
            ("file:///opt/x/index.js:585 throws", "index.js:585 throws"),
            (
                "component imports instance `wasi:sockets/tcp@0.2.12`",
                "component imports instance `wasi:sockets/tcp@0.2.12`",
            ),
            ("one\n\ntwo\nStack backtrace:\n 0: main", "one two"),
            ("a / b", "a b"),
        ] {
            assert_eq!(shorten(text), expected);
        }
    }
}
