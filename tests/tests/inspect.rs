//! `berkeley inspect` and `berkeley compile`, and core modules that are made components.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use berkeley_tests::{berkeley, guest, text};
use tempfile::tempdir;

fn output(words: &[&str]) -> Output {
    Command::new(berkeley()).args(words).stdin(Stdio::null()).output().expect("it starts")
}

/// What the command prints that succeeds.
#[track_caller]
fn stdout(words: &[&str]) -> String {
    let output = output(words);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn inspect(program: &Path) -> serde_json::Value {
    let text = stdout(&["inspect", "--json", program.to_str().expect("UTF-8")]);
    serde_json::from_str(&text).expect("JSON")
}

fn grants(report: &serde_json::Value) -> Vec<&str> {
    let needs = report["needs"].as_array().expect("a list");
    needs.iter().map(|need| need["grant"].as_str().expect("a text")).collect()
}

#[test]
fn what_a_guest_might_need_is_told() {
    let demo = inspect(guest("tcp").program());
    assert_eq!(demo["kind"], "component");
    assert_eq!(demo["runs"], true, "{demo}");
    let imports = demo["imports"]["berkeley:sockets/socket@0.1.0"].as_array().expect("a list");
    assert!(imports.iter().any(|name| name == "[method]socket.connect"), "{imports:?}");
    let needs = grants(&demo);
    for grant in ["--allow connect=HOST:PORT", "--allow listen=ADDRESS:PORT"] {
        assert!(needs.contains(&grant), "{needs:?}");
    }
    // One that has no sockets needs none.
    let plain = inspect(guest("plain").program());
    assert!(!grants(&plain).iter().any(|grant| grant.contains("connect")), "{plain}");
    let wasi = inspect(guest("wasi_guarded").program());
    assert!(grants(&wasi).contains(&"--allow connect=HOST:PORT"), "{wasi}");
}

#[test]
fn every_guest_that_runs_is_said_to() {
    let directory = guest("plain").program().parent().expect("a directory").to_owned();
    let mut seen = 0;
    for entry in fs::read_dir(directory).expect("reads") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            let report = inspect(&path);
            assert_eq!(report["runs"], true, "{}: {report}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn what_hinders_a_component_is_told() {
    let directory = tempdir().expect("a directory");
    let path = directory.path().join("foreign.wasm");
    let foreign = r#"(component (import "wasi:http/types@0.2.3" (instance (export "f" (func)))))"#;
    fs::write(&path, wat::parse_str(foreign).expect("a component")).expect("writes");
    let report = inspect(&path);
    assert_eq!(report["imports"]["wasi:http/types@0.2.3"][0], "f");
    let hindrances = report["hindrances"].to_string();
    assert!(hindrances.contains("wasi:http") && hindrances.contains("wasi:cli/run"), "{hindrances}");
    let told = stdout(&["inspect", path.to_str().expect("UTF-8")]);
    assert!(told.contains("does not run here") && told.contains("wasi:http/types@0.2.3: f"), "{told}");
    let nothing = output(&["inspect", "Cargo.toml"]);
    assert!(!nothing.status.success());
    assert!(text(&nothing.stderr).starts_with("berkeley: Cargo.toml is not WebAssembly"), "{}", text(&nothing.stderr));
}

#[test]
fn code_is_compiled_ahead() {
    let directory = tempdir().expect("a directory");
    let cache = directory.path().join("cache");
    let path = directory.path().join("plain.wasm");
    fs::copy(guest("plain").program(), &path).expect("copies");
    // A file that was changed just now is not known well enough for its code to be kept.
    let compile = || {
        let mut command = Command::new(berkeley());
        command.arg("compile").arg(&path).env("BERKELEY_CACHE_HOME", &cache);
        command.output().expect("it starts")
    };
    let done = (0..1000).map(|_| compile()).find(|output| output.status.success()).expect("it is kept in the end");
    assert!(text(&done.stdout).contains("compiled in"), "{}", text(&done.stdout));
    let kept = || fs::read_dir(&cache).expect("reads").count();
    let before = kept();
    assert!(before > 0);
    let mut run = Command::new(berkeley());
    run.args(["run".as_ref(), path.as_os_str()]).env("BERKELEY_CACHE_HOME", &cache).env("RUST_LOG", "berkeley=info");
    assert!(run.output().expect("it starts").status.success());
    assert_eq!(kept(), before);
    let (name, before) = (path.to_str().expect("UTF-8"), fs::read(&path).expect("reads"));
    let same = output(&["compile", name, name]);
    assert!(!same.status.success() && text(&same.stderr).contains("is the component"), "{}", text(&same.stderr));
    assert_eq!(fs::read(&path).expect("reads"), before);
    let missing = output(&["compile", "no-such.wasm"]);
    assert!(!missing.status.success() && text(&missing.stderr).contains("no-such.wasm"));
}

/// A program for preview 1 that writes a line, and ends with that code.
fn preview1(code: u32) -> Vec<u8> {
    let module = format!(
        r#"(module
            (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (memory (export "memory") 1)
            (data (i32.const 16) "hello\n")
            (func (export "_start")
                (i32.store (i32.const 0) (i32.const 16))
                (i32.store (i32.const 4) (i32.const 6))
                (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
                (call $exit (i32.const {code}))))"#
    );
    wat::parse_str(module).expect("a module")
}

#[test]
fn a_program_for_preview_1_runs() {
    let directory = tempdir().expect("a directory");
    for code in [0, 1] {
        let path = directory.path().join(format!("old{code}.wasm"));
        fs::write(&path, preview1(code)).expect("writes");
        let path = path.to_str().expect("UTF-8");
        // Once compiled, and once as it was kept.
        for _ in 0..2 {
            let output = output(&["run", path]);
            assert_eq!(text(&output.stdout), "hello\n", "{}", text(&output.stderr));
            assert_eq!(output.status.code(), Some(code as i32));
        }
        let report = inspect(Path::new(path));
        assert_eq!(report["kind"], "core module for preview 1 of WASI");
        assert_eq!(report["runs"], true, "{report}");
    }
}

#[test]
fn a_module_that_is_no_program_is_told_why() {
    let directory = tempdir().expect("a directory");
    let path = directory.path().join("module.wasm");
    for (module, told) in [
        ("(module)", "exports no `_start`"),
        (r#"(module (import "wbg" "f" (func)) (func (export "_start")))"#, "a browser, by wasm-bindgen"),
        (r#"(module (import "mine" "f" (func)) (func (export "_start")))"#, "another host: it imports `mine`"),
    ] {
        fs::write(&path, wat::parse_str(module).expect("a module")).expect("writes");
        for command in ["run", "inspect", "compile"] {
            let output = output(&[command, path.to_str().expect("UTF-8")]);
            let stderr = text(&output.stderr);
            assert!(!output.status.success() && stderr.lines().count() == 1 && stderr.contains(told), "{stderr}");
        }
    }
}
