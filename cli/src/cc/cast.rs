//! Pointers to functions that are called as what they are not: `-Wl,--fpcast-emu`. WebAssembly ends a program there; Binaryen's
//! wasm-opt has all that are called by pointers take the same arguments, of which each uses its own.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::find::{find_program, variable};
use crate::module::component_of;
use crate::temporary;

/// The word for it.
const WORD: &str = "--fpcast-emu";

/// What has the linker leave the module as it is.
pub(super) const NO_COMPONENT: &str = "--skip-wit-component";

/// The variable that says where wasm-opt is.
const VARIABLE: &str = "BERKELEY_WASM_OPT";

/// Whether it is among the words for the linker, which knows none of it and does not get it.
pub(super) fn taken_from(inputs: &mut Vec<OsString>) -> bool {
    let count = inputs.len();
    inputs.retain(|word| word != WORD);
    inputs.len() < count
}

/// The command that has the calls of a module, which is linked, go by.
pub(super) fn emulate(module: &Path) -> Result<Command> {
    let tool: PathBuf = variable(VARIABLE).or_else(|| find_program("wasm-opt")).with_context(|| {
        format!(
            "-Wl,{WORD} needs wasm-opt, which is not in PATH: Debian's package binaryen has it, as npm's has; {VARIABLE} says \
             where it is otherwise"
        )
    })?;
    let mut command = Command::new(tool);
    // With the names of functions, unless the linker has removed them.
    command.args([WORD, "-g"]).arg(module).arg("-o").arg(module);
    Ok(command)
}

/// Makes a component of the module, in its place.
pub(super) fn encode(module: &Path) -> Result<()> {
    let bytes = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let component = component_of(&bytes, module)?;
    let Some(directory) = module.parent() else { bail!("{} is no file", module.display()) };
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let new = temporary::file_in(directory).context("cannot make a file")?;
    fs::write(new.path(), component).with_context(|| format!("cannot write {}", module.display()))?;
    // As the linker has made it, with its permissions.
    let permissions = fs::metadata(module).and_then(|metadata| fs::set_permissions(new.path(), metadata.permissions()));
    permissions.with_context(|| format!("cannot write {}", module.display()))?;
    new.persist(module).with_context(|| format!("cannot write {}", module.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_not_the_linkers() {
        let mut inputs = ["a.o", "--fpcast-emu", "-lx"].map(OsString::from).to_vec();
        assert!(taken_from(&mut inputs));
        assert_eq!(inputs, ["a.o", "-lx"]);
        assert!(!taken_from(&mut inputs));
    }
}
