//! Python programs that run for long: what they send is not kept.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use berkeley_tests::certificates::certificates;
use berkeley_tests::{berkeley, root};

/// Tests of the guest that runs Python programs, which is not built where pip gets nothing.
mod python_guest {
    use super::*;

    /// How much more memory a program may have after it has sent much more than that, in KiB.
    const MORE: u64 = 3 << 9;

    /// The memory that the process has, in KiB.
    fn resident(process: u32) -> u64 {
        let status = fs::read_to_string(format!("/proc/{process}/status")).expect("reads");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("is told");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    #[test]
    fn what_is_sent_is_not_kept() {
        let directory = certificates();
        let path = directory.path();
        let mut command = Command::new(berkeley());
        command.args(["python", "--allow-all", "--dir"]).arg(path);
        command.arg(root().join("tests/python").join("sends").with_extension("py")).arg(path);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut go_on = child.stdin.take().expect("a pipe");
        let mut before = 0;
        let mut kept = vec![];
        let mut ways = 0;
        for line in BufReader::new(child.stdout.take().expect("a pipe")).lines() {
            let (line, now) = (line.expect("text"), resident(child.id()));
            if line.ends_with(": done") {
                ways += 1;
                if now > before + MORE {
                    kept.push(format!("{line}: {} KiB more", now - before));
                }
            }
            before = now;
            go_on.write_all(b"\n").expect("it goes on");
        }
        assert!(child.wait().expect("it ends").success());
        assert_eq!((ways, kept), (14, vec![]));
    }
}
