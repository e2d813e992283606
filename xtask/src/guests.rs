//! Building the guest programs.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::command::{self, say};
use crate::toolchain::Toolchain;

/// Where the guest programs are after the build.
pub(crate) const DIRECTORY: &str = "target/guests/wasm32-wasip2/guest";

/// Where the examples of the guest crate are after the build.
const EXAMPLES: &str = "target/guests/wasm32-wasip2/guest/examples";

/// The package of the guest programs. Its feature `released-target` adds those that only link in rustup's way.
const TEST_GUESTS: &str = "berkeley-test-guests";

/// The package of the guest programs of async Rust.
const ASYNC_GUESTS: &str = "berkeley-test-guests-async";

/// The package of the probes of `berkeley conformance`, which has the same feature.
const PROBES: &str = "berkeley-conformance";

/// The package of the programs that know only the C library, and the library itself, for those who link with it. wasi-libc
/// has a table of descriptors that it knows in the target as Rust releases it.
const TEST_LIBC: &str = "berkeley-test-libc";
const LIBC: &str = "berkeley-libc";

/// The package of the programs with well-known crates, and what cargo is told for it, in a workspace of its own.
pub(crate) const TOKIO: [&str; 2] = ["tests/tokio/Cargo.toml", "tests/tokio/.cargo/config.toml"];

/// What is built, and the arguments of cargo that choose it.
const BUILDS: [(&str, &[&str]); 9] = [
    ("the guest programs", &["--package", TEST_GUESTS, "--bins", "--examples"]),
    ("the guest programs of async Rust", &["--package", ASYNC_GUESTS, "--bins"]),
    ("the same for WASI 0.3", &["--package", ASYNC_GUESTS, "--bins", "--features", "p3"]),
    (
        "the component of WASI 0.3 that awaits streams",
        &["--package", ASYNC_GUESTS, "--examples", "--features", "p3-library"],
    ),
    ("the probes of `berkeley conformance`", &["--package", PROBES, "--bins", "--examples"]),
    ("the C library", &["--package", LIBC]),
    ("the programs that know only the C library", &["--package", TEST_LIBC, "--bins"]),
    ("the programs with well-known crates", &["--manifest-path", TOKIO[0], "--config", TOKIO[1], "--bins"]),
    ("the examples of the guest crate", &["--package", "berkeley-guest", "--examples"]),
];

/// The arguments that every guest build has. The target directory is the guests' own, so that what differs from the
/// host's build never makes that one start again.
const BUILD: [&str; 3] = ["build", "--target-dir", "target/guests"];

/// The profile of a build: that of what is built for WASI 0.3 beside is another, so that both are there.
fn profile(choice: &[&str]) -> &'static str {
    if choice.contains(&ASYNC_GUESTS) && choice.contains(&"--features") { "guest-p3" } else { "guest" }
}

/// Builds the guest programs and the examples of the guest crate.
pub(crate) fn build(toolchain: &Toolchain) -> Result<()> {
    for (what, choice) in BUILDS {
        build_one(toolchain, what, choice)?;
    }
    for (what, directory) in [("guest programs", DIRECTORY), ("examples", EXAMPLES)] {
        say(format_args!("{} {what} in {directory}", components(Path::new(directory))));
    }
    Ok(())
}

/// Builds the probes of `berkeley conformance`.
pub(crate) fn build_probes(toolchain: &Toolchain) -> Result<()> {
    let mut probes = BUILDS.iter().filter(|(_, choice)| choice.contains(&PROBES));
    probes.try_for_each(|(what, choice)| build_one(toolchain, what, choice))
}

/// Builds the C library.
pub(crate) fn build_library(toolchain: &Toolchain) -> Result<()> {
    let mut library = BUILDS.iter().filter(|(_, choice)| choice.contains(&LIBC));
    library.try_for_each(|(what, choice)| build_one(toolchain, what, choice))
}

fn build_one(toolchain: &Toolchain, what: &str, choice: &[&str]) -> Result<()> {
    let is_of = |packages: &[&str]| packages.iter().any(|package| choice.contains(package));
    if profile(choice) == "guest-p3" && !toolchain.is_released() {
        say(format_args!("leaving out {what}: Debian's wasi-libc knows no entry point of WASI 0.3"));
        return Ok(());
    }
    if is_of(&[LIBC, TEST_LIBC, TOKIO[0]]) && !toolchain.is_released() {
        say(format_args!("leaving out {what}: Debian's wasi-libc has no table that it knows"));
        return Ok(());
    }
    let mut build = command::cargo(BUILD);
    build.args(["--profile", profile(choice)]).args(choice);
    toolchain.apply(&mut build);
    if toolchain.is_released() && is_of(&[TEST_GUESTS, PROBES, TEST_LIBC]) {
        build.args(["--features", "released-target"]);
    }
    let what = format!("building {what} for wasm32-wasip2 ({})", toolchain.name());
    command::step(&what, &mut build, "see cargo's messages above")
}

/// How many components a directory has. A directory that is not there has none.
fn components(directory: &Path) -> usize {
    let Ok(entries) = fs::read_dir(directory) else { return 0 };
    entries.flatten().filter(|entry| is_component(&entry.path())).count()
}

/// Whether it is a component by its own name: cargo leaves a second copy of an example, whose name ends with a hash.
fn is_component(path: &Path) -> bool {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    path.extension().is_some_and(|extension| extension == "wasm") && !name.contains('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_components_are_counted() {
        assert_eq!(components(Path::new("/nowhere")), 0);
        assert_eq!(components(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")), 0);
    }
}
