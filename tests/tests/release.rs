//! What is published agrees with itself.

use std::fs;
use std::path::{Path, PathBuf};

use berkeley_tests::root;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What follows `begin` on the first line of the file that begins so, up to `end`.
fn after(path: &str, begin: &str, end: char) -> String {
    let content = read(path);
    let rest = content.lines().find_map(|line| line.strip_prefix(begin));
    let rest = rest.unwrap_or_else(|| panic!("no line of {path} begins with {begin}"));
    rest.split(end).next().unwrap_or_default().trim().to_owned()
}

#[test]
fn versions_agree() {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(after("Cargo.toml", "version = \"", '"'), version);
    assert_eq!(after("python/pyproject.toml", "version = \"", '"'), version);
    assert_eq!(after("wit/world.wit", "package berkeley:sockets@", ';'), version);
    assert_eq!(after("CHANGELOG.md", "## ", ','), version);
}

#[test]
fn the_python_package_has_the_licence_and_the_repository_of_the_workspace() {
    assert_eq!(read("python/LICENSE"), read("LICENSE"));
    let repository = after("Cargo.toml", "repository = \"", '"');
    assert_eq!(after("python/pyproject.toml", "Repository = \"", '"'), repository);
    let licence = after("Cargo.toml", "license = \"", '"');
    assert_eq!(after("python/pyproject.toml", "license = \"", '"'), licence);
}

/// Tests of the guest that runs Python programs, which is not built where pip gets nothing.
mod python_guest {
    use super::*;

    /// The files below a directory, by their paths in it, but for what tools keep there.
    fn files(directory: &Path) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut left = vec![directory.to_owned()];
        while let Some(next) = left.pop() {
            for entry in fs::read_dir(&next).unwrap_or_else(|error| panic!("{}: {error}", next.display())) {
                let path = entry.expect("an entry").path();
                let is_cache = ["__pycache__", ".ruff_cache"].iter().any(|name| path.ends_with(name));
                if !path.is_dir() {
                    files.push(path.strip_prefix(directory).expect("below it").to_owned());
                } else if !is_cache {
                    left.push(path);
                }
            }
        }
        files.sort();
        files
    }

    #[test]
    fn its_package_was_installed_from_a_wheel_that_has_all_files() {
        let source = root().join("python/berkeley_sockets");
        let site = root().join("target/guests/python/build/site");
        let installed = site.join("berkeley_sockets");
        assert_eq!(files(&installed), files(&source));
        for file in files(&source) {
            let same = fs::read(installed.join(&file)).expect("reads") == fs::read(source.join(&file)).expect("reads");
            assert!(same, "{} is another; run `cargo xtask python`", file.display());
        }
        let metadata = format!("berkeley_sockets-{}.dist-info", env!("CARGO_PKG_VERSION"));
        for file in ["METADATA", "RECORD", "licenses/LICENSE"] {
            assert!(site.join(&metadata).join(file).exists(), "the wheel has no {file}");
        }
    }
}
