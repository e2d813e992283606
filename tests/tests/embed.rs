//! The host library inside a program: its example `embed`.

use std::process::Command;

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
