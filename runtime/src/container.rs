//! A container that is a guest: its `config.json`, rewritten.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::ask::Asked;
use crate::code::{Cache, Made};
use crate::config::Config;
use crate::entry::Entry;
use crate::program::Program;
use crate::rootfs::normal;
use crate::spec::{Mount, Process, Spec};
use crate::view::View;

/// Where the container has what a guest runs by: in its own `/dev`, which is of no image and is never read-only; else, where
/// it has the node's, in its root.
const HOMES: [&str; 2] = ["/dev/.berkeley", "/.berkeley"];

/// What is there: the command, the guest's code, the bound of its policy, and the files that it is given.
const PROGRAM: &str = "berkeley";
const CODE: &str = "code";
const BOUND: &str = "runtime.toml";
const ROOT: &str = "root";

/// The bound, in the bundle.
const BOUND_FILE: &str = "berkeley.toml";

/// What the interpreter of Python is called, with its library in `lib` beside it.
const PYTHON: &str = "python.wasm";

/// Makes a guest of a container whose entry point is WebAssembly. What goes on without something is told as sentences.
pub(crate) fn make(mut spec: Spec, mut entry: Entry, config: &Config) -> Result<Vec<String>> {
    let mut told = Vec::new();
    let program = Program::find(&config.program)?;
    let home = home(&spec);
    let asked = Asked::of(&spec, config)?;
    told.extend(asked.unheeded.clone());
    let bound = write_bound(&spec, config)?;
    if asked.is_asked || bound.is_some() {
        let within = bound.iter().map(|path| format!("--within={}", path.display()));
        let options: Vec<_> = asked.options.iter().cloned().chain(limits(config)).chain(within).collect();
        program.check(&options)?;
    }
    let code = match code(&spec, &mut entry, config, &program)? {
        Made::Code(code) => Some(code),
        Made::Nothing(reason) => {
            told.push(format!("no code is kept of {}, which the container compiles: {reason}", entry.path.display()));
            None
        }
    };
    let view = View::of(&spec, &format!("{home}/{ROOT}"));
    let words = words(&spec, &spec.process, &entry, config, home, code.is_some())?;
    spec.process.args = Some(words);
    let mounts = spec.mounts.get_or_insert_default();
    let own = [(Some(program.path()), PROGRAM), (code.as_deref(), CODE), (bound.as_deref(), BOUND)];
    for (source, name) in own {
        mounts.extend(source.map(|source| Mount::readable(source, format!("{home}/{name}"))));
    }
    mounts.extend(view.mounts);
    spec.write()?;
    Ok(told)
}

/// Where a container has what a guest runs by; none, if it is no guest.
pub(crate) fn home_of_guest(spec: &Spec) -> Option<&'static str> {
    let is_in = |home: &&str| spec.mounts().iter().any(|mount| mount.destination == format!("{home}/{PROGRAM}"));
    HOMES.into_iter().find(is_in)
}

/// Makes a guest of a process that is to run in a container that is one, with its home. Whether it is one.
pub(crate) fn enter(spec: &Spec, process: &mut Process, home: &str, config: &Config) -> Result<bool> {
    let Some(mut entry) = Entry::find(spec, process)? else { return Ok(false) };
    // The code is at hand where it is that of the container's own guest.
    let mounted = spec.mounts().iter().find(|mount| mount.destination == format!("{home}/{CODE}"));
    let kept =
        Program::find(&config.program).and_then(|program| Cache::open(&config.cache)?.find(&mut entry.file, &program));
    let is_at_hand = mounted.is_some_and(|mount| mount.source.is_some() && mount.source == kept.ok().flatten());
    process.args = Some(words(spec, process, &entry, config, home, is_at_hand)?);
    Ok(true)
}

/// Where this container is going to have what a guest runs by.
fn home(spec: &Spec) -> &'static str {
    let is_dev = |mount: &&Mount| normal(Path::new(&mount.destination)) == Path::new("/dev");
    let has_own = spec.mounts().iter().rfind(is_dev).is_some_and(Mount::is_tmpfs);
    if has_own { HOMES[0] } else { HOMES[1] }
}

/// The guest's code on the node.
fn code(spec: &Spec, entry: &mut Entry, config: &Config, program: &Program<'_>) -> Result<Made> {
    let cache = match Cache::open(&config.cache) {
        Ok(cache) => cache,
        Err(error) => return Ok(Made::Nothing(format!("{error:#}"))),
    };
    for mount in spec.mounts().iter().filter(|mount| mount.is_bind() && !mount.has("ro")) {
        mount.source.as_ref().map_or(Ok(()), |source| cache.guard(&spec.bundle().join(source)))?;
    }
    cache.make(&mut entry.file, program).with_context(|| entry.path.display().to_string())
}

/// Writes what the node allows at most, if it says so, into the bundle.
fn write_bound(spec: &Spec, config: &Config) -> Result<Option<PathBuf>> {
    let Some(text) = config.bound()? else { return Ok(None) };
    let path = spec.bundle().join(BOUND_FILE);
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(Some(path))
}

fn limits(config: &Config) -> impl Iterator<Item = String> {
    config.limits().map(|limit| format!("--limit-within={limit}"))
}

/// The command line by which the guest runs.
fn words(
    spec: &Spec,
    process: &Process,
    entry: &Entry,
    config: &Config,
    home: &str,
    has_code: bool,
) -> Result<Vec<String>> {
    let old = process.args.as_deref().unwrap_or_default();
    let path = entry.path.to_str().context("the entry point's path is not UTF-8")?;
    let is_python = entry.path.file_name() == Some(OsStr::new(PYTHON));
    let mut words = old[..entry.at].to_vec();
    words.extend([format!("{home}/{PROGRAM}"), if is_python { "python" } else { "run" }.into(), "--contained".into()]);
    if is_python {
        let directory = entry.path.parent().unwrap_or(Path::new("/"));
        ensure!(old.len() > entry.at + 1, "{path} needs a program: a script, -m MODULE, or -c CODE");
        words.push(format!("--interpreter={}", directory.display()));
    }
    if has_code {
        words.push(format!("--compiled={home}/{CODE}"));
    }
    if config.bound()?.is_some() {
        words.push(format!("--within={home}/{BOUND}"));
    }
    let directories = View::of(spec, &format!("{home}/{ROOT}")).directories;
    let own = |guest: &str| guest.starts_with(home);
    let directories = directories.iter().filter(|(_, guest)| !own(guest));
    words.extend(directories.map(|(host, guest)| format!("--dir={host}::{guest}")));
    words.extend(process.variables().into_iter().map(|name| format!("--env={name}")));
    words.extend(Asked::of(spec, config)?.options);
    words.extend(limits(config));
    words.push("--".into());
    if !is_python {
        words.push(path.to_owned());
    }
    words.extend_from_slice(&old[entry.at + 1..]);
    Ok(words)
}
