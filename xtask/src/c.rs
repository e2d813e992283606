//! What C programs are compiled with.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::apt::Apt;
use crate::command::say;
use crate::python;

/// The package of PyPI that has clang and the headers of a C library, in one version.
const PACKAGE: &str = "ziglang==0.17.1";

/// Where it is installed, which is where `berkeley cc` looks.
const DIRECTORY: &str = "target/tools/ziglang";

/// The library, in the directory of the guests.
pub(crate) const LIBRARY: &str = "libberkeley_libc.a";

/// Gets the compiler, unless it is there, or the environment names another.
fn set_up(apt: &mut Apt) -> Result<()> {
    if ["WASI_SDK_PATH", "BERKELEY_ZIG"].iter().any(|name| std::env::var_os(name).is_some()) {
        return Ok(());
    }
    // A file that tells that it was done to the end, and with what.
    let mark = Path::new(DIRECTORY).join("package.txt");
    if fs::read_to_string(&mark).ok().as_deref() == Some(PACKAGE) {
        return Ok(());
    }
    python::install(apt, &[PACKAGE], Path::new(DIRECTORY), "installing a C compiler for WebAssembly")?;
    fs::write(&mark, PACKAGE).with_context(|| format!("cannot write {}", mark.display()))
}

/// Gets the compiler where that is possible. What stays missing is told and is no error: tests of C programs are skipped.
pub(crate) fn set_up_if_possible(apt: &mut Apt) {
    if let Err(error) = set_up(apt) {
        say(format_args!("warning: {error:#}"));
        say("warning: without a C compiler for WebAssembly the tests of C programs are skipped");
    }
}
