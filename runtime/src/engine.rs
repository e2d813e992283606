//! What an engine asks for: done here, or left to the runtime.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Result, anyhow};
use serde::Deserialize;

use crate::config::{self, Config};
use crate::container;
use crate::entry::Entry;
use crate::line::{self, Line};
use crate::report;
use crate::spec::{self, Process, Spec};

/// What a runtime says of a container's state.
#[derive(Deserialize)]
struct State {
    bundle: PathBuf,
}

/// Does what the command line says, and becomes the runtime.
pub(crate) fn serve(words: Vec<OsString>) -> ExitCode {
    let line = Line::read(words);
    let config = Config::load();
    let runtime = config.as_ref().map_or_else(|_| Config::runtime_alone(), |config| config.runtime.clone());
    let done = match line.command {
        line::Command::Create => create(&line, config),
        line::Command::Exec => exec(&line, config, &runtime),
        line::Command::Other => Ok(()),
    };
    let error = match done {
        Ok(()) => become_runtime(&runtime, &line),
        Err(error) => error,
    };
    report::fail(&line, &error);
    ExitCode::FAILURE
}

/// Becomes the runtime. Why that failed, if it did.
fn become_runtime(runtime: &Path, line: &Line) -> anyhow::Error {
    let error = Command::new(runtime).args(&line.words).exec();
    anyhow!(
        "cannot run the runtime {}: {error}; `runtime` in {} says which it is",
        runtime.display(),
        config::path().display()
    )
}

/// Makes a guest of a container, if its entry point is WebAssembly.
fn create(line: &Line, config: Result<Config>) -> Result<()> {
    // What is wrong with a bundle, the runtime tells in its own words.
    let Ok(spec) = Spec::read(&line.bundle()) else { return Ok(()) };
    let Some(entry) = Entry::find(&spec, &spec.process)? else { return Ok(()) };
    for sentence in container::make(spec, entry, &config?)? {
        report::warn(line, &sentence);
    }
    Ok(())
}

/// Makes a guest of a process that is to run in a container, if that is a guest and its program is WebAssembly.
fn exec(line: &Line, config: Result<Config>, runtime: &Path) -> Result<()> {
    let (Some(file), Some(name)) = (line.process(), line.container()) else { return Ok(()) };
    let mut query = Command::new(runtime);
    query.args(line.globals()).arg("state").arg(name).stdin(Stdio::null());
    let Ok(output) = query.output() else { return Ok(()) };
    let Ok(State { bundle }) = serde_json::from_slice(&output.stdout) else { return Ok(()) };
    let Ok(spec) = Spec::read(&bundle) else { return Ok(()) };
    let Ok(mut process) = spec::read::<Process>(file) else { return Ok(()) };
    if let Some(home) = container::home_of_guest(&spec)
        && container::enter(&spec, &mut process, home, &config?)?
    {
        spec::write(file, &process)?;
    }
    Ok(())
}
