//! Names: what needs a grant. What a guest is told is compared with what CPython is told by `tests/scripts/names.txt`.

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

#[test]
fn grants_suffice() {
    guest("names").allow("resolve").allow("interfaces").allow("hostname").arg("granted").succeeds();
}

#[test]
fn only_a_look_up_needs_a_grant() {
    guest("names").arg("denied").succeeds();
}
