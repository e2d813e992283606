//! What the calls of Python programs come to: calls of the host, as a trace has them.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::thread;

use berkeley_tests::{berkeley, run};

/// Tests of the guest that runs Python programs, which is not built where pip gets nothing.
mod python_guest {
    use super::*;

    /// How often a program does it.
    const TIMES: usize = 160;

    /// Signals are looked for once in so many calls, and some times as a program begins and ends.
    const OFTEN: usize = 16;
    const AROUND: usize = 8;

    /// What the trace says of calls of 64 bytes, of options, and of what waits.
    const RECEIVED: &str = ", 64, 0) = ";
    const SENT: &str = ", 64 bytes, 0) = ";
    const ASKED: &str = " getsockopt(";
    const WAITED: &str = " poll(";

    /// How often a line of the trace of a program has that in it.
    fn counts(options: &[&str], code: &str) -> impl Fn(&str) -> usize {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("trace");
        let mut command = Command::new(berkeley());
        command.args(["python", "--allow-all"]).args(options).arg(format!("--trace={}", path.display()));
        run(command.args(["-c", &format!("N = {TIMES}\n{code}")]));
        let trace = fs::read_to_string(&path).expect("the trace");
        move |said| trace.lines().filter(|line| line.contains(said)).count()
    }

    #[test]
    fn a_call_that_need_not_wait_is_one_in_every_mode() {
        for mode in ["None", "0", "60", "0.0001"] {
            let code = format!(
                "import socket
left, right = socket.socketpair()
left.settimeout({mode})
right.settimeout({mode})
buffer = bytearray(64)
for _ in range(N):
    left.sendall(buffer)
    assert len(right.recv(64)) == 64
    left.send(buffer)
    assert right.recv_into(buffer) == 64"
            );
            let counts = counts(&[], &code);
            let made = [RECEIVED, SENT, ASKED].map(&counts);
            assert_eq!(made, [2 * TIMES, 2 * TIMES, 0], "{mode}");
            assert!(counts(WAITED) <= 4 * TIMES / OFTEN + AROUND, "{mode}: {} polls", counts(WAITED));
        }
    }

    #[test]
    fn no_limit_of_the_kernels_is_asked_for_that_nobody_has_set() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
        let port = listener.local_addr().expect("an address").port();
        let echo = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("the guest");
            let mut message = [0; 64];
            while stream.read_exact(&mut message).is_ok() {
                stream.write_all(&message).expect("sends");
            }
        });
        let code = format!(
            "import socket
peer = socket.create_connection(('127.0.0.1', {port}))
for _ in range(N):
    peer.sendall(bytes(64))
    assert peer.recv(64) == bytes(64)"
        );
        let counts = counts(&[], &code);
        assert_eq!([SENT, ASKED].map(&counts), [TIMES, 0]);
        // One that waits for long is followed by a wait that signals end, and another try.
        let (tries, waits) = (counts(RECEIVED), counts(WAITED));
        assert!(tries >= TIMES && waits <= tries - TIMES + 2 * TIMES / OFTEN + AROUND, "{tries} {waits}");
        echo.join().expect("ends");
    }
}
