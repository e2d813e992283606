//! Each guest program has a test.

use std::fs;
use std::path::Path;

/// The names of the files of a directory, without their endings.
fn names(directory: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let entries = fs::read_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let name = |entry: fs::DirEntry| entry.path().file_stem().expect("a name").to_string_lossy().into_owned();
    entries.map(|entry| name(entry.expect("an entry"))).collect()
}

#[test]
fn every_guest_program_is_run_by_a_test() {
    // What tests share may run a guest for them.
    let files = ["tests", "src"]
        .iter()
        .flat_map(|directory| names(directory).into_iter().map(move |name| format!("{directory}/{name}.rs")));
    let tests: String = files
        .map(|file| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("reads"))
        .collect();
    let all = [
        ("guests/src/bin", "guest"),
        ("guests-async/src/bin", "guest"),
        ("guests/examples", "component"),
        ("../guest/examples", "example"),
    ];
    for (directory, function) in all {
        let programs = names(directory);
        assert!(!programs.is_empty(), "{directory} has no programs");
        for program in programs {
            assert!(tests.contains(&format!("{function}(\"{program}\")")), "no test runs {directory}/{program}");
        }
    }
}
