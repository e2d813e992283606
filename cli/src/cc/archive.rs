//! The library `libberkeley_libc.a`: where it is, and how it is built.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::find::variable;
use super::home::{Home, workspace};
use crate::temporary;

/// What it is called.
pub(super) const NAME: &str = "libberkeley_libc.a";

/// The variable that says where it is: the file, or its directory.
const VARIABLE: &str = "BERKELEY_LIBC";

/// The library for a program that is linked with the `libc.a` of that directory.
///
/// The variable comes first, then what the workspace built, then what [`build`] built.
pub(super) fn find(home: &Home, libc: &Path) -> Result<PathBuf> {
    if let Some(named) = named()? {
        return Ok(named);
    }
    let built = workspace().map(|target| target.join("guests/wasm32-wasip2/guest").join(NAME));
    // The workspace's is built for Rust's own C library.
    let built = built.filter(|_| libc.ends_with("wasm32-wasip2/lib/self-contained"));
    let mut places = built.into_iter().chain([home.join(built_for(libc))]);
    places.find(|place| place.is_file()).with_context(|| {
        format!(
            "{NAME} is not built; `berkeley cc --setup` builds it with cargo, {VARIABLE} says where it is otherwise"
        )
    })
}

/// The library that the variable names.
pub(super) fn named() -> Result<Option<PathBuf>> {
    let Some(named) = variable(VARIABLE) else { return Ok(None) };
    let file = if named.is_dir() { named.join(NAME) } else { named };
    if !file.is_file() {
        bail!("{VARIABLE} says that {NAME} is {}, where it is not", file.display());
    }
    Ok(Some(file))
}

/// The directory of a copy of the library that Rust programs are linked with.
pub(super) fn for_rust(home: &Home, library: &Path) -> Result<PathBuf> {
    let archive = fs::read(library).with_context(|| format!("cannot read {}", library.display()))?;
    let mut hasher = DefaultHasher::new();
    archive.hash(&mut hasher);
    home.made_directory(&format!("rust-{:x}", hasher.finish()), |directory| {
        let place = directory.join(NAME);
        fs::write(&place, told_apart(archive)).with_context(|| format!("cannot write {}", place.display()))
    })
}

/// How crates call the sections that describe what they import.
const DESCRIPTIONS: &[u8] = b"component-type:wit-bindgen:";

/// What they are called in the library, in as many letters, so that all in the archive stays where it is.
const OUR_DESCRIPTIONS: &[u8] = b"component-type:berkeley-cc:";

/// The archive, with other names for its descriptions. The program may have the same crates as the library once more, above
/// all `wasip2`; of what has one name the linker makes one section, and two descriptions in it are none.
fn told_apart(mut archive: Vec<u8>) -> Vec<u8> {
    let mut at = 0;
    while let Some(found) = find_bytes(&archive[at..], DESCRIPTIONS) {
        at += found;
        archive[at..at + DESCRIPTIONS.len()].copy_from_slice(OUR_DESCRIPTIONS);
    }
    archive
}

fn find_bytes(within: &[u8], wanted: &[u8]) -> Option<usize> {
    within.windows(wanted.len()).position(|window| window == wanted)
}

/// The name of what is built for that C library, of which there may be several.
fn built_for(libc: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    libc.hash(&mut hasher);
    format!("libberkeley_libc-{:x}.a", hasher.finish())
}

/// Builds the library with cargo, from the crate `berkeley-libc` of this version, for the `libc.a` of that directory.
pub(super) fn build(home: &Home, libc: &Path) -> Result<PathBuf> {
    let directory = temporary::directory().context("cannot make a directory")?;
    let root = directory.path();
    let source = variable("BERKELEY_LIBC_SOURCE");
    let source = source.map(|path| fs::canonicalize(&path).with_context(|| format!("cannot find {}", path.display())));
    fs::create_dir(root.join("src")).context("cannot make a directory")?;
    fs::write(root.join("src/lib.rs"), "extern crate library;\n").context("cannot write a file")?;
    fs::write(root.join("Cargo.toml"), manifest(source.transpose()?.as_deref())).context("cannot write a file")?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--release", "--target", "wasm32-wasip2", "--manifest-path"]).arg(root.join("Cargo.toml"));
    cargo.arg("--target-dir").arg(root.join("target")).env("BERKELEY_LIBC_SYSROOT", libc.join("libc.a"));
    // They are meant for other builds.
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(name);
    }
    let status = cargo
        .current_dir(root)
        .status()
        .context("cannot run cargo, which builds the library; install Rust with rustup")?;
    if !status.success() {
        bail!("cargo did not build the crate berkeley-libc ({status}); see its messages above");
    }
    let (built, place) = (root.join("target/wasm32-wasip2/release").join(NAME), home.join(built_for(libc)));
    let new = temporary::file_in(place.parent().context("a directory")?).context("cannot make a file")?;
    fs::copy(&built, new.path()).with_context(|| format!("cannot copy {}", built.display()))?;
    new.persist(&place).with_context(|| format!("cannot write {}", place.display()))?;
    Ok(place)
}

/// The package that is built: the crate as a static library, and nothing else.
fn manifest(source: Option<&Path>) -> String {
    let place = source.map(|path| format!(", path = {:?}", path.display().to_string())).unwrap_or_default();
    format!(
        "[package]\nname = \"archive\"\nedition = \"2024\"\n\n[lib]\nname = \"berkeley_libc\"\ncrate-type = [\"staticlib\"]\n\n\
         [dependencies]\nlibrary = {{ package = \"berkeley-libc\", version = \"={version}\"{place} }}\n\n\
         [profile.release]\nopt-level = \"s\"\npanic = \"abort\"\nstrip = \"debuginfo\"\n\n[workspace]\n",
        version = env!("CARGO_PKG_VERSION")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_for_different_c_libraries_stand_apart() {
        assert_ne!(built_for(Path::new("/a")), built_for(Path::new("/b")));
    }

    #[test]
    fn descriptions_are_told_apart_and_stay_where_they_are() {
        let archive = b"1component-type:wit-bindgen:0.1:a2component-type:wit-bindgen:3component-type".to_vec();
        let apart = b"1component-type:berkeley-cc:0.1:a2component-type:berkeley-cc:3component-type".to_vec();
        assert_eq!(told_apart(archive), apart);
        assert_eq!(told_apart(b"none".to_vec()), b"none");
    }

    #[test]
    fn the_package_names_this_version() {
        let version = format!("version = \"={}\"", env!("CARGO_PKG_VERSION"));
        assert!(manifest(None).contains(&format!("{{ package = \"berkeley-libc\", {version} }}")));
        assert!(manifest(Some(Path::new("/a b"))).contains(&format!("{version}, path = \"/a b\" }}")));
    }
}
