//! Scripts of calls that CPython and a guest both make, and what differs in their answers.
//!
//! `tests/scripts/README.md` tells how scripts are written.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::fs::{self, File};
use std::ops::Range;
use std::path::Path;
use std::process::Command;

use berkeley_constants::errno;
use tempfile::TempDir;

use crate::{guest, python, text as output_text};

/// How many seconds a side may take for all its scripts: much more than it needs, even where the processor is emulated and
/// the guest is compiled first.
const PATIENCE: u32 = 300;

/// Calls one after the other, under a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// What it is about.
    pub title: String,
    /// The calls, one a line.
    pub lines: Vec<String>,
    /// Whether it was drawn at random. Then nothing in it waits for ever, whatever is left out.
    pub drawn: bool,
}

impl Script {
    /// The scripts of a text: a line that begins with `#` is the title of what follows; empty lines are left out.
    pub fn parse(text: &str) -> Vec<Self> {
        let mut scripts: Vec<Self> = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match (line.strip_prefix('#'), scripts.last_mut()) {
                (Some(title), _) => scripts.push(Self { title: title.trim().into(), lines: Vec::new(), drawn: false }),
                (None, Some(script)) => script.lines.push(line.into()),
                (None, None) => panic!("`{line}` stands before the first title"),
            }
        }
        scripts
    }

    /// The scripts of the files in a directory: `scripts`, `scripts/families`.
    pub fn of_files(directory: &str) -> Vec<Self> {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
        let mut paths: Vec<_> =
            fs::read_dir(&directory).expect("scripts").map(|entry| entry.expect("an entry").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "txt"));
        paths.sort();
        let scripts = paths.iter().flat_map(|path| {
            let file = path.file_stem().expect("a name").to_string_lossy();
            let mut scripts = Self::parse(&fs::read_to_string(path).expect("reads"));
            scripts.iter_mut().for_each(|script| script.title = format!("{file}: {}", script.title));
            scripts
        });
        scripts.collect()
    }
}

/// A difference that is meant to be: the call and how each side answers. `*` stands for any words, `ERRNO` for any error
/// of the system's. What follows in the same script is not compared, for the sides may differ in what they have done.
#[derive(Clone, Copy, Debug)]
pub struct Exception {
    /// The call, without the names that it gives.
    pub call: &'static str,
    /// CPython's answer.
    pub python: &'static str,
    /// The guest's answer.
    pub guest: &'static str,
    /// Why it is right.
    pub reason: &'static str,
}

impl Exception {
    fn covers(&self, difference: &Difference) -> bool {
        matches(self.call, call_of(&difference.line))
            && matches(self.python, &difference.python)
            && matches(self.guest, &difference.guest)
    }
}

/// Whether the words are those of the pattern, where `*` is any words, or none.
fn matches(pattern: &str, words: &str) -> bool {
    let pattern: Vec<_> = pattern.split_whitespace().collect();
    let words: Vec<_> = words.split_whitespace().collect();
    fn rest(pattern: &[&str], words: &[&str]) -> bool {
        match (pattern, words) {
            ([], []) => true,
            (["*", after @ ..], _) => (0..=words.len()).any(|skipped| rest(after, &words[skipped..])),
            (["ERRNO", after @ ..], [word, others @ ..]) => {
                errno::ERRNOS.iter().any(|errno| errno.1 == *word) && rest(after, others)
            }
            ([one, after @ ..], [word, others @ ..]) => one == word && rest(after, others),
            _ => false,
        }
    }
    rest(&pattern, &words)
}

/// The call of a line, without the names that it gives.
fn call_of(line: &str) -> &str {
    line.split_once(" = ").map_or(line, |(_, call)| call)
}

/// A call that the two sides answer differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The number of the line in its script.
    pub at: usize,
    /// The line.
    pub line: String,
    /// CPython's answer.
    pub python: String,
    /// The guest's answer.
    pub guest: String,
}

/// What came of comparing.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many calls were compared: those of a script up to one that differs.
    pub calls: usize,
    /// How many answers of CPython's were of each kind.
    pub kinds: HashMap<String, usize>,
    /// Which of the exceptions were met.
    pub met: Vec<bool>,
    /// The calls that were the first of their scripts to differ, as one of the exceptions has it, but not the last.
    pub cut_short: Vec<Difference>,
    /// What is wrong, to be read by people.
    pub report: String,
}

/// Lets both sides make the calls of the scripts, with the guest waiting in that way, and reports what differs.
///
/// A difference counts if it is there each time: what is up to chance on one side differs from run to run.
pub fn compare(scripts: &[Script], waiting: &str, exceptions: &[Exception]) -> Outcome {
    compare_with(scripts, Side::Guest(waiting), exceptions)
}

/// As [`compare`], with a guest that is run otherwise.
pub fn compare_otherwise(scripts: &[Script], run: &Run<'_>, exceptions: &[Exception]) -> Outcome {
    compare_with(scripts, Side::Otherwise(run), exceptions)
}

fn compare_with(scripts: &[Script], side: Side<'_>, exceptions: &[Exception]) -> Outcome {
    let mut outcome = Outcome { met: vec![false; exceptions.len()], ..Outcome::default() };
    let mut reported = 0;
    let python = answers_of(Side::Python, scripts);
    let guest = answers_of(side, scripts);
    for ((script, python), guest) in scripts.iter().zip(&python).zip(&guest) {
        for answer in python {
            *outcome.kinds.entry(kind(answer)).or_default() += 1;
        }
        let Some(difference) = first_difference(script, python, guest) else {
            outcome.calls += script.lines.len();
            continue;
        };
        outcome.calls += difference.at + 1;
        match exceptions.iter().position(|exception| exception.covers(&difference)) {
            Some(at) => {
                outcome.met[at] = true;
                outcome.cut_short.extend((difference.at + 1 < script.lines.len()).then_some(difference));
            }
            None if reported == MOST_REPORTED => {}
            None => match settle(script, side, exceptions) {
                Some(text) => {
                    println!("{text}");
                    outcome.report += &text;
                    reported += 1;
                }
                None => println!("up to chance, in {}, {side}: {difference:?}", script.title),
            },
        }
    }
    outcome
}

/// The error that an answer is, or `success`.
fn kind(answer: &str) -> String {
    let first = answer.split_whitespace().next().unwrap_or_default();
    let failed = first.starts_with('E') || ["gaierror", "herror", "timeout", "invalid:", "missing"].contains(&first);
    if failed { first.trim_end_matches(':').into() } else { "success".into() }
}

/// How many scripts that differ are told of: to shorten one takes time.
const MOST_REPORTED: usize = 20;
/// How often a difference must be there.
const TIMES: usize = 3;

/// The script, made as short as still differs, with both sides' answers; nothing if it does not differ each time.
fn settle(script: &Script, side: Side<'_>, exceptions: &[Exception]) -> Option<String> {
    let lasts = |script: &Script| (0..TIMES).all(|_| attempt(script, side, exceptions).is_some());
    let difference = attempt(script, side, exceptions).filter(|_| lasts(script))?;
    let mut whole = script.clone();
    whole.lines.truncate(difference.at + 1);
    let shortest = match whole.drawn {
        true => shortened(&whole, |scripts| attempts(scripts, side, exceptions)),
        false => whole.clone(),
    };
    let shortest = if lasts(&shortest) { shortest } else { whole };

    let sides = [Side::Python, side];
    let [python, guest] = sides.map(|side| answers_of(side, std::slice::from_ref(&shortest)).remove(0));
    let mut report = format!("\n{}, {side}:\n", script.title);
    for ((line, python), guest) in shortest.lines.iter().zip(&python).zip(&guest) {
        if python == guest {
            writeln!(report, "    {line:50} {}", Short(python)).expect("writes");
        } else {
            writeln!(report, "!   {line:50} CPython: {}   guest: {}", Short(python), Short(guest)).expect("writes");
        }
    }
    Some(report)
}

/// Leaves lines out, as long as the sides differ without them.
fn shortened(script: &Script, differ: impl Fn(&[Script]) -> Vec<Option<Difference>>) -> Script {
    let mut shortest = script.clone();
    let mut size = shortest.lines.len().div_ceil(2);
    while size > 0 {
        let starts = (0..shortest.lines.len()).step_by(size);
        let parts: Vec<_> = starts.map(|start| start..start + size).collect();
        let without = |left_out: &[Range<usize>]| {
            let stays = |at: usize, line: &str| sets_mode(line) || !left_out.iter().any(|part| part.contains(&at));
            let lines = shortest.lines.iter().enumerate().filter(|(at, line)| stays(*at, line));
            Script { lines: lines.map(|(_, line)| line.clone()).collect(), ..shortest.clone() }
        };
        let candidates: Vec<_> = parts.iter().map(|part| without(std::slice::from_ref(part))).collect();
        let differences = differ(&candidates);
        let superfluous: Vec<_> = parts.into_iter().zip(&differences).filter(|(_, it)| it.is_some()).collect();
        let superfluous: Vec<_> = superfluous.into_iter().map(|(part, _)| part).collect();
        let all = without(&superfluous);
        let first = candidates.into_iter().zip(differences).find(|(shorter, it)| it.is_some() && *shorter != shortest);
        match first {
            Some(_) if differ(std::slice::from_ref(&all))[0].is_some() => shortest = all,
            Some((shorter, _)) => shortest = shorter,
            None => size /= 2,
        }
    }
    // The modes of sockets that no call is left of.
    let subject = |line: &str| call_of(line).split(' ').next().unwrap_or_default().to_owned();
    let names: Vec<_> = shortest.lines.iter().filter(|line| !sets_mode(line)).map(|line| subject(line)).collect();
    shortest.lines.retain(|line| !sets_mode(line) || line.starts_with("set") || names.contains(&subject(line)));
    shortest
}

/// Whether without this line calls might wait for ever.
fn sets_mode(line: &str) -> bool {
    [" settimeout ", " setsockopt 1 20 ", " setsockopt 1 21 ", "setdefaulttimeout "]
        .iter()
        .any(|call| line.contains(call))
}

/// Makes the calls, and gives the first that the sides answer differently but should not.
fn attempt(script: &Script, side: Side<'_>, exceptions: &[Exception]) -> Option<Difference> {
    attempts(std::slice::from_ref(script), side, exceptions).remove(0)
}

fn attempts(scripts: &[Script], side: Side<'_>, exceptions: &[Exception]) -> Vec<Option<Difference>> {
    let [python, guest] = [Side::Python, side].map(|side| answers_of(side, scripts));
    let unexpected = |difference: &Difference| !exceptions.iter().any(|exception| exception.covers(difference));
    let answers = scripts.iter().zip(python.iter().zip(&guest));
    answers.map(|(script, (python, guest))| first_difference(script, python, guest).filter(unexpected)).collect()
}

fn first_difference(script: &Script, python: &[String], guest: &[String]) -> Option<Difference> {
    let at = python.iter().zip(guest).position(|(python, guest)| python != guest)?;
    Some(Difference { at, line: script.lines[at].clone(), python: python[at].clone(), guest: guest[at].clone() })
}

/// An answer of which a long one is cut.
struct Short<'a>(&'a str);

impl fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(200) {
            Some((end, _)) => write!(f, "{}… ({} characters)", &self.0[..end], self.0.len()),
            None => f.write_str(self.0),
        }
    }
}

/// Runs a guest with the scripts as its input and these arguments, and gives its output. The first argument is a directory
/// that the guest has under the same name.
pub type Run<'a> = dyn Fn(&str, [&str; 2]) -> String + 'a;

/// Who makes the calls.
#[derive(Clone, Copy)]
enum Side<'a> {
    Python,
    /// A guest that waits in that way.
    Guest(&'a str),
    /// A guest that is run otherwise.
    Otherwise(&'a Run<'a>),
}

impl fmt::Display for Side<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Python => f.write_str("CPython"),
            Self::Guest(waiting) => write!(f, "waiting {waiting}"),
            Self::Otherwise(_) => f.write_str("run otherwise"),
        }
    }
}

/// The answers of one side to each script, without what differs between two runs of the same program.
fn answers_of(side: Side<'_>, scripts: &[Script]) -> Vec<Vec<String>> {
    // Both sides' directories and tags are of the same length, for the kernel has limits.
    let place = TempDir::with_prefix("scripts-").expect("a directory");
    let (directory, tag) = (place.path().to_str().expect("a path"), place.path().file_name().expect("a name"));
    let tag = tag.to_str().expect("a name");
    fs::write(place.path().join("file"), (0..=255).cycle().take(1000).collect::<Vec<u8>>()).expect("writes");
    fs::write(place.path().join("empty"), "").expect("writes");
    let script = TempDir::new().expect("a directory");
    let path = script.path().join("script");
    let lines = |script: &Script| script.lines.iter().map(|line| line.clone() + "\n").collect::<String>();
    let text: String = scripts.iter().map(|script| format!("# {}\n{}", script.title, lines(script))).collect();
    fs::write(&path, &text).expect("writes");

    let mut command = match side {
        Side::Python => {
            let mut command = python(include_str!("../peers/differential.py"));
            command.args([directory, tag]);
            command
        }
        Side::Guest(waiting) => guest("differential")
            .allow_all()
            .option("--dir", format!("{directory}::{directory}"))
            .arg(directory)
            .arg(tag)
            .command(waiting),
        Side::Otherwise(run) => return sorted(side, scripts, &run(&text, [directory, tag]), [directory, tag]),
    };
    let output = within(PATIENCE, &mut command).stdin(File::open(&path).expect("opens")).output().expect("starts");
    let (stdout, stderr) = (output_text(&output.stdout), output_text(&output.stderr));
    assert!(output.status.success(), "{side}: {}\n{}\n{stderr}", output.status, last_lines(&stdout));
    sorted(side, scripts, &stdout, [directory, tag])
}

/// The answers that a side has written, to each script.
fn sorted(side: Side<'_>, scripts: &[Script], stdout: &str, [directory, tag]: [&str; 2]) -> Vec<Vec<String>> {
    let mut answers: Vec<Vec<String>> = Vec::new();
    for line in stdout.lines() {
        match answers.last_mut() {
            _ if line.starts_with('#') => answers.push(Vec::new()),
            Some(script) => script.push(line.to_owned()),
            None => panic!("{side}: `{line}` before the first title"),
        }
    }
    for (script, answers) in scripts.iter().zip(&mut answers) {
        assert_eq!(script.lines.len(), answers.len(), "{side} answers each line of {script:?}: {answers:?}");
        let mut names = Names { directory, tag, known: HashMap::new() };
        for (line, answer) in script.lines.iter().zip(answers) {
            *answer = names.normalised(call_of(line), answer);
        }
    }
    assert_eq!(scripts.len(), answers.len(), "{side} answers each script");
    answers
}

/// The command, killed when it takes longer.
fn within(seconds: u32, command: &mut Command) -> Command {
    let mut limited = Command::new("timeout");
    limited.arg("--signal=KILL").arg(seconds.to_string()).arg(command.get_program()).args(command.get_args());
    limited
}

fn last_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

/// Bytes of options and control messages that differ from run to run: level, name, which of them.
const VOLATILE: &[(i32, i32, Range<usize>)] = &[
    // SCM_CREDENTIALS, SO_PEERCRED: the process.
    (1, 2, 0..4),
    (1, 17, 0..4),
    // SO_TIMESTAMP, SO_TIMESTAMPNS, SO_TIMESTAMPING; the newer ones.
    (1, 29, 0..64),
    (1, 35, 0..64),
    (1, 37, 0..64),
    (1, 63, 0..64),
    (1, 64, 0..64),
    (1, 65, 0..64),
    // SO_INCOMING_CPU, SO_MEMINFO, SO_INCOMING_NAPI_ID, SO_COOKIE.
    (1, 49, 0..4),
    (1, 55, 0..64),
    (1, 56, 0..4),
    (1, 57, 0..8),
    // TCP_INFO but for the state, TCP_TIMESTAMP, TCP_CC_INFO.
    (6, 11, 1..1024),
    (6, 24, 0..4),
    (6, 26, 0..64),
    // IPV6_FLOWINFO, for the kernel labels flows.
    (41, 11, 0..4),
    // IP_CHECKSUM, which is one of ports too.
    (0, 23, 0..4),
    // IP_PROTOCOL, which some kernels answer with the port.
    (0, 52, 0..4),
    // IP_ORIGDSTADDR, IPV6_ORIGDSTADDR, of which this is the port.
    (0, 20, 2..4),
    (41, 74, 2..4),
];

/// Gives what differs from run to run a name, by the order of its appearance.
struct Names<'a> {
    directory: &'a str,
    tag: &'a str,
    known: HashMap<String, usize>,
}

impl Names<'_> {
    fn normalised(&mut self, call: &str, answer: &str) -> String {
        if let Some(number) = answer.strip_prefix("errno ").and_then(|number| number.parse().ok()) {
            return errno::name(number).map_or_else(|| answer.to_owned(), str::to_owned);
        }
        let answer = answer.replace(self.directory, "{dir}").replace(self.tag, "{tag}");
        let words: Vec<_> = call.split_whitespace().collect();
        let words: Vec<_> = match *words.as_slice() {
            [_, operation, level, name, ..] if operation.contains("getsockopt") => {
                vec![option(level.parse().ok(), name.parse().ok(), &answer)]
            }
            _ => answer.split(' ').map(|word| self.word(word)).collect(),
        };
        words.join(" ")
    }

    fn word(&mut self, word: &str) -> String {
        if let Some(messages) = word.strip_prefix('[').and_then(|word| word.strip_suffix(']')) {
            let messages: Vec<_> = messages.split(',').map(control).collect();
            return format!("[{}]", messages.join(","));
        }
        let mut parts: Vec<_> = word.split('/').map(str::to_owned).collect();
        // What stands before an address is other facts of the same answer.
        let family = parts[0].rsplit(':').next().unwrap_or_default().to_owned();
        match family.as_str() {
            "inet" | "inet6" if parts.len() > 2 => self.name(&mut parts[2], "port", &|number| number >= EPHEMERAL),
            // AF_NETLINK: the process.
            "16" if parts.len() > 2 => self.name(&mut parts[1], "pid", &|number| number != 0),
            // AF_VSOCK, AF_QIPCRTR: the port.
            "40" if parts.len() > 2 => self.name(&mut parts[2], "port", &|number| (1024..u32::MAX).contains(&number)),
            "42" if parts.len() > 2 => self.name(&mut parts[2], "port", &|number| (0x4000..u32::MAX).contains(&number)),
            // AF_TIPC: the reference of an id.
            "30" if parts.len() > 3 && parts[1] == "3" => self.name(&mut parts[3], "reference", &|number| number != 0),
            // The name that the kernel chose.
            "unix" if parts.len() == 2 => {
                let chosen = parts[1].strip_prefix("\\x00").filter(|name| name.len() == 5);
                if chosen.is_some_and(|name| name.chars().all(|ch| ch.is_ascii_hexdigit())) {
                    let number = self.number(&parts[1].clone());
                    parts[1] = format!("chosen{number}");
                }
            }
            _ => {}
        }
        parts.join("/")
    }

    fn name(&mut self, part: &mut String, kind: &str, chosen: &dyn Fn(u32) -> bool) {
        if part.parse().is_ok_and(chosen) {
            *part = format!("{kind}{}", self.number(part));
        }
    }

    fn number(&mut self, name: &str) -> usize {
        let next = self.known.len();
        *self.known.entry(name.to_owned()).or_insert(next)
    }
}

/// Ports from here on are the kernel's to choose.
const EPHEMERAL: u32 = 32768;

/// A control message without what differs from run to run.
fn control(message: &str) -> String {
    let parts: Vec<_> = message.split(':').collect();
    match parts[..] {
        [level, kind, data] => {
            format!("{level}:{kind}:{}", masked(level.parse().ok(), kind.parse().ok(), data))
        }
        _ => message.to_owned(),
    }
}

/// An option's value, bytes or a number, without what differs from run to run.
fn option(level: Option<i32>, name: Option<i32>, answer: &str) -> String {
    match answer.strip_prefix('x') {
        Some(bytes) => format!("x{}", masked(level, name, bytes)),
        None if answer.parse::<i32>().is_ok() && volatile(level, name).is_some() => "?".into(),
        None => answer.into(),
    }
}

/// Bytes in hexadecimal without what differs from run to run.
fn masked(level: Option<i32>, name: Option<i32>, bytes: &str) -> String {
    let range = volatile(level, name).unwrap_or(0..0);
    let (start, end) = ((2 * range.start).min(bytes.len()), (2 * range.end).min(bytes.len()));
    format!("{}{}{}", &bytes[..start], "?".repeat(end - start), &bytes[end..])
}

fn volatile(level: Option<i32>, name: Option<i32>) -> Option<Range<usize>> {
    VOLATILE.iter().find(|row| (Some(row.0), Some(row.1)) == (level, name)).map(|row| row.2.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_scripts() {
        let scripts = Script::parse("# one\na = socket 1 1 0\n\na close\n# two\n");
        assert_eq!(scripts[0].lines, ["a = socket 1 1 0", "a close"]);
        assert_eq!((scripts[1].title.as_str(), scripts[1].lines.len()), ("two", 0));
    }

    #[test]
    fn patterns_match_words() {
        assert!(matches("* connect *", "a connect inet/x/1"));
        assert!(matches("*", "") && matches("*", "a b") && matches("a *", "a"));
        assert!(!matches("a", "a b") && !matches("* x", "x y"));
    }

    #[test]
    fn what_differs_from_run_to_run_gets_a_name() {
        let mut names = Names { directory: "/tmp/d", tag: "t1", known: HashMap::new() };
        let mut answer = |call, answer| names.normalised(call, answer);
        assert_eq!(answer("a getsockname", "inet/127.0.0.1/41000"), "inet/127.0.0.1/port0");
        assert_eq!(answer("a recvfrom 9", "x00 inet6/::1/41001/0/0"), "x00 inet6/::1/port1/0/0");
        assert_eq!(answer("a getpeername", "inet/127.0.0.1/41000"), "inet/127.0.0.1/port0");
        assert_eq!(answer("getaddrinfo x 80", "2:1:6::inet/127.0.0.1/80"), "2:1:6::inet/127.0.0.1/80");
        assert_eq!(answer("a getsockname", "unix//tmp/d/s"), "unix/{dir}/s");
        assert_eq!(answer("a getsockname", "unix/\\x00012ab"), "unix/chosen2");
        assert_eq!(
            answer("a recvmsg 9 99", "x [1:2:010000000200000003000000] 0 none"),
            "x [1:2:????????0200000003000000] 0 none"
        );
        assert_eq!(answer("a getsockopt_bytes 1 57 8", "x0011223344556677"), "x????????????????");
        assert_eq!(answer("a getsockopt 1 57", "1234"), "?");
        assert_eq!(answer("a connect inet//1", "errno 111"), "ECONNREFUSED");
    }
}
