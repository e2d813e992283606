//! `berkeley.toml`: a project that `berkeley run` alone runs.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use berkeley_tests::{Running, berkeley, guest, text};
use tempfile::TempDir;

/// A directory with that configuration, of the guest `given` unless it names another.
fn project(text: &str) -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    fs::copy(guest("given").program(), directory.path().join("given.wasm")).expect("copies");
    fs::write(directory.path().join("berkeley.toml"), text).expect("writes");
    directory
}

fn command(directory: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(berkeley());
    command.arg("run").args(words).current_dir(directory).stdin(Stdio::null());
    command
}

fn output(directory: &Path, words: &[&str]) -> Output {
    command(directory, words).output().expect("it starts")
}

/// The lines that it writes. It must succeed.
#[track_caller]
fn lines(directory: &Path, words: &[&str]) -> Vec<String> {
    let output = output(directory, words);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).lines().map(str::to_owned).collect()
}

const WHOLE: &str = r#"
guest = "given.wasm"
arguments = ["end", "--allow", "-h"]
dirs = ["data::/data"]
timeout = 3600
waiting = "yield"
trace = "trace.json"
trace-format = "json"
allow = ["connect=@databases:5432", "unix=run::/run"]
deny = ["connect=10.0.0.1"]

[groups]
databases = ["10.0.0.0/8"]

[env]
LEVEL = "debug"
PORT = 8080
HOME = true

[sockets]
http = "tcp-listen:127.0.0.1:0"
app = "unix-listen:run/app.sock"

[limits]
sockets = 100
bandwidth-out = "1MiB/s"
"#;

#[test]
fn a_project_runs_by_its_file_alone() {
    let project = project(WHOLE);
    for name in ["data", "run"] {
        fs::create_dir(project.path().join(name)).expect("makes");
    }
    let home = std::env::var("HOME").unwrap_or_default();
    let ran = |directory: &Path, words: &[&str]| {
        let output = command(directory, words).env("HOME", &home).output().expect("it starts");
        assert!(output.status.success(), "{}", text(&output.stderr));
        let stdout = text(&output.stdout);
        assert_eq!(
            stdout.lines().collect::<Vec<_>>(),
            [
                r#"["end", "--allow", "-h"]"#,
                &format!(r#"[("HOME", {home:?}), ("LEVEL", "debug"), ("PORT", "8080")]"#),
                r#"["app", "http"]"#
            ]
        );
        let trace = fs::read_to_string(project.path().join("trace.json")).expect("a trace");
        assert!(trace.contains(r#""call":"preopened""#), "{trace}");
        fs::remove_file(project.path().join("trace.json")).expect("removes");
    };
    ran(project.path(), &[]);
    // From elsewhere its paths are seen from where it is.
    let elsewhere = tempfile::tempdir().expect("a directory");
    ran(elsewhere.path(), &["--config", project.path().join("berkeley.toml").to_str().expect("UTF-8")]);
}

#[test]
fn the_command_line_adds_to_it_or_wins() {
    let project = project(
        "guest = 'given.wasm'\narguments = ['end']\n[env]\nA = '1'\nB = '2'\n[sockets]\na = 'udp:127.0.0.1:0'\n",
    );
    let path = project.path();
    let words = ["--env", "A=3", "--env", "C=4", "--socket", "b=udp:127.0.0.1:0"];
    let added = lines(path, &words);
    assert_eq!(added, [r#"["end"]"#, r#"[("A", "3"), ("B", "2"), ("C", "4")]"#, r#"["a", "b"]"#]);
    let replaced = lines(path, &["--socket", "a=unix-listen:./s"]);
    assert_eq!(replaced[2], r#"["a"]"#);
    // A guest on the command line brings its own arguments.
    fs::copy(path.join("given.wasm"), path.join("other.wasm")).expect("copies");
    let other = lines(path, &["--config", "berkeley.toml", "other.wasm", "end", "--", "-h"]);
    assert_eq!(other[..2], [r#"["end", "--", "-h"]"#, r#"[("A", "1"), ("B", "2")]"#]);
}

/// Whoever names a guest gets nothing of a file that lies about.
#[test]
fn a_file_beside_a_guest_that_is_named_grants_nothing() {
    let project = project("guest = 'given.wasm'\nallow-all = true\n[env]\nA = '1'\n[sockets]\na = 'udp:127.0.0.1:0'\n");
    let told = lines(project.path(), &["given.wasm", "end"]);
    assert_eq!(told, [r#"["end"]"#, "[]", "[]"]);
    let elsewhere = tempfile::tempdir().expect("a directory");
    let told = lines(elsewhere.path(), &[project.path().join("given.wasm").to_str().expect("UTF-8"), "end"]);
    assert_eq!(told, [r#"["end"]"#, "[]", "[]"]);
    // Nor by one above.
    fs::create_dir(project.path().join("below")).expect("makes");
    let output = output(&project.path().join("below"), &[]);
    assert!(text(&output.stderr).contains("no guest is named"), "{}", text(&output.stderr));
}

#[test]
fn a_file_that_others_can_write_is_not_taken_unless_named() {
    let project = project("guest = 'given.wasm'\narguments = ['end']\n");
    let file = project.path().join("berkeley.toml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).expect("changes");
    let refused = output(project.path(), &[]);
    let stderr = text(&refused.stderr);
    assert!(!refused.status.success() && stderr.contains("say --config berkeley.toml"), "{stderr}");
    lines(project.path(), &["--config", "berkeley.toml"]);
    // Nor by a link, where that is another's or leads to one. Only root can make such.
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("changes");
    let own = project.path().join("own.toml");
    fs::rename(&file, &own).expect("renames");
    std::os::unix::fs::symlink("own.toml", &file).expect("links");
    lines(project.path(), &[]);
    if rustix::process::geteuid().is_root() {
        for changed in [&file, &own] {
            std::os::unix::fs::lchown(changed, Some(65534), None).expect("changes");
            assert!(!output(project.path(), &[]).status.success(), "{}", changed.display());
            std::os::unix::fs::lchown(changed, Some(0), None).expect("changes");
        }
        lines(project.path(), &[]);
    }
    // A pipe, which nobody writes to, is not waited for.
    fs::remove_file(&file).expect("removes");
    let mode = rustix::fs::Mode::from(0o600);
    rustix::fs::mknodat(rustix::fs::CWD, &file, rustix::fs::FileType::Fifo, mode, 0).expect("makes");
    let refused = output(project.path(), &[]);
    assert!(text(&refused.stderr).contains("berkeley.toml is no file"), "{}", text(&refused.stderr));
}

#[test]
fn its_rules_are_those_of_a_policy() {
    let file = "guest = 'unix.wasm'\narguments = ['cases', '{NAMES}']\nallow = ['unix=run::/run/x', 'unix=@{NAMES}*', 'unix=@*']\n\
                dirs = ['run::/run/x']\n";
    let names = format!("berkeley-test-config-{}-", std::process::id());
    let project = project(&file.replace("{NAMES}", &names));
    fs::copy(guest("unix").program(), project.path().join("unix.wasm")).expect("copies");
    let inside = project.path().join("run");
    fs::create_dir_all(inside.join("sub")).expect("makes");
    let outside = tempfile::tempdir().expect("a directory");
    for (to, name) in [(outside.path(), "out"), (&outside.path().join("s"), "away"), (Path::new("/"), "root")] {
        std::os::unix::fs::symlink(to, inside.join(name)).expect("links");
    }
    std::os::unix::fs::symlink("sub", inside.join("inside")).expect("links");
    lines(project.path(), &[]);
    let ask = |question: &str| {
        let mut command = Command::new(berkeley());
        command.args(["policy", "check", "berkeley.toml", question]).current_dir(project.path());
        text(&command.output().expect("it starts").stdout)
    };
    assert!(ask("bind /run/x/s").starts_with("allowed to "), "{}", ask("bind /run/x/s"));
    assert!(ask("connect tcp a:1").starts_with("not allowed to "), "{}", ask("connect tcp a:1"));
    // A rule that denies on the command line wins.
    let output = output(project.path(), &["--deny", "unix=@*"]);
    assert!(text(&output.stderr).contains("denied by unix=@*"), "{}", text(&output.stderr));
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (file, told) in [
        ("gest = 'given.wasm'", "berkeley.toml:1:1: there is no key `gest`; is `guest` meant?"),
        (
            "guest = 'given.wasm'\n[limit]\nsockets = 1",
            "berkeley.toml:2:2: there is no key `limit`; is `limits` meant?",
        ),
        ("guest = 'given.wasm'\n\n[limits]\nsocket = 1", "berkeley.toml:4:10: there is no limit `socket`"),
        ("guest = 'given.wasm'\nallow = ['conect=a']", "berkeley.toml:2:10: cannot understand the rule `conect=a`"),
        ("guest = 'given.wasm'\nallow = ['connect=@g']", "there is no group `g`"),
        ("allow = []", "berkeley.toml names no guest"),
        ("guest = 'no.wasm'", "cannot read no.wasm"),
        ("guest = 'given.wasm'\npolicy = 'no.toml'", "cannot read no.toml"),
    ] {
        let output = output(project(file).path(), &[]);
        let stderr = text(&output.stderr);
        assert!(stderr.contains(told) && output.status.code() == Some(1), "{file}: {stderr}");
    }
    let none = tempfile::tempdir().expect("a directory");
    let stderr = text(&output(none.path(), &[]).stderr);
    assert!(stderr.contains("no guest is named") && stderr.contains("berkeley.toml"), "{stderr}");
    assert!(text(&output(none.path(), &["--config", "no.toml"]).stderr).contains("cannot read no.toml"));
}

#[test]
fn a_hangup_reads_its_rules_again() {
    let project = project("guest = 'given.wasm'\narguments = ['serve', 's']\n[sockets]\ns = 'unix-listen:s'\n");
    let file = project.path().join("berkeley.toml");
    let mut told = berkeley_tests::interruptible(&command(project.path(), &[]));
    told.current_dir(project.path()).stderr(fs::File::create(project.path().join("told")).expect("makes"));
    let mut running = Running::start(told);
    (0..3).for_each(|_| drop(running.line()));
    let mut stream = UnixStream::connect(project.path().join("s")).expect("connects");
    let seen = |words: &str| {
        while !fs::read_to_string(project.path().join("told")).expect("reads").contains(words) {
            std::thread::yield_now();
        }
    };
    let hang_up = || {
        let process = rustix::process::Pid::from_raw(running.id() as i32).expect("a process");
        rustix::process::kill_process(process, rustix::process::Signal::HUP).expect("signals");
    };
    fs::write(&file, "guest = 'given.wasm'\nalow = []\n").expect("writes");
    hang_up();
    seen("the policy stays as it was: ");
    fs::write(&file, "guest = 'given.wasm'\ndeny = ['connect']\n").expect("writes");
    hang_up();
    seen("the policy was read again");
    stream.write_all(b"abc").expect("sends");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answers");
    assert_eq!(answer, "ABC");
    running.finish();
}
