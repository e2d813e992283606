//! Files sent by the kernel.

use std::fs;

use berkeley_tests::{Guest, Running, WAITING, guest, python, run};
use tempfile::TempDir;

/// Receives so many connections, and prints how much came by each, with a sum of it.
const PEER: &str = "
import hashlib, socket, sys
server = socket.create_server(('127.0.0.1', 0))
print(server.getsockname()[1])
for _ in range(int(sys.argv[1])):
    connection, _ = server.accept()
    data = connection.makefile('rb').read()
    print(len(data), hashlib.sha256(data).hexdigest())
";

/// The same as the guest does.
const NATIVE: &str = "
import socket, sys
directory, port = sys.argv[1], int(sys.argv[2])
for question in sys.argv[3:]:
    name, offset, count = question.split()
    with socket.create_connection(('127.0.0.1', port)) as peer, open(f'{directory}/{name}', 'rb') as file:
        print(f'{question}:', peer.sendfile(file, int(offset), None if count == '-' else int(count)))
";

/// File, offset, count.
const QUESTIONS: &[&str] = &[
    "empty 0 -",
    "empty 0 7",
    "empty 7 -",
    "one 0 -",
    "one 0 1",
    "one 0 2",
    "one 1 -",
    "one 2 1",
    "small 0 -",
    "small 0 1",
    "small 4095 4098",
    "small 50000 1",
    "small 49999 9",
    "large 0 -",
    "large 0 5000000",
    "large 0 5000017",
    "large 0 99999999",
    "large 4999999 -",
    "large 1048577 1048576",
    "large 5000018 -",
    "link 10 10",
];

fn directory() -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let content: Vec<u8> = (0..5_000_017u32).map(|at| (at * 7 + at / 253) as u8).collect();
    for (name, length) in [("empty", 0), ("one", 1), ("small", 50_000), ("large", content.len())] {
        fs::write(directory.path().join(name), &content[..length]).expect("writes");
    }
    std::os::unix::fs::symlink("small", directory.path().join("link")).expect("links");
    directory
}

#[test]
fn a_peer_gets_what_cpython_sends() {
    let directory = directory();
    let path = directory.path().display().to_string();
    let peer = || {
        let mut command = python(PEER);
        command.arg(QUESTIONS.len().to_string());
        let mut peer = Running::start(command);
        let port = peer.port();
        (peer, port)
    };
    let (native_peer, port) = peer();
    let native = run(python(NATIVE).args([&path, &port.to_string()]).args(QUESTIONS));
    let received = native_peer.finish();
    for waiting in WAITING {
        let (peer, port) = peer();
        let guest = guest("sendfile").option("--dir", format!("{path}::/data")).allow("connect=127.0.0.1");
        let guest = QUESTIONS.iter().fold(guest.arg("peer").arg(port), Guest::arg);
        assert_eq!(run(&mut guest.command(waiting)), native);
        assert_eq!(peer.finish(), received);
    }
}

#[test]
fn what_is_sent_is_told() {
    let directory = directory();
    let guest = guest("sendfile").option("--dir", format!("{}::/data", directory.path().display()));
    let guest = guest.option("--dir", format!("/proc/{}::/proc", std::process::id()));
    guest.allow("listen=127.0.0.1:0").allow("connect=127.0.0.1").arg("cases").succeeds();
}
