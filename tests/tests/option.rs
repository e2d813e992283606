//! Socket options that are structures.

use berkeley_tests::{Running, WAITING, guest, python, run};

#[test]
fn structures_are_the_kernels() {
    let guest = guest("option").allow("interfaces").allow("listen=127.0.0.1:0").allow("connect=127.0.0.1");
    let guest = guest.allow("udp=127.0.0.0/8").allow("listen:udp=0.0.0.0:0").allow("udp=239.255.77.78");
    let guest = guest.allow("udp=[::1]").allow("listen:udp=[::]:0").allow("udp=[ff01::77:78]");
    let guest = guest.option("--dir", format!("/proc/{}/net::/net", std::process::id()));
    guest.allow("option=IP_MULTICAST_ALL").allow("option=IPV6_PKTINFO").arg("cases").succeeds();
}

#[test]
fn a_peer_is_told_of_a_reset() {
    let program = "
import socket
server = socket.create_server(('127.0.0.1', 0))
print(server.getsockname()[1])
connection, _ = server.accept()
try: print(connection.recv(1))
except ConnectionResetError: print('reset')
";
    for waiting in WAITING {
        let mut peer = Running::start(python(program));
        let port = peer.port();
        run(&mut guest("option").allow("connect=127.0.0.1").arg("reset").arg(port).command(waiting));
        assert_eq!(peer.finish(), "reset\n");
    }
}

#[test]
fn a_guest_learns_who_its_peer_is() {
    let program = "
import os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
print(os.getpid(), os.getuid(), os.getgid())
connection, _ = server.accept()
connection.recv(1)
";
    for waiting in WAITING {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("socket");
        let mut command = python(program);
        command.arg(&path);
        let mut peer = Running::start(command);
        let credentials = peer.line();
        let guest = guest("option").allow(format!("unix={}::/run", directory.path().display()));
        assert_eq!(run(&mut guest.arg("peer").arg("/run/socket").command(waiting)), format!("{credentials}\n"));
        peer.finish();
    }
}
