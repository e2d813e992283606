//! A replicated store in asyncio, and one with a bug that ordinary runs do not show.

use berkeley_tests::{root, text};

use crate::scenario::{Scenario, fails, passes};

/// A store of three nodes and its client. Nodes of the role `hasty` answer too early.
fn store(role: &str, more: &str) -> Scenario {
    let script = root().join("tests/data/store.py");
    let host = |name: &str, words: String| {
        format!("[hosts.{name}]\npython = {:?}\nargs = [{words}]\n", script.display().to_string())
    };
    let node = |own: u32| {
        let peers = (1..=3).filter(|number| *number != own).map(|number| format!(", \"kv{number}:7000\""));
        host(&format!("kv{own}"), format!("\"{role}\", \"7000\"{}", peers.collect::<String>())) + "serves = true\n"
    };
    let nodes: String = (1..=3).map(node).collect();
    let client = host("client", "\"client\", \"8\", \"kv1:7000\", \"kv2:7000\", \"kv3:7000\"".into());
    Scenario::new(&format!(
        "limit = \"120s\"\n{nodes}{client}start = \"3s\"\n\
         [[links]]\nlatency = \"10ms\"\njitter = \"5ms\"\n\
         [[checks]]\nhost = \"client\"\nprints = \"^done$\"\n{more}"
    ))
}

const FAULTS: &str = "[[random]]\nfaults = [\"partition\", \"crash\", \"cut\"]\nhosts = [\"kv1\", \"kv2\", \"kv3\"]\n\
                      from = \"3s\"\nuntil = \"10s\"\nevery = \"500ms\"\nfor = \"3s\"\n";

#[test]
fn ordinary_runs_show_nothing_and_are_the_same_each_time() {
    let ordinary = store("hasty", "");
    let stdout = passes(&ordinary.run(&[]));
    assert!(stdout.contains("client | done"), "{stdout}");
    assert_eq!(stdout, passes(&ordinary.run(&[])));
    passes(&ordinary.run(&["--runs", "5", "--jobs", "2"]));
}

#[test]
fn a_bug_is_found_repeated_and_shrunk() {
    let scenario = store("hasty", FAULTS);
    let output = scenario.run(&["--runs", "200", "--jobs", "2", "--shrink"]);
    let (told, events) = (fails(&output), text(&output.stdout));
    assert!(told.contains("client exits with 1"), "{told}");
    let seed = told.split("--seed ").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a seed");
    let again = scenario.run(&["--seed", seed]);
    assert!(fails(&again).contains("client exits with 1"));
    assert!(text(&again.stdout).contains("lost: version"), "{}", text(&again.stdout));
    let (_, events) = events.split_once(":\n").expect("events");
    assert!((1..=5).contains(&events.matches("[[events]]").count()), "{events}");
    assert!(fails(&store("hasty", events).run(&["--seed", seed])).contains("client exits with 1"), "{events}");
    // It is the bug that is found, not the store.
    passes(&store("node", events).run(&["--seed", seed]));
}
