//! WASI's own sockets over this library's: the same results as over wasmtime's, under the policy and the limits.

use std::collections::BTreeSet;
use std::fs;
use std::net::UdpSocket;
use std::process::{Command, Output};

use berkeley_tests::{Guest, Running, WAITING, berkeley, guest, text};

/// The example `beside` of the host, with those arguments before the guest's.
fn beside(arguments: &[&str], guest: &Guest, rest: &[&str]) -> Output {
    let program = berkeley().with_file_name("examples").join("beside");
    let mut command = Command::new(program);
    command.args(arguments).arg(guest.program()).args(rest).output().expect("`cargo xtask test` has built it")
}

/// Every network that is on this machine alone, and every look-up.
fn local(guest: Guest) -> Guest {
    ["connect", "listen", "udp", "resolve"].into_iter().fold(guest, Guest::allow)
}

/// Runs a guest over wasmtime's own sockets and over these, and compares what it tells.
#[track_caller]
fn tells_the_same(guest: Guest) {
    let theirs = beside(&["wasmtime"], &guest, &[]);
    assert!(theirs.status.success(), "{}{}", text(&theirs.stdout), text(&theirs.stderr));
    let guest = local(guest);
    for waiting in WAITING {
        let ours = guest.output(waiting);
        let (theirs, ours_told) = (text(&theirs.stdout), text(&ours.stdout));
        let differences: Vec<_> = theirs.lines().zip(ours_told.lines()).filter(|(one, other)| one != other).collect();
        assert_eq!(differences, [], "waiting {waiting}, over wasmtime's and over these");
        assert!(ours.status.success(), "waiting {waiting}: {}{ours_told}", text(&ours.stderr));
        assert_eq!(theirs.lines().count(), ours_told.lines().count());
    }
    assert!(theirs.stdout.len() > 5000, "it tells little: {}", text(&theirs.stdout));
}

#[test]
fn each_call_answers_as_over_wasmtimes_own_sockets() {
    tells_the_same(guest("wasi_sockets"));
}

#[test]
fn what_ends_a_guest_ends_it_here_too() {
    for call in ["writes-too-much", "sends-too-much", "streams-twice", "drops-the-socket-first"] {
        let theirs = beside(&["wasmtime"], &guest("wasi_sockets"), &[call]);
        assert!(!theirs.status.success(), "{call}");
        let ours = local(guest("wasi_sockets")).arg(call).output("inline");
        assert_eq!(ours.status.code(), Some(1), "{call}: {}", text(&ours.stderr));
    }
}

/// No socket is made without a rule that could need it, and the refusal is told with one.
#[test]
fn a_socket_needs_a_rule_that_has_a_use_for_it() {
    let create = |rule: Option<&str>| {
        let guest = guest("wasi_guarded").arg("create");
        rule.into_iter().fold(guest, Guest::allow).output("inline")
    };
    let none = create(None);
    assert_eq!(text(&none.stdout), "tcp access-denied, udp access-denied\n".repeat(2));
    for (transport, rule) in [("tcp", "connect"), ("udp", "connect:udp")] {
        let told = format!("refused to open a socket for {transport}; --allow {rule} would allow it");
        assert!(text(&none.stderr).contains(&told), "{}", text(&none.stderr));
    }
    for (rule, told) in [
        ("connect=192.0.2.1:80", "tcp ok, udp access-denied\n"),
        ("listen=127.0.0.1:0", "tcp ok, udp access-denied\n"),
        ("connect:udp=192.0.2.1:53", "tcp access-denied, udp ok\n"),
        ("udp", "tcp access-denied, udp ok\n"),
        ("resolve", "tcp access-denied, udp access-denied\n"),
    ] {
        assert_eq!(text(&create(Some(rule)).stdout), told.repeat(2), "{rule}");
    }
}

/// Where what the rules allow is denied whole, no socket could do anything.
#[test]
fn no_socket_is_made_for_what_is_denied_altogether() {
    let create = |options: &[&str]| {
        let pairs = options.chunks_exact(2).map(|pair| (pair[0], pair[1]));
        let bare = guest("wasi_guarded").option("--group", "nobody=192.0.2.1");
        pairs.fold(bare, |guest, (option, rule)| guest.option(option, rule)).arg("create").output("inline")
    };
    let allow = ["--allow", "connect:*", "--allow", "listen:*"];
    let with = |more: &[&'static str]| create(&[&allow[..], more].concat());
    let no_udp = with(&["--deny", "udp"]);
    assert_eq!(text(&no_udp.stdout), "tcp ok, udp access-denied\n".repeat(2));
    let told = "refused to open a socket for udp; denied by udp (--deny)";
    assert!(text(&no_udp.stderr).contains(told), "{}", text(&no_udp.stderr));
    let no_tcp = with(&["--deny", "connect", "--deny", "listen"]);
    assert_eq!(text(&no_tcp.stdout), "tcp access-denied, udp ok\n".repeat(2));
    let neither = with(&["--deny", "connect:*", "--deny", "listen:*"]);
    assert_eq!(text(&neither.stdout), "tcp access-denied, udp access-denied\n".repeat(2));
    // Something is left to do.
    for deny in ["connect:*", "listen:*", "udp=*:1-65535", "connect:*=@nobody", "accept=*"] {
        assert_eq!(text(&with(&["--deny", deny]).stdout), "tcp ok, udp ok\n".repeat(2), "{deny}");
    }
    let only_one_way = create(&["--allow", "connect:*", "--deny", "connect:*"]);
    assert_eq!(text(&only_one_way.stdout), "tcp access-denied, udp access-denied\n".repeat(2));
}

/// They count among the guest's sockets, and leave the host what it needs.
#[test]
fn sockets_count_whichever_package_they_are_of() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("file"), "").expect("writes");
    let told = guest("wasi_guarded")
        .option("--dir", format!("{}::/data", directory.path().display()))
        .allow("connect=192.0.2.1:80")
        .allow("connect:udp=192.0.2.1:80")
        .descriptors(200)
        .arg("exhaust")
        .succeeds();
    let expected = "new-socket-limit, then a file opens\n\
                    beside: Err(Os(Errno::Emfile))\n\
                    one less: Ok(())\n\
                    again: ok\n";
    assert_eq!(told, expected);
}

#[test]
fn binding_to_what_the_system_chooses_needs_a_use_for_it() {
    let bind = |rule: &str| guest("wasi_guarded").allow(rule).arg("bind-udp").output("inline");
    // What sends needs a port.
    assert_eq!(text(&bind("connect:udp=127.0.0.1:53").stdout), "ok\n");
    assert_eq!(text(&bind("listen:udp=0.0.0.0:0").stdout), "ok\n");
    let refused = bind("listen:udp=127.0.0.1:0");
    assert_eq!(text(&refused.stdout), "access-denied\n");
    let told = "refused to bind udp to 0.0.0.0:0; --allow listen:udp=0.0.0.0:0 would allow it";
    assert!(text(&refused.stderr).contains(told), "{}", text(&refused.stderr));
}

/// A socket that hears everybody by a rule does not open the ears of the others.
#[test]
fn only_a_socket_that_a_rule_lets_hear_strangers_hears_them() {
    for waiting in WAITING {
        let peer = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        let stranger = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        let port = peer.local_addr().expect("bound").port();
        let mut guest = guest("wasi_guarded")
            .allow("listen:udp=127.0.0.1:0")
            .allow(format!("connect:udp=127.0.0.1:{port}"))
            .arg("strangers")
            .arg(port)
            .start(waiting);
        let (open, closed) = (guest.port(), guest.port());
        stranger.send_to(b"whisper", ("127.0.0.1", closed)).expect("it sends");
        stranger.send_to(b"hello", ("127.0.0.1", open)).expect("it sends");
        let mut buffer = [0; 100];
        let (_, from) = peer.recv_from(&mut buffer).expect("it is asked");
        assert_eq!(from.port(), closed);
        peer.send_to(b"answer", from).expect("it answers");
        assert_eq!(guest.finish(), "open: [\"hello\"]\nsent: Ok(1)\nclosed: [\"answer\"]\n", "waiting {waiting}");
    }
}

/// A peer that is not let in is reset, and the guest never learns of it.
#[test]
fn accepted_peers_are_judged() {
    for waiting in WAITING {
        let mut guest =
            guest("wasi_guarded").allow("listen=127.0.0.1:0").allow("accept=127.0.0.2").arg("accept").start(waiting);
        let port = guest.port();
        let program = format!(
            "
import socket
stranger = socket.create_connection(('127.0.0.1', {port}), source_address=('127.0.0.3', 0))
try:
    print(stranger.recv(1))
except ConnectionResetError:
    print('reset')
friend = socket.create_connection(('127.0.0.1', {port}), source_address=('127.0.0.2', 0))
friend.sendall(b'hello')
friend.recv(1)
"
        );
        let mut peer = Running::start(berkeley_tests::python(&program));
        assert_eq!(peer.line(), "reset");
        assert_eq!(guest.finish(), "\"hello\"\n", "waiting {waiting}");
    }
}

#[test]
fn refusals_are_told_with_the_rule_that_would_allow_it() {
    let lookup = guest("wasi_guarded").arg("resolve").arg("db.internal").output("inline");
    assert_eq!(text(&lookup.stdout), "access-denied\n");
    let told = "refused to look up the host db.internal; --allow resolve=db.internal would allow it";
    assert!(text(&lookup.stderr).contains(told), "{}", text(&lookup.stderr));
    let connect = guest("wasi_guarded").allow("connect=127.0.0.1:1").arg("connect").arg(9).output("inline");
    assert_eq!(text(&connect.stdout), "access-denied\n");
    let told = "refused to connect by tcp to 127.0.0.1:9; --allow connect=127.0.0.1:9 would allow it";
    assert!(text(&connect.stderr).contains(told), "{}", text(&connect.stderr));
    // What is told is told once, however it was asked.
    let lines: BTreeSet<_> = text(&connect.stderr).lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), text(&connect.stderr).lines().count());
}

/// Tests whose guests only link with the target as Rust releases it.
mod released_target {
    use super::{beside, tells_the_same};
    use berkeley_tests::{Running, WAITING, component, guest, python, text};

    const ECHO: &str = "
import socket
server = socket.create_server(('127.0.0.1', 0))
print(server.getsockname()[1])
while True:
    connection, _ = server.accept()
    connection.sendall(connection.recv(100, socket.MSG_WAITALL)[::-1])
    connection.close()
";

    #[test]
    fn each_call_of_wasi_0_3_answers_as_over_wasmtimes_own_sockets() {
        tells_the_same(component("p3_sockets"));
    }

    /// Connections that are accepted count too, and wait for a descriptor.
    #[test]
    fn sockets_of_wasi_0_3_count_as_well() {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(directory.path().join("small"), "").expect("writes");
        let guest = component("p3_hoard")
            .option("--dir", format!("{}::/data", directory.path().display()))
            .allow("connect=127.0.0.1")
            .allow("listen=127.0.0.1:0")
            .allow("connect:udp=192.0.2.1:80")
            .descriptors(200);
        let expected = "a file opens: true\n\
                        beside: true\n\
                        accepted: Err(ErrorCode::Other(Some(\"too many open sockets\")))\n\
                        one less: Ok(())\n\
                        again: Ok(())\n";
        for waiting in WAITING {
            let output = guest.output(waiting);
            assert_eq!(text(&output.stdout), expected, "waiting {waiting}: {}", text(&output.stderr));
        }
    }

    #[test]
    fn of_two_entry_points_the_later_is_taken() {
        assert_eq!(component("both_entries").succeeds(), "0.3\n");
    }

    /// A name that a rule grants is looked up, and its addresses are let in.
    #[test]
    fn a_program_of_std_net_connects_by_name() {
        let mut server = Running::start(python(ECHO));
        let port = server.port();
        let guest = guest("std_net").allow(format!("connect=localhost:{port}")).arg("localhost").arg(port).arg("abc");
        assert_eq!(guest.succeeds(), "cba\n");
    }

    #[test]
    fn programs_of_std_net_converse() {
        let guest = guest("std_sockets").allow("connect=127.0.0.1").allow("listen=127.0.0.1:0").allow("udp=127.0.0.1");
        assert_eq!(guest.succeeds(), "tcp\nmodes\nudp\n");
    }

    #[test]
    fn names_are_those_of_the_embedders_resolver() {
        let mut server = Running::start(python(ECHO));
        let port = server.port().to_string();
        let rule = format!("connect=localhost:{port}");
        let run = |name: &str| {
            let names = "db.localhost=127.0.0.1,elsewhere.localhost=192.0.2.1";
            text(&beside(&[names, &rule], &guest("std_net"), &[name, &port, "abc"]).stdout)
        };
        assert_eq!(run("db.localhost"), "cba\n");
        // The list has no such host; the policy has no such name.
        assert_eq!(run("other.localhost"), "Uncategorized\n");
        assert_eq!(run("db.internal"), "PermissionDenied\n");
    }
}
