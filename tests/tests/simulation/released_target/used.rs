//! Programs of others, as they are.

use std::process::Command;

use berkeley_tests::{berkeley, root, text};

use crate::scenario::{fails, passes};

/// So many runs of a scenario in the repository, with that in the place of this.
fn runs(name: &str, count: &str, [this, that]: [&str; 2]) -> std::process::Output {
    let directory = root().join("tests/simulation");
    let scenario = std::fs::read_to_string(directory.join(name)).expect("a scenario");
    let scenario = scenario.replace("../..", root().to_str().expect("UTF-8")).replace(this, that);
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("scenario.toml");
    std::fs::write(&path, scenario).expect("writes");
    let options = ["--runs", count, "--jobs", "2"];
    Command::new(berkeley()).arg("simulate").arg(path).args(options).output().expect("it starts")
}

#[test]
fn a_register_of_openraft_is_linearizable_whatever_goes_wrong() {
    let stdout = passes(&runs("raft.toml", "30", ["", ""]));
    assert!(stdout.contains("30 runs, and none failed"), "{stdout}");
}

#[test]
fn reading_without_asking_the_others_is_found() {
    let output = runs("raft.toml", "200", ["\"node\"", "\"stale\""]);
    assert!(fails(&output).contains("client exits with 1"), "{}", text(&output.stderr));
}

#[test]
fn what_was_found_in_a_leader_that_leads_again_is_found_again() {
    let output = runs("raft-restart.toml", "40", ["\"node\"", "\"forgetful\""]);
    assert!(fails(&output).contains("client exits with 1"), "{}", text(&output.stderr));
    passes(&runs("raft-restart.toml", "40", ["", ""]));
}
