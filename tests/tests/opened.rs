//! Sockets that are open before a guest starts: those of --socket, and those of a service manager.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd as _};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::fs::{FileTypeExt as _, symlink};
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Output};

use berkeley_tests::{Guest, Running, berkeley, guest, interruptible, python, text};
use rustix::process::{Pid, Signal, kill_process};

/// The guest `given`, with a socket.
fn given(spec: impl AsRef<str>) -> Guest {
    guest("given").option("--socket", spec)
}

/// A guest with a unix socket at that path.
fn at(kind: &str, path: &Path) -> Guest {
    given(format!("s={kind}:{}", path.display()))
}

/// Starts the guest, and waits until it has its sockets.
fn start(guest: &Guest) -> Running {
    let mut running = Running::start(interruptible(&guest.command("inline")));
    for _ in 0..2 {
        running.line();
    }
    assert_eq!(running.line(), r#"["s"]"#);
    running
}

fn directory() -> tempfile::TempDir {
    tempfile::tempdir().expect("a directory")
}

fn signal(running: &Running, signal: Signal) {
    kill_process(Pid::from_raw(running.id() as i32).expect("a process"), signal).expect("signals");
}

#[test]
fn a_name_behind_an_at_sign_is_abstract() {
    let name = format!("berkeley-test-opened-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).expect("an address");
    let server = start(&given(format!("s=unix-listen:@{name}")).arg("serve").arg("s"));
    let mut stream = UnixStream::connect_addr(&address).expect("connects");
    stream.write_all(b"abc").expect("sends");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answers");
    assert_eq!(answer, "ABC");
    server.finish();

    let listener = UnixListener::bind_addr(&address).expect("binds");
    let client = start(&given(format!("s=unix-connect:@{name}")).arg("speak").arg("s"));
    let (mut peer, _) = listener.accept().expect("accepts");
    let mut bytes = [0; 5];
    peer.read_exact(&mut bytes).expect("receives");
    peer.write_all(b"well").expect("sends");
    assert_eq!((&bytes, client.finish().as_str()), (b"hello", "well\n"));
    drop(listener);

    let waiting = start(&given(format!("s=unix-datagram:@{name}")).arg("compute"));
    UnixDatagram::unbound().expect("a socket").send_to_addr(b"a", &address).expect("sends");
    drop(waiting);
    let seqpacket = start(&given(format!("s=unix-seqpacket-listen:@{name}")).arg("serve").arg("s"));
    let program = format!(
        "import socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); s.connect('\\0{name}'); s.send(b'abc'); \
         print(s.recv(9).decode())"
    );
    assert_eq!(Running::start(python(&program)).line(), "ABC");
    seqpacket.finish();
    assert!(!Path::new(&format!("@{name}")).exists());
}

#[test]
fn the_file_is_removed_however_the_run_ends() {
    let directory = directory();
    let path = directory.path().join("s");
    let is_there = || fs::symlink_metadata(&path).is_ok_and(|found| found.file_type().is_socket());
    for kind in ["unix-listen", "unix-datagram", "unix-seqpacket-listen"] {
        for (action, code) in [("end", 0), ("trap", 134), ("nonsense", 1), ("exit", 1)] {
            let output = at(kind, &path).arg(action).output("inline");
            assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
            assert!(!path.exists(), "{kind} {action}");
        }
    }
    let output = at("unix-listen", &path).option("--timeout", "300ms").arg("compute").output("inline");
    assert_eq!((output.status.code(), path.exists()), (Some(124), false));
    let missing = directory.path().join("missing.wasm");
    let spec = format!("s=unix-listen:{}", path.display());
    let status = Command::new(berkeley()).args(["run", "--socket", &spec]).arg(missing).status().expect("it starts");
    assert!(!status.success() && !path.exists());
    for (how, number) in [(Signal::INT, 2), (Signal::TERM, 15), (Signal::HUP, 1)] {
        for action in ["wait", "compute"] {
            let mut running = start(&at("unix-listen", &path).arg(action).arg("s"));
            assert!(is_there());
            signal(&running, how);
            assert_eq!((running.wait().code(), path.exists()), (Some(128 + number), false), "{how:?} {action}");
        }
    }
}

#[test]
fn a_file_that_is_another_by_then_stays() {
    let directory = directory();
    let path = directory.path().join("s");
    let mut running = start(&at("unix-listen", &path).arg("serve").arg("s"));
    let mut stream = UnixStream::connect(&path).expect("connects");
    fs::remove_file(&path).expect("removes");
    let _other = UnixListener::bind(&path).expect("binds");
    stream.write_all(b"a").expect("sends");
    assert!(running.wait().success() && path.exists());
}

#[test]
fn a_stale_file_is_taken_over_and_no_other() {
    let directory = directory();
    let path = directory.path().join("s");
    let told = |kind: &str| text(&at(kind, &path).arg("end").output("inline").stderr);
    for kind in ["unix-listen", "unix-datagram", "unix-seqpacket-listen"] {
        drop(UnixListener::bind(&path).expect("binds"));
        assert!(path.exists());
        assert_eq!(told(kind), "", "{kind}");
        drop(UnixDatagram::bind(&path).expect("binds"));
        assert_eq!(told(kind), "", "{kind}");
    }
    let kept = |kind: &str, why: &str| {
        let stderr = told(kind);
        assert!(stderr.contains(why) && stderr.contains("--socket s: cannot open "), "{kind}: {stderr}");
    };
    let live = UnixListener::bind(&path).expect("binds");
    for kind in ["unix-listen", "unix-datagram", "unix-seqpacket-listen"] {
        kept(kind, "a program that runs has a socket there");
    }
    assert!(UnixStream::connect(&path).is_ok());
    drop(live);
    fs::remove_file(&path).expect("removes");
    let live = UnixDatagram::bind(&path).expect("binds");
    kept("unix-listen", "a program that runs has a socket there");
    kept("unix-datagram", "a program that runs has a socket there");
    drop(live);
    fs::rename(&path, directory.path().join("dead")).expect("renames");
    symlink("dead", &path).expect("links");
    kept("unix-listen", "a file that is no socket");
    fs::remove_file(&path).expect("removes");
    fs::write(&path, "data").expect("writes");
    kept("unix-listen", "a file that is no socket");
    assert_eq!(fs::read(&path).expect("reads"), b"data");
    fs::remove_file(&path).expect("removes");
    fs::create_dir(&path).expect("makes");
    kept("unix-listen", "a file that is no socket");
}

/// A service manager's part: the sockets from the descriptor 3 on, and what the environment says.
fn activated(sockets: &[&dyn AsFd], variables: &str, options: &[&str], arguments: &[&str]) -> Output {
    let copies: Vec<_> = sockets.iter().map(|socket| socket.as_fd().try_clone_to_owned().expect("a copy")).collect();
    for copy in &copies {
        rustix::io::fcntl_setfd(copy, rustix::io::FdFlags::empty()).expect("is kept on exec");
    }
    let moves = copies.iter().enumerate().map(|(at, copy)| format!("exec {}<&{};", at + 3, copy.as_raw_fd()));
    // From the highest on, so that none is overwritten before it is copied.
    let moves: String = moves.collect();
    let script = format!(r#"{moves} {variables} exec "$0" run "$@""#);
    let mut command = Command::new("bash");
    command.args(["-c", &script]).arg(berkeley()).args(options).arg(guest("given").program()).args(arguments);
    command.output().expect("it starts")
}

/// Sockets whose numbers are above those that they are to get.
fn listeners() -> (Vec<File>, [TcpListener; 2]) {
    let reserved = (0..8).map(|_| File::open("/dev/null").expect("opens")).collect();
    (reserved, [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("binds")))
}

const OURS: &str = "export LISTEN_PID=$$ LISTEN_FDS=2;";

#[test]
fn sockets_of_a_service_manager_are_given() {
    let (_reserved, listeners) = listeners();
    let sockets: [&dyn AsFd; 2] = [&listeners[0], &listeners[1]];
    let names = |variables: &str, options: &[&str]| {
        let output = activated(&sockets, variables, options, &["end"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout).lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let named = format!("{OURS} export LISTEN_FDNAMES=http:admin;");
    // The guest's environment has none of it.
    assert_eq!(names(&named, &[]), ["[]", r#"["http", "admin"]"#]);
    assert_eq!(names(OURS, &[]), ["[]", r#"["unknown", "unknown-2"]"#]);
    assert_eq!(names(&format!("{OURS} export LISTEN_FDNAMES=web:web;"), &[])[1], r#"["web", "web-2"]"#);
    assert_eq!(names(&named, &["--env", "LISTEN_FDS"])[0], r#"[("LISTEN_FDS", "2")]"#);
    let with = names(&named, &["--socket", "more=udp:127.0.0.1:0"]);
    assert_eq!(with[1], r#"["http", "admin", "more"]"#);
    // Another process's, or none.
    assert_eq!(names("export LISTEN_PID=1 LISTEN_FDS=2 LISTEN_FDNAMES=a:b;", &[])[1], "[]");
    assert_eq!(names("export LISTEN_FDS=2;", &[])[1], "[]");
    assert_eq!(names("export LISTEN_PID=$$ LISTEN_FDS=0;", &[])[1], "[]");

    let mut stream = TcpStream::connect(listeners[1].local_addr().expect("an address")).expect("connects");
    stream.write_all(b"abc").expect("sends");
    let output = activated(&sockets, &named, &[], &["serve", "admin"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answers");
    assert_eq!(answer, "ABC");
}

#[test]
fn what_a_service_manager_gives_amiss_is_told() {
    let (reserved, listeners) = listeners();
    let sockets: [&dyn AsFd; 2] = [&listeners[0], &reserved[0]];
    let good: [&dyn AsFd; 2] = [&listeners[0], &listeners[1]];
    for (sockets, variables, options, told) in [
        (&sockets, OURS, &[][..], "LISTEN_FDS: the descriptor 4 is no socket"),
        (&good, "export LISTEN_PID=$$ LISTEN_FDS=3;", &[], "LISTEN_FDS: "),
        (&good, "export LISTEN_PID=$$ LISTEN_FDS=2147483644;", &[], "LISTEN_FDS: "),
        (&good, "export LISTEN_PID=$$ LISTEN_FDS=many;", &[], "LISTEN_FDS=many is no number"),
        (&good, "export LISTEN_PID=$$ LISTEN_FDS=-1;", &[], "LISTEN_FDS=-1 is no number"),
        (&good, "export LISTEN_PID=me LISTEN_FDS=2;", &[], "LISTEN_PID=me is no process"),
        (&good, "export LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=a;", &[], "has 1 names for 2 sockets"),
        (
            &good,
            "export LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=a:b;",
            &["--socket", "b=udp:127.0.0.1:0"],
            "there are two sockets of that name",
        ),
    ] {
        let output = activated(sockets, variables, options, &["end"]);
        let stderr = text(&output.stderr);
        assert!(stderr.contains(told) && output.status.code() == Some(1), "{variables}: {stderr}");
    }
}

/// Tests of the guest that runs Python programs, which is not built where pip gets nothing.
mod python_guest {
    use super::*;

    /// The program with a socket at the path; it says when it has begun.
    fn begin(path: &Path, code: &str) -> Running {
        let mut command = Command::new(berkeley());
        command.args(["python", "--socket", &format!("s=unix-listen:{}", path.display()), "-c", code]);
        let mut running = Running::start(interruptible(&command));
        assert_eq!(running.line(), "begins");
        running
    }

    #[test]
    fn signals_end_it_as_without_the_socket_and_the_file_is_removed() {
        let directory = directory();
        let path = directory.path().join("s");
        let sleeps = "import time; print('begins', flush=True); time.sleep(1e6)";
        let handles = "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(7)); print('begins', flush=True)\n\
                       while True: time.sleep(1)";
        for (code, how, expected) in
            [(sleeps, Signal::TERM, 143), (sleeps, Signal::HUP, 129), (handles, Signal::TERM, 7)]
        {
            let mut running = begin(&path, code);
            assert!(path.exists());
            signal(&running, how);
            assert_eq!((running.wait().code(), path.exists()), (Some(expected), false), "{how:?}");
        }
    }
}
