//! Takes `std`'s own network tests from the component `rust-src`, where it is installed, for the program `std_tests`.
//!
//! They are written as they are, but for attributes: `#[test]` makes way for a table of the tests, what is for Linux
//! alone is for WASI, and nothing is ignored.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Where the tests are in `library/std/src`, and the names of their modules in the program.
const SOURCES: [(&str, &str); 5] = [
    ("net/tcp/tests.rs", "tcp"),
    ("net/udp/tests.rs", "udp"),
    ("net/socket_addr/tests.rs", "socket_addr"),
    ("os/net/linux_ext/tests.rs", "linux"),
    ("os/unix/net/tests.rs", "unix"),
];

/// What is for other targets, unstable or private in `std`, and what is there instead.
const REWRITTEN: [(&str, &str); 5] = [
    ("target_os = \"linux\"", "target_os = \"wasi\""),
    ("BorrowedBuf, ", ""),
    // The macros around each call: that is where threads may have their turn.
    ("match $e {", "match (crate::thread::step(), $e).1 {"),
    ("ErrorKind::Uncategorized", "ErrorKind::Other"),
    ("udpsock.0.socket().as_raw()", "crate::os::fd::AsRawFd::as_raw_fd(&udpsock)"),
];

/// Tests of what is unstable in other parts of `std`, and so cannot be compiled.
const UNSTABLE: [&str; 1] = ["read_buf"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let directory = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where"));
    for (source, name) in SOURCES {
        let text = library().and_then(|library| fs::read_to_string(library.join(source)).ok()).unwrap_or_default();
        fs::write(directory.join(name).with_extension("rs"), table(&rewritten(&text))).expect("is written");
    }
}

/// `library/std/src` of the compiler, if it has come with its sources. For another target than WASI, which is only looked at,
/// there is none.
fn library() -> Option<PathBuf> {
    env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "wasi").then_some(())?;
    let output = Command::new(env::var_os("RUSTC")?).args(["--print", "sysroot"]).output().ok()?;
    let root = Path::new(str::from_utf8(&output.stdout).ok()?.trim()).join("lib/rustlib/src/rust/library/std/src");
    root.is_dir().then_some(root)
}

/// The text with what is rewritten, without the attributes of its head and without `cfg_attr`.
fn rewritten(text: &str) -> String {
    let mut rest = REWRITTEN.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    for start in ["#![", "#[cfg_attr("] {
        while let Some(at) = rest.find(start) {
            let end = at + closing(&rest[at..]);
            rest.replace_range(at..end, "");
        }
    }
    rest
}

/// The length of an attribute, from its first character to its last bracket.
fn closing(text: &str) -> usize {
    let mut depth = 0;
    for (at, ch) in text.char_indices() {
        match ch {
            '[' => depth += 1,
            ']' if depth == 1 => return at + 1,
            ']' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// The text, and behind it its tests as a table.
fn table(text: &str) -> String {
    let mut out = String::new();
    let mut names = Vec::new();
    for (at, item) in text.split("#[test]").enumerate() {
        let name = item.split_once("fn ").and_then(|(_, rest)| rest.split_once('(')).map_or("", |(name, _)| name);
        match at {
            0 => out.push_str(item),
            // What comes behind the test itself stays.
            _ if UNSTABLE.contains(&name) => out.push_str(item.split_once("\n}\n").map_or("", |(_, rest)| rest)),
            _ => {
                names.push(name);
                out.push_str(item);
            }
        }
    }
    out.push_str("pub(crate) const TESTS: &[(&str, fn())] = &[");
    names.iter().for_each(|name| out.push_str(&format!("(\"{name}\", {name} as fn()),")));
    out.push_str("];\n");
    out
}
