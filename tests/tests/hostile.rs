//! Guests that try what they may not.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use berkeley_tests::{WAITING, guest, run, text};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::process::{Pid, Signal, kill_process};

#[test]
fn what_was_not_granted_stays_out_of_reach() {
    guest("hostile").arg("ungranted").succeeds();
}

#[test]
fn no_state_of_a_socket_keeps_the_host_busy_for_ever() {
    guest("hostile").allow("unix=@berkeley-hostile-*").arg("endless").succeeds();
}

#[test]
fn the_wildcard_address_is_no_way_to_this_machine() {
    let listener = TcpListener::bind("[::]:0").expect("binds");
    let port = listener.local_addr().expect("an address").port();
    guest("hostile").allow("connect=0.0.0.0/5").allow("connect=::/128").arg("wildcard").arg(port).succeeds();
}

#[test]
fn a_connection_that_was_given_is_no_listener() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
    for waiting in WAITING {
        let connection = TcpStream::connect(listener.local_addr().expect("an address")).expect("connects");
        // The command takes a duplicate of the descriptor, which it inherits.
        rustix::io::fcntl_setfd(&connection, rustix::io::FdFlags::empty()).expect("is kept on exec");
        let spec = format!("peer=fd:{}", connection.as_raw_fd());
        let output = guest("hostile").option("--socket", spec).arg("given").output(waiting);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
}

#[test]
fn what_is_accepted_or_passed_listens_nowhere_else() {
    let guest = guest("hostile").allow("listen=127.0.0.1:0").allow("connect=127.0.0.1");
    guest.arg("listening").arg(0).succeeds();
}

#[test]
fn a_source_address_is_chosen_as_by_bind() {
    guest("hostile").allow("connect:udp=127.0.0.1").arg("source").succeeds();
}

/// How the child ends. One that goes on for ever is killed.
fn end(mut child: Child) -> ExitStatus {
    /// A guest that waited for its peer would take an hour.
    const FOR_EVER: Duration = Duration::from_secs(120);
    let (tell, told) = mpsc::channel::<()>();
    let pid = Pid::from_child(&child);
    let watch = std::thread::spawn(move || {
        if told.recv_timeout(FOR_EVER) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = kill_process(pid, Signal::KILL);
        }
    });
    let status = child.wait().expect("it ends");
    drop(tell);
    watch.join().expect("it watched");
    status
}

#[test]
fn no_guest_delays_the_end_by_lingering() {
    for waiting in WAITING {
        for (how, code) in [("returns", 0), ("exits", 0), ("traps", 134), ("passes it on", 0), ("receives it", 0)] {
            let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
            let port = listener.local_addr().expect("an address").port();
            let guest = guest("hostile").allow(format!("connect=127.0.0.1:{port}"));
            let child = guest.arg("lingers").arg(format!("{port} {how}")).command(waiting).spawn().expect("it starts");
            let peer = listener.accept().expect("connects");
            assert_eq!(end(child).code(), Some(code), "{how}, waiting {waiting}");
            drop(peer);
        }
    }
}

#[test]
fn who_is_ended_by_others_does_not_linger_either() {
    for waiting in WAITING {
        // Others may be ignored by whoever runs this test, and then are by the command.
        for signal in [Some(Signal::TERM), Some(Signal::KILL), None] {
            let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
            let port = listener.local_addr().expect("an address").port();
            let mut guest = guest("hostile").allow(format!("connect=127.0.0.1:{port}"));
            if signal.is_none() {
                guest = guest.option("--timeout", "1s");
            }
            let mut command = guest.arg("lingers").arg(format!("{port} waits")).command(waiting);
            let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
            // It is connected, though nobody accepts it. Within the time it may not have come so far.
            let mut line = String::new();
            BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
            if let Some(signal) = signal {
                assert_eq!(line, "it waits\n");
                kill_process(Pid::from_child(&child), signal).expect("it is there");
            }
            let status = end(child);
            let expected = signal.map_or(status.code() == Some(124), |signal| status.signal() == Some(signal.as_raw()));
            assert!(expected, "{signal:?}: {status}, waiting {waiting}");
            drop(listener);
        }
    }
}

/// A directory with a directory and a link to that other one, in which a peer waits.
fn with_link(outside: &Path) -> (tempfile::TempDir, UnixDatagram) {
    let inside = tempfile::tempdir().expect("a directory");
    fs::create_dir(inside.path().join("sub")).expect("makes");
    std::os::unix::fs::symlink(outside, inside.path().join("link")).expect("links");
    let peer = UnixDatagram::bind(outside.join("peer")).expect("binds");
    (inside, peer)
}

/// Runs a guest that binds in the directory, which is called `/here` there. How often it was let.
fn binds(inside: &Path, waiting: &str) -> usize {
    let here = format!("unix={}::/here", inside.display());
    let output = run(&mut guest("hostile").allow(here).arg("binds").arg(5000).command(waiting));
    output.trim().parse().expect("a number")
}

/// Nobody has come to the outside.
fn is_alone(outside: &Path, peer: &UnixDatagram) {
    assert_eq!(fs::read_dir(outside).expect("a directory").count(), 1);
    peer.set_nonblocking(true).expect("is set");
    assert_eq!(peer.recv(&mut [0]).map_err(|error| error.kind()), Err(std::io::ErrorKind::WouldBlock));
}

#[test]
fn no_other_guest_leads_a_socket_outside() {
    for waiting in WAITING {
        let outside = tempfile::tempdir().expect("a directory");
        let (inside, peer) = with_link(outside.path());
        let swapping = guest("hostile").option("--dir", format!("{}::/here", inside.path().display()));
        let mut swapping = swapping.arg("swaps").command(waiting).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(swapping.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        assert_eq!(line, "it begins\n");
        let bound = binds(inside.path(), waiting);
        assert_eq!(swapping.try_wait().expect("it is there"), None, "it still swaps");
        swapping.kill().expect("it is there");
        swapping.wait().expect("it ends");
        is_alone(outside.path(), &peer);
        assert!((1..5000).contains(&bound), "{bound}: they never met");
    }
}

#[test]
fn no_native_program_leads_a_guests_socket_outside() {
    for waiting in WAITING {
        let outside = tempfile::tempdir().expect("a directory");
        let (inside, peer) = with_link(outside.path());
        let (sub, link) = (inside.path().join("sub"), inside.path().join("link"));
        let (tell, told) = mpsc::channel::<()>();
        let swapping = std::thread::spawn(move || {
            while told.try_recv() == Err(mpsc::TryRecvError::Empty) {
                renameat_with(CWD, &sub, CWD, &link, RenameFlags::EXCHANGE).expect("exchanges");
            }
        });
        let bound = binds(inside.path(), waiting);
        drop(tell);
        swapping.join().expect("it swapped");
        is_alone(outside.path(), &peer);
        assert!((1..5000).contains(&bound), "{bound}: they never met");
    }
}
