//! C programs, compiled by `berkeley cc`.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::{Guest, berkeley, root, skipped, text};

/// The command `berkeley cc`, or another of its family.
pub fn tool(name: &str) -> Command {
    let mut command = Command::new(berkeley());
    command.arg(name);
    command
}

/// Whether C programs can be compiled here; if not, it is said why.
pub fn is_possible() -> bool {
    let told = tool("cc").arg("--where").output().expect("the command starts");
    if !told.status.success() {
        skipped(format_args!("C programs cannot be compiled: {}", text(&told.stderr).trim()));
    }
    told.status.success()
}

/// Runs `berkeley cc` in a directory.
pub fn cc<A: AsRef<OsStr>>(directory: &Path, arguments: impl IntoIterator<Item = A>) -> Output {
    tool("cc").args(arguments).current_dir(directory).output().expect("the command starts")
}

/// Compiles a program of `tests/c`, which must succeed without a warning.
#[track_caller]
pub fn compile(name: &str, directory: &Path) -> Guest {
    let source = root().join("tests/c").join(name).with_extension("c");
    let component = directory.join(name).with_extension("wasm");
    let flags = ["-O1", "-Wall", "-Wextra", "-Werror", "-o"].map(OsStr::new);
    let output = cc(directory, flags.into_iter().chain([component.as_os_str(), source.as_os_str()]));
    assert!(output.status.success(), "{name}: {}", text(&output.stderr));
    Guest::at(component)
}

/// Compiles the same program natively, with those libraries; if this system has no compiler, that is said.
#[track_caller]
pub fn compile_natively(name: &str, directory: &Path, libraries: &[&str]) -> Option<PathBuf> {
    let source = root().join("tests/c").join(name).with_extension("c");
    let program = directory.join(name);
    let mut compile = Command::new("cc");
    compile.args(["-O1", "-Wall", "-Wextra", "-o"]).arg(&program).arg(source).args(libraries);
    let Ok(output) = compile.output() else {
        skipped(format_args!("this system has no C compiler, and so nothing to compare {name} with"));
        return None;
    };
    assert!(output.status.success(), "{name}: {}", text(&output.stderr));
    Some(program)
}

/// A program that `cargo xtask programs` builds; if it is not there, that is said.
pub fn program(name: &str) -> Option<Guest> {
    let component: PathBuf = root().join("target/programs").join(name).with_extension("wasm");
    if !component.is_file() {
        skipped(format_args!("{name} is not built; `cargo xtask programs` builds it"));
        return None;
    }
    Some(Guest::at(component))
}

/// A port that is free: for servers that cannot choose one and tell it.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
    listener.local_addr().expect("an address").port()
}

/// The guest with these arguments as well.
#[must_use]
pub fn with_arguments(guest: Guest, arguments: &[&str]) -> Guest {
    arguments.iter().fold(guest, Guest::arg)
}
