//! How many system calls a guest's calls come to, exactly.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Once;
use std::thread;

use berkeley_tests::{Guest, guest, run};
use tempfile::TempDir;

/// What is counted: calls on sockets, and those that wait for them. The executor's own are not, nor what files have as well.
const COUNTED: [&str; 19] = [
    "accept4",
    "bind",
    "connect",
    "epoll_ctl",
    "getpeername",
    "getsockname",
    "getsockopt",
    "ioctl",
    "poll",
    "ppoll",
    "prlimit64",
    "recvfrom",
    "recvmmsg",
    "recvmsg",
    "sendmmsg",
    "sendmsg",
    "sendto",
    "setsockopt",
    "socket",
];

/// How often the guest does it, at one time and at the other. What it comes to is the difference, without what begins and
/// ends a program.
const TIMES: [usize; 2] = [10, 30];

/// The number of each system call.
type Counts = BTreeMap<String, usize>;

/// The name by which a system call is counted, if it is.
type Counted = fn(&str) -> Option<&str>;

/// Those on sockets.
fn on_sockets(call: &str) -> Option<&str> {
    Some(call.split_once('(')?.0).filter(|name| COUNTED.contains(name))
}

/// The executor's that wait, be it for its timer.
fn waits(call: &str) -> Option<&str> {
    let (name, arguments) = call.split_once('(')?;
    (name == "epoll_wait" && !arguments.contains(", 0) ")).then_some(name)
}

/// Compiles the guest, which makes system calls of its own and is done once.
fn compile() {
    static COMPILED: Once = Once::new();
    COMPILED.call_once(|| drop(run(&mut guest("calls").arg("connection").arg(0).allow_all().command("inline"))));
}

/// Runs the guest so often, and gives the system calls of its process; the peer is run meanwhile.
fn trace(counted: Counted, waiting: &str, what: &str, times: usize, peer: impl FnOnce(&Path) -> Option<u16>) -> Counts {
    compile();
    let directory = TempDir::new().expect("a directory");
    let log = directory.path().join("log");
    fs::write(&log, "").expect("a file");
    let guest = guest("calls").allow_all().arg(what).arg(times);
    let guest = peer(&log).into_iter().fold(guest, Guest::arg);
    let command = guest.command(waiting);
    let mut traced = Command::new("strace");
    traced.args(["-f", "-qq", "-o"]).arg(&log).arg(command.get_program()).args(command.get_args());
    run(&mut traced);
    let log = fs::read_to_string(&log).expect("the log");
    let mut counts = Counts::new();
    for (_, call) in log.lines().filter_map(|line| line.split_once(' ')).filter(by_the_first(&log)) {
        if let Some(name) = counted(call.trim_start()) {
            *counts.entry(name.to_owned()).or_default() += 1;
        }
    }
    counts
}

/// Whether a line is of the first thread, which is the guest's.
fn by_the_first(log: &str) -> impl Fn(&(&str, &str)) -> bool {
    let (first, _) = log.split_once(' ').expect("a line");
    move |(thread, _)| *thread == first
}

/// What doing it once comes to on sockets.
fn once(waiting: &str, what: &str, peer: impl Fn(&Path) -> Option<u16>) -> Counts {
    once_of(on_sockets, waiting, what, peer)
}

fn once_of(counted: Counted, waiting: &str, what: &str, peer: impl Fn(&Path) -> Option<u16>) -> Counts {
    let [few, many] = TIMES.map(|times| trace(counted, waiting, what, times, &peer));
    let more = |(name, count): (String, usize)| {
        let more = count.saturating_sub(few.get(&name).copied().unwrap_or(0));
        let each = TIMES[1] - TIMES[0];
        assert_eq!(more % each, 0, "{what}, waiting {waiting}: {more} more of {name}");
        (more > 0).then_some((name, more / each))
    };
    many.into_iter().filter_map(more).collect()
}

#[track_caller]
fn comes_to(waiting: &str, what: &str, expected: &[(&str, usize)]) {
    let expected: Counts = expected.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    assert_eq!(once(waiting, what, |_| None), expected, "{what}, waiting {waiting}");
}

/// Sends back what it gets, at a port of its own. Where the guest is to have looked in vain before, that is awaited.
fn echo(log: &Path, looks_in_vain: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let port = listener.local_addr().expect("an address").port();
    let log = log.to_owned();
    let is_in_vain = |line: &&str| line.contains("recvfrom") && line.contains("EAGAIN");
    let count = move || fs::read_to_string(&log).expect("the log").lines().filter(is_in_vain).count();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("the guest");
        let mut message = [0; 64];
        // The guest has waited in vain once, before it sends anything.
        for told in 2.. {
            if stream.read_exact(&mut message).is_err() {
                return;
            }
            while looks_in_vain && count() < told {
                thread::yield_now();
            }
            stream.write_all(&message).expect("sends");
        }
    });
    port
}

#[test]
fn a_call_that_waits_on_the_guests_own_thread_is_a_poll_and_the_call() {
    let counts = once("inline", "round", |log| Some(echo(log, false)));
    assert_eq!(counts, Counts::from([("ppoll", 1), ("recvfrom", 1), ("sendto", 1)].map(|(n, c)| (n.to_owned(), c))));
}

#[test]
fn a_call_that_waits_by_yielding_asks_the_reactor_alone() {
    let counts = once("yield", "round", |log| Some(echo(log, true)));
    assert_eq!(counts, Counts::from([("recvfrom", 2), ("sendto", 1)].map(|(n, c)| (n.to_owned(), c))));
}

#[test]
fn a_call_after_one_that_has_received_all_waits_by_yielding_before_it_is_tried() {
    let counts = once("yield", "short", |log| Some(echo(log, false)));
    assert_eq!(counts, Counts::from([("recvfrom", 1), ("sendto", 1)].map(|(n, c)| (n.to_owned(), c))));
}

#[test]
fn a_call_that_need_not_wait_is_one() {
    for waiting in berkeley_tests::WAITING {
        comes_to(waiting, "ready", &[("recvfrom", 1), ("sendto", 1)]);
        comes_to(waiting, "nothing", &[("recvfrom", 1)]);
        comes_to(waiting, "much", &[("ioctl", 2), ("recvfrom", 2), ("sendto", 2)]);
        comes_to(waiting, "datagram", &[("recvfrom", 1), ("sendto", 1)]);
    }
}

#[test]
fn a_look_at_what_is_ready_waits_for_no_timer() {
    const SOCKETS: u16 = 3;
    for waiting in berkeley_tests::WAITING {
        let calls = once(waiting, "look", |_| Some(SOCKETS));
        assert_eq!(calls, Counts::from([("ppoll".to_owned(), 1)]), "waiting {waiting}");
        assert_eq!(once_of(waits, waiting, "look", |_| Some(SOCKETS)), Counts::new(), "waiting {waiting}");
    }
}

#[test]
fn datagrams_by_the_many_are_one_call() {
    for waiting in berkeley_tests::WAITING {
        comes_to(waiting, "batch", &[("recvmmsg", 2), ("sendmmsg", 1)]);
    }
}

#[test]
fn a_connection_takes_no_more_than_it_must() {
    // The listener tells its port. A second call tells how connecting went.
    let calls = [("accept4", 1), ("connect", 2), ("getsockname", 1), ("socket", 1)];
    // Whether the kernel holds something that was sent is asked as the end that has sent is closed.
    let used = [&calls[..], &[("getsockopt", 1), ("recvfrom", 1), ("sendto", 1)]].concat();
    for waiting in berkeley_tests::WAITING {
        comes_to(waiting, "connection", &calls);
        comes_to(waiting, "used", &used);
    }
}
