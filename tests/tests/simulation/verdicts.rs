//! How runs end.

use berkeley_tests::text;

use crate::scenario::{Scenario, alone, fails, passes};

#[test]
fn a_loop_without_end_is_told() {
    let told = fails(&alone("endless", "args = [\"computes\"]").run(&[]));
    assert!(told.contains("seed 0 fails: a loops without end: it has computed for 50ms"), "{told}");
    assert!(told.contains("--seed 0"), "{told}");
    assert!(told.contains("endless::main"), "where it is: {told}");
    // Where computing takes no time, there is an end as well.
    let scenario = "fuel = 0\ncomputing = \"50ms\"\n[hosts.a]\nprogram = \"<endless>\"\nargs = [\"computes\"]\n";
    let told = fails(&Scenario::new(scenario).run(&[]));
    assert!(told.contains("seed 0 fails: a loops without end"), "{told}");
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
fn shrinking_tells_where_no_fault_matters() {
    let output = alone("plain", "args = [\"no number\"]").run(&["--shrink"]);
    assert!(fails(&output).contains("no fault has gone wrong in it"), "{output:?}");
    let faults = "[[random]]\nfaults = [\"crash\"]\nhosts = [\"a\"]\nfrom = \"10s\"\nuntil = \"15s\"\n";
    let waits = format!("limit = \"20s\"\n[hosts.a]\nprogram = \"<endless>\"\nargs = [\"receives\"]\n{faults}");
    let output = Scenario::new(&waits).run(&["--shrink"]);
    assert!(text(&output.stdout).contains("it still fails without any of the "), "{output:?}");
}

#[test]
fn a_trap_is_told() {
    let told = fails(&alone("plain", "args = [\"no number\"]").run(&[]));
    assert!(told.contains("a traps: wasm trap: wasm `unreachable` instruction executed"), "{told}");
    assert!(told.contains("plain::main"), "where it was: {told}");
}

#[test]
fn exit_codes_are_judged() {
    let exits = |check: &str| alone("given", &format!("args = [\"exit\", \"7\"]\n{check}"));
    assert!(fails(&exits("").run(&[])).contains("a exits with 7"));
    passes(&exits("[[checks]]\nhost = \"a\"\nexits = 7").run(&[]));
    let told = fails(&exits("[[checks]]\nhost = \"a\"\nexits = 3").run(&[]));
    assert!(told.contains("a exits with 3: it exits with 7"), "{told}");
}
