//! The demo, as `cargo xtask demo` runs it.

use berkeley_tests::{WAITING, guest, text};

#[test]
fn the_demo_shows_everything() {
    let directory = tempfile::tempdir().expect("a directory");
    for waiting in WAITING {
        let mut guest = guest("demo").allow(format!("unix={}::/run/demo", directory.path().display()));
        for rule in ["listen=127.0.0.1:0", "listen=[::1]:0", "connect=localhost", "udp=localhost", "resolve=localhost"]
        {
            guest = guest.allow(rule);
        }
        let output = guest.output(waiting);
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{stdout}\n{stderr}");
        assert!(stdout.ends_with("real sockets of the host.\n"), "{stdout}");
        let told = "berkeley: refused to connect by tcp to 192.0.2.1:80; --allow connect=192.0.2.1:80 would allow it\n";
        assert_eq!(stderr, told, "the one refusal is told once");
        std::fs::remove_file(directory.path().join("demo.sock")).expect("the socket was there");
    }
}

#[test]
fn without_grants_the_demo_stops_at_the_first_step() {
    let output = guest("demo").output("inline");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("--allow resolve=localhost would allow it"), "{}", text(&output.stderr));
}
