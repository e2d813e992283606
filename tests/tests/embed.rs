//! The host library inside a program: its examples `embed` and `many`.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::thread;

use berkeley_tests::{Guest, berkeley, guest, text};

/// Runs two guests of that program in one process. Gives what was written to stdout and to stderr.
fn two_of(guest: &Guest) -> (String, String) {
    let program = berkeley().with_file_name("examples").join("embed");
    let output = Command::new(program).args([guest.program(), guest.program()]).output().expect("it starts");
    assert!(output.status.success(), "{}", text(&output.stderr));
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn two_guests_converse_on_one_thread() {
    let (stdout, stderr) = two_of(&guest("conversation"));
    assert_eq!(stdout, "done\ndone\n");
    assert_eq!(stderr, "refused to connect by tcp to 192.0.2.1:80\n".repeat(2));
}

#[test]
fn two_guests_of_one_process_pass_sockets_to_each_other() {
    assert_eq!(two_of(&guest("exchange")), ("done\ndone\n".into(), String::new()));
}

/// Sends back what it gets, to so many connections.
fn echo(connections: usize) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming().take(connections) {
            let mut stream = stream.expect("a guest");
            thread::spawn(move || {
                let mut message = [0; 64];
                while stream.read_exact(&mut message).is_ok() {
                    stream.write_all(&message).expect("sends");
                }
            });
        }
    });
    port
}

/// The guest that is busy never calls the host, and would keep the thread for ever if its turn did not end.
#[test]
#[cfg(target_os = "linux")]
fn one_that_only_computes_does_not_keep_many_guests_of_its_thread_from_their_peers() {
    const GUESTS: usize = 200;
    let program = berkeley().with_file_name("examples").join("many");
    let busy = format!("{} computes", guest("endless").program().display());
    let mut command = Command::new(program);
    command.args(["--busy", &busy, &GUESTS.to_string()]).arg(guest("calls").program());
    let output = command.args(["round", "10", &echo(GUESTS).to_string()]).output().expect("it starts");
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{stderr}");
    let (begins, memory) = stdout.split_once('\n').expect("two lines");
    assert_eq!((begins, stderr.as_str()), ("begins", ""));
    let each: u64 = memory.trim().strip_prefix("memory ").expect("it is told").parse().expect("a number");
    // An instance has its own stack and pages of its memory that it wrote to, not a memory of its own: a copy of the
    // program's data alone would be larger.
    assert!((1..512 << 10).contains(&each), "each guest takes {each} bytes");
}
