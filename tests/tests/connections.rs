//! Nothing is left behind.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use berkeley_tests::{WAITING, berkeley, guest};

/// How many descriptors a process has open.
fn descriptors(process: u32) -> usize {
    fs::read_dir(format!("/proc/{process}/fd")).expect("the process runs").count()
}

#[test]
fn ten_thousand_connections_leave_no_descriptor() {
    for waiting in WAITING {
        let guest = guest("connections").allow("listen=127.0.0.1:0").allow("connect=127.0.0.1").arg(10_000);
        let mut child = guest.command(waiting).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut count_at = |expected: &str| {
            assert_eq!(lines.next().expect("a line").expect("text"), expected);
            let count = descriptors(child.id());
            stdin.write_all(b"\n").expect("it reads");
            count
        };
        let (before, after) = (count_at("ready"), count_at("done"));
        assert!(child.wait().expect("it ends").success());
        // A reactor and threads may be made on the way; ten thousand sockets may not remain.
        assert!(after <= before + 3, "waiting {waiting}: {before} descriptors before, {after} after");
    }
}

#[test]
fn the_command_exists() {
    let help = berkeley_tests::run(Command::new(berkeley()).args(["run", "--help"]));
    for word in ["connect[:PROTOCOL]", "--socket", "--allow-all", "Examples:"] {
        assert!(help.contains(word), "{word}");
    }
}
