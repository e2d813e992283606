//! Puts the C headers and the C sources of `berkeley cc` into the command.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

/// The name of each constant, and the directory whose files it has.
const DIRECTORIES: [(&str, &str); 2] = [("HEADERS", "include"), ("RUNTIME", "runtime")];

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut code = String::new();
    let mut hasher = DefaultHasher::new();
    for (name, directory) in DIRECTORIES {
        let directory = root.join(directory);
        let mut files = Vec::new();
        list(&directory, &mut files);
        files.sort();
        writeln!(code, "const {name}: &[(&str, &str)] = &[").expect("a string takes it");
        for file in &files {
            let below = file.strip_prefix(&directory).expect("it is below");
            (below, fs::read(file).expect("it is part of the package")).hash(&mut hasher);
            // A path is written alike in Rust and by `Debug`.
            writeln!(code, "    ({below:?}, include_str!({file:?})),").expect("a string takes it");
        }
        code.push_str("];\n");
    }
    writeln!(code, "/// What tells these files from others.\nconst DIGEST: u64 = {:#x};", hasher.finish())
        .expect("a string takes it");
    let output = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("embedded.rs");
    fs::write(output, code).expect("the directory of cargo's takes it");
}

fn list(directory: &Path, files: &mut Vec<PathBuf>) {
    println!("cargo::rerun-if-changed={}", directory.display());
    for entry in fs::read_dir(directory).expect("it is part of the package") {
        let path = entry.expect("it is part of the package").path();
        if path.is_dir() { list(&path, files) } else { files.push(path) }
    }
}
