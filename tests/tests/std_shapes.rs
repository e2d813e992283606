//! The shapes of `std` in the guest crate, to the letter: by a program that uses them, by `std`'s own tests, and by what
//! `std`'s sources say that there is. The component `rust-src` has those two; without it they are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use berkeley_tests::{Guest, guest, root, run, skipped};
use tempfile::TempDir;

fn directory() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

#[test]
fn the_shapes_are_those_of_std() {
    let directory = directory();
    let names = format!("berkeley-shapes-{}", std::process::id());
    guest("std_shapes")
        .allow("listen=127.0.0.1:0-65535")
        .allow("connect=127.0.0.1")
        .allow("connect=localhost")
        .allow("udp=127.0.0.1")
        .allow(format!("unix={}::/run/x", directory.path().display()))
        .allow(format!("unix=@{names}*"))
        .option("--dir", format!("{}::/run/x", directory.path().display()))
        .arg(names)
        .succeeds();
}

#[test]
fn names_are_looked_up_by_berkeley_alone() {
    let program = fs::read(guest("std_shapes").program()).expect("the program");
    let has = |name: &str| program.windows(name.len()).any(|part| part == name.as_bytes());
    assert!(has("berkeley:sockets/netdb") && !has("wasi:sockets"), "what std looks names up by is in it");
}

/// What the list says of a test: when its threads run, or that it cannot be run.
fn expectations() -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join("tests/data/std-tests.txt")).expect("the list");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let row = |line: &str| line.split_once(' ').map(|(name, rest)| (name.to_owned(), rest.to_owned()));
    lines.map(|line| row(line).unwrap_or_else(|| panic!("`{line}` says nothing"))).collect()
}

fn std_tests(directory: &Path) -> Guest {
    let directory = directory.display();
    guest("std_tests")
        .allow("listen")
        .allow("connect")
        .allow("udp")
        .allow("unix=@*")
        .allow(format!("unix={directory}::/run/x"))
        .option("--dir", format!("{directory}::/run/x"))
}

#[test]
fn the_tests_of_std_pass() {
    let nowhere = directory();
    let output = std_tests(nowhere.path()).output("inline");
    let all: Vec<_> = berkeley_tests::text(&output.stdout).lines().map(str::to_owned).collect();
    if all.is_empty() {
        skipped(format_args!("std's own tests: `rustup component add rust-src`, then `cargo xtask guests`"));
        return;
    }
    let expected = expectations();
    for name in expected.keys() {
        assert!(all.contains(name), "`{name}` is in the list, and no test of std");
    }
    let mut wanted = Vec::new();
    for name in &all {
        match expected.get(name).map(String::as_str) {
            Some(reason) if reason.starts_with("- ") => {}
            moment => wanted.push(format!("{name} {}", moment.unwrap_or("spawn"))),
        }
    }
    assert!(wanted.len() > 80, "{wanted:?}");
    for waiting in berkeley_tests::WAITING {
        let directory = directory();
        let guest = wanted.iter().fold(std_tests(directory.path()), Guest::arg);
        let output = guest.output(waiting);
        let (passed, stderr) = (berkeley_tests::text(&output.stdout), berkeley_tests::text(&output.stderr));
        assert!(output.status.success(), "waiting {waiting}: {stderr}");
        assert_eq!(passed.lines().count(), wanted.len(), "{passed}");
    }
}

/// `library/std/src`, if it is installed.
fn library() -> Option<PathBuf> {
    let sysroot = run(Command::new("rustc").args(["--print", "sysroot"]));
    let path = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/std/src");
    path.is_dir().then_some(path)
}

/// The types and traits, and where `std` has them.
const TYPES: [(&str, &[&str]); 8] = [
    ("net/tcp.rs", &["TcpStream", "TcpListener"]),
    ("net/udp.rs", &["UdpSocket"]),
    ("os/unix/net/stream.rs", &["UnixStream"]),
    ("os/unix/net/listener.rs", &["UnixListener"]),
    ("os/unix/net/datagram.rs", &["UnixDatagram"]),
    ("os/unix/net/addr.rs", &["SocketAddr"]),
    ("os/unix/net/ancillary.rs", &["SocketAncillary", "SocketCred"]),
    ("os/net/linux_ext/tcp.rs", &["TcpStreamExt"]),
];

/// The names of the functions in blocks that begin with one of these lines, and end where the indentation does.
fn functions(text: &str, begins: impl Fn(&str) -> bool, end: &str, function: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut inside = false;
    for line in text.lines() {
        inside = (inside || begins(line)) && line != end;
        let name = line.trim_start().strip_prefix(function).filter(|_| inside);
        found.extend(name.map(|rest| rest.split(['(', '<']).next().unwrap_or_default().to_owned()));
    }
    found
}

/// The public methods of a type, or of a trait.
fn methods(text: &str, name: &str) -> BTreeSet<String> {
    let names = |line: &str| line.split([' ', '<', ':']).any(|word| word == name) && line.ends_with('{');
    let mut found =
        functions(text, |line| line.starts_with("impl") && !line.contains(" for ") && names(line), "}", "pub fn ");
    found.extend(functions(text, |line| line.starts_with("pub trait") && names(line), "}", "fn "));
    found
}

/// The methods that a type of the guest crate has, by itself and by its parts of the macro `share`.
fn own_methods(sources: &str, name: &str) -> BTreeSet<String> {
    let mut found = methods(sources, name);
    for line in sources.lines().filter(|line| line.starts_with(&format!("share!({name}("))) {
        let parts = line.split_once("): ").expect("its parts").1.trim_end_matches(");");
        for part in parts.split(", ").map(|part| part.split(':').next().unwrap_or_default()) {
            let begin = format!("    (@{part} $name:ident");
            found.extend(functions(sources, |line| line.starts_with(&begin), "    };", "pub fn "));
        }
    }
    found
}

fn sources(directory: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        text += &if path.is_dir() { sources(&path) } else { fs::read_to_string(&path).expect("a file") };
    }
    text
}

#[test]
fn every_method_of_std_is_here() {
    let Some(library) = library() else {
        return skipped(format_args!("std's methods: `rustup component add rust-src`"));
    };
    let own = ["net", "os"].map(|part| sources(&root().join("guest/src").join(part))).concat();
    for (file, types) in TYPES {
        let text = fs::read_to_string(library.join(file)).expect("std has it");
        for name in types {
            let (theirs, ours) = (methods(&text, name), own_methods(&own, name));
            assert!(theirs.len() > 2, "{name} of std has {theirs:?}");
            let missing: Vec<_> = theirs.difference(&ours).collect();
            assert!(missing.is_empty(), "{name} has no {missing:?}");
        }
    }
}
