//! C programs as others have written them, built by `berkeley cc` of Debian's sources, without a change.

mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use self::table::{PROGRAMS, Program, find};
use crate::apt::Apt;
use crate::command::{self, say};
use crate::{c, guests, host};

/// Where the components are, `NAME.wasm`.
const DIRECTORY: &str = "target/programs";
/// There: the sources as Debian has them, and as they are built.
const SOURCES: &str = "target/programs/sources";
const BUILD: &str = "target/programs/build";

/// What CI builds: what takes less than a minute.
const QUICK: [&str; 2] = ["hiredis", "mosquitto"];

/// Builds these programs, or all, with what they need; what is there is built again only if it is named.
pub(crate) fn build(apt: &mut Apt, names: &[String]) -> Result<()> {
    let programs = if names.is_empty() { PROGRAMS.iter().collect() } else { named(names)? };
    let mut failed = Vec::new();
    for program in programs {
        if names.is_empty() && is_fresh(program) {
            continue;
        }
        if let Err(error) = with_needs(apt, program) {
            say(format_args!("warning: {error:#}"));
            failed.push(program.name);
        }
    }
    if !failed.is_empty() {
        bail!("not built: {}; the messages above say why", failed.join(", "));
    }
    say(format_args!("the programs are in {DIRECTORY}"));
    Ok(())
}

/// Builds the quick ones that are not there. What cannot be built is told, and its tests are skipped.
pub(crate) fn build_if_possible(apt: &mut Apt) {
    for name in QUICK {
        let program = find(name).expect("it is in the table");
        if !is_fresh(program)
            && let Err(error) = with_needs(apt, program)
        {
            say(format_args!("warning: {error:#}"));
            say(format_args!("warning: the tests of {name} are skipped"));
        }
    }
}

fn named(names: &[String]) -> Result<Vec<&'static Program>> {
    let known = || PROGRAMS.iter().map(|program| program.name).collect::<Vec<_>>().join(", ");
    names
        .iter()
        .map(|name| find(name).with_context(|| format!("no such program: {name}; there are {}", known())))
        .collect()
}

/// Builds a program after those that it needs.
fn with_needs(apt: &mut Apt, program: &Program) -> Result<()> {
    for need in program.needs {
        let need = find(need).context("the table names what is not in it")?;
        if !is_fresh(need) {
            with_needs(apt, need)?;
        }
    }
    build_one(apt, program)
}

fn build_one(apt: &mut Apt, program: &Program) -> Result<()> {
    let archive = source(apt, program)?;
    let directory = Path::new(BUILD).join(program.name);
    if directory.exists() {
        fs::remove_dir_all(&directory).with_context(|| format!("cannot remove {}", directory.display()))?;
    }
    fs::create_dir_all(&directory).with_context(|| format!("cannot make {}", directory.display()))?;
    let mut unpack = Command::new("tar");
    unpack.arg("-xf").arg(&archive).arg("--strip-components=1").arg("-C").arg(&directory);
    command::output(&mut unpack)?;
    let log = directory.join("berkeley.log");
    let mut build = Command::new("sh");
    build.arg("-exc").arg(format!("exec >berkeley.log 2>&1\n{}", program.script)).current_dir(&directory);
    for (name, value) in variables()? {
        build.env(name, value);
    }
    let what = format!("building {} of Debian's source {}", program.name, program.source);
    command::step(&what, &mut build, &format!("see {}", log.display()))?;
    for (from, to) in program.results {
        let (from, to) = (directory.join(from), Path::new(DIRECTORY).join(to));
        fs::copy(&from, &to).with_context(|| format!("{} was not built; see {}", from.display(), log.display()))?;
    }
    fs::write(mark(program), program.script).context("cannot write that it was built")
}

/// What the scripts are told: the compiler and its family, and where things are.
fn variables() -> Result<Vec<(&'static str, String)>> {
    let absolute = |path: &str| {
        let path = fs::canonicalize(path).with_context(|| format!("cannot find {path}"))?;
        path.into_os_string().into_string().ok().context("the workspace is at a path that is not UTF-8")
    };
    let berkeley = absolute(host::BERKELEY)?;
    let tool = |name: &str| format!("{berkeley} {name}");
    Ok(vec![
        ("CC", tool("cc")),
        ("CXX", tool("c++")),
        ("AR", tool("ar")),
        ("RANLIB", tool("ranlib")),
        ("BUILD", absolute(BUILD)?),
        ("OWN", absolute("tests/c/programs")?),
        // No package of this machine's is meant for a component.
        ("PKG_CONFIG", "false".to_owned()),
    ])
}

/// The archive of the program's source, which is fetched unless it is there.
fn source(apt: &mut Apt, program: &Program) -> Result<PathBuf> {
    let directory = Path::new(SOURCES).join(program.source);
    if let Some(found) = archive(&directory) {
        return Ok(found);
    }
    apt.source(program.source, &directory)?;
    archive(&directory)
        .with_context(|| format!("Debian's source {} has no archive of the program's own", program.source))
}

/// The archive that the program's authors have published.
fn archive(directory: &Path) -> Option<PathBuf> {
    let paths = fs::read_dir(directory).ok()?.flatten().map(|entry| entry.path());
    let is_archive = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.contains(".orig.tar.") && !name.ends_with(".asc")
    };
    paths.into_iter().find(is_archive)
}

/// The file that tells that the program was built, and how.
fn mark(program: &Program) -> PathBuf {
    Path::new(BUILD).join(format!("{}.built", program.name))
}

/// Whether the program was built so, with the command and the library as they are now.
fn is_fresh(program: &Program) -> bool {
    let written = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let library = written(&Path::new(guests::DIRECTORY).join(c::LIBRARY));
    fs::read_to_string(mark(program)).is_ok_and(|script| script == program.script)
        && written(&mark(program)) >= library
        && program.results.iter().all(|(_, to)| Path::new(DIRECTORY).join(to).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ci_builds_is_in_the_table() {
        assert!(QUICK.iter().all(|name| find(name).is_some()));
        assert!(named(&["no-such".to_owned()]).is_err());
    }

    #[test]
    fn archives_of_authors_are_told_from_those_of_debian() {
        let directory = std::env::temp_dir().join(format!("xtask-programs-{}", std::process::id()));
        fs::create_dir_all(&directory).expect("makes");
        for name in ["a_1.debian.tar.xz", "a_1.dsc", "a_1.orig.tar.gz.asc"] {
            fs::write(directory.join(name), "").expect("writes");
        }
        assert_eq!(archive(&directory), None);
        fs::write(directory.join("a_1.orig.tar.gz"), "").expect("writes");
        assert_eq!(archive(&directory), Some(directory.join("a_1.orig.tar.gz")));
        fs::remove_dir_all(&directory).expect("removes");
    }
}
