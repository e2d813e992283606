//! libevent's own tests, built by `cargo xtask programs libevent`: what passes natively passes in a guest, or has a reason not
//! to. Each test is a run of its own, as its authors have them.

use berkeley_tests::c::{program, with_arguments};
use berkeley_tests::text;
use tempfile::tempdir;

/// What does not pass, and why.
const UNABLE: [(&str, &str); 3] = [
    ("main/fork", "there is one process"),
    ("util/log", "it tries in other processes how a program ends"),
    ("dns/bufferevent_connect_hostname_emfile", "the host looks names up, with descriptors of its own"),
];

/// What waits ten seconds, also natively, for a server that does nothing.
const SLOW: [&str; 4] = [
    "http/cancel_by_host_inactive_server",
    "http/cancel_inactive_server",
    "http/cancel_by_host_ns_timeout",
    "http/cancel_by_host_ns_timeout_inactive_server",
];

#[test]
fn libevent_passes_its_own_tests() {
    let directory = tempdir().expect("a directory");
    let run = |arguments: &[&str]| {
        let guest = with_arguments(program("libevent-regress")?, arguments).allow_all();
        let guest = guest.option("--dir", format!("{}::/tmp", directory.path().display()));
        Some(guest.option("--dir", "/etc").option("--dir", "/dev").output("inline"))
    };
    let Some(list) = run(&["--list-tests"]) else { return };
    let list = text(&list.stdout);
    let names = list.lines().filter_map(|line| line.split_whitespace().next()).filter(|name| name.contains('/'));
    let names: Vec<_> = names.filter(|name| !SLOW.contains(name)).collect();
    assert!(names.len() > 300, "{list}");
    let unable = |name: &str| UNABLE.iter().any(|(unable, _)| *unable == name);
    let mut failed = Vec::new();
    for name in names.into_iter().filter(|name| !unable(name)) {
        let output = run(&["--no-fork", "--quiet", name]).expect("it is built");
        if !output.status.success() {
            failed.push(format!("{name}: {}{}", text(&output.stdout), text(&output.stderr)));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}
