//! `berkeley compile`: the code of a component, for `berkeley run --compiled`.

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use crate::program;

/// The name that stands for stdin, and for stdout.
const STANDARD: &str = "-";

/// Compiles a component for this machine
///
/// `berkeley run --compiled CODE` takes the code, without compiling the component again. Whoever can write to that file can
/// have anything done by who runs it: keep it where nobody else can.
#[derive(Args)]
pub(crate) struct Compile {
    /// The component; - is stdin
    #[arg(value_name = "GUEST.WASM")]
    guest: PathBuf,

    /// Where the code goes; - is stdout
    #[arg(value_name = "CODE")]
    code: PathBuf,
}

impl Compile {
    pub(crate) fn execute(&self) -> Result<ExitCode> {
        let mut bytes = Vec::new();
        let mut source: Box<dyn Read> =
            if is_standard(&self.guest) { Box::new(io::stdin()) } else { Box::new(open(&self.guest)?) };
        source.read_to_end(&mut bytes).with_context(|| format!("cannot read {}", self.guest.display()))?;
        let name = if is_standard(&self.guest) { Path::new("it") } else { &self.guest };
        let code = program::compile_alone(&bytes, name)?;
        self.write(&code).with_context(|| format!("cannot write {}", self.code.display()))?;
        Ok(ExitCode::SUCCESS)
    }

    /// Writes the code; into a file of a name only once it is whole.
    fn write(&self, code: &[u8]) -> Result<()> {
        if is_standard(&self.code) {
            let mut out = io::stdout();
            out.write_all(code)?;
            return Ok(out.flush()?);
        }
        let directory = self.code.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        file.write_all(code)?;
        file.as_file().sync_data()?;
        file.persist(&self.code)?;
        Ok(())
    }
}

fn is_standard(path: &Path) -> bool {
    path == Path::new(STANDARD)
}

fn open(path: &Path) -> Result<File> {
    File::open(path).with_context(|| format!("cannot read {}", path.display()))
}
