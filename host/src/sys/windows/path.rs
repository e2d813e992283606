//! Paths, which guests write with `/`.

use std::io;
use std::path::{Path, PathBuf};

/// The path of these bytes; none where they are not UTF-8.
pub(crate) fn path(bytes: &[u8]) -> Option<&Path> {
    std::str::from_utf8(bytes).ok().map(Path::new)
}

/// The bytes of the path.
pub(crate) fn path_bytes(path: &Path) -> Vec<u8> {
    path.to_string_lossy().replace('\\', "/").into_bytes()
}

/// The path without symbolic links, and without the `\\?\` that unix sockets do not take.
pub(crate) fn true_path(path: &Path) -> io::Result<PathBuf> {
    let path = std::fs::canonicalize(path)?;
    let short = path.to_str().and_then(|text| text.strip_prefix(r"\\?\"));
    // What follows may also be a share of another machine's.
    let on_disk = short.filter(|text| text.as_bytes().get(1) == Some(&b':'));
    Ok(on_disk.map_or_else(|| path.clone(), PathBuf::from))
}
