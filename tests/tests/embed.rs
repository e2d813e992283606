//! The host library inside a program: its example `embed`.

use std::process::Command;

use berkeley_tests::{berkeley, guest, text};

#[test]
fn two_guests_converse_on_one_thread() {
    let program = berkeley().with_file_name("examples").join("embed");
    let guest = guest("conversation");
    let output = Command::new(program).args([guest.program(), guest.program()]).output().expect("it starts");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "done\ndone\n");
    assert_eq!(text(&output.stderr), "refused to connect by tcp to 192.0.2.1:80\n".repeat(2));
}
