//! The command, as people use it: its words, its messages, its help.

use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use berkeley_tests::{berkeley, guest, run, text};

/// What the command does with these words.
fn output(words: &[&str]) -> Output {
    Command::new(berkeley()).args(words).stdin(Stdio::null()).output().expect("it starts")
}

fn stderr(words: &[&str]) -> String {
    text(&output(words).stderr)
}

fn program(name: &str) -> String {
    guest(name).program().to_str().expect("UTF-8").to_owned()
}

/// What the guest `given` is told of its arguments and of its environment, with these options.
#[track_caller]
fn told(options: &[&str], arguments: &[&str]) -> [String; 2] {
    let given = program("given");
    let output = output(&[&["run"], options, &[&given], arguments].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let stdout = text(&output.stdout);
    let mut lines = stdout.lines().map(str::to_owned);
    [lines.next().expect("arguments"), lines.next().expect("variables")]
}

#[test]
fn what_follows_the_guest_is_its_own() {
    let plain = program("plain");
    for words in [
        &["-h", "host"][..],
        &["--help"],
        &["--", "-V", "--version"],
        &["--allow", "connect", "--dir=/", "--no-such"],
        &["-"],
        &["7", "--env"],
    ] {
        for before in [&["run"][..], &["run", "--"], &["run", "--env", "A=1", "--"], &["run", "--allow=files"]] {
            let output = output(&[before, &[&plain], words].concat());
            let expected = format!("{:?}", [&["plain.wasm"], words].concat());
            assert_eq!(text(&output.stdout).lines().next(), Some(expected.as_str()), "{}", text(&output.stderr));
        }
    }
}

#[test]
fn options_that_there_are_not_get_a_suggestion() {
    let plain = program("plain");
    for (words, suggestion) in [
        (&["run", "--alow", "connect", &plain][..], "'--allow'"),
        (&["run", "--sockets=a=udp:localhost:1", &plain], "'--socket'"),
        (&["python", "--alow", "connect", "-c", "pass"], "--allow"),
        (&["python", "--env-=A", "x.py"], "--env"),
        (&["rum", "x"], "'run'"),
        (&[plain.as_str()], "berkeley run "),
    ] {
        let output = output(words);
        let stderr = text(&output.stderr);
        assert!(stderr.contains(suggestion) && !output.status.success(), "{words:?}: {stderr}");
    }
}

#[test]
fn a_file_that_is_no_component_is_told_in_one_sentence() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = |name: &str, bytes: &[u8]| {
        let path = directory.path().join(name);
        fs::write(&path, bytes).expect("writes");
        path.to_str().expect("UTF-8").to_owned()
    };
    let whole = fs::read(guest("plain").program()).expect("reads");
    for (path, kind) in [
        (file("text.wasm", b"hello\n"), "is not WebAssembly: it seems to be text"),
        (file("empty.wasm", b""), "it seems to be empty"),
        (file("magic.wasm", b"wasm\x01\0\0\0\x80"), "it seems to be data"),
        (file("a.wat", b"(component)"), "as text (.wat)"),
        (file("a.py", b"import socket"), "`berkeley python`"),
        (file("module.wasm", b"\0asm\x01\0\0\0"), "is a core module"),
        (file("new.wasm", b"\0asm\x01\0\x07\0"), "is not a valid component"),
        (file("library.wasm", b"\0asm\x0d\0\x01\0"), "it exports no wasi:cli/run, but nothing"),
        (file("part.wasm", &whole[..whole.len() / 2]), "is not a valid component"),
        (directory.path().to_str().expect("UTF-8").to_owned(), "is a directory"),
        (berkeley().to_str().expect("UTF-8").to_owned(), "(ELF)"),
        ("/dev/zero".to_owned(), "it seems to be data"),
        ("/no/such".to_owned(), "No such file"),
    ] {
        for backtrace in ["0", "1"] {
            let mut command = Command::new(berkeley());
            let output = command.args(["run", &path]).env("RUST_BACKTRACE", backtrace).output().expect("it starts");
            let stderr = text(&output.stderr);
            assert!(stderr.contains(&path) && stderr.contains(kind), "{kind}: {stderr}");
            assert_eq!((stderr.lines().count(), output.status.code()), (1, Some(1)), "{stderr}");
        }
    }
}

#[test]
fn a_trap_shows_the_guests_own_calls_alone() {
    let mut command = guest("plain").arg("no number").command("inline");
    let output = command.env("RUST_BACKTRACE", "full").output().expect("it starts");
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(134), "{stderr}");
    assert!(stderr.contains("berkeley: the guest trapped: wasm `unreachable` instruction executed\n"), "{stderr}");
    assert!(stderr.contains("plain::main") && !stderr.contains("wasmtime"), "{stderr}");
    assert!(stderr.len() < 5000, "{stderr}");
}

#[test]
fn of_variables_of_one_name_the_last_counts() {
    let set = |options: &[&str]| told(options, &["end"])[1].clone();
    assert_eq!(set(&["--env", "A=1", "--env", "B=x=y", "--env", "A=2"]), r#"[("A", "2"), ("B", "x=y")]"#);
    assert_eq!(set(&["--env=C="]), r#"[("C", "")]"#);
    let inherits = |name: &str, value: &[u8]| {
        let mut command = guest("given").option("--env", name).arg("end").command("inline");
        let output = command.env("BERKELEY_TEST_A", std::ffi::OsStr::from_bytes(value)).output().expect("it starts");
        (text(&output.stdout), text(&output.stderr))
    };
    assert!(inherits("BERKELEY_TEST_A", b"7").0.contains(r#"("BERKELEY_TEST_A", "7")"#));
    assert!(inherits("BERKELEY_TEST_B", b"7").1.contains("there is no variable of that name here"));
    assert!(inherits("BERKELEY_TEST_A", b"\xff").1.contains("is not UTF-8"));
    let plain = program("plain");
    for bad in ["=x", "=", ""] {
        let output = output(&["run", "--env", bad, &plain]);
        let stderr = text(&output.stderr);
        assert!(output.status.code() == Some(2) && stderr.contains("a variable needs a name"), "{stderr}");
    }
}

#[test]
fn names_of_sockets_are_not_empty_and_not_double() {
    let plain = program("plain");
    assert!(stderr(&["run", "--socket", "=udp:127.0.0.1:0", &plain]).contains("a socket needs a name"));
    let twice = ["run", "--socket", "a=udp:127.0.0.1:0", "--socket", "a=tcp-listen:127.0.0.1:0", &plain];
    assert!(stderr(&twice).contains("there are two sockets of that name"), "{}", stderr(&twice));
}

#[test]
fn no_colours_go_into_pipes() {
    let plain = program("plain");
    for words in [&["--help"][..], &["run", "--help"], &["run", "--no-such"], &["run", &plain]] {
        let output = Command::new(berkeley()).args(words).env("RUST_LOG", "trace").stdin(Stdio::null()).output();
        let output = output.expect("it starts");
        assert!(
            !output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b),
            "{words:?}: {}",
            text(&output.stderr)
        );
    }
}

#[test]
fn whoever_closes_the_output_ends_nothing_badly() {
    // Each writes to a pipe that nobody reads any more.
    let closed = || {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        Stdio::from(writer)
    };
    for words in [
        &["run", "--help"][..],
        &["policy", "check", "--allow", "files", "files"],
        &["completions", "bash"],
        &["man", "run"],
    ] {
        let output = Command::new(berkeley()).args(words).stdout(closed()).output().expect("it starts");
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()), "{words:?}");
    }
    // What is refused would be told there.
    let mut denied = guest("unix").arg("denied").command("inline");
    assert!(denied.stdin(Stdio::null()).stderr(closed()).status().expect("it starts").success());
    let mut traced = guest("pair").flag("--trace").command("inline");
    assert!(traced.stdin(Stdio::null()).stderr(closed()).status().expect("it starts").success());
}

#[test]
fn arguments_that_are_not_utf_8_are_told() {
    let bad = std::ffi::OsStr::from_bytes(b"\xff");
    let plain = program("plain");
    for words in [
        ["run".as_ref(), plain.as_ref(), bad],
        ["run".as_ref(), bad, "x".as_ref()],
        ["run".as_ref(), "--env".as_ref(), bad],
    ] {
        let output = Command::new(berkeley()).args(words).output().expect("it starts");
        assert!(matches!(output.status.code(), Some(1 | 2)), "{}", text(&output.stderr));
        assert!(!text(&output.stderr).contains("panicked"), "{}", text(&output.stderr));
    }
}

#[test]
fn rules_that_are_none_are_told_with_what_was_meant() {
    let plain = program("plain");
    for (rule, meant) in [
        ("http://example.com/", "write `connect=example.com:80`"),
        ("connect=example.com:443/index.html", "write `connect=example.com:443`"),
        ("connect=[fe80::1%eth0]:80", "write `connect=[fe80::1]:80`"),
        ("connect:example.com:443", "write `connect=example.com:443`"),
        ("connect=a:80,b:90", "write `connect=a:80`, `connect=b:90`"),
    ] {
        let stderr = stderr(&["run", "--allow", rule, &plain]);
        assert!(stderr.contains(meant), "{rule}: {stderr}");
    }
    // Both words are told, and understood.
    assert_eq!(
        output(&["policy", "check", "--allow", "bind=127.0.0.1:80", "listen tcp 127.0.0.1:80"]).status.code(),
        Some(0)
    );
    assert!(run(Command::new(berkeley()).args(["run", "--help"])).contains("bind[:PROTOCOL]"));
}

#[test]
fn a_look_up_that_is_refused_suggests_to_connect() {
    let stderr = text(&guest("wasi_guarded").arg("resolve").arg("db.internal").output("inline").stderr);
    let told = "refused to look up the host db.internal; --allow resolve=db.internal would allow it; --allow \
                connect=db.internal:PORT would allow it and connecting to that PORT, which is mostly wanted\n";
    assert!(stderr.contains(told), "{stderr}");
}

#[test]
fn exit_codes_are_the_guests() {
    for code in [0, 1, 2, 7, 42, 124, 255] {
        assert_eq!(guest("given").arg("exit").arg(code).output("inline").status.code(), Some(code));
    }
}

/// Every command has a help without anything of the source in it, and a manual page.
#[test]
fn every_command_has_help_and_a_manual_page() {
    let directory = tempfile::tempdir().expect("a directory");
    run(Command::new(berkeley()).arg("man").arg("--dir").arg(directory.path()));
    for words in [
        &["run"][..],
        &["python"],
        &["policy"],
        &["policy", "check"],
        &["policy", "learn"],
        &["conformance"],
        &["simulate"],
        &["cc"],
    ] {
        let help = run(Command::new(berkeley()).arg("help").args(words));
        let usage = format!("Usage: berkeley {}", words.join(" "));
        assert!(help.contains(&usage) && !help.contains("const ") && !help.contains("\";"), "{words:?}: {help}");
        let page =
            fs::read_to_string(directory.path().join(format!("berkeley-{}.1", words.join("-")))).expect("a page");
        assert!(page.contains(".SH SYNOPSIS") && page.contains(".TH "), "{words:?}: {page}");
        assert_eq!(run(Command::new(berkeley()).arg("man").args(words)), page);
    }
    let page = fs::read_to_string(directory.path().join("berkeley-run.1")).expect("a page");
    for told in ["\\-\\-allow", "connect[:PROTOCOL]", "bandwidth\\-out", "Examples:"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    // Where there is a formatter, it has nothing to complain of.
    if let Ok(output) = Command::new("groff")
        .args(["-man", "-Tutf8", "-ww", "-z"])
        .arg(directory.path().join("berkeley-run.1"))
        .output()
    {
        assert!(output.status.success() && output.stderr.is_empty(), "{}", text(&output.stderr));
    }
    assert!(stderr(&["man", "no-such"]).contains("there is no command `no-such`"));
}

#[test]
fn shells_complete_words() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(Command::new(berkeley()).args(["completions", shell]));
        assert!(script.contains("berkeley") && script.contains("allow-all"), "{shell}");
    }
    let directory = tempfile::tempdir().expect("a directory");
    let script = directory.path().join("berkeley.bash");
    fs::write(&script, run(Command::new(berkeley()).args(["completions", "bash"]))).expect("writes");
    let complete = |words: &[&str]| {
        let program = format!(
            "source {}; COMP_WORDS=({}); COMP_CWORD={}; _berkeley berkeley {:?} {:?}; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            script.display(),
            words.join(" "),
            words.len() - 1,
            words[words.len() - 1],
            words[words.len() - 2],
        );
        run(Command::new("bash").args(["--norc", "-c", &program]))
    };
    assert_eq!(complete(&["berkeley", "pol"]), "policy\n");
    assert_eq!(complete(&["berkeley", "run", "--allow-"]), "--allow-all\n");
    assert_eq!(complete(&["berkeley", "policy", "ch"]), "check\n");
}

#[test]
fn limits_and_files_that_cannot_be_are_told() {
    let plain = program("plain");
    for (words, told) in [
        (&["--limit", "sockets=99999999999999999999"][..], "is no count"),
        (&["--limit", "buffers=99999999999TiB"], "is no size"),
        (&["--limit", "bandwidth-in=0"], "would let nothing through"),
        (&["--timeout", "99999999999999999999s"], "duration"),
        (&["--dir", "/no/such"], "--dir /no/such: No such file"),
        (&["--dir", "/dev/null"], "--dir /dev/null: "),
        (&["--dir", "/tmp::"], "--dir /tmp::: the guest's name for it is missing"),
        (&["--policy", "/no/such"], "cannot read /no/such"),
        (&["--allow", "unix=/etc/passwd"], "a rule names the directory that sockets are in, such as /etc"),
        (&["--group", "a="], "is no host name"),
        (&["--policy", "/"], "cannot read /: "),
        (&["--trace=/no/such/file"], "cannot write /no/such/file"),
        (&["--pcap", "/no/such/file"], "cannot write /no/such/file"),
        (&["--learn", "/no/such/file"], "cannot write /no/such/file"),
        (&["--trace-format", "json"], "--trace-format is about --trace"),
        (&["--socket", "a=fd:99"], "--socket a: cannot open 99"),
        (&["--socket", "a=unix-listen:/no/such/s"], "--socket a: cannot open /no/such/s"),
        (&["--socket", "a=tcp-listen:99999"], "`99999` is no HOST:PORT"),
        (&["--waiting", "inlin"], "'inline'"),
        (&["--allow", "connect", "--allow-all"], "cannot be used with"),
        (&["--learn", "new.toml", "--policy", "old.toml"], "cannot be used with"),
    ] {
        let output = output(&[&["run"], words, &[plain.as_str()]].concat());
        let stderr = text(&output.stderr);
        assert!(stderr.contains(told) && matches!(output.status.code(), Some(1 | 2)), "{words:?}: {stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
}

#[test]
fn what_was_learnt_is_written_when_time_is_up() {
    let directory = tempfile::tempdir().expect("a directory");
    let policy = directory.path().join("policy.toml");
    let guest = guest("given").option("--learn", policy.to_str().expect("UTF-8")).option("--timeout", "300ms");
    assert_eq!(guest.arg("compute").output("inline").status.code(), Some(124));
    assert!(fs::read_to_string(&policy).expect("a policy").contains("allow = ["));
    // Where nothing has run, nothing was learnt.
    let other = directory.path().join("other.toml");
    let missing = output(&["run", "--learn", other.to_str().expect("UTF-8"), "/no/such.wasm"]);
    assert!(!missing.status.success() && !other.exists());
}

#[test]
fn a_guest_runs_without_standard_input() {
    let mut command = Command::new("sh");
    command.args(["-c", r#"exec "$0" "$@" <&-"#]).arg(berkeley()).args(["run", &program("given"), "end"]);
    run(&mut command);
}

/// Tests whose guests only link with the target as Rust releases it.
mod released_target {
    use super::*;
    use berkeley_tests::component;

    #[test]
    fn a_guest_of_wasi_0_3_has_exit_codes() {
        for code in [0, 3, 255] {
            assert_eq!(component("exit").arg(code).output("inline").status.code(), Some(code));
        }
        assert_eq!(component("exit").output("inline").status.code(), Some(1));
    }

    #[test]
    fn a_trap_shows_the_lines_of_a_component_that_has_them() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = |name: &str| directory.path().join(name);
        let source = "fn main() {\n    divide(std::env::args().count() as u32);\n}\n\n#[inline(never)]\nfn divide(by: u32) {\n    \
                      let at: [u8; 3] = [0; 3];\n    println!(\"{}\", at[by as usize + 9]);\n}\n";
        fs::write(path("lines.rs"), source).expect("writes");
        let mut rustc = Command::new("rustc");
        rustc.args(["--edition=2024", "--target=wasm32-wasip2", "-g", "-Cpanic=abort", "lines.rs"]);
        run(rustc.current_dir(directory.path()));
        // The second time by the code that was kept.
        for _ in 0..2 {
            let output = output(&["run", path("lines.wasm").to_str().expect("UTF-8")]);
            let stderr = text(&output.stderr);
            assert_eq!(output.status.code(), Some(134), "{stderr}");
            assert!(stderr.contains("lines::divide") && stderr.contains("lines.rs:8:"), "{stderr}");
            assert!(stderr.contains("lines::main") && stderr.contains("lines.rs:2:"), "{stderr}");
        }
    }
}

/// The pages of the book say how the command is installed beside its pages and completions.
#[test]
fn nothing_is_written_where_it_cannot_be() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("file");
    drop(File::create(&file).expect("makes"));
    let output = Command::new(berkeley()).arg("man").arg("--dir").arg(&file).output().expect("it starts");
    assert!(!output.status.success() && text(&output.stderr).contains(Path::new(&file).to_str().expect("UTF-8")));
}

#[test]
fn a_terminal_obeys_nothing_of_a_line_that_is_wrong() {
    for word in ["--al\u{202e}x", "--allow=connect=a\u{202e}:80", "--timeout=\u{9b}31m", "--waiting=\u{1b}[31m"] {
        let output = Command::new(berkeley()).args(["run", word, "guest.wasm"]).output().expect("it starts");
        let told = text(&output.stderr);
        assert!(output.status.code() == Some(2) && told.starts_with("error: "), "{told}");
        assert!(!told.contains(['\u{202e}', '\u{9b}', '\u{1b}']), "{}", told.escape_debug());
    }
}
