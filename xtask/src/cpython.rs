//! CPython's own tests of its library, in the guest that runs Python programs, against a native run of the same files.

mod origin;
mod outcome;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use self::origin::Tests;
use self::outcome::{Outcome, Outcomes, read};
use crate::apt::Apt;
use crate::command::{self, say};
use crate::expectations::Expectations;
use crate::{host, python};

/// The suites that are run unless one is named.
const SUITES: &[&str] = &[
    "test_socket",
    "test_select",
    "test_poll",
    "test_epoll",
    "test_selectors",
    "test_socketserver",
    "test_httplib",
    "test_urllib2_localnet",
    "test_imaplib",
    "test_smtplib",
    "test_ftplib",
    "test_poplib",
    "test_xmlrpc",
    "test_docxmlrpc",
    "test_httpservers",
    "test_wsgiref",
    "test_urllib",
    "test_urllib2",
    "test_urllib_response",
    "test_robotparser",
    "test_asyncio.test_sock_lowlevel",
    "test_asyncio.test_streams",
    "test_asyncio.test_server",
    "test_asyncio.test_selector_events",
    "test_asyncio.test_sendfile",
    "test_asyncio.test_transports",
    "test_asyncio.test_buffered_proto",
    "test_asyncio.test_unix_events",
];

/// The program that runs a suite, here and in the guest.
const RUNNER: &str = "tests/cpython/run.py";

/// The tests that are expected not to pass, without the package `test` that they are all in.
const EXPECTATIONS: &str = "tests/cpython/expectations.txt";

/// Where copies of the tests are, each with what was made in their runs.
const DIRECTORY: &str = "target/cpython";

/// The guests that wait for a test's threads: no test has more at a time.
const THREADS: usize = 4;

/// How long one test may take. The longest takes half of a minute where there is one slow core.
const LIMIT: Duration = Duration::from_secs(100);

/// How often the results are looked at.
const LOOK: Duration = Duration::from_millis(200);

/// The suites that CI runs: those that take seconds.
const QUICK: &[&str] = &["test_select", "test_poll", "test_epoll", "test_selectors"];

/// Runs a suite or all of them, and says whether what came of the tests was as it is expected to be.
pub(crate) fn run(apt: &mut Apt, suite: Option<&str>, filter: &str, python: Option<String>) -> Result<ExitCode> {
    python::build(apt)?;
    host::build(&[])?;
    let suites: Vec<_> = suite.map_or_else(|| SUITES.to_vec(), |suite| vec![suite]);
    run_suites(apt, &suites, filter, |apt| origin::find(apt, python))
}

/// Runs the quick suites, if the guest was built.
pub(crate) fn test_if_possible(apt: &mut Apt) -> Result<ExitCode> {
    if let Err(error) = python::build(apt) {
        say(format_args!("warning: CPython's tests are left out: {error:#}"));
        return Ok(ExitCode::SUCCESS);
    }
    // The tests of this machine's CPython, which nothing needs to be fetched for.
    run_suites(apt, QUICK, "", origin::find_here)
}

fn run_suites(
    apt: &mut Apt,
    suites: &[&str],
    filter: &str,
    find: impl FnOnce(&mut Apt) -> Result<Tests>,
) -> Result<ExitCode> {
    // Once, and not in each of the guests that start at the same time.
    let mut compile = Command::new(host::BERKELEY);
    compile.args(["python", "-c", "pass"]);
    command::step("compiling the guest", &mut compile, "see the messages above")?;
    let tests = find(apt)?;
    say(format_args!("the tests are those of CPython {}, in {}", tests.version, tests.site.display()));
    let expectations = Expectations::read(EXPECTATIONS, &tests.version)?;
    let mut as_expected = true;
    for suite in suites {
        say(format_args!("running {suite}"));
        let native = tests.run(suite, filter, Where::Native, &[])?;
        let guest = tests.run(suite, filter, Where::Guest, &expectations.endless())?;
        let (native, guest) = (native.finish()?, guest.finish()?);
        as_expected &= report(suite, &native, &guest, &expectations);
    }
    if !as_expected {
        say(format_args!("the results, with tracebacks, are in {DIRECTORY}/{}/guest", tests.version));
    }
    Ok(if as_expected { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Where a suite is run.
#[derive(Clone, Copy, PartialEq)]
enum Where {
    Native,
    Guest,
}

/// A suite that is being run.
struct Running<'a> {
    tests: &'a Tests,
    /// The suite, which of its tests are run, and which of those are not.
    arguments: Vec<&'a str>,
    place: Where,
    /// Where the tests leave their files, and the results.
    directory: PathBuf,
    children: Vec<Child>,
}

impl Tests {
    fn run<'a>(&'a self, suite: &'a str, filter: &'a str, place: Where, endless: &[&'a str]) -> Result<Running<'a>> {
        let name = if place == Where::Native { "native" } else { "guest" };
        let directory = Path::new(DIRECTORY).join(&self.version).join(name).join(suite);
        if directory.exists() {
            fs::remove_dir_all(&directory).with_context(|| format!("cannot remove {}", directory.display()))?;
        }
        fs::create_dir_all(&directory).with_context(|| format!("cannot make {}", directory.display()))?;
        let mut running = Running {
            tests: self,
            arguments: [&[suite, filter], endless].concat(),
            place,
            directory: fs::canonicalize(directory)?,
            children: Vec::new(),
        };
        running.start()?;
        Ok(running)
    }
}

impl Running<'_> {
    /// Starts the program, and in the guest those that its threads run in. The program is the first child.
    fn start(&mut self) -> Result<()> {
        let results = self.results();
        let results = results.to_str().context("the results are at a path that is not UTF-8")?;
        let threads = self.directory.join("threads");
        if threads.exists() {
            fs::remove_dir_all(&threads)?;
        }
        self.child(&[&[results], self.arguments.as_slice()].concat(), "output")?;
        if self.place == Where::Guest {
            fs::create_dir(&threads)?;
            for number in 0..THREADS {
                let number = number.to_string();
                self.child(&["--threads", &number], &format!("output-of-thread-{number}"))?;
            }
        }
        Ok(())
    }

    fn child(&mut self, arguments: &[&str], output: &str) -> Result<()> {
        let site = fs::canonicalize(&self.tests.site)?;
        let mut command = match self.place {
            Where::Native => {
                let mut command = Command::new(&self.tests.interpreter);
                command.env("PYTHONPATH", site).env("TMPDIR", &self.directory);
                command
            }
            Where::Guest => {
                let mut command = Command::new(fs::canonicalize(host::BERKELEY)?);
                command.args(["python", "--allow-all", "--dir"]).arg(&self.directory).arg("--site").arg(site);
                command.arg("--env").arg(format!("TMPDIR={}", self.directory.display()));
                command
            }
        };
        let output = File::options().create(true).append(true).open(self.directory.join(output))?;
        command.arg(fs::canonicalize(RUNNER)?).args(arguments).current_dir(&self.directory);
        command.stdin(Stdio::null()).stderr(output.try_clone()?).stdout(output);
        self.children.push(command.spawn().with_context(|| format!("cannot run {}", command::line(&command)))?);
        Ok(())
    }

    fn results(&self) -> PathBuf {
        self.directory.join("results")
    }

    /// What came of the tests, when all have been run: a test that the program does not survive has failed, and another
    /// program runs those after it.
    fn finish(mut self) -> Result<Outcomes> {
        loop {
            let reason = self.wait()?;
            self.stop();
            let mut outcomes = read(&self.results())?;
            let Some(name) = outcomes.unfinished.take() else { return Ok(outcomes) };
            outcome::append(&self.results(), &name, &reason)?;
            self.start()?;
        }
    }

    /// Waits for the program's end, or for a test that has none. Why it ended.
    fn wait(&mut self) -> Result<String> {
        let (mut length, mut since) = (0, Instant::now());
        loop {
            if let Some(status) = self.children[0].try_wait()? {
                return Ok(format!("the interpreter ended ({status})"));
            }
            let now = fs::metadata(self.results()).map_or(0, |metadata| metadata.len());
            if now != length {
                (length, since) = (now, Instant::now());
            }
            if since.elapsed() > LIMIT {
                return Ok(format!("took longer than {} seconds", LIMIT.as_secs()));
            }
            sleep(LOOK);
        }
    }

    fn stop(&mut self) {
        for mut child in self.children.drain(..) {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The numbers of a class of tests.
#[derive(Default)]
struct Counts {
    native: usize,
    passed: usize,
    failed: usize,
    skipped: usize,
}

/// Prints what came of a suite. Whether it is as expected.
fn report(suite: &str, native: &Outcomes, guest: &Outcomes, expectations: &Expectations) -> bool {
    let mut classes: BTreeMap<&str, Counts> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (name, outcome) in &native.tests {
        let class = name.rsplit_once('.').map_or("", |(class, _)| class);
        let counts = classes.entry(class).or_default();
        let here = guest.of(name);
        counts.native += usize::from(*outcome == Outcome::Passed);
        match &here {
            Outcome::Passed => counts.passed += 1,
            Outcome::Failed(_) => counts.failed += 1,
            Outcome::Skipped(_) => counts.skipped += 1,
        }
        if *outcome != Outcome::Passed {
            continue;
        }
        let known = name.strip_prefix("test.").unwrap_or(name);
        match (&here, expectations.reason(known)) {
            (Outcome::Passed, Some(reason)) if !expectations.may_pass(known) => {
                wrong.push(format!("{name} passes, which is not expected: {reason}"));
            }
            (Outcome::Failed(why), None) => wrong.push(format!("{name} fails: {}", outcome::last_line(why))),
            (Outcome::Skipped(why), None) => wrong.push(format!("{name} is skipped: {}", outcome::last_line(why))),
            _ => {}
        }
    }
    println!("{:52} {:>7} {:>7} {:>7} {:>7}", suite, "native", "passed", "failed", "skipped");
    let mut all = Counts::default();
    for (class, counts) in classes {
        let class = class.strip_prefix(&format!("test.{suite}.")).unwrap_or(class);
        let Counts { native, passed, failed, skipped } = counts;
        println!("  {class:50} {native:7} {passed:7} {failed:7} {skipped:7}");
        all.native += native;
        all.passed += passed;
        all.failed += failed;
        all.skipped += skipped;
    }
    println!("  {:50} {:7} {:7} {:7} {:7}", "all", all.native, all.passed, all.failed, all.skipped);
    for line in &wrong {
        println!("  unexpected: {line}");
    }
    println!();
    wrong.is_empty()
}
