//! Building the host's command.

use std::path::Path;

use anyhow::Result;

use crate::command;

/// The command, after the build.
pub(crate) const BERKELEY: &str = "target/debug/berkeley";

/// Where the host's programs are that are measured: as the tests have them, or optimised as they are released.
pub(crate) fn directory(is_quick: bool) -> &'static Path {
    Path::new(if is_quick { "target/debug" } else { "target/release" })
}

/// Builds what is measured, with these further arguments of cargo.
pub(crate) fn build_measured(is_quick: bool, args: &[&str]) -> Result<()> {
    let profile: &[_] = if is_quick { &[] } else { &["--release"] };
    build(&[profile, args].concat())
}

/// The package of the program that embeds the library.
const EMBEDDER: &str = "berkeley-test-embedder";

/// Builds the host's command, with these further arguments of cargo.
///
/// The build takes in all default members and not only the host, because cargo chooses the features of the
/// dependencies by what is built together: `--package berkeley-host` would build another wasmtime than `cargo test`
/// does.
pub(crate) fn build(args: &[&str]) -> Result<()> {
    let mut build = command::cargo(["build", "--target-dir", "target", "--bins"]);
    build.args(args);
    command::step("building the host", &mut build, "see cargo's messages above")
}

/// Builds the program of the tests that embeds the library without a compiler, and checks that the library builds with
/// each combination of its features.
///
/// By itself, because cargo would give it the features of all that is built beside it.
pub(crate) fn build_embedder() -> Result<()> {
    let cargo = |what: &str, task, features| {
        let mut cargo = command::cargo([task, "--target-dir", "target", "--package", EMBEDDER, "--features", features]);
        command::step(what, &mut cargo, "see cargo's messages above")
    };
    // Only `p3` asks for another wasmtime, which is not built but checked.
    cargo("building the library with TLS and without a compiler", "build", "tls")?;
    cargo("building the embedder that has no compiler", "build", "")?;
    cargo("checking the library with WASI 0.3", "check", "p3")?;
    cargo("checking the library with TLS and WASI 0.3", "check", "tls,p3")?;
    Ok(())
}
