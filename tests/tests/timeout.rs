//! `--timeout` ends a guest, whatever it does.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use berkeley_tests::{WAITING, berkeley, guest, text};

const TOLD: &str = "berkeley: the guest was ended: it has run for 300ms, the limit that --timeout sets\n";

/// Runs the command to its end, without reading more than its first line before it has ended, and gives its exit code and
/// what it wrote to stderr.
#[track_caller]
fn end(command: &mut Command) -> (Option<i32>, String) {
    // Stdin stays open, and says nothing.
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let stdin = child.stdin.take();
    let mut line = String::new();
    let mut stdout = BufReader::with_capacity(7, child.stdout.take().expect("a pipe"));
    stdout.read_line(&mut line).expect("a line");
    assert_eq!(line, "begins\n");
    let code = child.wait().expect("it ends").code();
    let mut stderr = Vec::new();
    child.stderr.take().expect("a pipe").read_to_end(&mut stderr).expect("reads");
    drop((stdin, stdout));
    (code, text(&stderr))
}

#[test]
fn a_guest_is_ended_whatever_it_does() {
    for waiting in WAITING {
        for what in ["computes", "receives", "receives all", "sends", "reads", "writes", "sleeps"] {
            let guest = guest("endless").option("--timeout", "300ms").arg(what);
            assert_eq!(end(&mut guest.command(waiting)), (Some(124), TOLD.into()), "{what}, {waiting}");
        }
    }
}

#[test]
fn a_guest_is_ended_that_fills_what_the_message_would_go_to() {
    let guest = guest("endless").option("--timeout", "300ms").arg("complains");
    assert_eq!(end(&mut guest.command("inline")).0, Some(124));
}

#[test]
fn a_guest_that_ends_in_time_is_left_alone() {
    guest("pair").option("--timeout", "1h").succeeds();
}

#[test]
fn what_is_no_duration_is_told() {
    for bad in ["0", "soon", "-1s"] {
        let output = Command::new(berkeley())
            .arg("run")
            .arg(format!("--timeout={bad}"))
            .arg(guest("endless").program())
            .output()
            .expect("it starts");
        assert_eq!(output.status.code(), Some(2), "{bad}: {}", text(&output.stderr));
    }
}

/// Tests of the guest that runs Python programs, which is not built where pip gets nothing.
mod python_guest {
    use super::*;

    #[test]
    fn a_python_program_is_ended_whatever_it_does() {
        for code in [
            "while True: pass",
            "input()",
            "import time; time.sleep(1e6)",
            "import signal; signal.pause()",
            "import select; select.select([0], [], [])",
            "import socket; pair = socket.socketpair(); pair[0].recv(1)",
            "import atexit, time; atexit.register(time.sleep, 1e6)",
            "import signal; [signal.signal(n, signal.SIG_IGN) for n in (1, 2, 3, 15)]; signal.pause()",
        ] {
            let mut command = Command::new(berkeley());
            command.args(["python", "--timeout=3s", "-c", &format!("print('begins', flush=True)\n{code}")]);
            assert_eq!(end(&mut command), (Some(124), TOLD.replace("300ms", "3s")), "{code}");
        }
    }
}
