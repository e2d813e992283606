//! What `berkeley conformance` says: that it is true of this host, and that the page in `docs` says the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use berkeley_tests::{Guest, berkeley, guest, root, run, text};
use serde_json::Value;

const PLATFORMS: [&str; 3] = ["wasi:sockets 0.2", "wasi:sockets 0.3", "Berkeley"];

fn conformance() -> Command {
    let mut command = Command::new(berkeley());
    command.arg("conformance");
    command
}

fn json(options: &[&str]) -> Value {
    let report = run(conformance().args(["--format", "json"]).args(options));
    serde_json::from_str(&report).expect("it is JSON")
}

fn rows(report: &Value) -> &[Value] {
    report["rows"].as_array().expect("rows")
}

/// Whether the component of WASI 0.3 is there: not every toolchain builds it.
fn is_built(name: &str) -> bool {
    component(name).exists()
}

fn component(name: &str) -> PathBuf {
    let guests = root().join("target/guests/wasm32-wasip2/guest");
    let path = guests.join(format!("conformance_{name}.wasm"));
    if path.exists() { path } else { guests.join(format!("examples/conformance_{name}.wasm")) }
}

#[test]
fn every_row_that_this_kernel_could_serve_works_over_berkeley() {
    // It would exit with 1 otherwise.
    let report = json(&[]);
    let mut counts = BTreeMap::new();
    for row in rows(&report) {
        for platform in PLATFORMS {
            let status = row["platforms"][platform]["status"].as_str().expect("a status");
            assert!(
                status != "not-probed" || (platform == "wasi:sockets 0.3" && !is_built("wasip3")),
                "nobody probes {} {} over {platform}",
                row["section"],
                row["name"]
            );
            *counts.entry((platform, status)).or_insert(0) += 1;
        }
    }
    assert!(rows(&report).len() > 600, "only {} rows", rows(&report).len());
    assert!(counts[&("Berkeley", "works")] > 300, "{counts:?}");
    assert!(counts[&("wasi:sockets 0.2", "cannot")] > 300, "{counts:?}");
    assert!(counts[&("wasi:sockets 0.2", "works")] > 50, "{counts:?}");
}

#[test]
fn what_fails_over_wasi_is_told_with_what_was_seen() {
    let report = json(&["--only", "socketpair", "--only", "connect", "--only", "MSG_OOB", "--only", "bind"]);
    let reason = |name: &str, platform: &str| {
        let row = rows(&report).iter().find(|row| row["name"] == name).expect("the row");
        row["platforms"][platform]["reason"].as_str().expect("a reason").to_owned()
    };
    assert_eq!(rows(&report).len(), 4);
    assert_eq!(reason("socketpair", "wasi:sockets 0.2"), "no call for pairs of AF_UNIX");
    let bind = reason("bind", "wasi:sockets 0.2");
    assert!(bind.contains("to an IPv4 address as IPv6 writes it: invalid-argument"), "{bind}");
    assert!(reason("connect", "wasi:sockets 0.2").ends_with("after a refusal: invalid-state"));
    assert_eq!(reason("MSG_OOB", "wasi:sockets 0.2"), "no call for MSG_OOB");
    assert_eq!(reason("connect", "Berkeley"), "");
}

/// A probe that could not fail would prove nothing: without a grant, what needs one fails.
#[test]
fn probes_fail_where_the_host_refuses() {
    for probe in [
        "method connect",
        "function create_server",
        "function getaddrinfo",
        "function if_nameindex",
        "family AF_NETLINK 16 3 0",
        "option SO_MARK udp 1 36 set 7",
        "option SO_DEBUG tcp 1 1 set 1",
        // Ordinary options, but values that the kernel keeps for those who have CAP_NET_ADMIN.
        "option SO_PRIORITY udp 1 12 set 7",
        "option TCP_CONGESTION tcp 6 13 bytes 6e6f6e65",
    ] {
        let guest = probe.split(' ').fold(guest("conformance_berkeley"), Guest::arg);
        let seen = guest.succeeds();
        assert!(seen.lines().any(|line| line.starts_with("fails\t") && line.contains("EACCES")), "{probe}: {seen}");
    }
}

#[test]
fn an_options_steps_fail_where_something_else_is_seen() {
    for (steps, seen) in [
        ("is 1", "instead of 1"),
        ("holds 4 0 01", "has not [1] at 0"),
        ("set 42 ; 0 2 is 41", "42 instead of 41"),
        ("refuses EINVAL 4", "it succeeds, where EINVAL is the answer"),
        ("head 1 2a000000 ; 0 2 answers ENOENT 2a000000", "it succeeds, where ENOENT is the answer"),
        ("stays EPERM", "where EPERM is the answer"),
        ("vanish", "vanish is nothing to do"),
        ("is", "lacks a word"),
    ] {
        let probe = format!("option IP_TTL udp 0 2 {steps}");
        let seen_now = probe.split(' ').fold(guest("conformance_berkeley"), Guest::arg).succeeds();
        assert!(seen_now.starts_with("fails\t") && seen_now.contains(seen), "{probe}: {seen_now}");
    }
}

/// "No call for it" is a fair word only if there is no call that the probes leave out.
#[test]
fn the_probes_call_every_function_of_wasi_sockets() {
    let sources = wasmtime_wasi();
    for (version, name) in [("p2", "wasip2"), ("p3", "wasip3")] {
        if !is_built(name) {
            continue;
        }
        let wit = std::fs::read_to_string(sources.join(format!("src/{version}/wit/deps/sockets.wit"))).expect("WIT");
        let functions = functions(&wit);
        assert!(functions.len() > 30, "{functions:?}");
        let component = std::fs::read(component(name)).expect("the component");
        let calls = |function: &&String| component.windows(function.len()).any(|part| part == function.as_bytes());
        let left_out: Vec<_> = functions.iter().filter(|function| !calls(function)).collect();
        assert!(left_out.is_empty(), "the probes of {name} never call {left_out:?}");
    }
}

/// The host's own `wasi:sockets` are those that wasmtime links otherwise, function by function.
#[test]
fn the_wit_of_wasis_sockets_is_wasmtimes() {
    let theirs = wasmtime_wasi();
    for (version, packages) in [("p2", &["clocks", "io", "sockets"][..]), ("p3", &["clocks", "sockets"])] {
        for package in packages {
            let read =
                |path: PathBuf| std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
            let file = format!("deps/{package}.wit");
            let ours = read(root().join("host/wit-wasi").join(version).join(&file));
            assert!(ours == read(theirs.join("src").join(version).join("wit").join(&file)), "{version} {package}");
        }
    }
}

/// Where the source of `wasmtime-wasi` is.
fn wasmtime_wasi() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut metadata = Command::new(cargo);
    // What other systems need may not have been fetched.
    let platform = format!("--filter-platform={}-unknown-linux-gnu", std::env::consts::ARCH);
    metadata.args(["metadata", "--format-version=1", "--offline", &platform]).current_dir(root());
    let metadata: Value = serde_json::from_str(&run(&mut metadata)).expect("metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let package = packages.iter().find(|package| package["name"] == "wasmtime-wasi").expect("wasmtime-wasi");
    let manifest = package["manifest_path"].as_str().expect("a path");
    Path::new(manifest).parent().expect("a directory").to_owned()
}

/// The functions of a WIT package, by the names that a component imports them by.
fn functions(wit: &str) -> Vec<String> {
    let (mut functions, mut resource, mut unstable) = (Vec::new(), None, false);
    for line in wit.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
        if let Some(name) = line.strip_prefix("resource ").and_then(|rest| rest.strip_suffix(" {")) {
            resource = Some(name);
        } else if line == "}" {
            resource = None;
        } else if let Some((name, kind)) = line.split_once(": ").filter(|(_, kind)| kind.contains("func(")) {
            let kind = if kind.starts_with("static") { "static" } else { "method" };
            let name = name.trim_start_matches('%');
            // What is behind a feature, nobody has.
            if !unstable {
                functions.push(resource.map_or(name.to_owned(), |resource| format!("[{kind}]{resource}.{name}")));
            }
        }
        unstable = line.starts_with("@unstable");
    }
    functions
}

#[test]
fn only_chooses_rows_by_name_and_by_section() {
    let names = |options: &[&str]| -> Vec<String> {
        let report = json(options);
        rows(&report).iter().map(|row| row["name"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(names(&["--only", "SOCKETPAIR"]), ["socketpair"]);
    assert_eq!(names(&["--only", "inet_*"]), ["inet_aton", "inet_ntoa", "inet_pton", "inet_ntop"]);
    let flags = names(&["--only", "flag"]);
    assert!(flags.len() > 10 && flags.iter().all(|name| name.starts_with("MSG_")), "{flags:?}");
    let none = conformance().args(["--only", "no such row"]).output().expect("it runs");
    assert_eq!(none.status.code(), Some(1));
    assert!(text(&none.stderr).contains("no row matches no such row"), "{}", text(&none.stderr));
}

#[test]
fn missing_probes_are_told_with_the_remedy() {
    let output = conformance().args(["--probes", "/nowhere"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(told.contains("/nowhere") && told.contains("cargo xtask guests"), "{told}");
}

#[test]
fn the_table_and_the_page_show_each_row() {
    let options = ["--only", "method", "--only", "SO_*"];
    let table = run(conformance().args(options));
    let page = run(conformance().args(options).args(["--format", "html"]));
    for row in rows(&json(&options)) {
        let name = row["name"].as_str().expect("a name");
        // Long names are broken in a narrow table.
        assert!(name.len() > 20 || table.contains(name), "the table lacks {name}");
        assert!(page.contains(&format!("<code>{name}</code>")), "the page lacks {name}");
    }
    // The page needs nothing but itself.
    for outside in ["src=", "href=", "@import", "url("] {
        assert!(!page.contains(outside), "the page has {outside}");
    }
}
