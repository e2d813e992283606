//! Temporary files and directories, whose made-up names no message has.

use std::io;
use std::path::Path;

use tempfile::{NamedTempFile, TempDir};

/// A directory where the system has those that are for a while.
#[cfg_attr(not(unix), allow(dead_code, reason = "there is no `berkeley cc`"))]
pub(crate) fn directory() -> io::Result<TempDir> {
    tempfile::tempdir().map_err(unnamed)
}

/// A file in that directory, which is gone unless it is given a name.
pub(crate) fn file_in(directory: &Path) -> io::Result<NamedTempFile> {
    NamedTempFile::new_in(directory).map_err(unnamed)
}

/// The error without the name that nobody has heard of.
fn unnamed(error: io::Error) -> io::Error {
    let text = error.to_string();
    match text.rfind(" at path ") {
        Some(end) => io::Error::new(error.kind(), text[..end].to_owned()),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_no_names_that_were_made_up() {
        let home = directory().expect("a directory");
        let error = file_in(&home.path().join("none")).expect_err("there is no such directory");
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(!error.to_string().contains(".tmp"), "{error}");
        assert_eq!(unnamed(io::Error::other("all at once")).to_string(), "all at once");
    }
}
