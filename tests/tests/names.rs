//! Names: what needs a grant. What a guest is told is compared with what CPython is told by `tests/scripts/names.txt`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use berkeley_tests::{Guest, WAITING, guest, run, text};

/// The command in a namespace of its own, of that kind.
fn inside(namespace: &str, command: &Command) -> Command {
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-root-user", namespace]).arg(command.get_program()).args(command.get_args());
    unshare
}

#[test]
fn a_guest_names_the_host() {
    let named = |guest: Guest| guest.allow("hostname").arg("named").arg("berkeley-test");
    for waiting in WAITING {
        let guest = named(guest("names").allow("sethostname"));
        assert_eq!(run(&mut inside("--uts", &guest.command(waiting))), "berkeley-test\n");
        let refused =
            inside("--uts", &named(berkeley_tests::guest("names")).command(waiting)).output().expect("it starts");
        let stderr = text(&refused.stderr);
        assert!(!refused.status.success() && stderr.contains("--allow sethostname would allow it"), "{stderr}");
    }
}

/// The command where the system's list of hosts is that file.
fn with_hosts(hosts: &Path, command: &Command) -> Command {
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-root-user", "--mount", "sh", "-c", r#"mount --bind "$0" /etc/hosts && exec "$@""#]);
    unshare.arg(hosts).arg(command.get_program()).args(command.get_args());
    unshare
}

#[test]
fn who_answers_for_a_name_does_not_lead_the_guest_to_loopback() {
    let hosts = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(&hosts, "127.0.0.1 name.example db.internal\n").expect("it is written");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let port = listener.local_addr().expect("an address").port();
    for waiting in WAITING {
        for name in ["name.example", "db.internal"] {
            let connects = |rule: String| {
                let guest = guest("names").allow(rule).arg("connects").arg(name).arg(port);
                with_hosts(hosts.path(), &guest.command(waiting)).output().expect("it starts")
            };
            let refused = connects(format!("connect={name}:{port}"));
            let stderr = text(&refused.stderr);
            let told = format!("--allow connect=127.0.0.1:{port} would allow it");
            assert!(!refused.status.success() && stderr.contains(&told), "{stderr}");
            let connected = connects(format!("connect={name}@127.0.0.0/8:{port}"));
            assert!(connected.status.success(), "{}", text(&connected.stderr));
        }
    }
}

/// What whoever answers for a name might have to gain by leading guests to, and no name may lead to.
const SPECIAL: &[&str] = &[
    "0.1.2.3",
    "127.0.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "192.88.99.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "fe80::a9fe:a9fe",
    "ff02::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fd00:c1::a9fe:a9fe",
    "fd00:42::42",
    "fd00:a9fe:a9fe::1",
    "fd00:100::100:200",
    // Carried: compatible, translated, by NAT64 of the world and of here, 6to4, Teredo, ISATAP.
    "::169.254.169.254",
    "::ffff:0:169.254.169.254",
    "64:ff9b::169.254.169.254",
    "64:ff9b::127.0.0.1",
    "64:ff9b:1::1.1.1.1",
    "2002:a9fe:a9fe::1",
    "2002:7f00:1::1",
    "2001:0:101:101:0:ffff:5601:5601",
    "2001:0:7f00:1::fefe:fefe",
    "2600::5efe:169.254.169.254",
    "2600::200:5efe:127.0.0.1",
];

#[test]
fn no_name_that_the_system_knows_leads_to_what_is_special() {
    let names = |domain: &str| (0..SPECIAL.len()).map(|at| format!("n{at}.{domain}")).collect::<Vec<_>>();
    let hosts = tempfile::NamedTempFile::new().expect("a file");
    for domain in ["example", "internal"] {
        let named = SPECIAL.iter().zip(names(domain)).map(|(ip, name)| format!("{ip} {name}\n"));
        std::fs::write(&hosts, named.collect::<String>()).expect("it is written");
        for waiting in WAITING {
            let guest = guest("names").allow(format!("connect:*=*.{domain}")).arg("refused");
            let guest = names(domain).into_iter().fold(guest, berkeley_tests::Guest::arg);
            // Nothing would come of it there.
            let mut command = inside("--net", &with_hosts(hosts.path(), &guest.command(waiting)));
            let output = command.output().expect("it starts");
            assert!(output.status.success(), "{domain}: {}", text(&output.stderr));
        }
    }
}

#[test]
fn where_a_name_led_once_is_out_of_reach_in_the_end() {
    // The wildcard address is both.
    let listener = TcpListener::bind("0.0.0.0:0").expect("a listener");
    let port = listener.local_addr().expect("an address").port();
    for waiting in WAITING {
        for (limit, expected) in [("answers=1", "1"), ("answers=16", "16")] {
            let hosts = tempfile::NamedTempFile::new().expect("a file");
            std::fs::write(&hosts, "127.0.0.2 db.internal\n").expect("it is written");
            let guest = guest("names").allow(format!("connect=db.internal@127.0.0.0/8:{port}"));
            let guest = guest.option("--limit", limit).arg("moved").arg("db.internal").arg(port);
            let mut command = with_hosts(hosts.path(), &guest.command(waiting));
            let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
            let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
            let mut line = || lines.next().expect("a line").expect("text");
            assert_eq!(line(), "127.0.0.2");
            // The same file, which is what is mounted.
            std::fs::write(&hosts, "127.0.0.3 db.internal\n").expect("it is written");
            writeln!(child.stdin.take().expect("a pipe"), "127.0.0.3").expect("it is told");
            assert_eq!(line(), expected, "{limit}, waiting {waiting}");
            assert!(child.wait().expect("it ends").success());
        }
    }
}

/// What a guest tells that has those limits, where `db.internal` and a hundred names of two domains are known.
fn told_with(limits: &[&str], rules: &[(&str, &str)], arguments: &[&str]) -> [String; 2] {
    let hosts = tempfile::NamedTempFile::new().expect("a file");
    let numbered = |count| format!("127.0.0.3 n{count}.internal n{count}.example\n");
    let known = (0..100).map(numbered).chain(["127.0.0.2 db.internal\n".to_owned()]).collect::<String>();
    std::fs::write(&hosts, known).expect("it is written");
    WAITING.map(|waiting| {
        let guest = limits.iter().fold(guest("names"), |guest, limit| guest.option("--limit", limit));
        let guest = rules.iter().fold(guest, |guest, (kind, rule)| guest.option(kind, rule));
        let guest = arguments.iter().fold(guest, Guest::arg);
        run(&mut with_hosts(hosts.path(), &guest.command(waiting))).trim().to_owned()
    })
}

#[test]
fn names_are_remembered_within_their_limit() {
    let peer = std::net::UdpSocket::bind("0.0.0.0:0").expect("a socket");
    let port = peer.local_addr().expect("an address").port();
    let rule = format!("connect:udp=*.internal@127.0.0.0/8:{port}");
    let rules = [("--allow", rule.as_str()), ("--allow", "resolve")];
    let told = |limits: &[&str], domain: &str| told_with(limits, &rules, &["crowded", domain, &port.to_string()]);
    assert_eq!(told(&[], "internal"), ["kept"; 2]);
    // A name takes some 200 bytes, and those that no rule has push out none that one has.
    for told in told(&["names=4KiB"], "internal") {
        let count = told.strip_prefix("forgotten after ").and_then(|count| count.parse::<usize>().ok());
        assert!(count.is_some_and(|count| (5..50).contains(&count)), "{told}");
    }
    assert_eq!(told(&["names=4KiB"], "example"), ["kept"; 2]);
}

#[test]
fn names_that_are_denied_take_no_more_than_their_limit() {
    let rules = [("--allow", "resolve"), ("--allow", "connect"), ("--deny", "connect=*.example:80")];
    assert_eq!(told_with(&[], &rules, &["shunned", "example"]), ["100"; 2]);
    assert_eq!(told_with(&["names=1KiB"], &rules, &["shunned", "internal"]), ["100"; 2]);
    for told in told_with(&["names=1KiB"], &rules, &["shunned", "example"]) {
        assert!(told.parse::<usize>().is_ok_and(|count| (1..20).contains(&count)), "{told}");
    }
}

#[test]
fn a_name_leads_somewhere_for_its_time() {
    let listener = TcpListener::bind("0.0.0.0:0").expect("a listener");
    let port = listener.local_addr().expect("an address").port();
    let rules = ["connect", "connect:udp"].map(|kind| format!("{kind}=db.internal@127.0.0.0/8:{port}"));
    let rules = rules.each_ref().map(|rule| ("--allow", rule.as_str()));
    let told = told_with(&["name-time=300ms"], &rules, &["forgotten", "db.internal", &port.to_string()]);
    assert_eq!(told, ["forgotten"; 2]);
}

#[test]
fn grants_suffice() {
    guest("names").allow("resolve").allow("interfaces").allow("hostname").arg("granted").succeeds();
}

#[test]
fn only_a_look_up_needs_a_grant() {
    guest("names").arg("denied").succeeds();
}
