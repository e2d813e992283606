//! A network without routes: a namespace of its own, in which not even the loopback interface is up.

use std::process::Command;

use berkeley_tests::{WAITING, guest, python, run};

/// What CPython sees there.
const NATIVE: &str = "
import socket, sys
for type in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    for limit in (None, 30):
        native = socket.socket(int(sys.argv[1]), type)
        native.settimeout(limit)
        print(native.connect_ex((sys.argv[2], 9)))
";

fn inside(command: &Command) -> String {
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-root-user", "--net"]);
    run(unshare.arg(command.get_program()).args(command.get_args()))
}

#[test]
fn no_route_is_told_as_cpython_tells_it() {
    for (family, host) in [("2", "192.0.2.1"), ("10", "2001:db8::1"), ("2", "127.0.0.1")] {
        let native = inside(python(NATIVE).args([family, host]));
        assert!(family == "10" || native.starts_with("101\n"), "ENETUNREACH: {native}");
        for waiting in WAITING {
            let guest = guest("unreachable").allow_all().arg(family).arg(host);
            assert_eq!(inside(&guest.command(waiting)), native, "{host}");
        }
    }
}
