//! What this command brings along and keeps: the headers, sources that it compiles when they are needed, and what was built.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};

use crate::cache::Place;

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The directory of this version.
pub(super) struct Home {
    path: PathBuf,
}

impl Home {
    /// That of this user, in the directory where compiled code is kept, for it needs the same trust.
    pub(super) fn find() -> Result<Self> {
        let place = Place::within(&format!("cc-{}-{DIGEST:x}", env!("CARGO_PKG_VERSION")))?;
        place.directory().map_err(|error| {
            anyhow!("{}: {error}; set BERKELEY_CACHE_HOME to a directory of your own", place.path().display())
        })?;
        Ok(Self { path: place.path().to_owned() })
    }

    /// Where something is, or is to be.
    pub(super) fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path.join(name)
    }

    /// The directory of the headers, which are written unless they are there.
    pub(super) fn headers(&self) -> Result<PathBuf> {
        self.unpacked("include", HEADERS)
    }

    /// The directory of the sources that are compiled when they are needed.
    pub(super) fn sources(&self) -> Result<PathBuf> {
        self.unpacked("runtime", RUNTIME)
    }

    fn unpacked(&self, name: &str, files: &[(&str, &str)]) -> Result<PathBuf> {
        self.made_directory(name, |directory| {
            let mut files = files.iter();
            let written = files.try_for_each(|(file, content)| write(&directory.join(file), content));
            written.with_context(|| format!("cannot write to {}", directory.display()))
        })
    }

    /// A directory that is made once: `make` fills the one that it is given.
    pub(super) fn made_directory(&self, name: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
        let directory = self.path.join(name);
        if !directory.is_dir() {
            let failed = || format!("cannot write to {}", self.path.display());
            let new = tempfile::tempdir_in(&self.path).with_context(failed)?;
            make(new.path())?;
            // Whole, or not at all. Another process may have been first.
            match fs::rename(new.path(), &directory) {
                Err(_) if directory.is_dir() => {}
                renamed => renamed.with_context(failed)?,
            }
        }
        Ok(directory)
    }

    /// A path that is long to find, from the last time.
    pub(super) fn remembered(&self, name: &str, find: impl FnOnce() -> Option<PathBuf>) -> Option<PathBuf> {
        let note = self.path.join(name);
        let noted = fs::read_to_string(&note).ok().map(PathBuf::from).filter(|path| path.is_file());
        noted.or_else(|| {
            let found = find()?;
            // It is found again where it cannot be kept.
            let _ = fs::write(&note, found.to_str()?);
            Some(found)
        })
    }

    /// A file that is made once: `make` writes it to the path that it is given.
    pub(super) fn made(&self, name: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
        let path = self.path.join(name);
        if !path.is_file() {
            let new = tempfile::NamedTempFile::new_in(&self.path).context("cannot make a file")?;
            make(new.path())?;
            new.persist(&path).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(path)
    }
}

fn write(path: &Path, content: &str) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    fs::write(path, content)
}

/// The target directory of the workspace that this command was built in, if it runs from there.
pub(super) fn workspace() -> Option<PathBuf> {
    let program = fs::canonicalize(std::env::current_exe().ok()?).ok()?;
    let target = program.parent()?.parent()?;
    target.ends_with("target").then(|| target.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_written_once_and_whole() {
        let directory = tempfile::tempdir().expect("a directory");
        let home = Home { path: directory.path().to_owned() };
        let headers = home.headers().expect("writes");
        assert!(headers.join("sys/socket.h").is_file());
        fs::write(headers.join("mark"), "").expect("writes");
        assert!(home.headers().expect("finds").join("mark").is_file());
        assert_eq!(fs::read_dir(directory.path()).expect("reads").count(), 1);
    }

    #[test]
    fn what_is_long_to_find_is_found_once() {
        let directory = tempfile::tempdir().expect("a directory");
        let home = Home { path: directory.path().to_owned() };
        let file = directory.path().join("file");
        assert_eq!(home.remembered("note", || None), None);
        fs::write(&file, "").expect("writes");
        assert_eq!(home.remembered("note", || Some(file.clone())), Some(file.clone()));
        assert_eq!(home.remembered("note", || panic!("it is known")), Some(file.clone()));
        fs::remove_file(&file).expect("removes");
        assert_eq!(home.remembered("note", || None), None);
    }
}
