//! `berkeley simulate`: the same run each time, what it finds, and how it ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use berkeley_tests::{berkeley, guest, root, skipped, text};
use tempfile::TempDir;

/// A scenario in a directory of its own.
struct Scenario {
    directory: TempDir,
    path: PathBuf,
}

impl Scenario {
    /// The scenario, in which `<NAME>` stands for the path of that guest.
    fn new(toml: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("scenario.toml");
        let mut filled = String::new();
        for (at, part) in toml.split(['<', '>']).enumerate() {
            if at % 2 == 0 {
                filled.push_str(part);
            } else {
                filled.push_str(guest(part).program().to_str().expect("UTF-8"));
            }
        }
        fs::write(&path, filled).expect("writes");
        Self { directory, path }
    }

    fn run(&self, options: &[&str]) -> Output {
        let mut command = Command::new(berkeley());
        command.arg("simulate").arg(&self.path).args(options).output().expect("it starts")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

/// What was written to stdout by a run that passes.
#[track_caller]
fn passes(output: &Output) -> String {
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{}\n{stdout}\n{stderr}", output.status);
    stdout
}

/// What was told on stderr by a run that fails.
#[track_caller]
fn fails(output: &Output) -> String {
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{stdout}\n{stderr}");
    stderr
}

/// One host that runs that guest.
fn alone(guest: &str, more: &str) -> Scenario {
    Scenario::new(&format!("computing = \"50ms\"\n[hosts.a]\nprogram = \"<{guest}>\"\n{more}"))
}

#[test]
fn a_loop_without_end_is_told() {
    let told = fails(&alone("endless", "args = [\"computes\"]").run(&[]));
    assert!(told.contains("seed 0 fails: a loops without end: it has computed for 50ms"), "{told}");
    assert!(told.contains("--seed 0"), "{told}");
}

#[test]
fn waiting_for_what_never_comes_is_a_deadlock() {
    let told = fails(&alone("endless", "args = [\"receives\"]").run(&[]));
    assert!(
        told.contains("deadlock: nothing is left to happen after 0.0") && told.contains("a waits in recv(3, 1"),
        "{told}"
    );
    // Whoever waits for a time is only late.
    let sleeper = "limit = \"5s\"\n[hosts.a]\nprogram = \"<given>\"\nargs = [\"compute\"]\n";
    let told = fails(&Scenario::new(sleeper).run(&[]));
    assert!(told.contains("loops without end") || told.contains("the time is over, 5s"), "{told}");
}

#[test]
fn a_trap_is_told() {
    let told = fails(&alone("plain", "args = [\"no number\"]").run(&[]));
    assert!(told.contains("a traps: wasm trap: wasm `unreachable` instruction executed"), "{told}");
}

#[test]
fn exit_codes_are_judged() {
    let exits = |check: &str| alone("given", &format!("args = [\"exit\", \"7\"]\n{check}"));
    assert!(fails(&exits("").run(&[])).contains("a exits with 7"));
    passes(&exits("[[checks]]\nhost = \"a\"\nexits = 7").run(&[]));
    let told = fails(&exits("[[checks]]\nhost = \"a\"\nexits = 3").run(&[]));
    assert!(told.contains("a exits with 3: it exits with 7"), "{told}");
}

#[test]
fn what_is_wrong_in_a_scenario_is_told_with_its_place() {
    let host = "[hosts.a]\nprogram = \"<plain>\"\n";
    for (toml, told) in [
        ("", "scenario.toml:1:1: there is no host: write [hosts.NAME]"),
        ("sed = 7", "scenario.toml:1:1: there is no key `sed`; is `seed` meant? There are seed, limit,"),
        ("seed = \"x\"", "scenario.toml:1:8: invalid type: string \"x\", expected u64"),
        ("limit = \"soon\"", "1:9: `soon` is not a time such as \"1.5s\""),
        ("limit = true", "1:9: invalid type: boolean `true`, expected a time such as"),
        ("date = \"today\"\n[hosts.a]\nprogram = \"<plain>\"", "1:8: `today` is no date such as"),
        ("[hosts.a]\nprogramm = \"x\"", "2:1: there is no key `programm`; is `program` meant?"),
        ("[hosts.a]\nargs = []", "a host has one of the keys `program`, a component, and `python`"),
        ("[hosts.a]\nprogram = \"none.wasm\"", "2:11: cannot read"),
        (&format!("{host}files = {{ \"/a\" = 7 }}"), "3:18: the name of a file or directory in quotes"),
        (&format!("{host}files = {{ \"/a\" = \"nowhere\" }}"), "3:18: there is no file"),
        (&format!("{host}allow = [\"conect\"]"), "3:9: cannot understand the rule `conect`"),
        (&format!("{host}addresses = [\"10.0.0\"]"), "3:14: `10.0.0` is no address"),
        (&format!("{host}[[links]]\nloss = 2.0"), "4:8: this is a part of all"),
        (&format!("{host}[[links]]\nbetween = [\"a\", \"bb\"]"), "4:17: there is no host `bb`; there are a"),
        (&format!("{host}[[events]]\nat = \"1s\"\ncrash = \"b\""), "5:9: there is no host `b`"),
        (&format!("{host}[[events]]\nat = \"1s\""), "an event has, beside `at` and `for`, exactly one of the keys"),
        (&format!("{host}[[events]]\nat = \"1s\"\ncrush = \"a\""), "5:1: there is no key `crush`; is `crash` meant?"),
        (&format!("{host}[[random]]\nfaults = [\"crsh\"]"), "4:11: there is no fault `crsh`; is `crash` meant?"),
        (&format!("{host}[[checks]]\nhost = \"a\""), "a check has one of the keys `exits`, `prints`, `never`, `agree`"),
        (&format!("{host}[[checks]]\nprints = \"x\""), "this check is about a host"),
        (&format!("{host}[[checks]]\nhost = \"a\"\nprints = \"(\""), "5:10: regex parse error"),
        ("seed = 1\nseed = 2", "2:1: "),
        ("hosts", "1:6: "),
    ] {
        let output = Scenario::new(toml).run(&[]);
        let stderr = text(&output.stderr);
        assert!(output.status.code() == Some(1) && stderr.contains(told), "{toml}: {stderr}");
        assert!(!stderr.contains("panicked"), "{toml}: {stderr}");
    }
    let output = Command::new(berkeley()).args(["simulate", "/no/such.toml"]).output().expect("it starts");
    assert!(text(&output.stderr).contains("cannot read /no/such.toml"));
}

/// Tests of programs that link with a standard library as Rust releases it.
mod released_target {
    use super::*;

    /// A store of three nodes and its client. Nodes of the role `hasty` answer too early.
    fn store(role: &str, more: &str) -> Scenario {
        let node = |own: u32| {
            let peers = (1..=3).filter(|number| *number != own).map(|number| format!("\"kv{number}:7000\""));
            let peers = peers.collect::<Vec<_>>().join(", ");
            format!(
                "[hosts.kv{own}]\nprogram = \"<tokio_store>\"\nserves = true\nargs = [\"{role}\", \"7000\", {peers}]\n"
            )
        };
        let nodes: String = (1..=3).map(node).collect();
        Scenario::new(&format!(
            "limit = \"120s\"\n{nodes}[hosts.client]\nprogram = \"<tokio_store>\"\n\
             args = [\"client\", \"20\", \"kv1:7000\", \"kv2:7000\", \"kv3:7000\"]\n\
             [[links]]\nlatency = \"10ms\"\njitter = \"5ms\"\n\
             [[checks]]\nhost = \"client\"\nprints = \"^done$\"\n{more}"
        ))
    }

    const FAULTS: &str = "[[random]]\nfaults = [\"partition\", \"crash\", \"cut\"]\nhosts = [\"kv1\", \"kv2\", \"kv3\"]\nuntil = \"10s\"\nevery = \"1s\"\nfor = \"3s\"\n";

    /// The hash of all that happened, which the trace is.
    fn trace(scenario: &Scenario, options: &[&str]) -> String {
        let path = scenario.file("trace.jsonl");
        let output = scenario.run(&[options, &["--trace", path.to_str().expect("UTF-8")]].concat());
        assert!(matches!(output.status.code(), Some(0 | 1)), "{}", text(&output.stderr));
        fs::read_to_string(path).expect("a trace")
    }

    #[test]
    fn the_same_seed_is_the_same_run() {
        let scenario = store("node", FAULTS);
        let traces: Vec<_> = (0..10).map(|seed| trace(&scenario, &["--seed", &seed.to_string()])).collect();
        for (seed, first) in traces.iter().enumerate() {
            let second = trace(&scenario, &["--seed", &seed.to_string()]);
            let difference = first.lines().zip(second.lines()).find(|(one, other)| one != other);
            assert!(*first == second, "seed {seed}: {difference:?}");
        }
        for (at, one) in traces.iter().enumerate() {
            assert!(traces[..at].iter().all(|other| one != other), "seed {at} is as another one");
        }
    }

    #[test]
    fn a_bug_that_ordinary_runs_do_not_show_is_found_repeated_and_shrunk() {
        passes(&store("hasty", "").run(&["--runs", "10"]));
        let scenario = store("hasty", FAULTS);
        let output = scenario.run(&["--runs", "1000", "--jobs", "2", "--shrink"]);
        let (told, shrunk) = (fails(&output), text(&output.stdout));
        assert!(told.contains("client exits with 1"), "{told}");
        let seed = told.split("--seed ").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a seed");
        let again = scenario.run(&["--seed", seed]);
        assert!(fails(&again).contains("client exits with 1"));
        assert!(text(&again.stdout).contains("lost: version"), "{}", text(&again.stdout));
        // It is told as `it still fails with 4 of 16 faults, these events in the place of all:`, and then the events.
        let (head, events) = shrunk.split_once(":\n").expect("events");
        let numbers: Vec<usize> = head.split(' ').filter_map(|word| word.parse().ok()).collect();
        let few = events.matches("[[events]]").count();
        assert!(numbers[0] == few && few > 0 && few < numbers[1] && few <= 5, "{shrunk}");
        assert!(fails(&store("hasty", events).run(&["--seed", seed])).contains("client exits with 1"), "{shrunk}");
    }

    #[test]
    fn a_store_without_the_bug_passes() {
        let stdout = passes(&store("node", FAULTS).run(&["--runs", "40", "--jobs", "2"]));
        assert!(stdout.contains("40 runs, and none failed"), "{stdout}");
    }

    #[test]
    fn a_run_is_a_page_and_a_capture() {
        let scenario = store("node", FAULTS);
        let (page, pcap) = (scenario.file("run.html"), scenario.file("run.pcap"));
        let words = ["--page", page.to_str().expect("UTF-8"), "--pcap", pcap.to_str().expect("UTF-8")];
        let stdout = passes(&scenario.run(&words));
        let messages: usize =
            stdout.split("with ").last().and_then(|rest| rest.split(' ').next()?.parse().ok()).expect("a count");
        assert!(messages > 100, "{stdout}");
        let mut reader = pcap_file::pcap::PcapReader::new(fs::File::open(pcap).expect("a capture")).expect("a header");
        let mut packets = 0;
        while let Some(packet) = reader.next_packet() {
            packet.expect("a packet");
            packets += 1;
        }
        assert!(packets > 100 && packets <= messages, "{packets} of {messages}");
        let Some(shown) = dom(&page) else { return };
        let drawn = shown.split("data-drawn=\"").nth(1).and_then(|rest| rest.split('"').next()?.parse().ok());
        assert_eq!(drawn, Some(messages), "the whole run is seen at first");
        assert!(
            shown.contains("<b id=\"verdict\" class=\"good\">passed</b>") && shown.contains("has version 0"),
            "{shown}"
        );
    }
}

/// The page as a browser has it when its program has run; none where there is no browser.
fn dom(page: &Path) -> Option<String> {
    let profile = tempfile::tempdir().expect("a directory");
    let browsers = ["chromium", "chromium-browser", "google-chrome"];
    for browser in browsers {
        let mut command = Command::new(browser);
        command.args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "--window-size=1200,900"]);
        command.arg(format!("--user-data-dir={}", profile.path().display())).arg(page);
        if let Ok(output) = command.output() {
            assert!(output.status.success(), "{}", text(&output.stderr));
            return Some(text(&output.stdout));
        }
    }
    skipped(format_args!("the page in a browser: none of {} is here", browsers.join(", ")));
    None
}

/// Tests of the guest that runs Python programs, which is not built where pip gets nothing.
mod python_guest {
    use super::*;

    #[test]
    fn a_python_program_is_simulated() {
        let script = root().join("tests/data/store.py");
        let host =
            |name: &str, more: &str| format!("[hosts.{name}]\npython = {:?}\n{more}\n", script.display().to_string());
        let scenario = |faults: &str| {
            let nodes: String = [("kv1", "kv2"), ("kv2", "kv1")]
                .map(|(name, peer)| {
                    host(name, &format!("serves = true\nargs = [\"hasty\", \"7000\", \"{peer}:7000\"]"))
                })
                .concat();
            let client = host("client", "start = \"5s\"\nargs = [\"client\", \"3\", \"kv1:7000\", \"kv2:7000\"]");
            Scenario::new(&format!("{nodes}{client}[[links]]\nlatency = \"20ms\"\n{faults}"))
        };
        let ordinary = scenario("");
        let stdout = passes(&ordinary.run(&[]));
        assert!(stdout.contains("client | done"), "{stdout}");
        assert_eq!(stdout, passes(&ordinary.run(&[])));
    }

    #[test]
    fn faults_of_one_host_are_felt_while_they_last() {
        let scenario = Scenario::new(
        "limit = \"100s\"\n[hosts.a]\npython = \"a.py\"\n[hosts.b]\npython = \"b.py\"\nserves = true\n[hosts.c]\npython = \"b.py\"\nserves = true\n
[[events]]\nat = \"10s\"\nfor = \"10s\"\nrename = { name = \"primary\", to = [\"b\"] }
[[events]]\nat = \"20s\"\nfor = \"9s\"\nrename = { name = \"b\", to = [\"c\"] }
[[events]]\nat = \"30s\"\nfor = \"10s\"\nrename = { name = \"b\", to = [] }
[[events]]\nat = \"10s\"\nfor = \"10s\"\nskew = { host = \"a\", by = \"-1h\" }
[[events]]\nat = \"20s\"\nfor = \"10s\"\nfill-disk = \"a\"
[[events]]\nat = \"41s\"\nfor = \"20s\"\npause = \"a\"\n",
    );
        fs::write(scenario.file("b.py"), "import time\ntime.sleep(1e6)\n").expect("writes");
        let program = "import socket, time
def address(name):
    try: return socket.gethostbyname(name)
    except socket.gaierror as failure: return failure.args[0] == socket.EAI_NONAME
def writes():
    try:
        with open('/file', 'wb') as file: file.write(b'x' * 100)
        return True
    except OSError: return False
begin = time.time() - time.monotonic()
for turn in range(5):
    time.sleep(5)
    skew = round((time.time() - time.monotonic() - begin) / 60)
    print(turn, address('primary'), address('b'), skew, writes(), flush=True)
    time.sleep(5)
begin = time.monotonic()
time.sleep(5)
print('slept', round(time.monotonic() - begin, -1), flush=True)
";
        fs::write(scenario.file("a.py"), program).expect("writes");
        let stdout = passes(&scenario.run(&["--seed", "1"]));
        let told: Vec<_> = stdout.lines().filter_map(|line| line.split_once("a | ")).map(|(_, told)| told).collect();
        let expected = [
            "0 True 10.0.0.2 0 True",
            "1 10.0.0.2 10.0.0.2 -60 True",
            "2 True 10.0.0.3 0 False",
            "3 True True 0 True",
            "4 True 10.0.0.2 0 True",
            "slept 10.0",
        ];
        assert_eq!(told, expected, "{stdout}");
    }
}
