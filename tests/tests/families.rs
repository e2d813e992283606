//! Sockets of every family: a guest gets what native CPython gets where it has the grant, and nothing without.
//!
//! What the kernel supports, it says itself: where it makes no socket of a family, guest and CPython fail alike, and the
//! test tells so. A kernel with more families tests more.

use std::path::Path;
use std::process::Command;

use berkeley_tests::generator::families;
use berkeley_tests::script::{Exception, Script, compare as compare_scripts};
use berkeley_tests::{Guest, WAITING, guest, run, skipped, text};
use serde_json::Value;

/// The same as the guest, in CPython.
const NATIVE: &str = include_str!("../data/families.py");

/// Brings the loopback interface up, lets everybody ping, and becomes the command that follows.
const ENTER: &str = "
import fcntl, os, socket, struct, sys
with socket.socket() as s: fcntl.ioctl(s, 0x8914, struct.pack('16sH14x', b'lo', 0x49))
with open('/proc/sys/net/ipv4/ping_group_range', 'w') as range: range.write('0 0')
os.execvp(sys.argv[1], sys.argv[1:])
";

/// What the guest needs for what it does: every family, and that its sockets reach this machine.
fn granted() -> Guest {
    let kinds = ["raw", "icmp"].map(|kind| format!("family={kind}"));
    // Up to AF_MAX, but for AF_UNIX, AF_INET and AF_INET6.
    let families = (3..=46).filter(|family| *family != 10).map(|family| format!("family={family}"));
    let hosts = ["127.0.0.1", "[::1]"].into_iter();
    let reach = hosts.flat_map(|host| {
        let internet = ["", ":udp", ":udplite", ":sctp", ":dccp"];
        // What no type goes with, which the kernel shall say.
        let mismatched = [":protocol-0", ":protocol-136", ":protocol-262"];
        let protocols = internet.into_iter().chain(mismatched);
        protocols.flat_map(move |protocol| ["connect", "listen"].map(|rule| format!("{rule}{protocol}={host}")))
    });
    let others = ["interfaces", "option=PACKET_ADD_MEMBERSHIP"].map(str::to_owned);
    kinds.into_iter().chain(families).chain(reach).chain(others).fold(guest("families"), Guest::allow)
}

/// How to run a command in a network namespace of its own, if this user may.
fn namespace() -> Option<Vec<&'static str>> {
    let ways = [&["unshare", "--net"][..], &["unshare", "--net", "--map-root-user"]];
    let works = |way: &&[&str]| {
        let tried = Command::new(way[0]).args(&way[1..]).args(["python3", "-c", ENTER, "true"]).output();
        tried.is_ok_and(|output| output.status.success())
    };
    ways.into_iter().find(works).map(|way| [way, &["python3", "-c", ENTER]].concat())
}

fn within(namespace: &[&str], command: &Command) -> Command {
    let Some((program, arguments)) = namespace.split_first() else {
        let mut same = Command::new(command.get_program());
        same.args(command.get_args());
        return same;
    };
    let mut outer = Command::new(program);
    outer.args(arguments).arg(command.get_program()).args(command.get_args());
    outer
}

/// The interfaces that `ip -json link` lists, as the programs print them.
fn links(json: &str) -> String {
    let links: Vec<Value> = serde_json::from_str(json).expect("it is JSON");
    let link = |link: &Value| format!("({}, '{}')", link["ifindex"], link["ifname"].as_str().expect("a name"));
    format!("[{}]", links.iter().map(link).collect::<Vec<_>>().join(", "))
}

/// Runs the guest and CPython in the namespace, and compares what they print.
#[track_caller]
fn compare(namespace: &[&str], what: &str) {
    let loopback = Path::new("/sys/module/vsock_loopback").exists().then_some("loopback");
    let mark = format!("berkeley-{}-{what}", std::process::id());
    let mut native = Command::new("python3");
    native.args(["-c", NATIVE, &mark]).args(loopback);
    let native = run(&mut within(namespace, &native));
    let links = links(&run(within(namespace, &Command::new("ip")).args(["-json", "link"])));
    assert!(native.lines().any(|line| line == format!("netlink: {links}")), "{what}: no {links} in {native}");
    for waiting in WAITING {
        let mut guest = granted().arg(&mark).command(waiting);
        let output = run(&mut within(namespace, guest.args(loopback)));
        let differences: Vec<_> = output.lines().zip(native.lines()).filter(|(ours, theirs)| ours != theirs).collect();
        assert!(differences.is_empty(), "{what}, waiting {waiting}: {differences:#?}");
        assert_eq!(output.lines().count(), native.lines().count(), "{what}, waiting {waiting}");
    }
    // A case that has but an error to tell is one that this kernel, or this user, does not have.
    let case = |line: &str| line.split(": ").next().map(str::to_owned);
    let is_alone = |line: &&str| native.lines().filter(|other| case(other) == case(line)).count() == 1;
    for line in native.lines().filter(is_alone).filter(|line| line.split(": E").count() == 2) {
        skipped(format_args!("in {what}: {line}"));
    }
}

#[test]
fn every_family_is_as_it_is_natively() {
    compare(&[], "the machine's own network");
}

#[test]
fn every_family_is_as_it_is_natively_where_one_may_do_more() {
    match namespace() {
        Some(namespace) => compare(&namespace, "a network of its own"),
        None => skipped(format_args!("this user may have no network namespace")),
    }
}

/// The rule that grants each socket: a family, a type, a protocol.
const RULES: &[(&str, &str)] = &[
    ("16 3 0", "family=netlink"),
    ("17 3 768", "family=packet"),
    ("2 3 1", "family=raw"),
    ("10 3 58", "family=raw"),
    ("2 2 1", "family=icmp"),
    ("10 2 58", "family=icmp"),
    ("2 2 136", "connect:udplite"),
    ("2 1 132", "connect:sctp"),
    ("29 3 1", "family=can"),
    ("29 2 6", "family=can"),
    ("31 5 0", "family=bluetooth"),
    ("31 3 1", "family=bluetooth"),
    ("38 5 0", "family=alg"),
    ("40 1 0", "family=vsock"),
    ("30 4 0", "family=tipc"),
    ("42 2 0", "family=qipcrtr"),
    ("21 5 0", "family=rds"),
    ("5 2 0", "family=appletalk"),
    ("26 2 0", "family=llc"),
    ("34 1 1", "family=isdn"),
    ("44 3 0", "family=xdp"),
];

fn lines() -> String {
    RULES.iter().map(|(socket, _)| format!("{socket}\n")).collect()
}

#[test]
fn without_a_grant_there_is_none_of_them_and_the_rule_is_named() {
    for waiting in WAITING {
        let output = guest("families").stdin(lines()).output(waiting);
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{stderr}");
        assert_eq!(stdout.lines().count(), RULES.len(), "{stdout}");
        for (line, (socket, rule)) in stdout.lines().zip(RULES) {
            let refused = line.starts_with(&format!("{socket}: not allowed to open a socket"));
            assert!(refused && line.ends_with("(EACCES)"), "{line}");
            assert!(stderr.contains(&format!("; --allow {rule} would allow it")), "no `{rule}` in {stderr}");
        }
    }
}

#[test]
fn the_named_rule_grants_it() {
    let all = RULES.iter().fold(guest("families").stdin(lines()), |guest, (_, rule)| guest.allow(rule));
    let stdout = all.succeeds();
    assert!(!stdout.contains("not allowed"), "{stdout}");
}

/// Where a guest is not to answer a call of `tests/scripts/families` as CPython does.
const EXCEPTIONS: &[Exception] = &[
    Exception { call: "* bind *", python: "invalid: *", guest: "ERRNO", reason: TUPLE },
    Exception { call: "* connect *", python: "invalid: *", guest: "ERRNO", reason: TUPLE },
    Exception { call: "* sendto *", python: "invalid: *", guest: "ERRNO", reason: TUPLE },
];

/// Of addresses.
const TUPLE: &str = "CPython itself tells that a tuple is none of the socket's family, or that a name in it is too long. A \
                     guest's address is of the family that it says, and the host or the kernel tells what is wrong with it.";

/// The seed, how many scripts it gives, and how many calls a script has. BERKELEY_SEED draws others.
const SEED: u64 = 1;
const SCRIPTS: usize = 42;
const CALLS: usize = 30;

#[test]
fn calls_by_hand_are_answered_as_natively() {
    let scripts = Script::of_files("scripts/families");
    let mut report = String::new();
    for waiting in WAITING {
        let outcome = compare_scripts(&scripts, waiting, EXCEPTIONS);
        println!("{} calls, waiting {waiting}", outcome.calls);
        report += &outcome.report;
        assert!(outcome.cut_short.is_empty(), "what follows is not compared: {:#?}", outcome.cut_short);
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn calls_at_random_are_answered_as_natively() {
    let number = |name| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
    if std::env::var_os("BERKELEY_LAB").is_none() {
        skipped(format_args!("calls at random: where few families are, there is little to draw; the lab has them all"));
        return;
    }
    let seed = number("BERKELEY_SEED").unwrap_or(SEED);
    let count = number("BERKELEY_SCRIPTS").map_or(SCRIPTS, |count| count as usize);
    let mut report = String::new();
    for waiting in WAITING {
        let mut random = fastrand::Rng::with_seed(seed);
        let scripts: Vec<_> = (0..count).map(|number| families::script(&mut random, number, CALLS)).collect();
        let outcome = compare_scripts(&scripts, waiting, EXCEPTIONS);
        println!("seed {seed}: {} calls, waiting {waiting}: {:?}", outcome.calls, outcome.kinds);
        if !outcome.report.is_empty() {
            report += &format!("\nBERKELEY_SEED={seed} draws these:\n{}", outcome.report);
        }
    }
    assert!(report.is_empty(), "{report}");
}
