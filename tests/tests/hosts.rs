//! `berkeley conformance --host`: the probes under other hosts, good and bad ones.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use berkeley_tests::{berkeley, guest, root, skipped, text};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

fn guests() -> PathBuf {
    root().join("target/guests/wasm32-wasip2/guest")
}

fn conformance(options: &[&str]) -> Output {
    Command::new(berkeley()).args(["conformance", "--format", "json"]).args(options).output().expect("it runs")
}

/// The report, which is written even where a host does badly.
#[track_caller]
fn report(options: &[&str]) -> Value {
    let output = conformance(options);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)))
}

/// A report's cells of one column: the status and the reason of each row.
fn cells(report: &Value, column: usize) -> BTreeMap<String, (String, String)> {
    let title = report["platforms"][column].as_str().expect("a column");
    let word = |value: &Value| value.as_str().expect("a text").to_owned();
    let cell = |row: &Value| {
        let (section, cell) = (word(&row["section"]), &row["platforms"][title]);
        (format!("{section} {} {}", word(&row["name"]), row["level"]), (word(&cell["status"]), word(&cell["reason"])))
    };
    report["rows"].as_array().expect("rows").iter().map(cell).collect()
}

/// Hosts that are a shell's scripts. They know three rows at most, and nothing of components.
const ROWS: [&str; 6] = ["--only", "socketpair", "--only", "connect", "--only", "connect_ex"];

/// What a script has to say before it may answer.
const BEGIN: &str = r#"printf 'probes\t1\tnothing\n'"#;

/// A script that answers each row that it is asked for by what `answer` does; its number is in `$at`, its words in `$row`.
fn answering(answer: &str) -> String {
    format!(
        r#"{BEGIN}; at=0
        while read -r row; do printf 'row\t%s\tx\n' $at; {answer}; printf 'done\t%s\n' $at; at=$((at + 1)); done"#
    )
}

struct Script {
    directory: tempfile::TempDir,
}

impl Script {
    fn new(script: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        fs::write(directory.path().join("host.sh"), script).expect("it can be written");
        Self { directory }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("host.sh")
    }

    fn host(&self) -> String {
        format!("script@1=sh {} {{}}", self.path().display())
    }

    /// What is found under it, on one platform.
    #[track_caller]
    fn report(&self, options: &[&str]) -> Value {
        let host = ["--hosts-only", "--platform", "wasi-0.2", "--host", &self.host()].map(str::to_owned);
        let host: Vec<&str> = host.iter().map(String::as_str).collect();
        report(&[&host, &ROWS[..], options].concat())
    }

    #[track_caller]
    fn cells(&self, options: &[&str]) -> BTreeMap<String, (String, String)> {
        cells(&self.report(options), 0)
    }
}

/// The row `connect` of those.
fn connect(cells: &BTreeMap<String, (String, String)>) -> (&str, &str) {
    let (status, reason) = &cells["method connect null"];
    (status, reason)
}

#[test]
fn the_probes_of_wasi_are_plain_commands() {
    for (name, path) in [("0.2", "conformance_wasip2.wasm"), ("0.3", "examples/conformance_wasip3.wasm")] {
        let path = guests().join(path);
        if !path.exists() {
            skipped(format_args!("the probes of WASI {name}, which were not built"));
            continue;
        }
        let imports = berkeley_tests::component::imports(&path);
        let others: Vec<_> = imports.iter().filter(|import| !import.starts_with("wasi:")).collect();
        assert!(others.is_empty() && imports.len() > 10, "WASI {name}: {others:?}");
        let component = fs::read(&path).expect("reads");
        let run = format!("wasi:cli/run@{name}.0");
        assert!(component.windows(run.len()).any(|part| part == run.as_bytes()), "no {run}");
    }
}

/// This program is a host as any other, and what its own columns say is so under its own command line.
#[test]
fn what_a_host_has_is_found_by_its_command_line() {
    let host = format!("self={} run --allow-all --dir {{dir}} {{}}", berkeley().display());
    let options = ["--only", "function", "--only", "method", "--only", "SO_*", "--only", "AF_INET*"];
    let platforms = ["--platform", "wasi-0.2", "--platform", "wasi-0.3", "--host", &host];
    let report = report(&[&options[..], &platforms].concat());
    let titles: Vec<_> = report["platforms"].as_array().expect("columns").iter().map(|title| title.as_str()).collect();
    let version = env!("CARGO_PKG_VERSION");
    let [two, three] = ["0.2", "0.3"].map(|wasi| format!("self {version}: wasi:sockets {wasi}"));
    assert_eq!(titles, [Some("wasi:sockets 0.2"), Some("wasi:sockets 0.3"), Some(&two), Some(&three)]);
    assert_eq!(cells(&report, 0), cells(&report, 2));
    assert_eq!(cells(&report, 1), cells(&report, 3));
    assert!(cells(&report, 2).len() > 50);
}

/// Hosts that start nothing, and what is said of each.
#[test]
fn a_host_that_starts_nothing_is_told_by_its_own_words() {
    for (script, told) in [
        ("exit 0", "the host ends with exit code 0, without an answer"),
        ("echo 'error: no component model' >&2; echo more >&2; exit 2", "exit code 2: error: no component model more"),
        ("kill -KILL $$", "the host ends by signal 9"),
        (r"printf 'gar\377b\033[31mage\001 <b>|\n\nmore'", "it writes: gar\u{fffd}bage <b>|"),
        (r"printf 'probes\t1\tno'", "it writes: probes 1 no"),
        (r"printf 'probes\t2\tanother\n'", "without an answer"),
        ("yes", "the host writes more than 1024 KiB"),
        ("cat /dev/zero", "the host writes more than 1024 KiB"),
        ("cat /dev/zero >&2 & exit 4", "the host ends with exit code 4"),
    ] {
        let script = Script::new(script);
        let report = script.report(&["--start-timeout", "1m"]);
        let error = report["columns"][0]["error"].as_str().unwrap_or_default();
        assert!(error.contains(told), "{error}: {told}");
        assert_eq!(report["columns"][0]["host"], "script");
        assert!(cells(&report, 0).values().all(|(status, _)| status == "not-started"), "{report:#}");
    }
    // These would never end.
    for script in [
        "trap '' TERM HUP INT; while :; do sleep 1000; done",
        "exec >&- 2>&-; sleep 1000",
        "cat /dev/zero >&2",
        "trap '' TERM; while :; do echo x >&2; done",
    ] {
        let report = Script::new(script).report(&["--start-timeout", "200ms"]);
        assert_eq!(report["columns"][0]["error"], "no answer within 200ms", "{script}");
    }
}

#[test]
fn a_row_that_ends_the_host_has_that_for_an_answer_and_the_others_their_own() {
    let each =
        |answer: &str| answering(&format!(r#"case "$row" in *connect) {answer};; *) printf 'works\tit\n';; esac"#));
    for (answer, told) in [
        ("kill -ABRT $$", "the host ends by signal 6"),
        ("exit 0", "the host ends with exit code 0, without an answer"),
        ("echo 'wasm trap: unreachable' >&2; exit 134", "the host ends with exit code 134: wasm trap: unreachable"),
        ("yes", "the host writes more than 1024 KiB"),
        (
            r"printf 'works\tone\nworks\ttw'; exit 1",
            "the host ends with exit code 1, without an answer; it writes: works tw",
        ),
        (r"printf 'fails\tone\tEINVAL\n'; exit 1", "one: EINVAL; the rest: the host ends with exit code 1"),
    ] {
        let cells = Script::new(&each(answer)).cells(&["--timeout", "1m"]);
        let (status, reason) = connect(&cells);
        assert!(status != "works" && reason.contains(told), "{answer}: {status}: {reason}");
        let others = cells.iter().filter(|(row, _)| *row != "method connect null");
        assert!(
            others.clone().count() == 2 && others.clone().all(|(_, cell)| cell.0 == "works"),
            "{answer}: {cells:?}"
        );
    }
    // The others have long been answered when this is given up.
    let cells = Script::new(&each("trap '' TERM; while :; do sleep 1000; done")).cells(&["--timeout", "5s"]);
    assert_eq!(connect(&cells), ("cannot", "no answer within 5s"));
    assert_eq!(cells["method connect_ex null"].0, "works");
}

#[test]
fn a_host_that_answers_nothing_in_time_is_given_up() {
    let script = Script::new(&format!(r"{BEGIN}; printf 'row\t0\tx\n'; sleep 1000"));
    let host = script.host();
    let options =
        ["--hosts-only", "--platform", "wasi-0.2", "--host", &host, "--only", "function", "--timeout", "100ms"];
    let cells = cells(&report(&options), 0);
    let count = |status: &str| cells.values().filter(|cell| cell.0 == status).count();
    assert_eq!((count("cannot"), count("not-probed")), (5, cells.len() - 5));
    let (_, reason) = cells.values().find(|cell| cell.0 == "not-probed").expect("one");
    assert_eq!(reason, "given up after 5 rows without an answer in time");
}

/// A row is no other row's fault.
#[test]
fn a_row_that_fails_only_among_others_is_tried_alone() {
    let cells = Script::new(&answering(r#"[ $at -gt 0 ] && exit 9; printf 'works\tit\n'"#)).cells(&[]);
    assert!(cells.len() == 3 && cells.values().all(|cell| cell.0 == "works"), "{cells:?}");
}

/// One has no stdin for its guest, another keeps back what the guest writes until it ends, and would take too long for all.
#[test]
fn rows_get_through_to_hosts_with_less() {
    let script = format!(r#"{BEGIN}; [ $# -gt 1 ] && printf 'row\t0\tx\nworks\t%s\ndone\t0\n' "$*""#);
    let cells = Script::new(&script).cells(&[]);
    assert!(cells.len() == 3 && cells.values().all(|cell| cell.0 == "works"), "{cells:?}");
    let all = answering(r"printf 'works\tit\n'");
    let script = format!(r#"all=$({all}; [ $at -gt 1 ] && sleep 1000); echo "$all""#);
    let cells = Script::new(&script).cells(&["--start-timeout", "5s"]);
    assert!(cells.len() == 3 && cells.values().all(|cell| cell.0 == "works"), "{cells:?}");
}

/// Whether a process runs.
fn runs(id: &str) -> bool {
    let status = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    !status.is_empty() && !status.contains(") Z ")
}

#[test]
fn nothing_that_a_host_starts_outlives_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let list = directory.path().join("processes");
    // Both hold the pipe open; one is in a group of its own.
    let children =
        format!("sleep 1000 & echo $! >>{0}; setsid sh -c 'echo $$ >>{0}; exec sleep 1000' &", list.display());
    for end in ["exit 0", "kill -SEGV $$", "sleep 1000"] {
        let script = answering(&format!(
            "{children} printf 'works\tit\n'; until [ $(wc -l <{0}) -gt 1 ]; do :; done",
            list.display()
        ));
        let cells = Script::new(&format!("{script}\n{end}")).cells(&[]);
        assert!(cells.values().all(|cell| cell.0 == "works"), "{cells:?}");
        let started = fs::read_to_string(&list).expect("it was written");
        assert!(started.lines().count() > 1, "{started}");
        if cfg!(target_os = "linux") {
            let left: Vec<_> = started.lines().filter(|id| runs(id)).collect();
            assert!(left.is_empty(), "{end}: {left:?}");
        }
        fs::remove_file(&list).expect("it is there");
    }
}

/// Interrupts the command once its host has started, and waits for the end of both. What runs the command is `before` it, and
/// `of` gives the command's process.
fn interrupt(before: &[&str], of: impl FnOnce(Pid) -> Pid) {
    let directory = tempfile::tempdir().expect("a directory");
    let fifo = directory.path().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().expect("mkfifo").success());
    let script = Script::new(&format!("exec 9>{}; echo started >&9; sleep 1000", fifo.display()));
    let command = berkeley();
    let mut words = before.iter().copied().chain([command.to_str().expect("UTF-8"), "conformance", "--hosts-only"]);
    let mut command = Command::new(words.next().expect("a command"));
    command.args(words).args(["--start-timeout", "1h", "--host", &script.host()]).args(ROWS);
    let mut command = berkeley_tests::interruptible(&command).stdout(Stdio::null()).spawn().expect("it starts");
    let mut host = BufReader::new(fs::File::open(&fifo).expect("it opens"));
    let mut line = String::new();
    host.read_line(&mut line).expect("it starts");
    kill_process(of(Pid::from_child(&command)), Signal::INT).expect("it is there");
    assert_eq!(command.wait().expect("it ends").code(), Some(130));
    // It has an end once nobody of the host's has it open any more.
    assert_eq!(host.read_to_string(&mut line).expect("it ends"), 0, "{line}");
}

#[test]
fn a_host_ends_with_the_command() {
    interrupt(&[], |command| command);
}

#[test]
fn a_host_ends_with_the_command_that_has_not_seen_it_start() {
    // The host runs long before what started it goes on.
    let slow = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=clone,clone3,vfork:delay_exit=300000"];
    interrupt(&slow, |strace| {
        let children = format!("/proc/{0}/task/{0}/children", strace.as_raw_nonzero());
        let children = fs::read_to_string(children).expect("its children");
        let first = children.split_whitespace().next().expect("the command");
        Pid::from_raw(first.parse().expect("a number")).expect("a process")
    });
}

#[test]
fn pages_and_tables_show_what_hosts_say_as_text() {
    let script = Script::new(&answering(r"printf 'fails\t<i>one</i>\t\033[31m<script>|\007\n'"));
    let host = script.host();
    let written = |format: &str| {
        let mut command = Command::new(berkeley());
        command.args(["conformance", "--format", format, "--hosts-only", "--platform", "wasi-0.2", "--host", &host]);
        berkeley_tests::run(command.args(ROWS))
    };
    let html = written("html");
    assert!(html.contains("script 1: wasi:sockets 0.2") && html.contains("&lt;script&gt;|"), "{html}");
    assert!(!html.contains("<script>|"), "{html}");
    assert!(written("markdown").contains(r"✗ cannot: \<script\>\|"), "{}", written("markdown"));
    let table = written("table");
    assert!(table.contains("cannot: <script>|") && !table.contains('\u{7}'), "{table}");
}

#[test]
fn what_changed_is_told() {
    let directory = tempfile::tempdir().expect("a directory");
    let before = directory.path().join("before.json");
    let script = Script::new(&answering(r"printf 'works\tit\n'"));
    let expect = ["--expect", before.to_str().expect("UTF-8")];
    let compare = |host: &str, options: &[&str]| {
        let host = ["--hosts-only", "--platform", "wasi-0.2", "--host", host];
        let output = conformance(&[&host, options, &expect[..]].concat());
        (output.status.code(), text(&output.stderr))
    };
    fs::write(&before, script.report(&[]).to_string()).expect("it can be written");
    let (code, told) = compare(&script.host(), &ROWS);
    assert!(code == Some(0) && told.contains("nothing has changed since"), "{told}");
    // Another version is no change.
    let newer = script.host().replace("@1=", "@2=");
    let (code, told) = compare(&newer, &ROWS);
    assert!(code == Some(0) && told.contains("the version was 1"), "{told}");

    fs::write(
        script.path(),
        answering(r#"case "$row" in *connect) printf 'fails\tit\tEINVAL\n';; *) printf 'works\tit\n';; esac"#),
    )
    .expect("it can be written");
    let (code, told) = compare(&newer, &ROWS);
    let change = "changed: script 2: wasi:sockets 0.2: method connect: was: works; is: cannot: EINVAL";
    assert!(code == Some(1) && told.contains(change) && told.contains("1 changed since"), "{told}");
    let (code, told) = compare(&newer, &["--only", "connect_ex"]);
    assert!(code == Some(0) && told.contains("nothing has changed"), "{told}");
    let (code, told) = compare(&newer, &["--only", "listen", "--only", "connect_ex"]);
    assert!(code == Some(1) && told.contains("method listen: is new"), "{told}");
    let (code, told) = compare(&newer.replace("script@", "other@"), &ROWS);
    assert!(code == Some(1) && told.contains("other 2: wasi:sockets 0.2: was not probed, and is"), "{told}");

    fs::write(script.path(), "echo broken >&2; exit 1").expect("it can be written");
    let (code, told) = compare(&newer, &ROWS);
    let change = "changed: script 2: wasi:sockets 0.2: started, and does not: the host ends with exit code 1: broken";
    assert!(code == Some(1) && told.contains(change) && told.contains("1 changed since"), "{told}");

    fs::write(&before, "{}").expect("it can be written");
    let (code, told) = compare(&newer, &ROWS);
    assert!(code == Some(1) && told.contains("before.json is no report of"), "{told}");
}

#[test]
fn what_cannot_be_a_host_is_told_before_anything_runs() {
    for (hosts, code, told) in [
        (&["no-such-program run {}"][..], 1, "cannot start `no-such-program`"),
        (&["/ run {}"], 1, "cannot start `/`"),
        (&["true"], 2, "{} must stand for the component"),
        (&["true '{}"], 2, "a quote is not closed"),
        (&["true {}", "true run {}"], 1, "two hosts are called true"),
    ] {
        let hosts: Vec<&str> = hosts.iter().flat_map(|host| ["--host", *host]).collect();
        let output = conformance(&hosts);
        assert_eq!(output.status.code(), Some(code), "{hosts:?}");
        assert!(text(&output.stderr).contains(told), "{hosts:?}: {}", text(&output.stderr));
    }
    let output = conformance(&["--platform", "berkeley", "--host", "true {}"]);
    assert!(text(&output.stderr).contains("--platform names neither"), "{}", text(&output.stderr));
}

/// The hosts that `cargo xtask hosts` gets.
fn real(name: &str) -> Option<String> {
    let list = fs::read_to_string(root().join("target/hosts/hosts.txt")).unwrap_or_default();
    let host = list.lines().find(|line| line.split('=').next() == Some(name)).map(str::to_owned);
    if host.is_none() {
        skipped(format_args!("the probes under {name}, which is not here; `cargo xtask hosts` gets it"));
    }
    host
}

/// Checks what is known of a host over both platforms: rows that work, rows that cannot, and that no row kept it. All rows
/// are those of the page in `docs`, which has a test of its own.
fn is_as_known(name: &str) {
    let Some(host) = real(name) else { return };
    let rows = ["accept", "listen", "sendall", "socketpair", "getaddrinfo", "AF_INET"].map(|row| ["--only", row]);
    let report = report(&[rows.as_flattened(), &["--hosts-only", "--host", &host]].concat());
    assert!(report["columns"][0]["version"].is_string(), "{}", report["columns"]);
    for column in [0, 1] {
        if column == 1 && !guests().join("examples/conformance_wasip3.wasm").exists() {
            continue;
        }
        assert!(report["columns"][column]["error"].is_null(), "{}", report["columns"]);
        let cells = cells(&report, column);
        for row in ["method accept null", "method listen null", "method sendall null"] {
            assert_eq!(cells[row].0, "works", "{row}: {:?}", cells[row]);
        }
        assert_eq!(cells["function socketpair null"].1, "no call for pairs of AF_UNIX");
        assert!(cells.values().all(|cell| !cell.1.contains("the rest")), "{cells:?}");
    }
}

#[test]
fn wasmtimes_command_is_a_host() {
    is_as_known("wasmtime");
}

#[test]
fn jco_is_a_host() {
    is_as_known("jco");
}

/// One that knows no component of WASI 0.3, or not what it imports, says so itself.
#[test]
fn a_host_without_what_a_component_imports_says_so() {
    let Some(host) = real("wasmtime") else { return };
    let directory = tempfile::tempdir().expect("a directory");
    // The probes over Berkeley, in the place of those over WASI 0.2: what they import no other host has.
    let berkeleys = guest("conformance_berkeley");
    fs::copy(berkeleys.program(), directory.path().join("conformance_wasip2.wasm")).expect("it can be copied");
    let probes = directory.path().to_str().expect("UTF-8");
    let options = ["--hosts-only", "--platform", "wasi-0.2", "--only", "connect", "--probes", probes, "--host", &host];
    let report = report(&options);
    let error = report["columns"][0]["error"].as_str().expect("it does not start");
    assert!(error.contains("Error: failed to run main module `conformance_wasip2.wasm`"), "{error}");
    assert!(error.contains("component imports instance `berkeley:sockets/"), "{error}");
}
