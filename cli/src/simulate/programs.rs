//! Where the programs of a scenario come from: files, compiled once.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use berkeley_simulation::{Host, Programs, Python};
use wasmtime::component::Component;

use crate::program::Program;
use crate::python;

/// Compiles what is named, or takes the code that was kept.
pub(super) struct Loader {
    interpreter: Option<PathBuf>,
    components: HashMap<PathBuf, Component>,
}

impl Loader {
    pub(super) fn new(interpreter: Option<PathBuf>) -> Self {
        Self { interpreter, components: HashMap::new() }
    }

    fn load(&mut self, path: &Path) -> Result<Component> {
        if let Some(component) = self.components.get(path) {
            return Ok(component.clone());
        }
        let component = Program::for_simulation(path)?;
        self.components.insert(path.to_owned(), component.clone());
        Ok(component)
    }
}

fn plain(error: anyhow::Error) -> wasmtime::Error {
    wasmtime::Error::msg(format!("{error:#}"))
}

impl Programs for Loader {
    fn component(&mut self, name: &str, path: &Path) -> wasmtime::Result<Host> {
        Ok(Host::new(name, self.load(path).map_err(plain)?))
    }

    fn python(&mut self, name: &str, script: &Python) -> wasmtime::Result<Host> {
        let (path, give) = python::simulated(self.interpreter.clone()).map_err(plain)?;
        let host = Host::new(name, self.load(&path).map_err(plain)?);
        give(host, script).map_err(plain)
    }
}
