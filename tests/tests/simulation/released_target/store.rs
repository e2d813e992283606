//! A replicated store, and one with a bug that ordinary runs do not show.

use berkeley_tests::text;

use crate::scenario::{Scenario, fails, passes};

/// A store of three nodes and its client. Nodes of the role `hasty` answer too early.
pub(super) fn store(role: &str, more: &str) -> Scenario {
    let node = |own: u32| {
        let peers = (1..=3).filter(|number| *number != own).map(|number| format!("\"kv{number}:7000\""));
        let peers = peers.collect::<Vec<_>>().join(", ");
        format!("[hosts.kv{own}]\nprogram = \"<tokio_store>\"\nserves = true\nargs = [\"{role}\", \"7000\", {peers}]\n")
    };
    let nodes: String = (1..=3).map(node).collect();
    Scenario::new(&format!(
        "limit = \"120s\"\n{nodes}[hosts.client]\nprogram = \"<tokio_store>\"\n\
         args = [\"client\", \"20\", \"kv1:7000\", \"kv2:7000\", \"kv3:7000\"]\n\
         [[links]]\nlatency = \"10ms\"\njitter = \"5ms\"\n\
         [[checks]]\nhost = \"client\"\nprints = \"^done$\"\n{more}"
    ))
}

pub(super) const FAULTS: &str = "[[random]]\nfaults = [\"partition\", \"crash\", \"cut\"]\nhosts = [\"kv1\", \"kv2\", \"kv3\"]\nuntil = \"10s\"\nevery = \"1s\"\nfor = \"3s\"\n";

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
