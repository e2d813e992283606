//! What programs feel of faults, alone and where they overlap.

use berkeley_tests::text;

use crate::scenario::{Scenario, passes};

/// Three hosts that ask each other each second, for so long, under those faults.
fn felt(seconds: u32, faults: &str) -> Scenario {
    let host = |name: &str, more: &str| {
        let others = ["a", "b", "c"].into_iter().filter(|other| *other != name);
        let others: String = others.map(|other| format!(", \"{other}\"")).collect();
        format!("[hosts.{name}]\nprogram = \"<felt>\"\nargs = [\"{seconds}\"{others}]\n{more}\n")
    };
    let hosts = host("a", "") + &host("b", "serves = true") + &host("c", "serves = true");
    Scenario::new(&format!("limit = \"100s\"\n{hosts}{faults}"))
}

/// What the host writes.
fn told<'a>(stdout: &'a str, host: &str) -> Vec<&'a str> {
    let told = stdout.lines().filter(|line| !line.contains("---")).filter_map(|line| line.split_once(" | "));
    told.filter(|(head, _)| head.ends_with(&format!(" {host}"))).map(|(_, told)| told).collect()
}

/// The link is a millisecond long, and the others are 10.0.0.2 and 10.0.0.3.
const BOTH: &str = "10.0.0.2 2 ms, 10.0.0.3 2 ms";

/// What the first host feels in each second.
#[track_caller]
fn feels(faults: &str, expected: &[&str]) {
    let stdout = passes(&felt(expected.len() as u32, faults).run(&[]));
    let expected: Vec<_> = expected.iter().zip(1..).map(|(told, second)| format!("{second}: {told}")).collect();
    assert_eq!(told(&stdout, "a")[1..], expected, "{stdout}");
}

#[test]
fn partitions_add_up_and_each_ends_alone() {
    feels(
        "[[events]]\nat = \"1s\"\nfor = \"4s\"\npartition = [[\"a\"], [\"b\", \"c\"]]\n\
         [[events]]\nat = \"2s\"\nfor = \"1s\"\npartition = [[\"a\", \"b\"], [\"c\"]]\n\
         [[events]]\nat = \"4s\"\nfor = \"2s\"\npartition = [[\"a\", \"c\"], [\"b\"]]\n",
        &[BOTH, "", "", "", "", "10.0.0.3 2 ms", BOTH],
    );
}

#[test]
fn two_hosts_or_all_are_healed() {
    feels(
        "[[events]]\nat = \"1s\"\npartition = [[\"a\"], [\"b\", \"c\"]]\n\
         [[events]]\nat = \"2s\"\nheal = [\"a\", \"c\"]\n\
         [[events]]\nat = \"3s\"\nheal = true\n\
         [[events]]\nat = \"4s\"\nfor = \"3s\"\ncut = { from = \"b\", to = \"a\" }\n\
         [[events]]\nat = \"5s\"\nfor = \"1s\"\ncut = { from = \"b\", to = \"a\" }\n\
         [[events]]\nat = \"8s\"\ncut = { from = \"c\", to = \"a\" }\n\
         [[events]]\nat = \"9s\"\nmend = { from = \"c\", to = \"a\" }\n",
        &[
            BOTH,
            "",
            "10.0.0.3 2 ms",
            BOTH,
            "10.0.0.3 2 ms",
            "10.0.0.3 2 ms",
            "10.0.0.3 2 ms",
            BOTH,
            "10.0.0.2 2 ms",
            BOTH,
        ],
    );
}

#[test]
fn links_are_slow_while_a_fault_lasts() {
    feels(
        "[[events]]\nat = \"1s\"\nfor = \"4s\"\nslow = { between = [\"a\", \"b\"], latency = \"100ms\" }\n\
         [[events]]\nat = \"2s\"\nfor = \"1s\"\nslow = { latency = \"50ms\" }\n\
         [[events]]\nat = \"3s\"\nfor = \"1s\"\nslow = { between = [\"a\", \"c\"], loss = 1.0 }\n",
        &[
            BOTH,
            "10.0.0.2 200 ms, 10.0.0.3 2 ms",
            "10.0.0.2 100 ms, 10.0.0.3 100 ms",
            "10.0.0.2 200 ms",
            "10.0.0.2 200 ms, 10.0.0.3 2 ms",
            BOTH,
        ],
    );
}

#[test]
fn a_host_is_down_as_long_as_any_fault_has_it_down() {
    let faults = "[[events]]\nat = \"1500ms\"\nfor = \"3s\"\ncrash = \"b\"\n\
                  [[events]]\nat = \"2s\"\nfor = \"1s\"\ncrash = \"b\"\n\
                  [[events]]\nat = \"3500ms\"\nfor = \"2s\"\npause = \"c\"\n\
                  [[events]]\nat = \"4s\"\nfor = \"500ms\"\npause = \"c\"\n";
    let stdout = passes(&felt(7, faults).run(&[]));
    let up: Vec<_> = told(&stdout, "a")[1..].iter().map(|line| line.matches(" ms").count()).collect();
    assert_eq!(up, [2, 2, 1, 1, 0, 2, 2], "{stdout}");
}

#[test]
fn a_host_that_falls_has_its_files_and_one_that_is_wiped_has_those_of_the_beginning() {
    let faults = "[[events]]\nat = \"1s\"\nfor = \"1s\"\ncrash = \"b\"\n\
                  [[events]]\nat = \"1s\"\nfor = \"1s\"\nwipe = \"c\"\n\
                  [[events]]\nat = \"4s\"\ncrash = \"b\"\n\
                  [[events]]\nat = \"5s\"\nwipe = \"b\"\n\
                  [[events]]\nat = \"6s\"\nrestart = \"b\"\n\
                  [[events]]\nat = \"7s\"\nrestart = \"c\"\n";
    let stdout = passes(&felt(9, faults).run(&[]));
    let starts = |host| told(&stdout, host).into_iter().filter(|line| line.starts_with("start")).collect::<Vec<_>>();
    assert_eq!(starts("b"), ["start 1", "start 2", "start 1"], "{stdout}");
    assert_eq!(starts("c"), ["start 1", "start 1", "start 2"], "{stdout}");
}

#[test]
fn disks_are_full_while_any_fault_fills_them() {
    let full = ["10.0.0.2 2 ms, 10.0.0.3 2 ms; the disk is full"; 3];
    feels(
        "[[events]]\nat = \"500ms\"\nfor = \"3s\"\nfill-disk = \"a\"\n\
         [[events]]\nat = \"1s\"\nfor = \"1s\"\nfill-disk = \"a\"\n\
         [[events]]\nat = \"1s\"\nfor = \"100s\"\nfill-disk = \"b\"\n",
        &[full[0], full[1], full[2], BOTH, BOTH],
    );
}

#[test]
fn a_host_that_is_not_yet_started_starts_at_its_time() {
    let faults = "[[events]]\nat = \"1s\"\nfor = \"1s\"\ncrash = \"a\"\n";
    let scenario = felt(2, faults);
    let late = std::fs::read_to_string(scenario.path()).expect("reads");
    std::fs::write(scenario.path(), late.replacen("[hosts.a]\n", "[hosts.a]\nstart = \"3s\"\n", 1)).expect("writes");
    let stdout = passes(&scenario.run(&[]));
    assert_eq!(stdout.matches("a starts").count(), 1, "{stdout}");
    assert!(stdout.contains("3.000000 a starts"), "{stdout}");
}

#[test]
fn a_host_that_is_paused_at_the_end_is_late_and_no_deadlock() {
    let faults = "[[events]]\nat = \"1s\"\npause = \"a\"\n";
    let output = felt(3, faults).run(&[]);
    let told = crate::scenario::fails(&output);
    assert!(told.contains("the time is over") && told.contains("a is paused") && !told.contains("deadlock"), "{told}");
    assert!(text(&output.stdout).contains("--- pause a ---"));
}
