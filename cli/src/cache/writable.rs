//! Directories that guests write to.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::place::{Place, VARIABLE};
use super::ways::descriptor_path;

/// A directory for a guest to write to, and the path by which exactly that directory is opened again.
///
/// Fails where the guest would reach the place of compiled code from it.
pub(crate) fn open_writable(path: &Path) -> Result<(File, PathBuf)> {
    let directory = File::open(path)?;
    for place in Place::all().context("cannot look for the directory of compiled code")? {
        if place.is_reached_from(&directory)? {
            bail!(
                "a guest that writes there could write to {}, where compiled code is kept, and so change what guests do that \
                 are run later; give it a directory that does not reach there, or set {VARIABLE} to one that no guest is given",
                place.path().display()
            );
        }
    }
    let again = descriptor_path(&directory).filter(|path| path.exists()).unwrap_or_else(|| path.to_owned());
    Ok((directory, again))
}
