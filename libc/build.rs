//! Finds out which layout the private descriptor table of the wasi-libc has that the program will be linked with.
//!
//! The layout is told by the symbols of its `libc.a`. What is compiled for one layout refers to a symbol that only this one
//! has, so that a program which is linked with another wasi-libc after all does not link.

use std::collections::HashSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use object::read::archive::ArchiveFile;

/// What the environment may name: a sysroot, or the `libc.a` itself.
const VARIABLES: [&str; 2] = ["BERKELEY_LIBC_SYSROOT", "WASI_SYSROOT"];

/// Where a sysroot has the library.
const PLACES: [&str; 4] =
    ["lib/wasm32-wasip2/libc.a", "lib/wasm32-wasip2/self-contained/libc.a", "lib/wasm32-wasi/libc.a", "libc.a"];

fn main() {
    println!("cargo::rustc-check-cfg=cfg(table, values(\"referenced\", \"counted\"))");
    println!("cargo::rustc-check-cfg=cfg(streams, values(\"separate\", \"together\"))");
    println!("cargo::rerun-if-changed=build.rs");
    for variable in VARIABLES {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("wasi") {
        return;
    }
    match layout() {
        Ok(Layout { table, streams }) => {
            println!("cargo::rustc-cfg=table=\"{table}\"");
            println!("cargo::rustc-cfg=streams=\"{streams}\"");
        }
        Err(error) => println!("cargo::error={error}"),
    }
}

/// The layout, as the crate's sources name it.
struct Layout {
    table: &'static str,
    streams: &'static str,
}

fn layout() -> Result<Layout, String> {
    let library = library()?;
    println!("cargo::rerun-if-changed={}", library.display());
    let told = |error: &dyn std::fmt::Display| format!("cannot read {}: {error}", library.display());
    let data = fs::read(&library).map_err(|error| told(&error))?;
    let symbols = symbols(&data).map_err(|error| told(&error))?;
    let has = |symbol: &str| symbols.contains(symbol);
    let unknown = |what: &str| {
        Err(format!(
            "{} has no descriptor table that berkeley-libc knows ({what}). It knows wasi-libc for WASI 0.2 as wasi-sdk has \
             had it since version 29, and Rust's target wasm32-wasip2 since 1.95. Set {} to such a sysroot.",
            library.display(),
            VARIABLES[0]
        ))
    };
    // The tables before that one have neither of these symbols, though they share others with it.
    if !has("__wasilibc_init_stdio") || !has("__wasilibc_add_file") {
        return unknown("it is older, or not for WASI 0.2");
    }
    let table = match (has("descriptor_table_get_ref"), has("descriptor_table_get") && has("descriptor_table_dup")) {
        (true, false) => "referenced",
        (false, true) => "counted",
        _ => return unknown("its table is found by neither of the functions that are known"),
    };
    let streams = match (has("__wasilibc_read_stream"), has("__wasilibc_read")) {
        (true, false) => "separate",
        (false, true) => "together",
        _ => return unknown("its streams are read by neither of the functions that are known"),
    };
    Ok(Layout { table, streams })
}

/// The library of the sysroot that the environment names, or else that of the compiler.
fn library() -> Result<PathBuf, String> {
    for variable in VARIABLES {
        let Some(named) = env::var_os(variable).map(PathBuf::from) else { continue };
        let mut candidates = [named.clone()].into_iter().chain(PLACES.map(|place| named.join(place)));
        return candidates
            .find(|candidate| candidate.is_file())
            .ok_or_else(|| format!("{variable} is {}, where no libc.a for wasm32-wasip2 is", named.display()));
    }
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(&rustc).args(["--print", "sysroot"]).output().map_err(|error| {
        format!("cannot ask {} for its sysroot: {error}; set {} to one", Path::new(&rustc).display(), VARIABLES[0])
    })?;
    let sysroot = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let library = Path::new(&sysroot).join("lib/rustlib/wasm32-wasip2/lib/self-contained/libc.a");
    if library.is_file() {
        return Ok(library);
    }
    Err(format!(
        "{} is not there; `rustup target add wasm32-wasip2` gets it, or set {} to the sysroot of a wasi-sdk",
        library.display(),
        VARIABLES[0]
    ))
}

/// What the library defines, by the archive's own index.
fn symbols(data: &[u8]) -> object::Result<HashSet<String>> {
    let archive = ArchiveFile::parse(data)?;
    let Some(index) = archive.symbols()? else { return Ok(HashSet::new()) };
    index.map(|symbol| Ok(String::from_utf8_lossy(symbol?.name()).into_owned())).collect()
}
