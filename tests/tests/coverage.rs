//! Each guest program has a test.

use std::fs;
use std::path::{Path, PathBuf};

/// The names of the files of a directory, without their endings.
fn names(directory: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let entries = fs::read_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let name = |entry: fs::DirEntry| entry.path().file_stem().expect("a name").to_string_lossy().into_owned();
    entries.map(|entry| name(entry.expect("an entry"))).collect()
}

/// What is in the source files of a directory, and of those in it.
fn sources(directory: &Path) -> String {
    let paths = fs::read_dir(directory).expect("reads").map(|entry| entry.expect("an entry").path());
    let text = |path: PathBuf| match path.extension() {
        Some(extension) if extension == "rs" => fs::read_to_string(&path).expect("reads"),
        _ if path.is_dir() => sources(&path),
        _ => String::new(),
    };
    paths.map(text).collect()
}

#[test]
fn every_guest_program_is_run_by_a_test() {
    // What tests share may run a guest for them.
    let tests =
        ["tests", "src"].map(|directory| sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(directory))).concat();
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
            // Those that are built twice are asked for by `built`; scenarios name a guest in brackets.
            let calls = [function, "built"].map(|function| format!("{function}(\"{program}\")"));
            let mut ways = calls.into_iter().chain([format!("program = \\\"<{program}>\\\"")]);
            assert!(ways.any(|way| tests.contains(&way)), "no test runs {directory}/{program}");
        }
    }
}
