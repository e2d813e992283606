//! Power fails, and what was not synced is lost.

use std::collections::BTreeSet;

use berkeley_tests::text;

use crate::scenario::{Scenario, passes};

/// How many lines a log had when its host went down, and how many, and bytes beyond, when that was there again.
fn kept(fault: &str, is_synced: &str, seed: u32) -> (usize, usize, usize) {
    let scenario = Scenario::new(&format!(
        "[hosts.a]\nprogram = \"<log>\"\nargs = [\"{is_synced}\"]\n[[events]]\nat = \"1050ms\"\nfor = \"1s\"\n{fault} = \"a\"\n"
    ));
    let stdout = passes(&scenario.run(&["--seed", &seed.to_string()]));
    let (before, after) = stdout.split_once(&format!("--- over: {}", told(fault))).expect("it is over");
    let last = before.rsplit_once("wrote ").expect("lines").1.lines().next().expect("a number");
    let found = after.split_once("found ").expect("it starts again").1.lines().next().expect("a line");
    let (whole, more) = found.split_once(", and ").expect("two numbers");
    let more = more.split(' ').next().expect("a number");
    (last.parse().expect("a number"), whole.parse().expect("a number"), more.parse().expect("a number"))
}

fn told(fault: &str) -> &str {
    if fault == "outage" { "outage of a" } else { "crash a" }
}

#[test]
fn an_outage_takes_what_was_not_synced_and_nothing_else() {
    let mut found = BTreeSet::new();
    for seed in 0..12 {
        let (written, whole, more) = kept("outage", "unsynced", seed);
        assert!(whole <= written && more < 9, "{whole} of {written}, and {more}");
        found.insert((whole, more > 0));
        let (written, whole, more) = kept("outage", "synced", seed);
        assert!(whole >= written && more == 0, "{whole} of {written}, and {more}");
        let (written, whole, _) = kept("crash", "unsynced", seed);
        assert!(whole >= written, "{whole} of {written}");
    }
    assert!(found.len() > 3 && found.iter().any(|(whole, _)| *whole < 5), "it depends on the seed: {found:?}");
    assert!(found.iter().any(|(_, is_torn)| *is_torn), "a write may be there in part: {found:?}");
}

#[test]
fn an_outage_is_drawn_and_shrunk_as_other_faults_are() {
    let scenario = Scenario::new(
        "[hosts.a]\nprogram = \"<log>\"\nserves = true\n[hosts.b]\nprogram = \"<log>\"\nargs = [\"synced\"]\n\
         [[random]]\nfaults = [\"outage\", \"pause\"]\nhosts = [\"a\"]\nuntil = \"2s\"\nevery = \"200ms\"\nfor = \"100ms\"\n\
         [[checks]]\nhost = \"a\"\nnever = \"found .* and [1-9]\"\n",
    );
    let output = scenario.run(&["--runs", "50", "--shrink"]);
    let stdout = text(&output.stdout);
    let events = stdout.matches("[[events]]").count();
    assert!((1..=3).contains(&events) && stdout.matches("\noutage = \"a\"\n").count() == events, "{stdout}");
}
