//! What a guest in a container is run with: code that was compiled before, and signals of a first process.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use berkeley_tests::{berkeley, guest, skipped, text};
use rustix::process::{Pid, Signal, geteuid, kill_process};

fn compile(guest: &Path, code: &Path) {
    let output = Command::new(berkeley()).arg("compile").args([guest, code]).output().expect("it starts");
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// What a guest that is run with that code writes to stdout and stderr.
fn run(guest: &Path, code: &Path) -> (String, String) {
    let mut run = Command::new(berkeley());
    run.args(["run", "--contained", "--env", "X=y"]).arg("--compiled").arg(code).arg(guest).args(["env", "X"]);
    let output = run.output().expect("it starts");
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn code_is_taken_only_where_the_guest_could_not_have_written_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let code = directory.path().join("code");
    let contained = guest("contained");
    compile(contained.program(), &code);
    let expected = "X Some(\"y\")\n";
    let (out, err) = run(contained.program(), &code);
    assert!(out == expected && err.contains("is not taken: this user can write to it"), "{out}{err}");
    fs::set_permissions(&code, fs::Permissions::from_mode(0o444)).expect("changes");
    let (out, err) = run(contained.program(), &code);
    assert_eq!(out, expected);
    // Root writes to anything that is not on a file system for reading alone.
    assert_eq!(err.is_empty(), !geteuid().is_root(), "{err}");
    let (out, err) = run(contained.program(), &directory.path().join("none"));
    assert!(out == expected && err.contains("is not taken"), "{out}{err}");
}

#[test]
fn what_is_no_component_is_not_compiled() {
    let directory = tempfile::tempdir().expect("a directory");
    let (source, code) = (directory.path().join("source"), directory.path().join("code"));
    for (bytes, told) in [(&b"hello"[..], "is not WebAssembly"), (b"\0asm\x01\0\0\0", "is a core module")] {
        fs::write(&source, bytes).expect("writes");
        let output = Command::new(berkeley()).arg("compile").args([&source, &code]).output().expect("it starts");
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(told), "{}", text(&output.stderr));
        assert!(!code.exists());
    }
}

/// The only child of a process.
fn child(parent: u32) -> Pid {
    let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).expect("Linux tells");
    let child = children.split_whitespace().next().expect("a child").parse().expect("a number");
    Pid::from_raw(child).expect("a process")
}

#[test]
fn signals_end_the_first_process_of_a_container() {
    let mut namespace = Command::new("unshare");
    namespace.args(["--pid", "--fork", "--kill-child"]);
    if !namespace.arg("true").output().is_ok_and(|output| output.status.success()) {
        skipped(format_args!("a first process: this machine lets this user make no namespace"));
        return;
    }
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129), (Signal::QUIT, 131)] {
        // Whoever runs the tests may have them ignore some of these, as nohup(1) does, and a command goes on to ignore them.
        let mut namespace = Command::new("env");
        namespace.args(["--default-signal=TERM,INT,HUP,QUIT", "unshare", "--pid", "--fork", "--kill-child"]);
        namespace.arg(berkeley()).arg("run");
        namespace.arg(guest("endless").program()).arg("computes").stdout(Stdio::piped());
        let mut namespace = namespace.spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(namespace.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        assert_eq!(line, "begins\n");
        kill_process(child(namespace.id()), signal).expect("it is there");
        assert_eq!(namespace.wait().expect("it ends").code(), Some(code), "{signal:?}");
    }
}
