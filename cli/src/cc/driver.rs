//! Compiling and linking: one command line, done.

use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

use anyhow::{Context as _, Result};

use super::cast;
use super::compiler::Compiler;
use super::home::Home;
use super::line::{Input, Line, Task};
use super::linker::{Linker, Standard};
use super::words::after;
use crate::temporary;

/// Does what the words ask for, as `cc` or as `c++`.
pub(super) fn drive(cxx: bool, words: Vec<OsString>) -> Result<ExitCode> {
    let line = Line::parse(words)?;
    let home = Home::find()?;
    let compiler = Compiler::find(&home)?;
    let driver = Driver { cxx, home, compiler, line };
    match driver.line.task {
        Task::Ask => driver.ask(),
        Task::Compile => driver.compile(),
        Task::Link | Task::Merge => driver.link(),
    }
}

struct Driver {
    cxx: bool,
    home: Home,
    compiler: Compiler,
    line: Line,
}

impl Driver {
    fn ask(&self) -> Result<ExitCode> {
        if let Some(question) = &self.line.question {
            return self.answer(question);
        }
        replace(self.compiler.start(self.cxx).args(&self.line.words))
    }

    /// Answers what only this command knows. What is not there has its own name as its path, as GCC has it.
    fn answer(&self, question: &OsString) -> Result<ExitCode> {
        let linker = Linker::find(&self.compiler)?;
        let path = match after(question, "-print-file-name=") {
            Some(name) => linker.file(&name.to_string_lossy(), &self.home).unwrap_or_else(|| PathBuf::from(name)),
            None if question == "-print-libgcc-file-name" => linker.libc.join("libc.a"),
            None => linker.program().to_owned(),
        };
        let written = std::io::stdout().write_all(&[path.as_os_str().as_bytes(), b"\n"].concat());
        written.context("cannot write the answer")?;
        Ok(ExitCode::SUCCESS)
    }

    fn compile(&self) -> Result<ExitCode> {
        let words = &self.line.words;
        replace(&mut self.compiler.compile(self.cxx, self.line.cxx_sources, words, &self.home.headers()?)?)
    }

    fn link(&self) -> Result<ExitCode> {
        let linker = Linker::find(&self.compiler)?;
        let objects = temporary::directory().context("cannot make a directory")?;
        let mut inputs = Vec::new();
        for (at, input) in self.line.inputs.iter().enumerate() {
            match input {
                Input::Linker(word) => inputs.push(word.clone()),
                Input::Source { words, name, cxx } => {
                    let stem = Path::new(name).file_stem().unwrap_or_default().to_string_lossy();
                    let object = objects.path().join(format!("{at}-{stem}.o"));
                    let status = self.run(&mut self.compile_one(words, *cxx, &object)?)?;
                    if !status.success() {
                        return Ok(code(status));
                    }
                    inputs.push(object.into_os_string());
                }
            }
        }
        let casts = cast::taken_from(&mut inputs) && self.line.task == Task::Link;
        let standard = Standard { start: self.line.start, libraries: self.line.libraries, cxx: self.cxx };
        let mut link = match self.line.task {
            Task::Merge => linker.relocatable(&inputs, &self.line.output),
            _ => linker.link(&inputs, &self.line.output, standard, &self.compiler, &self.home)?,
        };
        if !casts {
            return Ok(code(self.run(&mut link)?));
        }
        let mut emulate = cast::emulate(&self.line.output)?;
        for command in [link.arg(cast::NO_COMPONENT), &mut emulate] {
            let status = self.run(command)?;
            if !status.success() {
                return Ok(code(status));
            }
        }
        if !self.line.dry {
            cast::encode(&self.line.output)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The command that compiles one source to an object.
    fn compile_one(&self, source: &[OsString], cxx: bool, object: &Path) -> Result<Command> {
        let mut words = self.line.flags.clone();
        if self.line.dependencies {
            words.extend(["-MF".into(), self.line.output.with_extension("d").into_os_string()]);
        }
        words.extend_from_slice(source);
        words.extend(["-c".into(), "-o".into(), object.into()]);
        self.compiler.compile(self.cxx, cxx, &words, &self.home.headers()?)
    }

    /// Runs a command to its end; with -v it is told before, and with -### it is told only.
    fn run(&self, command: &mut Command) -> Result<ExitStatus> {
        if self.line.verbose || self.line.dry {
            eprintln!(" {command:?}");
        }
        if self.line.dry {
            return Ok(ExitStatus::default());
        }
        command.status().with_context(|| format!("cannot run {}", command.get_program().display()))
    }
}

/// Becomes the command. It returns only if that cannot be run.
pub(super) fn replace(command: &mut Command) -> Result<ExitCode> {
    let error = command.exec();
    Err(error).with_context(|| format!("cannot run {}", command.get_program().display()))
}

/// A command's exit code, or what a shell makes of the signal that ended it.
fn code(status: ExitStatus) -> ExitCode {
    let number = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    ExitCode::from(u8::try_from(number).unwrap_or(1))
}
