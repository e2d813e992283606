//! UDP, over IPv4 and IPv6, and whose datagrams a guest gets.

use berkeley_tests::{Running, WAITING, guest, python, run, text};

#[test]
fn over_ipv4() {
    let guest = guest("udp").allow("udp=127.0.0.0/8").allow("listen:udp=0.0.0.0:0").allow("udp=239.255.77.77");
    guest.allow("connect:udp=255.255.255.255").arg("cases").arg(2).arg("127.0.0.1").succeeds();
}

#[test]
fn over_ipv6() {
    guest("udp").allow("udp=[::1]").arg("cases").arg(10).arg("::1").succeeds();
}

#[test]
fn a_guest_hears_only_whom_it_may_ask() {
    let program = "
import socket
def bound():
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(('127.0.0.1', 0))
    return made
asked, stranger = bound(), bound()
print(asked.getsockname()[1])
print(stranger.getsockname()[1])
while True:
    _, guest = asked.recvfrom(100)
    for _ in range(3): stranger.sendto(b'strange', guest)
    asked.sendto(b'answer', guest)
    stranger.sendto(b'strange', guest)
";
    let mut peer = Running::start(python(program));
    let (port, stranger) = (peer.port(), peer.port());
    for waiting in WAITING {
        let output = guest("udp").allow(format!("connect:udp=127.0.0.1:{port}")).arg("asker").arg(port).output(waiting);
        let stderr = text(&output.stderr);
        assert!(output.status.success(), "{stderr}");
        let hint = format!("refused to receive by udp from 127.0.0.1:{stranger}; --allow connect:udp=127.0.0.1:");
        assert!(stderr.contains(&hint), "{stderr}");
    }
}

/// Sends from 127.0.0.1 and from another address, to which one answer comes twice; prints what it gets.
const CLIENT: &str = "
import socket, sys
port, hosts = int(sys.argv[1]), sys.argv[2:]
def bound(host):
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((host, 0))
    return made
refused, heard = map(bound, hosts)
for number in range(10):
    refused.sendto(b'refused', ('127.0.0.1', port))
    heard.sendto(b'%d' % number, ('127.0.0.1', port))
    print(heard.recv(100).decode(), heard.recv(100).decode())
heard.sendto(b'last', ('127.0.0.1', port))
for _ in range(3): print(heard.recv(100).decode())
refused.setblocking(False)
try: print(refused.recv(100))
except BlockingIOError: pass
";

#[test]
fn a_guest_answers_whom_it_hears() {
    let silent = run(python(
        "
import socket
silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
silent.bind(('127.0.0.1', 0))
print(silent.getsockname()[1])
",
    )
    .arg("-"));
    let mut expected: Vec<_> = (0..10).map(|number| format!("{number} by a duplicate")).collect();
    expected.extend(["last", "by a duplicate", "by a connection"].map(str::to_owned));
    for waiting in WAITING {
        let guest = guest("udp").allow("listen:udp=127.0.0.1:0").allow("accept=127.0.0.2");
        let mut answerer = guest.arg("answerer").arg("127.0.0.1").arg(silent.trim()).start(waiting);
        let port = answerer.port();
        let got = run(python(CLIENT).arg(port.to_string()).args(["127.0.0.1", "127.0.0.2"]));
        assert_eq!(got.lines().collect::<Vec<_>>(), expected);
        answerer.finish();
    }
}
