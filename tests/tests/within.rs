//! `--within` bounds a policy by another one.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::process::{Command, Output};
use std::thread;

use berkeley_tests::{berkeley, guest, text};

/// What `berkeley run` says with these options of a guest that tries these words.
fn run(options: &[&str], words: &[&str]) -> Output {
    let program = guest("contained");
    let mut run = Command::new(berkeley());
    run.arg("run").args(options).arg(program.program()).args(words);
    run.output().expect("it starts")
}

/// A server on loopback that sends a line to each client, and its port.
fn server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
    let port = listener.local_addr().expect("bound").port();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let mut client = client;
            let _ = client.write_all(b"a line\n");
        }
    });
    port
}

#[test]
fn both_policies_must_allow() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("bound.toml");
    let within = format!("--within={}", file.display());
    let port = server();
    let here = format!("connect=127.0.0.1:{port}");
    for (own, bound, told) in [
        ("connect", format!("allow = ['{here}']"), None),
        (&*here, "allow = ['connect']".to_owned(), None),
        (&*here, "allow-all = true".to_owned(), None),
        ("connect", "allow = ['connect=127.0.0.1:1']".to_owned(), Some("bound.toml, which bounds what may be allowed")),
        ("connect", "allow = []".to_owned(), Some("bound.toml, which bounds what may be allowed")),
        (
            "connect",
            "allow-all = true\ndeny = ['connect=127.0.0.0/8']".to_owned(),
            Some("denied by connect=127.0.0.0/8"),
        ),
        ("connect=127.0.0.1:1", "allow-all = true".to_owned(), Some("--allow connect=127.0.0.1:")),
    ] {
        fs::write(&file, &bound).expect("writes");
        let output = run(&["--allow", own, &within], &["get", "127.0.0.1", &port.to_string()]);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        match told {
            None => assert!(out.contains("127.0.0.1: a line"), "{own} within {bound}: {out}{err}"),
            Some(told) => assert!(!out.contains("a line") && err.contains(told), "{own} within {bound}: {out}{err}"),
        }
    }
}

#[test]
fn directories_of_unix_sockets_lie_within_the_bound() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = |name: &str| directory.path().join(name);
    fs::create_dir_all(path("inner/deep")).expect("makes");
    fs::create_dir(path("outer")).expect("makes");
    symlink(path("outer"), path("inner/link")).expect("links");
    fs::write(path("bound.toml"), format!("allow = ['unix={}']", path("inner").display())).expect("writes");
    let within = format!("--within={}", path("bound.toml").display());
    for (name, is_within) in
        [("inner", true), ("inner/deep", true), ("outer", false), ("inner/link", false), ("", false)]
    {
        let allow = format!("--allow=unix={}", path(name).display());
        let output = run(&[&allow, &within], &["env", "X"]);
        assert_eq!(output.status.success(), is_within, "{name}: {}", text(&output.stderr));
        assert_eq!(text(&output.stderr).contains("outside of what"), !is_within, "{name}");
    }
}

#[test]
fn sockets_that_are_opened_beforehand_lie_within_the_bound() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("bound.toml");
    let port = server();
    fs::write(&file, format!("allow = ['listen=127.0.0.1:0', 'connect=127.0.0.1:{port}']")).expect("writes");
    let within = format!("--within={}", file.display());
    for (socket, told) in [
        ("a=tcp-listen:127.0.0.1:0", None),
        (&*format!("a=tcp-connect:127.0.0.1:{port}"), None),
        ("a=tcp-connect:127.0.0.1:1", Some("outside of what")),
        ("a=tcp-connect:localhost:1", Some("not by a name")),
        ("a=udp:127.0.0.1:0", Some("outside of what")),
        ("a=unix-listen:/nowhere/socket", Some("outside of what")),
        ("a=fd:3", Some("no descriptor")),
    ] {
        let output = run(&["--socket", socket, &within], &["env", "X"]);
        let err = text(&output.stderr);
        assert_eq!(output.status.success(), told.is_none(), "{socket}: {err}");
        assert!(err.contains(told.unwrap_or_default()), "{socket}: {err}");
    }
}

#[test]
fn options_are_looked_at_alone() {
    for (options, is_right) in [
        (&["--allow", "connect"][..], true),
        (&["--allow", "conect"], false),
        (&["--limit", "sockets=many"], false),
        (&["--within", "/no/such/file"], false),
        (&["--socket", "a=tcp-listen:127.0.0.1:0"], true),
    ] {
        let mut check = Command::new(berkeley());
        let output =
            check.args(["run", "--check"]).args(options).args(["--", "/no/such/guest"]).output().expect("starts");
        assert_eq!(output.status.success(), is_right, "{options:?}: {}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "");
    }
}
