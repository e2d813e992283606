//! The files of WASI 0.3.

use berkeley_tests::component;

use crate::scenario::{Scenario, passes};

#[test]
fn files_of_wasi_0_3_have_virtual_times_numbers_and_an_order() {
    let program = component("p3_disk").program().display().to_string();
    let scenario = Scenario::new(&format!(
        "date = \"2030-01-01T00:00:00Z\"\n[hosts.a]\nprogram = {program:?}\n\
         [[events]]\nat = \"5s\"\nfor = \"5s\"\nfill-disk = \"a\"\n"
    ));
    let stdout = passes(&scenario.run(&[]));
    let told: Vec<_> = stdout.lines().filter_map(|line| line.split_once("a | ")).map(|(_, told)| told).collect();
    let date = 1_893_456_000;
    // The directory itself was the first of which there was something to tell.
    let expected = [
        format!("z of 4 bytes: Some({0}) Some({0}) Some({0})", date + 1),
        "number 2 0 2 0".into(),
        format!("a of 4 bytes: Some({0}) Some({0}) Some({0})", date + 2),
        "number 3 0 3 0".into(),
        format!("m of 4 bytes: Some({0}) Some({0}) Some({0})", date + 3),
        "number 4 0 4 0".into(),
        "a m z".into(),
        "0 1".into(),
        "Ok(())".into(),
        "Err(ErrorCode::InsufficientSpace)".into(),
        "Ok(())".into(),
        "textmore".into(),
    ];
    assert_eq!(told, expected, "{stdout}");
}
