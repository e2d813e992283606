//! The programs that a scenario names.

use std::path::{Path, PathBuf};

use wasmtime::Result;

use crate::host::Host;

/// A program in Python, as a scenario names it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Python {
    /// The script.
    pub script: PathBuf,
    /// Directories that it imports from, beside its own.
    pub sites: Vec<PathBuf>,
    /// Whether it finds Linux where it asks for the system.
    pub linux: bool,
    /// Whether its threads run while another one waits.
    pub inline_threads: bool,
}

/// Where the programs come from that a scenario names.
pub trait Programs {
    /// A host of that name that runs the component of the file.
    fn component(&mut self, name: &str, path: &Path) -> Result<Host>;

    /// A host of that name that runs the Python program.
    fn python(&mut self, name: &str, python: &Python) -> Result<Host>;
}
