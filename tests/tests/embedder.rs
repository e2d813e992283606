//! The host library in a program that has no compiler: `tests/embedder`, over components that the example `precompile` has compiled.

use std::collections::BTreeSet;
use std::process::{Command, Output};

use berkeley_tests::{berkeley, guest, root, text};

/// Compiles the guest, and runs it in that program under these rules.
fn run(name: &str, rules: &[&str]) -> Output {
    let code = tempfile::NamedTempFile::new().expect("a file");
    let compiler = berkeley().with_file_name("examples").join("precompile");
    berkeley_tests::run(Command::new(compiler).arg(guest(name).program()).arg(code.path()));
    let program = berkeley().with_file_name("berkeley-test-embedder");
    Command::new(program).arg(code.path()).args(rules).output().expect("`cargo xtask test` has built it")
}

#[test]
fn precompiled_code_needs_no_compiler() {
    let output = run("pair", &[]);
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
}

#[test]
fn who_links_no_tls_is_told_what_is_missing() {
    let output = run("tls", &["connect"]);
    let stderr = text(&output.stderr);
    assert!(!output.status.success() && stderr.contains("berkeley:sockets/tls"), "{stderr}");
}

/// The packages that the program is built of with these features, beside what it would be built of without the library.
fn added(features: &str) -> BTreeSet<String> {
    let packages = |arguments: &[&str]| -> BTreeSet<String> {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args([
            "tree",
            "--locked",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--features",
            features,
        ]);
        cargo.args(["--package", "berkeley-test-embedder"]).args(arguments).current_dir(root());
        let tree = berkeley_tests::run(&mut cargo);
        tree.lines().filter_map(|line| Some(line.split_whitespace().next()?.to_owned())).collect()
    };
    let all = packages(&[]);
    assert!(all.contains("wasmtime-wasi") && all.contains("berkeley-host"), "{all:?}");
    // A compiler, or what a command needs.
    for heavy in ["cranelift-codegen", "wasmtime-cache", "clap", "tracing-subscriber"] {
        assert!(!all.contains(heavy), "{heavy}");
    }
    all.difference(&packages(&["--prune", "berkeley-host"])).cloned().collect()
}

#[test]
fn the_library_adds_few_packages_to_those_of_wasi() {
    let (slim, whole) = (added(""), added("tls"));
    assert!((1..=12).contains(&slim.len()), "{slim:?}");
    assert!(!slim.contains("rustls") && whole.contains("rustls") && whole.len() <= 30, "{whole:?}");
}
