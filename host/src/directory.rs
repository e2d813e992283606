//! Directories that unix sockets may be in.
//!
//! A guest names a socket by a path of its own. The path is resolved below the directory that the host granted, so that
//! neither `..` nor a symbolic link leads out of it: in Linux by the kernel (`beneath`), elsewhere by its true name
//! (`canonical`).

use std::io;
use std::path::{Path, PathBuf};

use crate::address::RawAddress;
use crate::error::{Errno, Result};
use crate::sys;

#[cfg(target_os = "linux")]
mod beneath;
#[cfg(any(test, not(target_os = "linux")))]
mod canonical;

#[cfg(target_os = "linux")]
use beneath::{Keep, Root};
#[cfg(not(target_os = "linux"))]
use canonical::{Keep, Root};

/// A granted directory.
#[derive(Debug)]
pub(crate) struct Directory {
    /// What the guest calls it, without a `/` at its end.
    guest: Vec<u8>,
    /// What the host calls it, without symbolic links.
    host: PathBuf,
    root: Root,
}

/// An address that leads to a socket in a directory, and what must stay open until it was used.
pub(crate) struct Located {
    pub(crate) address: RawAddress,
    keep: Keep,
}

impl Located {
    /// Where the socket is, or the directory of one that is to be made; none where that cannot be told.
    pub(crate) fn place(&self) -> Option<PathBuf> {
        self.keep.place()
    }
}

impl Directory {
    pub(crate) fn open(host: &Path, guest: &str) -> io::Result<Self> {
        let host = sys::true_path(host)?;
        let root = Root::open(&host)?;
        Ok(Self { guest: guest.trim_end_matches('/').into(), host, root })
    }

    /// What the host calls it now; none where that cannot be told.
    pub(crate) fn place(&self) -> Option<PathBuf> {
        self.root.place()
    }

    /// Whether guest and host call everything the same, so that nothing needs to be resolved.
    pub(crate) fn is_whole(&self) -> bool {
        self.guest.is_empty() && self.host == Path::new("/")
    }

    /// How specific the guest's name is; the most specific directory has a path.
    pub(crate) fn depth(&self) -> usize {
        self.guest.len()
    }

    /// What of the guest's path is below this directory; none if it is not in it.
    pub(crate) fn below<'a>(&self, path: &'a [u8]) -> Option<&'a [u8]> {
        // A guest's working directory is its root.
        let rest = match path {
            [b'/', ..] => path.strip_prefix(self.guest.as_slice())?,
            relative if self.guest.is_empty() => return Some(relative),
            _ => return None,
        };
        let below = rest.strip_prefix(b"/")?;
        let name = below.iter().position(|&byte| byte != b'/')?;
        Some(&below[name..])
    }

    /// Where to connect to for the path below this directory.
    pub(crate) fn existing(&self, below: &[u8]) -> Result<Located> {
        let (address, keep) = self.root.existing(below)?;
        Ok(Located { address, keep })
    }

    /// Where to bind to for the path below this directory.
    ///
    /// The host's own path where it fits, so that peers know it by that and can answer to it. No system call binds in an
    /// open directory, so [`has_entry`](Self::has_entry) must be asked afterwards: whoever else may write to the
    /// directories could have moved them.
    pub(crate) fn new_entry(&self, below: &[u8]) -> Result<Located> {
        let (parent, name) = split(below)?;
        let (address, keep) = self.root.new_entry(parent, name)?;
        Ok(Located { address, keep })
    }

    /// Whether the entry that was bound is where it should be: the directories may have been moved meanwhile.
    pub(crate) fn has_entry(located: &Located, below: &[u8]) -> bool {
        split(below).is_ok_and(|(_, name)| located.keep.has(name))
    }

    /// The guest's name of a path of the host's; none if it is not in this directory.
    pub(crate) fn guest_path(&self, host: &[u8]) -> Option<Vec<u8>> {
        let below = sys::path(host)?.strip_prefix(&self.host).ok()?.to_owned();
        let mut path = self.guest.clone();
        path.push(b'/');
        path.extend(sys::path_bytes(&below));
        Some(path)
    }
}

/// The directory and the name of an entry; EINVAL where the path ends in no name.
fn split(below: &[u8]) -> Result<(&[u8], &Path)> {
    let (parent, name) = match below.iter().rposition(|&byte| byte == b'/') {
        Some(at) => (&below[..at], &below[at + 1..]),
        None => (&b"."[..], below),
    };
    if matches!(name, b"" | b"." | b"..") {
        return Err(Errno::EINVAL.into());
    }
    Ok((parent, sys::path(name).ok_or(Errno::EINVAL)?))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::error::Error;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::net::{UnixListener, UnixStream};

    fn directory(guest: &str) -> (tempfile::TempDir, Directory) {
        let temp = tempfile::tempdir().expect("a directory");
        let directory = Directory::open(temp.path(), guest).expect("opens");
        (temp, directory)
    }

    fn path(located: &Located) -> Vec<u8> {
        match Address::decode(&located.address, 0) {
            Some(Address::Unix(path)) => path,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn paths_are_below_whole_names_only() {
        let (_temp, directory) = directory("/run/app");
        assert_eq!(directory.below(b"/run/app/x"), Some(&b"x"[..]));
        assert_eq!(directory.below(b"/run/app//a/x"), Some(&b"a/x"[..]));
        for outside in [&b"/run/application"[..], b"/run/app", b"/run/app/", b"/run", b"x"] {
            assert_eq!(directory.below(outside), None, "{}", outside.escape_ascii());
        }
    }

    #[test]
    fn nothing_leads_out() {
        let (temp, directory) = directory("");
        let outside = tempfile::tempdir().expect("a directory");
        let _listener = UnixListener::bind(outside.path().join("s")).expect("binds");
        std::os::unix::fs::symlink(outside.path(), temp.path().join("link")).expect("links");
        std::os::unix::fs::symlink(outside.path().join("s"), temp.path().join("s")).expect("links");
        for way in [&b"link/s"[..], b"s", b"../s", b"a/../../s"] {
            let error = directory.existing(way).err().expect("refused");
            assert!(matches!(error, Error::Os(Errno::EACCES | Errno::ENOENT)), "{}", way.escape_ascii());
        }
        assert_eq!(directory.new_entry(b"link/t").err(), Some(Error::Os(Errno::EACCES)));
        assert_eq!(directory.new_entry(b"..").err(), Some(Error::Os(Errno::EINVAL)));
    }

    #[test]
    fn an_entry_is_made_and_found() {
        let (temp, directory) = directory("/run");
        std::fs::create_dir(temp.path().join("sub")).expect("makes");
        let located = directory.new_entry(b"sub/s").expect("locates");
        assert!(!Directory::has_entry(&located, b"sub/s"));
        let bound = path(&located);
        let _listener = UnixListener::bind(Path::new(std::ffi::OsStr::from_bytes(&bound))).expect("binds");
        assert!(Directory::has_entry(&located, b"sub/s"));
        assert_eq!(directory.guest_path(&bound), Some(b"/run/sub/s".to_vec()));
        assert_eq!(directory.guest_path(b"/somewhere/else"), None);
        let found = directory.existing(b"sub/s").expect("finds");
        UnixStream::connect(Path::new(std::ffi::OsStr::from_bytes(&path(&found)))).expect("connects");
    }

    #[test]
    fn a_long_path_goes_by_way_of_proc() {
        let (temp, directory) = directory("");
        let deep = "d".repeat(90);
        std::fs::create_dir(temp.path().join(&deep)).expect("makes");
        let located = directory.new_entry(format!("{deep}/s").as_bytes()).expect("locates");
        assert!(path(&located).starts_with(b"/proc/self/fd/"));
    }
}
