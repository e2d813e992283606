//! `berkeley python`.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use berkeley_simulation::{Host, Python as Script};
use clap::Args;

use crate::config::Config;
use crate::options::Options;
use crate::run::Prepared;
use crate::{help, usage};

/// Runs a Python program with real sockets
///
/// The program runs in CPython 3.14, inside of a WebAssembly component, with the whole of the standard library's
/// socket, select and all that is built on them. It gets what the options grant, as by `berkeley run`, and may read the
/// directory that it is in.
///
/// Without a program, the one is run that the file berkeley.toml in the current directory names, in that directory and with what
/// that file gives it.
#[derive(Args)]
#[command(after_long_help = help::grammar(), override_usage = "berkeley python [OPTIONS] SCRIPT.PY [ARGS]...\n       \
    berkeley python [OPTIONS] -m MODULE [ARGS]...\n       berkeley python [OPTIONS] -c CODE [ARGS]...\n       \
    berkeley python [OPTIONS] - [ARGS]...\n       berkeley python [OPTIONS]")]
pub(crate) struct Python {
    /// Takes the program, its arguments, rules, directories, sockets, limits and others from a file like berkeley.toml
    ///
    /// Options of the command line are added to what it says, or win over it. A program on the command line takes the
    /// place of the one that it names, and of the arguments.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(flatten)]
    options: Options,

    /// Lets the program import what is in the directory, such as a virtual environment's site-packages; may be given
    /// many times
    #[arg(long = "site", value_name = "DIRECTORY")]
    sites: Vec<PathBuf>,

    /// Runs the program's threads, and the tasks of its executors, while another one waits, each to its end; without it,
    /// none starts
    ///
    /// That serves programs whose threads come to an end by themselves, as those of http.server do, which has one for
    /// each request, and the servers of socketserver and event loops of asyncio in threads of their own. What waits
    /// without a limit for what only another thread could give it gets a RuntimeError.
    #[arg(long)]
    inline_threads: bool,

    /// Lets the program find Linux where it asks for the system that it runs on
    ///
    /// Its sockets are Linux's in any case. Some programs do what Linux has only where `sys.platform` is "linux", which
    /// is "wasi" otherwise.
    #[arg(long)]
    linux: bool,

    /// Writes what the program prints at once, as python's option does; so does the variable PYTHONUNBUFFERED
    #[arg(short = 'u')]
    unbuffered: bool,

    /// Prints the interpreter's version, and runs nothing
    #[arg(short = 'V', long)]
    version: bool,

    /// Where the interpreter is that `cargo xtask python` builds: python.wasm, and its library in lib
    #[arg(long, value_name = "DIRECTORY")]
    interpreter: Option<PathBuf>,

    /// The script, or -m and a module, or -c and a line of code, or - for a program on stdin; and its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "SCRIPT.PY")]
    program: Vec<OsString>,
}

/// Where the guest finds the standard library, and what `--site` gives.
const LIBRARY: &str = "/python";
const SITE: &str = "/site";
/// By which variables the interpreter is told of the latter, of the current directory, of threads, and of the system.
const SITE_VARIABLE: &str = "BERKELEY_PYTHON_SITE";
const DIRECTORY_VARIABLE: &str = "BERKELEY_PYTHON_DIRECTORY";
const THREADS_VARIABLE: &str = "BERKELEY_PYTHON_THREADS";
const PLATFORM_VARIABLE: &str = "BERKELEY_PYTHON_PLATFORM";
/// As CPython calls it.
const UNBUFFERED_VARIABLE: &str = "PYTHONUNBUFFERED";
/// By which it is told of the signals that it ignores from the start on.
#[cfg(unix)]
const IGNORED_VARIABLE: &str = "BERKELEY_PYTHON_IGNORED";

/// Prints the interpreter's version, as python does.
const VERSION: &str = "import platform; print('Python', platform.python_version())";

impl Python {
    /// Opens the sockets.
    pub(crate) fn prepare(mut self) -> Result<Prepared> {
        if self.version {
            self.program = ["-c", VERSION].map(OsString::from).into();
        }
        let mut current = std::env::current_dir().context("cannot tell the current directory")?;
        let usage = "berkeley python SCRIPT.PY";
        let config = Config::find(self.config.as_deref(), !self.program.is_empty(), usage)?;
        if let Some(config) = config {
            if self.program.is_empty() {
                current = std::fs::canonicalize(current.join(config.directory()))?;
                self.program = named(&config)?;
            }
            let python = config.python();
            self.sites.splice(..0, python.sites);
            self.inline_threads |= python.inline_threads;
            self.linux |= python.linux;
            self.options = self.options.over(config.options());
        }
        let Program { directory, words, is_unbuffered } = Program::new(self.program, &current)?;
        let (component, library) = interpreter(self.interpreter)?;
        let args = [OsString::from("python")].into_iter().chain(words).collect();
        let mut prepared = Prepared::new(self.options, component, args)?.readable(library, LIBRARY);
        prepared = prepared.variable(DIRECTORY_VARIABLE, text(current.as_os_str())?)?.name_directories_from(&current);
        if let Some(directory) = directory {
            let guest = text(directory.as_os_str())?.to_owned();
            prepared = prepared.readable(directory, guest);
        }
        if self.unbuffered || is_unbuffered {
            prepared = prepared.variable(UNBUFFERED_VARIABLE, "1")?;
        }
        let names: Vec<_> = (0..self.sites.len()).map(|at| format!("{SITE}/{at}")).collect();
        for (site, name) in self.sites.into_iter().zip(&names) {
            prepared = prepared.readable(site, name);
        }
        if self.inline_threads {
            prepared = prepared.variable(THREADS_VARIABLE, "inline")?;
        }
        if self.linux {
            prepared = prepared.variable(PLATFORM_VARIABLE, "linux")?;
        }
        #[cfg(unix)]
        {
            let ignored: Vec<_> = crate::signal::ignored().iter().map(u8::to_string).collect();
            prepared = prepared.variable(IGNORED_VARIABLE, &ignored.join(" "))?;
        }
        Ok(prepared.variable(SITE_VARIABLE, &names.join(":"))?.interrupted())
    }
}

/// The interpreter's component and its library, in that directory or where the build leaves them.
fn interpreter(directory: Option<PathBuf>) -> Result<(PathBuf, PathBuf)> {
    let directory = directory.map_or_else(beside_this_program, Ok)?;
    let (component, library) = (directory.join("python.wasm"), directory.join("lib"));
    if !component.is_file() || !library.is_dir() {
        bail!(
            "the Python interpreter is not in {}; `cargo xtask python` builds it, --interpreter says where it is",
            directory.display()
        );
    }
    Ok((component, library))
}

/// Where a simulated host finds its program.
const PROGRAM: &str = "/program";

/// The interpreter's component, for simulated hosts, and what each of them is given beside it.
pub(crate) fn simulated(directory: Option<PathBuf>) -> Result<(PathBuf, impl Fn(Host, &Script) -> Result<Host>)> {
    let (component, library) = interpreter(directory)?;
    let give = move |host: Host, script: &Script| {
        let path = std::fs::canonicalize(&script.script)
            .with_context(|| format!("cannot read {}", script.script.display()))?;
        let (directory, name) = (path.parent().context("a script is in a directory")?, path.file_name());
        let name = text(name.context("a script has a name")?)?;
        let mut host = host
            .readable(&library, LIBRARY)
            .readable(directory, PROGRAM)
            .arg(format!("{PROGRAM}/{name}"))
            .variable(DIRECTORY_VARIABLE, "/");
        let names: Vec<_> = (0..script.sites.len()).map(|at| format!("{SITE}/{at}")).collect();
        for (site, name) in script.sites.iter().zip(&names) {
            host = host.readable(site, name);
        }
        if script.inline_threads {
            host = host.variable(THREADS_VARIABLE, "inline");
        }
        if script.linux {
            host = host.variable(PLATFORM_VARIABLE, "linux");
        }
        Ok(host.variable(SITE_VARIABLE, names.join(":")))
    };
    Ok((component, give))
}

/// Where the build leaves the interpreter, seen from the command in `target/PROFILE`.
fn beside_this_program() -> Result<PathBuf> {
    let program = std::env::current_exe().context("cannot tell where this program is")?;
    let target = program.parent().and_then(Path::parent).context("this program is in no directory")?;
    Ok(target.join("guests/python"))
}

/// The program of a configuration, and its arguments.
fn named(config: &Config) -> Result<Vec<OsString>> {
    let program = match config.python().module {
        Some(module) => vec!["-m".into(), module.into()],
        None => vec![config.guest("SCRIPT.PY")?.into()],
    };
    Ok(program.into_iter().chain(config.arguments()).collect())
}

/// What is to be run.
#[derive(Debug, PartialEq)]
struct Program {
    /// The directory that it may read: that of a script is its own, by its true name, from which what stands beside it is
    /// imported; that of a module is the current one; a line of code has none.
    directory: Option<PathBuf>,
    /// What the interpreter is told: the script, -m and a module, -c and a line, or -; and the arguments.
    words: Vec<OsString>,
    /// Whether -u stands before it in the same word.
    is_unbuffered: bool,
}

impl Program {
    fn new(mut words: Vec<OsString>, current: &Path) -> Result<Self> {
        let first = words.first().cloned().unwrap_or_default();
        let is_unbuffered = part_letters(&mut words)?;
        let directory = match text(&words[0])? {
            "-c" if words.len() > 1 => None,
            "-m" if words.len() > 1 => Some(current.to_owned()),
            "-" => None,
            "-c" | "-m" => bail!("{} needs an argument", first.display()),
            option if option.starts_with('-') => {
                let name = option.split('=').next().unwrap_or_default();
                let near = usage::nearest::<Python>(name).map_or(".".into(), |near| format!("; is {near} meant?"));
                bail!(
                    "no such option: {name}{near} Options of berkeley's stand before the program, options of the program after it"
                )
            }
            name => {
                let script = std::fs::canonicalize(name).with_context(|| format!("cannot read {name}"))?;
                let directory =
                    if script.is_dir() { Some(script.clone()) } else { script.parent().map(Path::to_owned) };
                words[0] = script.into();
                directory
            }
        };
        Ok(Self { directory, words, is_unbuffered })
    }
}

/// Parts a word of several letters as python reads it: -um is -u and -m, and what follows -c or -m in its word is its argument.
/// Tells whether -u is among them.
fn part_letters(words: &mut Vec<OsString>) -> Result<bool> {
    let first = text(&words[0])?;
    let Some((kind, rest)) = first.strip_prefix('-').and_then(|letters| {
        let letters = letters.trim_start_matches('u');
        ["c", "m"].into_iter().find_map(|kind| Some((kind, letters.strip_prefix(kind)?.to_owned())))
    }) else {
        return Ok(false);
    };
    let is_unbuffered = first.starts_with("-u");
    let argument = (!rest.is_empty()).then(|| rest.into());
    words.splice(..1, [format!("-{kind}").into()].into_iter().chain(argument));
    Ok(is_unbuffered)
}

fn text(word: &OsStr) -> Result<&str> {
    word.to_str().ok_or_else(|| anyhow!("{word:?} is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn programs_are_told_apart() {
        let current = Path::new("/current");
        let program = |all: &[&str]| Program::new(words(all), current);
        let code = |all: &[&str], is_unbuffered| Program { directory: None, words: words(all), is_unbuffered };
        let module =
            |all: &[&str], is_unbuffered| Program { directory: Some(current.to_owned()), ..code(all, is_unbuffered) };
        for (written, meant) in [
            (&["-c", "pass", "-m"][..], code(&["-c", "pass", "-m"], false)),
            (&["-cpass", "-m"], code(&["-c", "pass", "-m"], false)),
            (&["-uc", "pass", "-u"], code(&["-c", "pass", "-u"], true)),
            (&["-m", "http.server", "80"], module(&["-m", "http.server", "80"], false)),
            (&["-um", "http.server", "-c"], module(&["-m", "http.server", "-c"], true)),
            (&["-mhttp.server"], module(&["-m", "http.server"], false)),
            (&["-", "-m"], code(&["-", "-m"], false)),
        ] {
            assert_eq!(program(written).expect("a program"), meant, "{written:?}");
        }
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/main.rs");
        let Program { directory, words, .. } = program(&[script, "-m"]).expect("a file");
        assert_eq!(directory.as_deref().and_then(Path::file_name), Some("src".as_ref()));
        assert_eq!(words[1], "-m");
        for bad in [&["-c"][..], &["-m"], &["-um"], &["--no-such"], &["-x"], &["-xc", "pass"], &["no-such.py"]] {
            assert!(program(bad).is_err(), "{bad:?}");
        }
    }
}
