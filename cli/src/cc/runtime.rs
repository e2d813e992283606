//! The functions that are written in C: what stands in for other processes, terminals and users, and what `setjmp` calls.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::compiler::Compiler;
use super::home::Home;
use crate::temporary;

/// The one that only newer compilers compile.
const SETJMP: &str = "setjmp.c";

/// Their library, which is compiled once, by the compiler that programs are compiled by.
pub(super) fn library(compiler: &Compiler, home: &Home) -> Result<PathBuf> {
    home.made(&compiler.key("libruntime", "a"), |library| {
        let objects = temporary::directory().context("cannot make a directory")?;
        let sources = home.sources()?;
        let mut words: Vec<OsString> = ["-O2", "-c"].map(OsString::from).to_vec();
        for name in names(&sources)? {
            if name != SETJMP || compiler.has_setjmp()? {
                words.push(sources.join(name).into());
            }
        }
        let mut compile = compiler.compile(false, false, &words, &home.headers()?)?;
        let status = compile.current_dir(objects.path()).status();
        if !status.with_context(|| format!("cannot run {}", compiler.name()))?.success() {
            bail!("{} does not compile what every program is linked with", compiler.name());
        }
        archive(objects.path(), library).context("cannot write the library that every program is linked with")
    })
}

/// The files of a directory, in order.
fn names(directory: &Path) -> Result<Vec<OsString>> {
    let entries = fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?;
    let mut names = entries.map(|entry| Ok(entry?.file_name())).collect::<std::io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

/// Writes an archive of all objects of the directory, as ar(5) has it. The linker needs no index.
fn archive(objects: &Path, archive: &Path) -> Result<()> {
    let mut file = fs::File::create(archive)?;
    file.write_all(b"!<arch>\n")?;
    for name in names(objects)? {
        let content = fs::read(objects.join(&name))?;
        let name = format!("{}/", name.display());
        writeln!(file, "{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`", 0, 0, 0, 644, content.len())?;
        file.write_all(&content)?;
        if content.len() % 2 != 0 {
            file.write_all(b"\n")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_has_its_members_at_even_places() {
        let directory = tempfile::tempdir().expect("a directory");
        let objects = directory.path().join("objects");
        fs::create_dir(&objects).expect("makes");
        fs::write(objects.join("a.o"), "odd").expect("writes");
        fs::write(objects.join("b.o"), "even").expect("writes");
        let path = directory.path().join("lib.a");
        archive(&objects, &path).expect("writes");
        let bytes = fs::read(&path).expect("reads");
        assert_eq!(bytes.len(), 8 + 60 + 3 + 1 + 60 + 4);
        assert!(bytes.starts_with(b"!<arch>\na.o/   ") && bytes[72..].starts_with(b"b.o/ "));
        assert_eq!(&bytes[66..72], b"`\nodd\n");
    }

    #[test]
    fn the_names_of_sources_fit_into_an_archive() {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("runtime");
        let names = names(&sources).expect("sources");
        assert!(names.len() > 20 && names.iter().any(|name| name == SETJMP));
        // With a slash at the end, in sixteen bytes.
        assert!(names.iter().all(|name| name.len() <= 15), "{names:?}");
    }
}
