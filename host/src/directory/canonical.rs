//! Paths by their true names, on systems whose kernels do not resolve below a directory.
//!
//! A path is looked at first and used afterwards. So whoever else may make links in the granted directories could lead a
//! guest out of them meanwhile; a guest that may not, cannot.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::address::{Address, RawAddress};
use crate::error::{Errno, Result};
use crate::sys;

/// A granted directory, by its true name.
#[derive(Debug)]
pub(super) struct Root(PathBuf);

/// The directory that an entry is in, by its true name.
pub(super) struct Keep(PathBuf);

impl Root {
    pub(super) fn open(host: &Path) -> io::Result<Self> {
        if !fs::metadata(host)?.is_dir() {
            return Err(Errno::ENOTDIR.into());
        }
        Ok(Self(host.to_owned()))
    }

    pub(super) fn place(&self) -> Option<PathBuf> {
        Some(self.0.clone())
    }

    pub(super) fn existing(&self, below: &[u8]) -> Result<(RawAddress, Keep)> {
        let path = self.resolve(below)?;
        Ok((address(&path)?, Keep(path)))
    }

    pub(super) fn new_entry(&self, parent: &[u8], name: &Path) -> Result<(RawAddress, Keep)> {
        let parent = self.resolve(parent)?;
        let path = parent.join(name);
        // Beforehand, so that what is found there afterwards is what was bound.
        match fs::symlink_metadata(&path) {
            Ok(_) => Err(Errno::EADDRINUSE.into()),
            Err(_) => Ok((address(&path)?, Keep(parent))),
        }
    }

    /// The true name of a path below the directory. EACCES: it leads out of it.
    fn resolve(&self, below: &[u8]) -> Result<PathBuf> {
        let below = sys::path(below).ok_or(Errno::EINVAL)?;
        let leads_up = |part| matches!(part, std::path::Component::Prefix(_) | std::path::Component::RootDir);
        if below.components().any(leads_up) {
            return Err(Errno::EACCES.into());
        }
        let path = sys::true_path(&self.0.join(below))?;
        if path.starts_with(&self.0) { Ok(path) } else { Err(Errno::EACCES.into()) }
    }
}

impl Keep {
    /// Whether it holds a descriptor: never.
    pub(super) fn is_own(&self, _: &Root) -> bool {
        false
    }

    pub(super) fn place(&self) -> Option<PathBuf> {
        Some(self.0.clone())
    }

    /// Whether the directory is where it was, and has an entry of that name that is no link.
    pub(super) fn has(&self, name: &Path) -> bool {
        sys::true_path(&self.0).is_ok_and(|now| now == self.0)
            && fs::symlink_metadata(self.0.join(name)).is_ok_and(|entry| !entry.is_symlink() && !entry.is_dir())
    }
}

/// No socket is bound by way of a descriptor.
pub(super) fn bound_by_descriptor(_: &[u8]) -> Option<PathBuf> {
    None
}

/// EINVAL: the path is too long for a unix address.
fn address(path: &Path) -> Result<RawAddress> {
    Address::Unix(sys::path_bytes(path)).encode()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;
    use crate::error::Error;

    fn root() -> (tempfile::TempDir, Root) {
        let temp = tempfile::tempdir().expect("a directory");
        let host = sys::true_path(temp.path()).expect("its name");
        let root = Root::open(&host).expect("opens");
        (temp, root)
    }

    fn path((address, _): &(RawAddress, Keep)) -> PathBuf {
        match Address::decode(address, 0) {
            Some(Address::Unix(bytes)) => sys::path(&bytes).expect("a path").to_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nothing_leads_out() {
        let ((temp, root), outside) = (root(), tempfile::tempdir().expect("a directory"));
        let _listener = UnixListener::bind(outside.path().join("s")).expect("binds");
        symlink(outside.path(), temp.path().join("link")).expect("links");
        symlink(outside.path().join("s"), temp.path().join("s")).expect("links");
        let up = format!("../{}/s", outside.path().file_name().and_then(|name| name.to_str()).expect("a name"));
        for way in [b"link/s", &b"s"[..], up.as_bytes(), b"/tmp"] {
            assert_eq!(root.existing(way).err(), Some(Error::Os(Errno::EACCES)), "{}", way.escape_ascii());
        }
        assert_eq!(root.new_entry(b"link", Path::new("t")).err(), Some(Error::Os(Errno::EACCES)));
        assert_eq!(root.existing(b"none").err(), Some(Error::Os(Errno::ENOENT)));
        assert!(Root::open(Path::new("/dev/null")).is_err());
    }

    #[test]
    fn an_entry_is_made_and_found() {
        let (temp, root) = root();
        std::fs::create_dir(temp.path().join("sub")).expect("makes");
        let made = root.new_entry(b"sub", Path::new("s")).expect("locates");
        assert!(!made.1.has(Path::new("s")));
        let _listener = UnixListener::bind(path(&made)).expect("binds");
        assert!(made.1.has(Path::new("s")));
        assert_eq!(made.1.place(), root.place().map(|place| place.join("sub")));
        assert_eq!(root.new_entry(b"sub", Path::new("s")).err(), Some(Error::Os(Errno::EADDRINUSE)));
        assert_eq!(path(&root.existing(b"sub/../sub/s").expect("finds")), path(&made));
        // Somebody has put a link in the place of the directory.
        std::fs::rename(temp.path().join("sub"), temp.path().join("other")).expect("moves");
        symlink("other", temp.path().join("sub")).expect("links");
        assert!(!made.1.has(Path::new("s")));
    }
}
