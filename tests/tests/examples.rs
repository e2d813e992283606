//! The examples of the guest crate.

use berkeley_tests::example;

#[test]
fn socket() {
    example("socket").allow("listen=127.0.0.1:0").allow("connect=localhost").succeeds();
}

#[test]
fn poll() {
    let output = example("poll").allow("listen=127.0.0.1:0").allow("connect=127.0.0.1").succeeds();
    assert_eq!(output.matches("the end").count(), 3, "{output}");
    assert!(output.ends_with("the clock\n"), "{output}");
}

#[test]
fn net() {
    example("net").allow("listen=127.0.0.1:0").allow("connect=127.0.0.1").allow("udp=127.0.0.1").succeeds();
}

#[test]
fn unix() {
    example("unix").succeeds();
    let directory = tempfile::tempdir().expect("a directory");
    let example = example("unix").allow(format!("unix={}::/run/app", directory.path().display()));
    let output = example.arg("/run/app/example.sock").output("inline");
    assert!(output.status.success(), "{}", berkeley_tests::text(&output.stderr));
}
