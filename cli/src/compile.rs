//! `berkeley compile`: the code of a component, kept for its first start or put into a file.

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueHint};

use crate::program::{self, Program};
use crate::tell::answer;
use crate::temporary;

/// The name that stands for stdin, and for stdout.
const STANDARD: &str = "-";

/// Compiles a component ahead, so that it starts at once
///
/// `berkeley run` compiles a component when it runs for the first time, and keeps the code for the next. This does the same
/// without running it, for a service that is to start quickly. The code is found by the component's place and time of
/// change: run it from where it was compiled, by the same version of this command, as the same user.
///
/// With CODE, the code goes into that file, which `berkeley run --compiled CODE` takes on such a machine. Whoever can write
/// to that file can have anything done by who runs it: keep it where nobody else can.
#[derive(Args)]
pub(crate) struct Compile {
    /// The component; with CODE, - is stdin
    #[arg(value_name = "GUEST.WASM", value_hint = ValueHint::FilePath)]
    guest: PathBuf,

    /// Where the code goes, if it is not to be kept as `berkeley run` does; - is stdout
    #[arg(value_name = "CODE", value_hint = ValueHint::FilePath)]
    code: Option<PathBuf>,
}

impl Compile {
    /// Compiles it.
    pub(crate) fn execute(&self) -> Result<()> {
        match &self.code {
            Some(code) => self.put_into(code),
            None => self.keep(),
        }
    }

    fn keep(&self) -> Result<()> {
        let (begun, guest) = (Instant::now(), self.guest.display());
        let is_kept = Program::compile(&self.guest)?;
        ensure!(is_kept, "{guest} is compiled, but its code cannot be kept: was it changed just now?");
        answer(&format!("{guest}: compiled in {:.1} s\n", begun.elapsed().as_secs_f64()))
    }

    fn put_into(&self, code: &Path) -> Result<()> {
        let mut bytes = Vec::new();
        let mut source: Box<dyn Read> =
            if is_standard(&self.guest) { Box::new(io::stdin()) } else { Box::new(open(&self.guest)?) };
        source.read_to_end(&mut bytes).with_context(|| format!("cannot read {}", self.guest.display()))?;
        ensure!(
            is_standard(code) || !is_same(&self.guest, code),
            "{} is the component: its code would take its place; name another file for the code",
            code.display()
        );
        let name = if is_standard(&self.guest) { Path::new("it") } else { &self.guest };
        let compiled = program::compile_alone(bytes, name)?;
        write(code, &compiled).with_context(|| format!("cannot write {}", code.display()))
    }
}

/// Writes the code; into a file of a name only once it is whole.
fn write(path: &Path, code: &[u8]) -> Result<()> {
    if is_standard(path) {
        let mut out = io::stdout();
        out.write_all(code)?;
        return Ok(out.flush()?);
    }
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = temporary::file_in(directory)?;
    file.write_all(code)?;
    file.as_file().sync_data()?;
    file.persist(path)?;
    Ok(())
}

fn is_standard(path: &Path) -> bool {
    path == Path::new(STANDARD)
}

/// Whether both are names of one file that is there.
fn is_same(one: &Path, other: &Path) -> bool {
    let [one, other] = [one, other].map(Path::canonicalize);
    one.is_ok_and(|one| other.is_ok_and(|other| one == other))
}

fn open(path: &Path) -> Result<File> {
    File::open(path).with_context(|| format!("cannot read {}", path.display()))
}
