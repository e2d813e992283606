//! Guests as WASI has them: what `wasmtime run` gives them, `berkeley run` gives them too.

use std::fs;
use std::process::Output;

use berkeley_tests::{WAITING, guest, text};

#[test]
fn a_guest_without_berkeley_gets_what_wasi_has() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("in"), "from the host").expect("writes");
    let guest = guest("plain")
        .option("--dir", format!("{}::/data", directory.path().display()))
        .option("--env", "COLOUR=blue")
        .stdin("a line\n")
        .arg(7)
        .arg("--flag")
        .arg("-x");
    for waiting in WAITING {
        let output = guest.output(waiting);
        // WASI 0.2 knows success and failure, and no other exit codes.
        assert_eq!(output.status.code(), Some(1));
        let expected = r#"["plain.wasm", "7", "--flag", "-x"]
Some("blue")
"a line\n"
Some("from the host")
"#;
        assert_eq!(text(&output.stdout), expected);
        assert_eq!(fs::read_to_string(directory.path().join("out")).expect("reads"), "written by the guest");
    }
}

#[test]
fn without_options_a_guest_gets_nothing_of_the_host() {
    let output = guest("plain").output("inline");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout), "[\"plain.wasm\"]\nNone\n\"\"\nNone\n");
}

#[test]
fn a_guest_that_panics_ends_as_a_program_that_aborts() {
    let output = guest("plain").arg("no number").output("inline");
    assert_eq!(output.status.code(), Some(134));
    let stderr = text(&output.stderr);
    assert!(stderr.contains("the first argument is no number") && stderr.contains("trapped"), "{stderr}");
}

#[test]
fn what_cannot_run_is_told_so() {
    let directory = tempfile::tempdir().expect("a directory");
    let run = |name: &str, bytes: &[u8]| -> Output {
        let path = directory.path().join(name);
        fs::write(&path, bytes).expect("writes");
        std::process::Command::new(berkeley_tests::berkeley()).arg("run").arg(path).output().expect("it starts")
    };
    for (name, bytes, reason) in [
        ("text.wasm", &b"hello"[..], "not WebAssembly"),
        ("module.wasm", b"\0asm\x01\0\0\0", "core module"),
        ("empty.wasm", b"\0asm\x0d\0\x01\0", "wasi:cli/run"),
    ] {
        let output = run(name, bytes);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(reason), "{}", text(&output.stderr));
    }
}

/// Tests whose guests only link with the target as Rust releases it.
mod released_target {
    use berkeley_tests::{Running, component, guest, python};

    #[test]
    fn a_guest_of_wasi_0_3_has_sockets() {
        let guest = component("p3").allow("listen=127.0.0.1:0").allow("connect=127.0.0.1");
        assert_eq!(guest.succeeds(), "sockets in WASI 0.3\n");
    }

    #[test]
    fn wasis_own_sockets_are_under_the_same_policy() {
        let program = "
import socket
server = socket.create_server(('127.0.0.1', 0))
print(server.getsockname()[1])
while True:
    connection, _ = server.accept()
    connection.sendall(connection.recv(100, socket.MSG_WAITALL)[::-1])
    connection.close()
";
        let mut server = Running::start(python(program));
        let port = server.port();
        let guest = |rule: String| guest("std_net").allow(rule).arg("127.0.0.1").arg(port).arg("abc");
        assert_eq!(guest(format!("connect=127.0.0.1:{port}")).succeeds(), "cba\n");
        let refused = guest("connect=127.0.0.1:1".into()).output("inline");
        assert_eq!(berkeley_tests::text(&refused.stdout), "PermissionDenied\n");
        let hint = format!("--allow connect=127.0.0.1:{port} would allow it");
        assert!(berkeley_tests::text(&refused.stderr).contains(&hint));
    }
}
