//! The sources of crates, as crates.io has them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command;

/// Where the sources are.
const DIRECTORY: &str = "target/crates/sources";

/// What leaves tests out of a build for WASI, whose own sockets lack what they test.
const GATE: &str = "not(target_os = \"wasi\")";

/// The sources of crates by name and version, each in a directory, with their tests no longer left out.
///
/// Cargo itself fetches them, for a package that depends on them.
pub(super) fn fetch(crates: &[(&str, &str)]) -> Result<Vec<PathBuf>> {
    let package = Path::new(DIRECTORY).join("fetch");
    fs::create_dir_all(&package).with_context(|| format!("cannot make {}", package.display()))?;
    let manifest = package.join("Cargo.toml");
    let needs: String = crates.iter().map(|(name, version)| format!("{name} = \"={version}\"\n")).collect();
    let text = format!(
        "[package]\nname = \"fetch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [lib]\npath = \"lib.rs\"\n\n[dependencies]\n{needs}"
    );
    fs::write(&manifest, text)?;
    fs::write(package.join("lib.rs"), "")?;
    let mut metadata = command::cargo(["metadata", "--format-version=1", "--manifest-path"]);
    let metadata: Value = serde_json::from_str(&command::output(metadata.arg(&manifest))?)?;
    crates.iter().map(|(name, version)| copy(&metadata, name, version)).collect()
}

fn copy(metadata: &Value, name: &str, version: &str) -> Result<PathBuf> {
    let packages = metadata["packages"].as_array().context("cargo tells no packages")?;
    let package = packages.iter().find(|package| package["name"] == name && package["version"] == version);
    let manifest = package.and_then(|package| package["manifest_path"].as_str());
    let source = manifest.and_then(|path| Path::new(path).parent()).context("cargo does not tell where a crate is")?;
    let directory = Path::new(DIRECTORY).join(format!("{name}-{version}"));
    if !directory.exists() {
        prepare(name, source, &directory)?;
    }
    Ok(directory)
}

/// The sources that are in a directory, with their tests no longer left out.
pub(super) fn take(name: &str, source: &Path) -> Result<PathBuf> {
    let directory = Path::new(DIRECTORY).join("taken");
    if directory.exists() {
        fs::remove_dir_all(&directory).with_context(|| format!("cannot remove {}", directory.display()))?;
    }
    fs::create_dir_all(DIRECTORY)?;
    prepare(name, source, &directory)?;
    Ok(directory)
}

fn prepare(name: &str, source: &Path, directory: &Path) -> Result<()> {
    let mut copy = Command::new("cp");
    command::output(copy.args(["--recursive", "--no-target-directory"]).arg(source).arg(directory))?;
    // Of its time; what it names may know nothing of WASI 0.2.
    let _ = fs::remove_file(directory.join("Cargo.lock"));
    open_gates(&directory.join("tests"))?;
    isolate(name, &directory.join("Cargo.toml"))
}

/// Lets the tests be built for WASI; else they are as they were.
fn open_gates(tests: &Path) -> Result<()> {
    let Ok(entries) = fs::read_dir(tests) else { return Ok(()) };
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()) {
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        if text.contains(GATE) {
            fs::write(&path, text.replace(GATE, "all()"))?;
        }
    }
    Ok(())
}

/// Makes it no part of the workspace around it; what its tests use beside it uses it too, and not a second one.
fn isolate(name: &str, manifest: &Path) -> Result<()> {
    let mut text = fs::read_to_string(manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
    if !text.contains("[workspace]") {
        text += "\n[workspace]\n";
    }
    if !text.contains("[patch.crates-io]") {
        text += &format!("\n[patch.crates-io]\n{name} = {{ path = \".\" }}\n");
    }
    fs::write(manifest, text).with_context(|| format!("cannot write {}", manifest.display()))
}
