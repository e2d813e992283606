//! Paths, whose bytes are the contract's.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The path of these bytes.
pub(crate) fn path(bytes: &[u8]) -> Option<&Path> {
    Some(Path::new(OsStr::from_bytes(bytes)))
}

/// The bytes of the path.
pub(crate) fn path_bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_bytes().to_vec()
}

/// The path without symbolic links.
pub(crate) fn true_path(path: &Path) -> io::Result<PathBuf> {
    std::fs::canonicalize(path)
}
