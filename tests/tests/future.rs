//! Async Rust in guests: `berkeley_guest::future`, under its own runtime and others.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Stdio;
use std::thread;

use berkeley_tests::certificates::certificates;
use berkeley_tests::{Guest, Running, WAITING, example, guest, python};
use tempfile::TempDir;

/// The guest, which may make sockets in the directory, as `/run`, beside TCP and UDP over loopback.
fn granted(guest: Guest, directory: &TempDir) -> Guest {
    let rules = ["listen=127.0.0.1:0", "connect=127.0.0.1", "udp=127.0.0.1"];
    let unix = format!("unix={}::/run", directory.path().display());
    rules.into_iter().fold(guest.allow(unix), Guest::allow)
}

fn directory() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

/// Where a guest of that name is, built for one version of WASI.
type Built = fn(&str) -> Guest;

fn awaits_sockets(built: Built) {
    for waiting in WAITING {
        let directory = directory();
        let output = granted(built("async_cases"), &directory).arg("/run").output(waiting);
        assert!(output.status.success(), "waiting {waiting}: {}", berkeley_tests::text(&output.stderr));
    }
}

#[test]
fn sockets_are_awaited() {
    awaits_sockets(guest);
}

fn runs_under_other_runtimes(built: Built) {
    for waiting in WAITING {
        for runtime in ["berkeley", "wstd", "tokio"] {
            let directory = directory();
            let output = granted(built("async_runtimes"), &directory).arg(runtime).arg("/run/socket").output(waiting);
            let stderr = berkeley_tests::text(&output.stderr);
            assert_eq!(berkeley_tests::text(&output.stdout), "done\n", "{runtime}, waiting {waiting}: {stderr}");
        }
    }
}

#[test]
fn the_same_program_runs_under_other_runtimes() {
    runs_under_other_runtimes(guest);
}

#[test]
fn the_example_talks_to_itself() {
    let output = example("future").allow("listen=127.0.0.1:0").allow("connect=127.0.0.1").succeeds();
    assert_eq!(output.lines().last(), Some("all have spoken"), "{output}");
}

/// Where a web server is.
enum At<'a> {
    Tcp(u16),
    Unix(&'a Path),
}

trait Connection: Read + Write {}
impl<T: Read + Write> Connection for T {}

impl At<'_> {
    fn connect(&self) -> Box<dyn Connection> {
        match self {
            Self::Tcp(port) => Box::new(TcpStream::connect(("127.0.0.1", *port)).expect("it listens")),
            Self::Unix(path) => Box::new(UnixStream::connect(path).expect("it listens")),
        }
    }
}

/// How many connections there are at once.
const CONNECTIONS: usize = 20;

/// Makes so many requests, by many connections at once, each of which must be answered as it was asked.
fn load(at: &At<'_>, requests: usize) {
    thread::scope(|scope| {
        for number in 0..CONNECTIONS {
            scope.spawn(move || {
                let mut stream = BufReader::new(at.connect());
                for request in 0..requests / CONNECTIONS {
                    let body = format!("{number}: {request}");
                    let (length, host) = (body.len(), "Host: localhost");
                    let head = format!("POST /echo HTTP/1.1\r\n{host}\r\nContent-Length: {length}\r\n\r\n");
                    stream.get_mut().write_all((head + &body).as_bytes()).expect("it reads");
                    assert_eq!(answer(&mut stream), body.as_bytes());
                }
            });
        }
    });
}

/// The body of an answer, which must be 200.
fn answer(stream: &mut impl BufRead) -> Vec<u8> {
    let mut line = String::new();
    stream.read_line(&mut line).expect("a line");
    assert_eq!(line, "HTTP/1.1 200 OK\r\n");
    let mut length = 0;
    while line != "\r\n" {
        line.clear();
        stream.read_line(&mut line).expect("a line");
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().expect("a number");
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("the body");
    body
}

/// A page that is larger than what any socket on the way holds.
fn large(at: &At<'_>) {
    let mut stream = BufReader::new(at.connect());
    stream.get_mut().write_all(b"GET /zeros/10000000 HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("it reads");
    let body = answer(&mut stream);
    assert!(body.len() == 10_000_000 && body.iter().all(|byte| *byte == 0));
}

fn answers_every_request_over_tcp(built: Built) {
    for waiting in WAITING {
        let directory = directory();
        let mut server = granted(built("async_http"), &directory).arg("tcp").start(waiting);
        let at = At::Tcp(server.port());
        load(&at, 10_000);
        large(&at);
    }
}

#[test]
fn axum_answers_every_request_over_tcp() {
    answers_every_request_over_tcp(guest);
}

fn answers_every_request_over_a_unix_socket(built: Built) {
    for waiting in WAITING {
        let directory = directory();
        let mut server = granted(built("async_http"), &directory).arg("unix").arg("/run/web").start(waiting);
        assert_eq!(server.line(), "ready");
        let path = directory.path().join("web");
        load(&At::Unix(&path), 2000);
        large(&At::Unix(&path));
    }
}

#[test]
fn axum_answers_every_request_over_a_unix_socket() {
    answers_every_request_over_a_unix_socket(guest);
}

#[test]
fn axum_serves_a_listener_that_another_guest_passes() {
    for waiting in WAITING {
        let directory = directory();
        let mut giver = granted(guest("async_pass"), &directory).arg("/run/gifts").start(waiting);
        assert_eq!(giver.line(), "ready");
        let mut server = granted(guest("async_http"), &directory).arg("passed").arg("/run/gifts").start(waiting);
        let at = At::Tcp(server.port());
        giver.finish();
        load(&at, 2000);
    }
}

fn serves_a_thousand_clients_at_once(built: Built) {
    const CLIENTS: usize = 1000;
    const ROUNDS: usize = 5;
    for waiting in WAITING {
        let directory = directory();
        let mut server = granted(built("async_echo"), &directory).arg(CLIENTS).start(waiting);
        let port = server.port();
        // All are there before the first one speaks, and all before any goes.
        let mut clients: Vec<_> =
            (0..CLIENTS).map(|_| TcpStream::connect(("127.0.0.1", port)).expect("it listens")).collect();
        for round in 0..ROUNDS {
            let text = |number: usize| format!("{number:04}, {round}");
            for (number, client) in clients.iter_mut().enumerate() {
                client.write_all(text(number).as_bytes()).expect("it reads");
            }
            for (number, client) in clients.iter_mut().enumerate().rev() {
                let mut answer = vec![0; text(number).len()];
                client.read_exact(&mut answer).expect("it answers");
                assert_eq!(answer, text(number).as_bytes());
            }
        }
        for client in &mut clients {
            client.shutdown(Shutdown::Write).expect("it is connected");
            assert_eq!(client.read(&mut [0]).expect("the end"), 0);
        }
        assert_eq!(server.finish(), format!("{}\n", CLIENTS * ROUNDS * 7));
    }
}

#[test]
fn a_thousand_clients_are_served_at_once() {
    serves_a_thousand_clients_at_once(guest);
}

/// The same programs, built for WASI 0.3: they only link with the target as Rust releases it.
mod released_target {
    use berkeley_tests::{guest_p3, text};

    use super::{
        answers_every_request_over_a_unix_socket, answers_every_request_over_tcp, awaits_sockets,
        runs_under_other_runtimes, serves_a_thousand_clients_at_once, speaks_tls,
    };

    #[test]
    fn sockets_are_awaited_in_wasi_0_3() {
        awaits_sockets(guest_p3);
    }

    #[test]
    fn a_program_of_wasi_0_3_runs_under_other_runtimes() {
        runs_under_other_runtimes(guest_p3);
    }

    #[test]
    fn axum_answers_every_request_over_tcp_in_wasi_0_3() {
        answers_every_request_over_tcp(guest_p3);
    }

    #[test]
    fn axum_answers_every_request_over_a_unix_socket_in_wasi_0_3() {
        answers_every_request_over_a_unix_socket(guest_p3);
    }

    #[test]
    fn a_thousand_clients_are_served_at_once_in_wasi_0_3() {
        serves_a_thousand_clients_at_once(guest_p3);
    }

    #[test]
    fn tls_is_spoken_in_wasi_0_3() {
        speaks_tls(guest_p3);
    }

    #[test]
    fn what_is_not_granted_is_refused_in_wasi_0_3() {
        let output = guest_p3("examples/streams").arg("denied").output("inline");
        assert_eq!(text(&output.stdout), "denied\n", "{}", text(&output.stderr));
        let refusals = text(&output.stderr);
        for refused in ["connect by tcp", "send by udp", "look up the host localhost"] {
            assert!(refusals.contains(refused), "{refusals}");
        }
    }
}

/// The trace of a guest that waits.
fn trace(waits: impl FnOnce(Guest) -> Guest) -> String {
    let directory = directory();
    let trace = directory.path().join("trace");
    let guest = granted(guest("async_idle"), &directory).flag(&format!("--trace={}", trace.display()));
    let output = waits(guest).output("inline");
    assert!(output.status.success(), "{}", berkeley_tests::text(&output.stderr));
    fs::read_to_string(trace).expect("the trace")
}

/// How many calls of that name a trace has.
fn calls(trace: &str, name: &str) -> usize {
    trace.lines().filter(|line| line.contains(&format!(" {name}("))).count()
}

#[test]
fn who_waits_makes_one_call_for_each_thing_that_comes() {
    // Not so many that some of them have no turn before sockets are looked at again.
    for many in [3, 50] {
        let trace = trace(|guest| guest.arg("datagrams").arg(many));
        // Three timers that end, and three datagrams that come.
        assert_eq!(calls(&trace, "epoll_wait"), 6, "{trace}");
        // The host is told once of each socket that is waited for.
        assert_eq!(calls(&trace, "epoll_ctl"), many, "{trace}");
        // One that would block, and, where something comes, one that does not.
        assert_eq!(calls(&trace, "recv"), many + 3, "{trace}");
    }
}

#[test]
fn an_error_that_nobody_reads_is_not_looked_at_without_end() {
    let trace = trace(|guest| guest.arg("errors"));
    // The poller tells it once.
    assert!(calls(&trace, "epoll_wait") < 50, "{trace}");
}

fn secured(directory: &TempDir, built: Built) -> (Guest, String) {
    let at = directory.path().to_str().expect("UTF-8").to_owned();
    let guest = built("async_tls").option("--dir", &at).allow("listen=127.0.0.1:0").allow("connect=127.0.0.1").arg(&at);
    (guest, at)
}

#[test]
fn both_sides_of_tls_send_at_once() {
    assert_eq!(secured(&certificates(), guest).0.arg("both").succeeds(), "done\n");
}

#[test]
fn tls_is_spoken_with_native_peers() {
    speaks_tls(guest);
}

fn speaks_tls(built: Built) {
    let directory = certificates();
    let client = "
import ssl, socket, sys
context = ssl.create_default_context(cafile=sys.argv[1] + '/ca.pem')
stream = context.wrap_socket(socket.create_connection(('127.0.0.1', int(sys.argv[2]))), server_hostname='localhost')
stream.sendall(b'hello')
assert stream.recv(100) == b'hello'
stream.unwrap()
print('done')
";
    let server = "
import ssl, socket, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1] + '/localhost.pem', sys.argv[1] + '/localhost.key')
listener = socket.create_server(('127.0.0.1', 0))
print(listener.getsockname()[1])
stream = context.wrap_socket(listener.accept()[0], server_side=True)
while data := stream.recv(1 << 16):
    stream.sendall(data)
";
    for waiting in WAITING {
        let (guest, at) = secured(&directory, built);
        let mut own = guest.arg("server").start(waiting);
        let port = own.port();
        let mut command = python(client);
        command.arg(&at).arg(port.to_string());
        assert_eq!(berkeley_tests::run(&mut command), "done\n");
        own.finish();

        let mut command = python(server);
        command.arg(&at).stderr(Stdio::inherit());
        let mut peer = Running::start(command);
        let port = peer.port();
        let output = secured(&directory, built).0.arg("client").arg(port).output(waiting);
        assert_eq!(berkeley_tests::text(&output.stdout), "done\n", "{}", berkeley_tests::text(&output.stderr));
    }
}

#[test]
fn a_tls_peer_that_sends_all_before_it_reads_is_heard() {
    let directory = certificates();
    let server = "
import ssl, socket, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1] + '/localhost.pem', sys.argv[1] + '/localhost.key')
listener = socket.create_server(('127.0.0.1', 0))
print(listener.getsockname()[1])
stream = context.wrap_socket(listener.accept()[0], server_side=True)
data = bytes(at % 251 for at in range(6 << 20))
stream.sendall(data)
heard = bytearray()
while piece := stream.recv(1 << 16):
    heard += piece
assert heard == data
stream.unwrap()
";
    for waiting in WAITING {
        let (guest, at) = secured(&directory, guest);
        let mut command = python(server);
        command.arg(&at);
        let mut peer = Running::start(command);
        let port = peer.port();
        let output = guest.arg("at-once").arg(port).output(waiting);
        assert_eq!(berkeley_tests::text(&output.stdout), "done\n", "{}", berkeley_tests::text(&output.stderr));
        peer.finish();
    }
}

#[test]
fn axum_serves_a_listener_that_a_native_program_passes() {
    let directory = directory();
    let path = directory.path().join("gifts");
    let mut command = python(
        "
import socket, sys
gift = socket.create_server(('127.0.0.1', 0))
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
print('ready')
peer, _ = listener.accept()
socket.send_fds(peer, [b'serve'], [gift.fileno()])
",
    );
    command.arg(&path);
    let mut giver = Running::start(command);
    assert_eq!(giver.line(), "ready");
    let mut server = granted(guest("async_http"), &directory).arg("passed").arg("/run/gifts").start("inline");
    load(&At::Tcp(server.port()), 200);
}
