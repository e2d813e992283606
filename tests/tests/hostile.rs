//! Guests that try what they may not.

use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::process::{Child, ExitStatus};
use std::sync::mpsc;
use std::time::Duration;

use berkeley_tests::{WAITING, guest, text};

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
    let pid = rustix::process::Pid::from_child(&child);
    let watch = std::thread::spawn(move || {
        if told.recv_timeout(FOR_EVER) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
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
