//! What is left of a run when it ends, however that is.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use berkeley_tests::berkeley;

use crate::scenario::{Scenario, alone, fails, passes};

/// Runs the scenario, whose temporary files are in that directory.
fn command(scenario: &Scenario, home: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(berkeley());
    command.arg("simulate").arg(scenario.path()).args(options).env("TMPDIR", home);
    command
}

fn run(scenario: &Scenario, home: &Path, options: &[&str]) -> Output {
    command(scenario, home, options).output().expect("it starts")
}

fn left(home: &Path) -> usize {
    fs::read_dir(home).expect("a directory").count()
}

/// A search without an end, once it has begun.
fn begun(scenario: &Scenario, home: &Path) -> Child {
    let mut command = command(scenario, home, &["--runs", "1000000000", "--jobs", "2"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    let before = left(home);
    while left(home) <= before {
        sleep(Duration::from_millis(5));
    }
    child
}

fn end(mut child: Child, signal: &str) -> std::process::ExitStatus {
    let sent = Command::new("kill").args(["-s", signal]).arg(child.id().to_string()).status().expect("kill");
    assert!(sent.success());
    child.wait().expect("it ends")
}

#[test]
fn no_run_leaves_anything_however_it_ends() {
    let home = tempfile::tempdir().expect("a directory");
    let home = home.path();
    let lasting = alone("log", "");
    passes(&run(&lasting, home, &[]));
    fails(&run(&alone("plain", "args = [\"no number\"]"), home, &[]));
    fails(&run(&alone("log", "[[checks]]\nhost = \"a\"\nnever = \"found\""), home, &["--runs", "3", "--shrink"]));
    fails(&run(&alone("log", "files = { \"/a/b\" = { text = \"\" }, \"/a\" = { text = \"\" } }"), home, &[]));
    assert_eq!(left(home), 0);
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        assert_eq!(end(begun(&lasting, home), signal).code(), Some(code), "{signal}");
        assert_eq!(left(home), 0, "{signal}");
    }
    // Who is killed can do nothing; the next one does it, and leaves alone what another one uses.
    let other = begun(&lasting, home);
    let killed = begun(&lasting, home);
    assert_eq!(end(killed, "KILL").code(), None);
    passes(&run(&lasting, home, &[]));
    end(other, "TERM");
    assert_eq!(left(home), 0);
}
