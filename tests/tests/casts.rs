//! C programs that call functions as what they are not, which WebAssembly does not let them do, but for Binaryen's help.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Output;

use berkeley_tests::c::{is_possible, tool};
use berkeley_tests::component::imports;
use berkeley_tests::{Guest, root, skipped, text};
use tempfile::tempdir;

/// Where wasm-opt is: in PATH, or among what npm has for the package for JavaScript, or for the hosts of others.
fn wasm_opt() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let of_npm =
        ["target/javascript/package", "target/hosts/jco"].map(|place| root().join(place).join("node_modules/.bin"));
    let found = env::split_paths(&path).chain(of_npm).map(|place| place.join("wasm-opt")).find(|path| path.is_file());
    if found.is_none() {
        skipped(format_args!("there is no wasm-opt, in PATH or of `cargo xtask javascript`"));
    }
    found
}

fn compile(directory: &Path, wasm_opt: &Path, words: &[&str]) -> Output {
    let mut command = tool("cc");
    command.args(["-O1", "-Wall", "-o", "casts.wasm"]).arg(root().join("tests/c/casts.c")).args(words);
    command.current_dir(directory).env("BERKELEY_WASM_OPT", wasm_opt).output().expect("the command starts")
}

#[test]
fn functions_are_called_as_what_they_are_not() {
    let directory = tempdir().expect("a directory");
    if !is_possible() {
        return;
    }
    let Some(wasm_opt) = wasm_opt() else { return };
    let program = directory.path().join("casts.wasm");
    assert!(compile(directory.path(), &wasm_opt, &[]).status.success());
    let output = Guest::at(program.clone()).allow_all().output("inline");
    assert!(text(&output.stderr).contains("indirect call type mismatch"), "{}", text(&output.stderr));

    let output = compile(directory.path(), &wasm_opt, &["-Wl,--fpcast-emu"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(Guest::at(program.clone()).allow_all().succeeds(), "2\nnothing\n3.5\n123\nhello\n");
    assert!(!imports(&program).iter().any(|import| import.starts_with("wasi:sockets")));
}

#[test]
fn it_is_said_what_that_takes() {
    if is_possible() {
        let directory = tempdir().expect("a directory");
        let output = compile(directory.path(), Path::new("/no/such/tool"), &["-Wl,--fpcast-emu"]);
        assert!(!output.status.success());
        assert!(text(&output.stderr).contains("cannot run /no/such/tool"), "{}", text(&output.stderr));
    }
}
