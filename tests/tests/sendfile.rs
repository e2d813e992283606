//! Files sent by the kernel.

use std::fs;

use berkeley_tests::{Running, WAITING, guest, python, text};

/// Receives all of a connection, and tells whether it is what the file holds.
const PEER: &str = "
import socket, sys
server = socket.create_server(('127.0.0.1', 0))
print(server.getsockname()[1])
connection, _ = server.accept()
print(connection.makefile('rb').read() == open(sys.argv[1], 'rb').read())
";

#[test]
fn files_are_sent() {
    for waiting in WAITING {
        let directory = tempfile::tempdir().expect("a directory");
        let content: Vec<u8> = (0..20_000_017u32).map(|at| (at * 7 + at / 253) as u8).collect();
        fs::write(directory.path().join("large"), &content).expect("writes");
        fs::write(directory.path().join("small"), &content[..50_000]).expect("writes");
        let mut command = python(PEER);
        command.arg(directory.path().join("large"));
        let mut peer = Running::start(command);
        let guest = guest("sendfile").option("--dir", format!("{}::/data", directory.path().display()));
        let output = guest.allow("listen=127.0.0.1:0").allow("connect=127.0.0.1").arg(peer.port()).output(waiting);
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "20000017 bytes\n");
        assert_eq!(peer.finish(), "True\n");
    }
}
