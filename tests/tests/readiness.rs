//! A service manager is told once a guest serves, as sd_notify(3) has it.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use berkeley_tests::{Guest, Running, guest, text};

/// A service manager, by the name of its socket.
struct Manager {
    socket: UnixDatagram,
    name: String,
    _directory: Option<tempfile::TempDir>,
}

impl Manager {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("notify");
        let socket = UnixDatagram::bind(&path).expect("binds");
        Self { socket, name: path.display().to_string(), _directory: Some(directory) }
    }

    /// One whose socket has no file. No two have one name: a program that another test is starting holds a copy of the
    /// socket for a moment, though it is closed.
    fn abstractly() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("berkeley-test-readiness-{}-{number}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).expect("an address");
        Self { socket: UnixDatagram::bind_addr(&address).expect("binds"), name: format!("@{name}"), _directory: None }
    }

    /// The guest as a service of this manager.
    fn command(&self, guest: &Guest, waiting: &str) -> Command {
        let mut command = guest.command(waiting);
        command.env("NOTIFY_SOCKET", &self.name);
        command
    }

    /// What the manager is told, for which it waits.
    fn hear(&self) -> String {
        self.socket.set_read_timeout(Some(Duration::from_secs(60))).expect("a limit");
        self.receive().expect("the manager is told")
    }

    fn receive(&self) -> std::io::Result<String> {
        let mut message = [0; 100];
        self.socket.recv(&mut message).map(|length| text(&message[..length]))
    }

    /// Whether it was told by now, at most once.
    fn was_told(&self) -> bool {
        self.socket.set_nonblocking(true).expect("it does not wait");
        let told = match self.receive() {
            Ok(message) => message == "READY=1",
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                return false;
            }
        };
        assert_eq!(self.receive().expect_err("no more").kind(), ErrorKind::WouldBlock);
        told
    }

    /// Whether it is told by a guest that runs to its end; and what that says on stderr.
    fn is_told(&self, guest: &Guest) -> (bool, String) {
        let output = self.command(guest, "inline").output().expect("it starts");
        (self.was_told(), text(&output.stderr))
    }
}

fn given(words: &[&str]) -> Guest {
    words.iter().fold(guest("given"), Guest::arg)
}

#[test]
fn a_server_is_ready_once_it_listens() {
    for waiting in berkeley_tests::WAITING {
        for manager in [Manager::new(), Manager::abstractly()] {
            let server = guest("http_server").allow("listen=127.0.0.1:0").arg("127.0.0.1").arg("0").arg("1");
            let mut server = Running::start(manager.command(&server, waiting));
            assert_eq!(manager.hear(), "READY=1");
            let mut stream = TcpStream::connect(("127.0.0.1", server.port())).expect("it listens");
            stream.write_all(b"GET / HTTP/1.0\r\n\r\n").expect("sends");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("answers");
            assert!(answer.ends_with("Hello from a guest\n"), "{answer}");
            server.finish();
            assert!(!manager.was_told(), "it is told once");
        }
    }
}

#[test]
fn sockets_that_serve_are_told_from_others() {
    let directory = tempfile::tempdir().expect("a directory");
    let (path, rule) = (directory.path().join("s"), format!("unix={}", directory.path().display()));
    let path = path.to_str().expect("it is UTF-8");
    for (words, rule, expected) in [
        (&["end"][..], "listen", false),
        (&["listen"], "listen", true),
        // It is refused.
        (&["listen"], "connect", false),
        (&["take-datagrams", path], &rule, true),
        // Its address is in use by now.
        (&["take-datagrams", path], &rule, false),
        (&["send-datagrams"], "listen:udp", false),
    ] {
        let manager = Manager::new();
        let (told, stderr) = manager.is_told(&given(words).allow(rule));
        assert_eq!(told, expected, "{words:?} {rule}: {stderr}");
    }
    // By WASI's own sockets.
    let manager = Manager::new();
    let program = guest("std_sockets").allow_all().arg("tcp");
    assert!(manager.is_told(&program).0);
}

#[test]
fn sockets_that_are_open_before_are_ready_at_the_start() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
    let peer = format!("s=tcp-connect:{}", listener.local_addr().expect("an address"));
    let directory = tempfile::tempdir().expect("a directory");
    let unix = format!("s=unix-listen:{}", directory.path().join("s").display());
    for (spec, expected) in
        [("s=tcp-listen:127.0.0.1:0", true), (unix.as_str(), true), ("s=udp:127.0.0.1:0", true), (peer.as_str(), false)]
    {
        let manager = Manager::new();
        let (told, stderr) = manager.is_told(&given(&["end"]).option("--socket", spec));
        assert_eq!(told, expected, "{spec}: {stderr}");
    }
    // Once: a socket of its own adds nothing.
    let manager = Manager::new();
    let both = given(&["listen"]).allow("listen").option("--socket", "s=tcp-listen:127.0.0.1:0");
    assert!(manager.is_told(&both).0);
}

#[test]
fn a_guest_that_knows_the_manager_tells_it_itself() {
    let manager = Manager::new();
    let guest = given(&["listen"]).allow("listen").option("--env", "NOTIFY_SOCKET");
    let output = manager.command(&guest, "inline").output().expect("it starts");
    assert!(text(&output.stdout).contains(&manager.name));
    assert!(!manager.was_told());
}

#[test]
fn a_manager_that_is_not_there_is_no_error_of_the_guest() {
    let listens = given(&["listen"]).allow("listen");
    for (name, told) in [
        ("relative", "NOTIFY_SOCKET=relative is neither an absolute path nor an abstract name"),
        ("/no/such/socket", "cannot tell the service manager that the guest serves: "),
        ("", ""),
    ] {
        let output = listens.command("inline").env("NOTIFY_SOCKET", name).output().expect("it starts");
        let stderr = text(&output.stderr);
        assert!(output.status.success() && stderr.contains(told) && stderr.is_empty() == told.is_empty(), "{stderr}");
    }
}
