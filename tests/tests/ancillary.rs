//! Messages with ancillary data, among guests and with native peers.

use std::fs;

use berkeley_tests::{Guest, Running, WAITING, guest, python, text};

#[test]
fn control_messages() {
    guest("ancillary").allow("listen=127.0.0.1:0").allow("connect=127.0.0.1").allow("udp=127.0.0.1").succeeds();
}

/// Passes a listener, a file and a pipe to the guest, and takes a connection back.
const PEER: &str = "
import os, socket, sys, threading
directory = sys.argv[1]
listener = socket.create_server(('127.0.0.1', 0))
local = socket.socket(socket.AF_UNIX)
local.bind(directory + '/peer')
local.listen(1)
file = os.open(directory + '/file', os.O_RDONLY)
pipe, _ = os.pipe()
print('ready')
peer, _ = local.accept()
socket.send_fds(peer, [b'take'], [listener.fileno(), file, pipe])
client = socket.create_connection(listener.getsockname())
data, fds, flags, _ = socket.recv_fds(peer, 100, 1)
connection = socket.socket(fileno=fds[0])
print(data.decode(), len(fds), os.get_blocking(fds[0]), connection.getpeername() == client.getsockname())
connection.sendall(b'hello')
print(client.recv(5).decode(), os.get_blocking(listener.fileno()))
";

fn passing(grants: impl Fn(Guest) -> Guest) -> Vec<(String, String)> {
    let run = |waiting: &str| {
        let directory = tempfile::tempdir().expect("a directory");
        fs::write(directory.path().join("file"), "from the host").expect("writes");
        let mut command = python(PEER);
        command.arg(directory.path());
        let mut peer = Running::start(command);
        assert_eq!(peer.line(), "ready");
        let guest = grants(guest("passing")).allow(format!("unix={}::/run", directory.path().display()));
        let output = guest.arg("/run/peer").output(waiting);
        assert!(output.status.success(), "{}", text(&output.stderr));
        (text(&output.stdout), peer.finish())
    };
    WAITING.map(run).into()
}

#[test]
fn descriptors_pass_between_a_guest_and_a_native_peer() {
    for (guest, peer) in passing(|guest| guest.allow("files")) {
        let mut lines = guest.lines();
        assert_eq!(lines.next(), Some("1 sockets, 2 files"));
        assert_eq!(lines.next(), Some("from the host"));
        assert!(peer.starts_with("yours 1 True True\nhello"), "{peer}");
    }
}

#[test]
fn files_that_were_not_granted_are_closed() {
    for (guest, _) in passing(|guest| guest) {
        assert_eq!(guest, "1 sockets, 0 files\n");
    }
}
