//! Names: what needs a grant. What a guest is told is compared with what CPython is told by `tests/scripts/names.txt`.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use berkeley_tests::{Guest, WAITING, guest, run, text};

/// The command in a namespace of its own, in which it may name the host.
fn inside(command: &Command) -> Command {
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-root-user", "--uts"]).arg(command.get_program()).args(command.get_args());
    unshare
}

#[test]
fn a_guest_names_the_host() {
    let named = |guest: Guest| guest.allow("hostname").arg("named").arg("berkeley-test");
    for waiting in WAITING {
        let guest = named(guest("names").allow("sethostname"));
        assert_eq!(run(&mut inside(&guest.command(waiting))), "berkeley-test\n");
        let refused = inside(&named(berkeley_tests::guest("names")).command(waiting)).output().expect("it starts");
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

#[test]
fn grants_suffice() {
    guest("names").allow("resolve").allow("interfaces").allow("hostname").arg("granted").succeeds();
}

#[test]
fn only_a_look_up_needs_a_grant() {
    guest("names").arg("denied").succeeds();
}
