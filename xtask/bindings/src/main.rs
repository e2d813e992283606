//! Writes the guest crate's bindings from the contract, so that who builds a guest need not, and the table by which the
//! Python package calls the host: `cargo xtask bindings`.
//!
//! Its test, which CI runs, tells whether they are those of the contract as it is. With a directory as its argument, it
//! writes there what `wit-bindgen c` gives for C.

mod python;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wit_bindgen_core::wit_parser::{Resolve, WorldId};
use wit_bindgen_core::{Files, WorldGenerator as _};
use wit_bindgen_rust::{Opts, WithOption};

/// The contract, from the root of the workspace.
const CONTRACT: &str = "wit";

/// What makes a file of it.
type Generate = fn() -> Result<String>;

/// Where what is made of it is, and what makes it.
const BINDINGS: [(&str, Generate); 4] = [
    ("guest/src/bindings/imports.rs", generate),
    ("guest/src/bindings/p3.rs", || generate_p3("p3", &WITH_P3)),
    ("guest/src/bindings/program.rs", || generate_p3("program", &[])),
    ("python/native/src/contract.rs", generate_python),
];

/// What the bindings have of WASI is that of the crate `wasip2`, so that it goes together with what else uses that one.
const WITH: [(&str, &str); 6] = [
    ("wasi:io/error@0.2.12", "wasip2::io::error"),
    ("wasi:io/poll@0.2.12", "wasip2::io::poll"),
    ("wasi:io/streams@0.2.12", "wasip2::io::streams"),
    ("wasi:clocks/wall-clock@0.2.12", "wasip2::clocks::wall_clock"),
    ("wasi:filesystem/preopens@0.2.12", "wasip2::filesystem::preopens"),
    ("wasi:filesystem/types@0.2.12", "wasip2::filesystem::types"),
];

/// What the bindings for WASI 0.3 have of the contract is that of the others.
const WITH_P3: [(&str, &str); 4] = [
    ("berkeley:sockets/error@0.1.0", "crate::bindings::error"),
    ("berkeley:sockets/address@0.1.0", "crate::bindings::address"),
    ("berkeley:sockets/socket@0.1.0", "crate::bindings::socket"),
    ("berkeley:sockets/netdb@0.1.0", "crate::bindings::netdb"),
];

/// What a guest of WASI 0.3 has beside the contract of WASI: its packages, as far as it has them.
const P3: [(&str, &str); 3] = [
    (
        "clocks.wit",
        "package wasi:clocks@0.3.0;
        interface types {
            type duration = u64;
        }
        interface monotonic-clock {
            use types.{duration};
            wait-for: async func(how-long: duration);
        }",
    ),
    (
        "cli.wit",
        "package wasi:cli@0.3.0;
        interface run {
            run: async func() -> result;
        }",
    ),
    (
        "guest.wit",
        "package berkeley:guest;
        world p3 {
            import berkeley:sockets/%stream@0.1.0;
            import wasi:clocks/monotonic-clock@0.3.0;
        }
        world program {
            export wasi:cli/run@0.3.0;
        }",
    ),
];

/// What tells this crate's description of its imports apart from those of other crates, and of other versions of it:
/// a guest's linker puts those of one name into one.
const SUFFIX: &str = concat!("-berkeley-guest-", env!("CARGO_PKG_VERSION"));

fn main() -> Result<()> {
    if let Some(directory) = env::args_os().nth(1) {
        return write_c(Path::new(&directory));
    }
    for (path, generate) in BINDINGS {
        fs::write(in_workspace(path), generate()?).with_context(|| format!("cannot write {path}"))?;
        println!("the bindings are in {path}");
    }
    Ok(())
}

/// The bindings for Rust.
fn generate() -> Result<String> {
    let (resolve, world) = contract()?;
    write_rust(resolve, world, &WITH)
}

/// Those for WASI 0.3, beside them: of what is imported, or of what a program exports.
fn generate_p3(world: &str, with: &[(&str, &str)]) -> Result<String> {
    let (mut resolve, _) = contract()?;
    let mut package = None;
    for (name, text) in P3 {
        package = Some(resolve.push_str(name, text).with_context(|| format!("cannot read {name}"))?);
    }
    let world = resolve.select_world(&Vec::from_iter(package), Some(world))?;
    write_rust(resolve, world, with)
}

fn write_rust(mut resolve: Resolve, world: WorldId, with: &[(&str, &str)]) -> Result<String> {
    let with = with.iter().map(|(interface, module)| ((*interface).into(), WithOption::Path((*module).into())));
    let options = Opts {
        format: true,
        generate_all: true,
        with: with.collect(),
        type_section_suffix: Some(SUFFIX.into()),
        ..Opts::default()
    };
    let mut files = Files::default();
    options.build().generate(&mut resolve, world, &mut files)?;
    let (_, bindings) = files.iter().next().context("the generator gave no file")?;
    let bindings = String::from_utf8(bindings.to_vec())?;
    // The generator borrows lists, but not those in lists, though it passes them on where they are as well.
    Ok(bindings.replace("buffers: &[_rt::Vec<u8>]", "buffers: &[&[u8]]"))
}

/// The table for Python.
fn generate_python() -> Result<String> {
    let (resolve, world) = contract()?;
    python::generate(&resolve, world)
}

/// The contract, and its world.
fn contract() -> Result<(Resolve, WorldId)> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(in_workspace(CONTRACT)).context("cannot read the contract")?;
    let world = resolve.select_world(&[package], Some("imports"))?;
    Ok((resolve, world))
}

/// Writes the bindings for C, as `wit-bindgen c` does without an option.
fn write_c(directory: &Path) -> Result<()> {
    let (mut resolve, world) = contract()?;
    let mut files = Files::default();
    wit_bindgen_c::Opts::default().build().generate(&mut resolve, world, &mut files)?;
    fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    for (name, content) in files.iter() {
        let path = directory.join(name);
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// A path from the root of the workspace.
fn in_workspace(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bindings_are_those_of_the_contract() {
        for (path, generate) in BINDINGS {
            let committed = fs::read_to_string(in_workspace(path)).expect(path);
            let same = committed == generate().expect("bindings");
            assert!(same, "{path} is not what {CONTRACT}/ gives: run `cargo xtask bindings`, and commit it");
        }
    }
}
