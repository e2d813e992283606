//! The contract's interface for WASI 0.3: streams and awaited calls, by a component that has no `main`. Such only link with
//! the target as Rust releases it.

mod released_target {
    use std::fs;

    use berkeley_tests::{Guest, WAITING, guest_p3, text};
    use tempfile::tempdir;

    fn granted() -> Guest {
        let rules = ["listen=127.0.0.1:0", "connect=127.0.0.1", "udp=127.0.0.1", "resolve"];
        rules.into_iter().fold(guest_p3("examples/streams"), Guest::allow)
    }

    #[test]
    fn streams_and_awaited_calls_reach_sockets() {
        for waiting in WAITING {
            let output = granted().output(waiting);
            assert!(output.status.success(), "waiting {waiting}: {}", text(&output.stderr));
        }
    }

    /// What moves bytes straight into memory is told as any other call is.
    #[test]
    fn observers_are_told_of_what_streams_move() {
        let directory = tempdir().expect("a directory");
        let trace = directory.path().join("trace");
        let output = granted().flag(&format!("--trace={}", trace.display())).output("inline");
        assert!(output.status.success(), "{}", text(&output.stderr));
        let trace = fs::read_to_string(trace).expect("the trace");
        assert!(trace.contains(" recv(") && trace.contains(" send(") && trace.contains(" accept("), "{trace}");
    }

    /// A limit on what comes in holds streams back as it does other calls; all comes nevertheless.
    #[test]
    fn limits_hold_for_streams() {
        let output = granted().flag("--limit=bandwidth-in=20000000").output("inline");
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
}
