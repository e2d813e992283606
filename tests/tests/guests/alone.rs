//! Tests that have a process to themselves.

use std::process::Command;

use berkeley_tests::{skipped, text};

/// Tells the test that this process is its own, and which network it has.
const MARK: &str = "BERKELEY_TEST_ALONE";
const OWN_NETWORK: &str = "network";

/// Runs the test in a process of its own.
pub(crate) fn alone(name: &str, test: impl FnOnce()) {
    if std::env::var_os(MARK).is_some() {
        return test();
    }
    let own = std::env::current_exe().expect("a test knows where it is");
    let mut command = if has_networks() { in_network() } else { Command::new("env") };
    command.env(MARK, if has_networks() { OWN_NETWORK } else { "process" });
    let output = command.arg(own).args(["--exact", name, "--test-threads=1", "--nocapture"]).output();
    let output = output.expect("it starts");
    let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
    // What it says of itself, by the name of its file, and what it leaves out.
    let (file, _) = name.split_once("::").expect("a file and a name");
    let says = format!("{file}: ");
    for line in told.lines() {
        match line.strip_prefix("skipped: ") {
            Some(why) => skipped(format_args!("{why}")),
            None if line.starts_with(&says) => println!("{line}"),
            None => {}
        }
    }
}

/// Whether the network is this process's own.
pub(crate) fn has_own_network() -> bool {
    std::env::var(MARK).is_ok_and(|mark| mark == OWN_NETWORK)
}

/// Brings the network up. Its kernel soon gives up what nobody has open and no peer takes.
const SET_UP: &str = "ip link set lo up && cd /proc/sys/net/ipv4 && echo 1 >tcp_orphan_retries && echo 1 >tcp_fin_timeout \
    && cd / && exec \"$@\"";

fn in_network() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--net", "sh", "-c", SET_UP, "sh"]);
    command
}

fn has_networks() -> bool {
    in_network().arg("true").output().is_ok_and(|output| output.status.success())
}
