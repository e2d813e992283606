//! What guests may have at most: `--limit`.

use std::process::Command;

use berkeley_tests::{Guest, WAITING, berkeley, guest, text};

/// Runs the case in both ways of waiting. It must succeed, and the command must tell of this limit, once.
fn meets(guest: &Guest, limit: &str) -> [String; 2] {
    WAITING.map(|waiting| {
        let output = guest.output(waiting);
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "waiting {waiting}: {stdout}\n{stderr}");
        let told = format!("berkeley: the guest has met its limit on {limit}; --limit {limit}=VALUE sets it\n");
        assert_eq!(stderr, told, "waiting {waiting}");
        stdout
    })
}

#[test]
fn sockets() {
    meets(&guest("limits").option("--limit", "sockets=387").arg("sockets").arg(387), "sockets");
}

#[test]
fn what_the_kernel_holds_for_150_pairs() {
    let guest = guest("limits").option("--limit", "buffers=16MiB").arg("buffers").arg(16 << 20);
    for held in meets(&guest, "buffers") {
        let held: usize = held.trim().parse().expect("a number");
        assert!(held > 4 << 20, "{held}");
    }
    // What was sent takes more than twice its size here, so that all of it is not needed to see the default at work.
    let output = crate::guest("limits").arg("buffers").arg(256 << 20).output("inline");
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn bandwidth() {
    let out = guest("limits").option("--limit", "bandwidth-out=200kB/s").allow("listen=127.0.0.1:0");
    // Three times as much as goes at once.
    meets(&out.allow("connect=127.0.0.1").arg("bandwidth").arg(200_000), "bandwidth-out");
    let back = guest("limits").option("--limit", "bandwidth-in=200000").allow("listen=127.0.0.1:0");
    meets(&back.allow("connect=127.0.0.1").arg("bandwidth").arg(200_000), "bandwidth-in");
}

#[test]
fn bandwidth_of_what_is_watched() {
    for limit in ["bandwidth-out", "bandwidth-in"] {
        let guest = guest("limits").option("--limit", format!("{limit}=200kB/s")).allow("listen=127.0.0.1:0");
        meets(&guest.allow("connect=127.0.0.1").arg("watched").arg(400_000), limit);
    }
}

#[test]
fn connections() {
    let guest = guest("limits").option("--limit", "connections-per-second=5").allow("listen=127.0.0.1:0");
    meets(&guest.allow("connect=127.0.0.1").arg("accept").arg(10), "connections-per-second");
}

#[test]
fn sockets_in_one_call_of_poll() {
    meets(&guest("limits").option("--limit", "poll=100").arg("poll").arg(100), "poll");
}

#[test]
fn sockets_of_one_poller() {
    meets(&guest("limits").option("--limit", "poll=100").arg("poller").arg(100), "poll");
}

#[test]
fn connections_that_wait() {
    let guest = guest("limits").allow("unix=@berkeley-limits-*").option("--limit", "backlog=100");
    guest.arg("backlog").arg(100).succeeds();
}

#[test]
fn bytes_of_one_call() {
    guest("limits").option("--limit", "receive=1000").arg("receive").arg(1000).succeeds();
    guest("limits").option("--limit", "datagram=1000").arg("datagram").arg(1000).succeeds();
}

#[test]
fn peers_that_may_be_answered() {
    let guest = guest("limits").option("--limit", "peers=5").allow("listen:udp=127.0.0.0/8:0");
    guest.allow("connect:udp=127.0.0.1").arg("peers").arg(5).succeeds();
}

#[test]
fn a_limit_that_is_wrong_is_told_before_anything_runs() {
    let program = guest("limits");
    for (setting, told) in [("sokets=1", "there is no limit `sokets`"), ("buffers=much", "`much` is no size")] {
        let mut command = Command::new(berkeley());
        let output = command.args(["run", "--limit", setting]).arg(program.program()).output().expect("it starts");
        assert!(!output.status.success() && text(&output.stderr).contains(told), "{}", text(&output.stderr));
    }
}
