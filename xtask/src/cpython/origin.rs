//! Where the tests are from, and the interpreter that they are compared with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::DIRECTORY;
use crate::apt::Apt;
use crate::command::{self, say};
use crate::python::LIBRARY;

/// The tests of one version of CPython, and its interpreter.
pub(super) struct Tests {
    pub(super) interpreter: PathBuf,
    /// As `3.13`.
    pub(super) version: String,
    /// The directory that the package `test` is in, and nothing else.
    pub(super) site: PathBuf,
}

/// The version of the guest's interpreter.
const VERSION: &str = "3.14";

/// The release of Debian that has this version, and what of it is needed.
const RELEASE: &str = "sid";
const PACKAGES: [&str; 2] = ["python3.14", "libpython3.14-testsuite"];

/// Runs the interpreter of the packages that are unpacked beside this script, by their own C library: it may be newer than this
/// system's.
const SCRIPT: &str = r#"#!/bin/sh
root=$(dirname "$(realpath "$0")")/debian
loader=$(echo "$root"/usr/lib/*/ld-linux*.so.*)
PYTHONHOME=$root/usr exec "$loader" --argv0 "$0" --library-path "${loader%/*}" "$root/usr/bin/python3.14" "$@"
"#;

/// Finds the CPython that is asked for, or Debian's of the guest's version; where that cannot be had, the newest of this machine
/// that has its tests, or Debian's tests of that which is there.
pub(super) fn find(apt: &mut Apt, python: Option<String>) -> Result<Tests> {
    let names: Vec<_> = match python {
        Some(python) => vec![python],
        None => {
            let own = of_debian(apt).inspect_err(|error| {
                say(format_args!("warning: CPython {VERSION} cannot be had, whose tests are best: {error:#}"));
            });
            own.into_iter().chain(of_machine()).collect()
        }
    };
    find_among(apt, names)
}

/// Finds the newest CPython of this machine that has its tests, or Debian's tests of that which is there.
pub(super) fn find_here(apt: &mut Apt) -> Result<Tests> {
    find_among(apt, of_machine().collect())
}

/// The names that this machine's may have, the newest first.
fn of_machine() -> impl Iterator<Item = String> {
    (10..=14).rev().map(|minor| format!("python3.{minor}")).chain(["python3".to_owned()])
}

fn find_among(apt: &mut Apt, names: Vec<String>) -> Result<Tests> {
    let mut without = None;
    for name in names {
        let Some(interpreter) =
            Some(PathBuf::from(&name)).filter(|path| path.is_file()).or_else(|| command::find(&name))
        else {
            continue;
        };
        let code = "import importlib.util, sys\nprint('%d.%d' % sys.version_info[:2])\n\
            found = importlib.util.find_spec('test.test_socket')\nprint(found.origin if found else '')";
        // One that does not start, as pyenv has for versions that are not chosen, is none.
        let Ok(told) = command::output(Command::new(&interpreter).args(["-c", code])) else { continue };
        let (version, origin) = told.split_once('\n').unwrap_or((&told, ""));
        if let Some(directory) = Path::new(origin).parent().filter(|_| !origin.is_empty()) {
            let site = Path::new(DIRECTORY).join(version).join("site");
            if !site.join("test").is_dir() {
                let new = site.with_extension("new");
                copy(directory, &new.join("test"))?;
                fs::rename(&new, &site).with_context(|| format!("cannot make {}", site.display()))?;
            }
            return Ok(Tests { interpreter, version: version.to_owned(), site });
        }
        without.get_or_insert((interpreter, version.to_owned()));
    }
    let Some((interpreter, version)) = without else {
        bail!("no Python was found that starts: install Python 3.10 or newer")
    };
    let unpacked = Path::new(DIRECTORY).join(&version).join("debian");
    let site = unpacked.join("usr/lib").join(format!("python{version}"));
    if !site.join("test/test_socket.py").is_file() {
        apt.unpack(&[&format!("libpython{version}-testsuite"), &format!("libpython{version}-stdlib")], &[], &unpacked)?;
        // Of the library, only what the tests have in common is wanted.
        for entry in fs::read_dir(&site)? {
            let path = entry?.path();
            if path.file_name() != Some("test".as_ref()) {
                if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }?;
            }
        }
    }
    Ok(Tests { interpreter, version, site })
}

/// Gives an interpreter the files of the guest's library that it has too. Theirs may be some months newer; what was mended
/// meanwhile the guest cannot have.
fn take_library(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let (own, theirs) = (entry.path(), to.join(entry.file_name()));
        if own.is_dir() {
            if theirs.is_dir() {
                take_library(&own, &theirs)?;
            }
        } else if own.extension() == Some("py".as_ref()) && theirs.is_file() && fs::read(&own)? != fs::read(&theirs)? {
            fs::copy(&own, &theirs).with_context(|| format!("cannot copy {}", own.display()))?;
        }
    }
    Ok(())
}

/// Copies a directory, but for what interpreters have made in it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            if entry.file_name() != "__pycache__" {
                copy(&path, &to)?;
            }
        } else {
            fs::copy(&path, &to).with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}

/// The interpreter of the guest's version, which Debian's packages are fetched for.
fn of_debian(apt: &mut Apt) -> Result<String> {
    let directory = Path::new(DIRECTORY).join(VERSION);
    let script = directory.join("python");
    if !script.is_file() {
        apt.unpack_of(RELEASE, &PACKAGES, &directory.join("debian"))?;
        // Last: where it is, all is there.
        let new = directory.join("python.new");
        fs::write(&new, SCRIPT).with_context(|| format!("cannot write {}", new.display()))?;
        command::output(Command::new("chmod").arg("+x").arg(&new))?;
        fs::rename(&new, &script).with_context(|| format!("cannot make {}", script.display()))?;
    }
    take_library(Path::new(LIBRARY), &directory.join("debian/usr/lib").join(format!("python{VERSION}")))?;
    let script = fs::canonicalize(&script).with_context(|| format!("cannot find {}", script.display()))?;
    script.into_os_string().into_string().ok().context("the path of this workspace is not UTF-8")
}
