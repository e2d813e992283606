//! A server and a client in C, as they are, and a bug that ordinary runs do not show.

use berkeley_tests::c::{compile, is_possible};
use berkeley_tests::text;

use crate::scenario::{Scenario, fails, passes};

/// The server, of the role `hasty` or another, its client, and more.
fn tally(program: &str, role: &str, more: &str) -> Scenario {
    Scenario::new(&format!(
        "limit = \"200s\"\n[hosts.server]\nprogram = \"{program}\"\nargs = [\"{role}\", \"7000\"]\nserves = true\n\
         [hosts.client]\nprogram = \"{program}\"\nargs = [\"server\", \"7000\", \"60\"]\n\
         [[checks]]\nhost = \"client\"\nprints = \"^done$\"\n{more}"
    ))
}

const FAULTS: &str =
    "[[random]]\nfaults = [\"crash\", \"cut\"]\nhosts = [\"server\"]\nuntil = \"40s\"\nevery = \"1s\"\nfor = \"1s\"\n";

#[test]
fn a_bug_of_a_program_in_c_is_found_and_shrunk() {
    if !is_possible() {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let guest = compile("tally", directory.path());
    let program = guest.program().to_str().expect("UTF-8");
    passes(&tally(program, "hasty", "").run(&[]));
    let output = tally(program, "hasty", FAULTS).run(&["--runs", "200", "--jobs", "2", "--shrink"]);
    let (told, shrunk) = (fails(&output), text(&output.stdout));
    assert!(told.contains("client exits with 1"), "{told}");
    let (_, events) = shrunk.split_once(":\n").expect("events");
    let few = events.matches("[[events]]").count();
    assert!((1..=12).contains(&few) && events.contains("crash"), "a few of some forty: {shrunk}");
    passes(&tally(program, "careful", FAULTS).run(&["--runs", "30", "--jobs", "2"]));
}
