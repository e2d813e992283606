//! Policies: rules that deny, files, questions, what a run has learnt, and what is replaced while a guest runs.

use std::fs;
use std::io::Write;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use berkeley_tests::{Guest, Running, WAITING, berkeley, guest, run, text};
use tempfile::TempDir;

/// A policy's file, in a directory of its own.
struct File {
    directory: TempDir,
}

impl File {
    fn new(policy: &str) -> Self {
        let file = Self { directory: tempfile::tempdir().expect("a directory") };
        file.write(policy);
        file
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("policy.toml")
    }

    fn text(&self) -> String {
        self.path().to_str().expect("UTF-8").to_owned()
    }

    fn write(&self, policy: &str) {
        fs::write(self.path(), policy).expect("writes");
    }
}

fn check(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(berkeley()).args(["policy", "check"]).args(arguments).output().expect("it starts");
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

const POLICY: &str = r#"
# The billing service.
allow = [
  "connect=@databases:5432",
  "listen=0.0.0.0:8080",    # its own
]
deny = ["connect:*=10.9.0.0/16"]

[groups]
databases = ["10.0.0.0/8", "db.internal"]
"#;

#[test]
fn a_policy_answers_with_the_rule_that_decides() {
    let file = File::new(POLICY);
    let path = file.text();
    for (question, code, told) in [
        ("connect tcp db.internal:5432", 0, format!("by `connect=@databases:5432` ({path}:4)")),
        ("connect tcp 10.1.2.3:5432", 0, format!("({path}:4)")),
        ("connect by tcp to 10.9.1.1:5432", 1, format!("denied by `connect:*=10.9.0.0/16` ({path}:7)")),
        ("connect tcp db.internal:5432 at 10.9.1.1", 1, format!("({path}:7)")),
        ("connect tcp db.internal:80", 1, "`connect=db.internal:80` would".into()),
        ("not allowed to listen for tcp on 0.0.0.0:80 (EACCES)", 1, "`listen=0.0.0.0:80` would".into()),
        (
            "berkeley: refused to listen for tcp on 0.0.0.0:80; --allow listen=0.0.0.0:80 would allow it",
            1,
            "would".into(),
        ),
        ("listen tcp 0.0.0.0:8080", 0, format!("({path}:5)")),
        ("share", 1, "none can".into()),
    ] {
        let (status, stdout, stderr) = check(&[&path, question]);
        assert_eq!(status, Some(code), "{question}: {stdout}{stderr}");
        assert!(stdout.contains(&told), "{question}: {stdout}");
    }
}

#[test]
fn options_say_what_a_file_says() {
    let options = ["--group", "databases=10.0.0.0/8,db.internal", "--allow", "connect=@databases:5432"];
    let denied = [&options[..], &["--deny", "connect:*=10.9.0.0/16"]].concat();
    let ask = |options: &[&str], question| check(&[options, &[question]].concat());
    assert_eq!(ask(&denied, "connect tcp 10.1.2.3:5432").0, Some(0));
    let (code, stdout, _) = ask(&denied, "connect tcp 10.9.2.3:5432");
    assert!(code == Some(1) && stdout.contains("denied by `connect:*=10.9.0.0/16` (--deny)"), "{stdout}");
    // Beside a file, both hold.
    let file = File::new(POLICY);
    assert_eq!(check(&["--deny", "listen", &file.text(), "listen tcp 0.0.0.0:8080"]).0, Some(1));
    let (code, stdout, _) = check(&["--json", "--allow", "connect=a.b", "connect tcp a.b:1"]);
    assert_eq!(code, Some(0));
    let rule = r#""rule":"connect=a.b","origin":"--allow","suggestion":null"#;
    assert!(stdout.contains(r#"{"allowed":true"#) && stdout.contains(rule), "{stdout}");
}

#[test]
fn what_cannot_be_understood_is_told_with_its_place() {
    let file = File::new("allow = [\n  \"conect=a\",\n]\ndney = []\n");
    let (code, _, stderr) = check(&[&file.text(), "files"]);
    assert_eq!(code, Some(2), "{stderr}");
    let path = file.text();
    for told in [format!("{path}:2:3: "), format!("{path}:4:1: there is no key `dney`; is `deny` meant?")] {
        assert!(stderr.contains(&told), "{stderr}");
    }
    for arguments in [&["no-such-file.toml", "files"][..], &["fly away"], &["connect", "tcp", "a:1"], &[]] {
        assert_eq!(check(arguments).0, Some(2), "{arguments:?}");
    }
    let output = guest("pair").option("--policy", &path).output("inline");
    assert!(output.status.code() == Some(1) && text(&output.stderr).contains("dney"), "{}", text(&output.stderr));
}

/// A port of loopback that is listened on, by a server that never says anything.
fn silent() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
    let port = listener.local_addr().expect("an address").port();
    (listener, port)
}

fn obeying(case: &str, port: u16) -> Guest {
    guest("obey").arg(case).arg(port)
}

fn output_of(guest: &Guest) -> [(Output, String); 2] {
    WAITING.map(|waiting| {
        let output = guest.output(waiting);
        let all = text(&output.stdout) + &text(&output.stderr);
        (output, all)
    })
}

#[test]
fn what_is_denied_is_refused_whatever_is_allowed() {
    let (_listener, port) = silent();
    let guests = [
        obeying("option", port).allow("connect").option("--deny", "connect=127.0.0.0/8"),
        obeying("option", port).allow_all().option("--deny", "connect:*=127.0.0.1"),
        obeying("option", port)
            .allow("connect=127.0.0.1")
            .option("--group", "own=127.0.0.1")
            .option("--deny", "connect=@own"),
    ];
    for guest in guests {
        for (output, all) in output_of(&guest) {
            assert!(!output.status.success() && all.contains("not allowed to connect by tcp"), "{all}");
            assert!(all.contains("; denied by connect") && all.contains("(--deny)"), "{all}");
        }
    }
    let ordinary = obeying("option", port).allow("connect").option("--deny", "option=SO_KEEPALIVE");
    for (output, all) in output_of(&ordinary) {
        assert!(
            output.status.success()
                && all.starts_with("not allowed to set the socket option SO_KEEPALIVE (EACCES)\n()\n"),
            "{all}"
        );
    }
}

#[test]
fn a_denied_directory_is_out_of_reach() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().canonicalize().expect("a path");
    fs::create_dir(path.join("private")).expect("makes");
    std::os::unix::fs::symlink("private", path.join("way")).expect("links");
    let path = path.to_str().expect("UTF-8");
    for way in ["private", "way", "way/../private"] {
        let tries = [guest("obey").allow(format!("unix={path}")), guest("obey").allow_all()];
        for guest in tries {
            let guest = guest.option("--deny", format!("unix={path}/private")).arg("unix").arg(format!("{path}/{way}"));
            for (output, all) in output_of(&guest) {
                assert!(!output.status.success() && all.contains("denied by unix="), "{way}: {all}");
            }
        }
    }
    assert!(fs::read_dir(directory.path().join("private")).expect("reads").next().is_none());
}

/// Replaces the policy of a running guest.
fn replace(running: &Running, file: &File, policy: &str) {
    file.write(policy);
    run(Command::new("kill").args(["-HUP", &running.id().to_string()]));
}

#[test]
fn open_sockets_obey_a_new_policy() {
    for waiting in WAITING {
        let (_listener, port) = silent();
        let file = File::new("allow = ['connect=127.0.0.1']");
        let mut running = obeying("recv", port).option("--policy", file.text()).start(waiting);
        assert_eq!(running.line(), "waiting");
        replace(&running, &file, "allow = ['connect=127.0.0.1']\ndeny = ['connect=127.0.0.1']");
        for _ in 0..3 {
            assert_eq!(running.line(), format!("not allowed to connect by tcp to 127.0.0.1:{port} (EACCES)"));
        }
        running.finish();
    }
}

#[test]
fn who_polls_is_woken_to_obey() {
    for (waiting, case) in WAITING.into_iter().flat_map(|waiting| [(waiting, "poll"), (waiting, "poller")]) {
        let (_listener, port) = silent();
        let file = File::new("allow = ['connect=127.0.0.1']");
        let mut running = obeying(case, port).option("--policy", file.text()).start(waiting);
        assert_eq!(running.line(), "waiting");
        replace(&running, &file, "");
        assert_eq!(running.line(), format!("not allowed to connect by tcp to 127.0.0.1:{port} (EACCES)"));
        running.finish();
    }
}

#[test]
fn listeners_and_what_they_accepted_obey() {
    for waiting in WAITING {
        let file = File::new("allow = ['listen=127.0.0.1:0']");
        let mut listens = obeying("accept", 0).option("--policy", file.text()).start(waiting);
        let port = listens.port();
        replace(&listens, &file, "");
        assert_eq!(listens.line(), format!("not allowed to listen for tcp on 127.0.0.1:{port} (EACCES)"));
        listens.finish();

        file.write("allow = ['listen=127.0.0.1:0']");
        let mut accepts = obeying("accepted", 0).option("--policy", file.text()).start(waiting);
        let peer = TcpStream::connect(("127.0.0.1", accepts.port())).expect("connects");
        assert_eq!(accepts.line(), "waiting");
        replace(&accepts, &file, "allow = ['listen=127.0.0.1:0']\ndeny = ['accept=127.0.0.1']");
        let from = peer.local_addr().expect("an address");
        assert_eq!(accepts.line(), format!("not allowed to accept tcp from {from} (EACCES)"));
        accepts.finish();
    }
}

#[test]
fn who_was_heard_is_answered_no_more() {
    for waiting in WAITING {
        let file = File::new("allow = ['listen:udp=127.0.0.1:0']");
        let mut hears = obeying("datagram", 0).option("--policy", file.text()).start(waiting);
        let peer = UdpSocket::bind("127.0.0.1:0").expect("binds");
        peer.send_to(b"x", ("127.0.0.1", hears.port())).expect("sends");
        assert_eq!(hears.line(), "waiting");
        replace(&hears, &file, "");
        // Neither hearing nor answering: the socket itself is allowed no more.
        for _ in 0..2 {
            assert_eq!(hears.line(), "not allowed to bind udp to 127.0.0.1:0 (EACCES)");
        }
        hears.finish();
    }
}

#[test]
fn a_policy_that_cannot_be_read_replaces_none() {
    let (_listener, port) = silent();
    let file = File::new("allow = ['connect=127.0.0.1']");
    let mut command = obeying("recv", port).option("--policy", file.text()).command("inline");
    let mut stderr = command.stderr(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    stderr = stderr.stdin(std::process::Stdio::null());
    let mut child = stderr.spawn().expect("it starts");
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().expect("a pipe")));
    let mut told = std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().expect("a pipe")));
    assert_eq!(lines.next().expect("a line").expect("text"), "waiting");
    let hang_up = || run(Command::new("kill").args(["-HUP", &child.id().to_string()]));
    file.write("allow = 1");
    hang_up();
    let line = told.next().expect("a line").expect("text");
    assert!(line.contains("the policy stays as it was") && line.contains("policy.toml:1:9"), "{line}");
    file.write("");
    hang_up();
    let line = lines.next().expect("a line").expect("text");
    assert!(line.starts_with("not allowed to connect"), "{line}");
    child.wait().expect("it ends");
}

#[test]
fn a_policy_is_read_again_after_a_signal_that_comes_before_the_guest_starts() {
    let file = File::new("allow = ['connect=127.0.0.1']");
    let component = tempfile::tempdir().expect("a directory");
    let pipe = component.path().join("guest.wasm");
    run(Command::new("mkfifo").arg(&pipe));
    let mut command = Command::new(berkeley());
    command.args(["run", "--policy", &file.text()]).arg(&pipe);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    // It is open at both ends once the command reads it.
    let mut writer = fs::OpenOptions::new().write(true).open(&pipe).expect("opens");
    run(Command::new("kill").args(["-HUP", &child.id().to_string()]));
    std::io::copy(&mut fs::File::open(guest("plain").program()).expect("a component"), &mut writer).expect("writes");
    drop(writer);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}: {}", output.status, text(&output.stderr));
}

/// The policy that a run of the guest teaches, as the text of its rules.
fn learn(guest: &Guest, file: &Path, waiting: &str) -> Vec<String> {
    let mut command = guest.command(waiting);
    let output = command.output().expect("it starts");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let policy = fs::read_to_string(file).expect("a policy");
    let rules = policy.lines().filter_map(|line| line.strip_prefix("  \"")?.strip_suffix("\",").map(str::to_owned));
    let rules: Vec<_> = rules.collect();
    assert!(policy.matches("  # ").count() >= rules.len(), "each rule says what it is for: {policy}");
    rules
}

/// What is learnt suffices, and nothing less does.
fn teaches(name: &str, arguments: &[&str]) -> Vec<String> {
    let with = |mut guest: Guest| {
        for argument in arguments {
            guest = guest.arg(argument);
        }
        guest
    };
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("learnt.toml");
    let path = file.to_str().expect("UTF-8");
    let rules = learn(&with(guest(name).option("--learn", path)), &file, "inline");
    let run = |rules: &[&String]| {
        let mut policy = fs::File::create(&file).expect("creates");
        writeln!(policy, "allow = {rules:?}").expect("writes");
        if name == "obey" && arguments[0] == "unix" {
            let _ = fs::remove_file(Path::new(arguments[1]).join("s"));
        }
        with(guest(name).option("--policy", path)).output("inline")
    };
    let all: Vec<_> = rules.iter().collect();
    let output = run(&all);
    assert!(output.status.success(), "{rules:?}: {}", text(&output.stderr));
    for at in 0..all.len() {
        let mut fewer = all.clone();
        let without = fewer.remove(at);
        assert!(!run(&fewer).status.success(), "{name} needs no {without} of {rules:?}");
    }
    rules
}

#[test]
fn a_policy_is_learnt_from_a_run() {
    let rules = teaches("udp", &["cases", "10", "::1"]);
    // It binds again to a port that it was given.
    let [connect, listen] = rules.as_slice() else { panic!("{rules:?}") };
    assert!(connect.starts_with("connect:udp=[::1]:") && listen.starts_with("listen:udp=[::1]:"), "{rules:?}");
    let (_listener, port) = silent();
    assert_eq!(teaches("obey", &["option", &port.to_string()]), [format!("connect=127.0.0.1:{port}")]);
}

#[test]
fn hosts_are_learnt_by_the_names_that_were_looked_up() {
    let (_listener, port) = silent();
    let rules = teaches("obey", &["name", &port.to_string()]);
    assert_eq!(rules, [format!("connect=localhost:{port}"), "hostname".into()]);
}

#[test]
fn unix_sockets_are_learnt_by_their_directories() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().to_str().expect("UTF-8");
    let mut rules = teaches("obey", &["unix", path]);
    rules.sort();
    assert_eq!(rules, [format!("unix={path}"), format!("unix=@{path}")]);
}

#[test]
fn what_is_learnt_overwrites_nothing() {
    let file = File::new("# mine\n");
    let directory = file.directory.path().to_str().expect("UTF-8");
    let learn = |path: &str| {
        let mut command = Command::new(berkeley());
        command.args(["policy", "learn", "--output", path]).arg(guest("obey").program()).args(["unix", directory]);
        command.output().expect("it starts")
    };
    let refused = learn(&file.text());
    assert!(!refused.status.success() && text(&refused.stderr).contains("exists already"), "{}", text(&refused.stderr));
    assert_eq!(fs::read_to_string(file.path()).expect("reads"), "# mine\n");
    let fresh = file.directory.path().join("fresh.toml");
    assert!(learn(fresh.to_str().expect("UTF-8")).status.success());
    let learnt = fs::read_to_string(fresh).expect("reads");
    assert!(learnt.contains(&format!("\n  \"unix={directory}\",\n")), "{learnt}");
}
