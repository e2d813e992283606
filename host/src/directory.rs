//! Directories that unix sockets may be in.
//!
//! A guest names a socket by a path of its own. The path is resolved below the directory that the host granted, so that
//! neither `..` nor a symbolic link leads out of it: in Linux by the kernel (`beneath`), elsewhere by its true name
//! (`canonical`).
//!
//! In Linux nothing that is renamed meanwhile leads out of it either: what was resolved is used by its descriptor. So a
//! socket that a guest binds is known to the kernel, and to its peers, as `/proc/PROCESS/fd/NUMBER/NAME`. The descriptor
//! stays open as long as the socket does, so that peers that may look into this process, which is those of the same user,
//! can answer to it; guests, here and in other processes, are told the path that it stands for.

use std::io;
use std::path::{Path, PathBuf};

use crate::address::{RawAddress, below};
use crate::error::{Errno, Result};
use crate::sys;

#[cfg(target_os = "linux")]
mod beneath;
#[cfg(any(test, not(target_os = "linux")))]
#[cfg_attr(target_os = "linux", allow(dead_code, reason = "there only its tests use it"))]
mod canonical;

#[cfg(target_os = "linux")]
use beneath::{Keep, Root, bound_by_descriptor};
#[cfg(not(target_os = "linux"))]
use canonical::{Keep, Root, bound_by_descriptor};

/// A granted directory.
#[derive(Debug)]
pub(crate) struct Directory {
    /// What the guest calls it, without a `/` at its end.
    guest: Vec<u8>,
    /// What the host calls it, without symbolic links.
    host: PathBuf,
    /// Whether it is for relative paths, and for them alone.
    is_working: bool,
    root: Root,
}

/// An address that leads to a socket in a directory, and what must stay open as long as it is used.
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
        Ok(Self { guest: guest.trim_end_matches('/').into(), host, is_working: false, root })
    }

    /// The same, for relative paths alone.
    pub(crate) fn working(self) -> Self {
        Self { guest: Vec::new(), is_working: true, ..self }
    }

    /// Whether it is for relative paths alone.
    pub(crate) fn is_working(&self) -> bool {
        self.is_working
    }

    /// What the host calls it now; none where that cannot be told.
    pub(crate) fn place(&self) -> Option<PathBuf> {
        self.root.place()
    }

    /// Whether guest and host call everything the same, so that nothing needs to be resolved.
    pub(crate) fn is_whole(&self) -> bool {
        self.guest.is_empty() && self.host == Path::new("/") && !self.is_working
    }

    /// How specific the guest's name is; the most specific directory has a path.
    pub(crate) fn depth(&self) -> usize {
        self.guest.len()
    }

    /// What of the guest's path is below this directory; none if it is not in it.
    pub(crate) fn below<'a>(&self, path: &'a [u8]) -> Option<&'a [u8]> {
        below(&self.guest, path).filter(|_| !self.is_working || !path.starts_with(b"/"))
    }

    /// Where to connect to for the path below this directory.
    pub(crate) fn existing(&self, below: &[u8]) -> Result<Located> {
        let (address, keep) = self.root.existing(below)?;
        Ok(Located { address, keep })
    }

    /// Where to bind to for the path below this directory.
    ///
    /// Where no kernel resolves below a directory, whoever else may write to the directories could have moved them
    /// meanwhile: ask [`has_entry`](Self::has_entry) afterwards.
    pub(crate) fn new_entry(&self, below: &[u8]) -> Result<Located> {
        let (parent, name) = split(below)?;
        let (address, keep) = self.root.new_entry(parent, name)?;
        Ok(Located { address, keep })
    }

    /// Whether the entry that was bound is where it should be.
    pub(crate) fn has_entry(located: &Located, below: &[u8]) -> bool {
        split(below).is_ok_and(|(_, name)| located.keep.has(name))
    }

    /// Whether what must stay open is a descriptor more than the granted directory's own.
    pub(crate) fn costs_descriptor(&self, located: &Located) -> bool {
        located.keep.is_own(&self.root)
    }

    /// The guest's name of a path of the host's; none if it is not in this directory.
    pub(crate) fn guest_path(&self, host: &HostPath<'_>) -> Option<Vec<u8>> {
        let below = match host {
            HostPath::Named(path) => sys::path(path)?.strip_prefix(&self.host).ok()?.to_owned(),
            HostPath::Bound(path) => path.strip_prefix(self.root.place()?).ok()?.to_owned(),
        };
        let mut path = self.guest.clone();
        if !self.is_working {
            path.push(b'/');
        }
        path.extend(sys::path_bytes(&below));
        Some(path)
    }
}

/// A path as the kernel tells it of a socket.
pub(crate) enum HostPath<'a> {
    /// By which somebody has bound it.
    Named(&'a [u8]),
    /// Where it was bound by way of a descriptor: where that leads now.
    Bound(PathBuf),
}

impl<'a> HostPath<'a> {
    pub(crate) fn new(told: &'a [u8]) -> Self {
        bound_by_descriptor(told).map_or(Self::Named(told), Self::Bound)
    }

    /// The path's bytes.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Named(path) => path.to_vec(),
            Self::Bound(path) => sys::path_bytes(&path),
        }
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
        let bound = path(&located);
        let _listener = UnixListener::bind(Path::new(std::ffi::OsStr::from_bytes(&bound))).expect("binds");
        assert!(temp.path().join("sub/s").symlink_metadata().is_ok());
        assert!(directory.costs_descriptor(&located));
        let guest_path = |told: &[u8]| directory.guest_path(&HostPath::new(told));
        assert_eq!(guest_path(&bound), Some(b"/run/sub/s".to_vec()));
        let named = sys::path_bytes(&temp.path().canonicalize().expect("its name").join("sub/s"));
        assert_eq!(guest_path(&named), Some(b"/run/sub/s".to_vec()));
        for outside in [&b"/somewhere/else"[..], b"/proc/1/fd/0/s", b"/proc/self/fd/0/s", b"/proc/x/fd/0"] {
            assert_eq!(guest_path(outside), None, "{}", outside.escape_ascii());
        }
        let found = directory.existing(b"sub/s").expect("finds");
        UnixStream::connect(Path::new(std::ffi::OsStr::from_bytes(&path(&found)))).expect("connects");
    }

    #[test]
    fn an_entry_of_the_directory_itself_costs_no_descriptor() {
        let (_temp, directory) = directory("/run");
        assert!(!directory.costs_descriptor(&directory.new_entry(b"s").expect("locates")));
    }

    #[test]
    fn a_working_directory_has_relative_paths_alone() {
        let (temp, directory) = directory("/");
        let working = directory.working();
        assert_eq!((working.below(b"a/s"), working.below(b"/a/s")), (Some(&b"a/s"[..]), None));
        let named = sys::path_bytes(&temp.path().canonicalize().expect("its name").join("a/s"));
        assert_eq!(working.guest_path(&HostPath::new(&named)), Some(b"a/s".to_vec()));
    }

    #[test]
    fn the_longest_name_has_room() {
        let (_temp, directory) = directory("");
        for length in [80, 90] {
            let located = directory.new_entry("n".repeat(length).as_bytes()).expect("locates");
            let bound = path(&located);
            UnixListener::bind(Path::new(std::ffi::OsStr::from_bytes(&bound))).expect("binds");
        }
        assert_eq!(directory.new_entry("n".repeat(107).as_bytes()).err(), Some(Error::Os(Errno::EINVAL)));
    }

    #[test]
    fn an_entry_is_where_its_directory_is_moved() {
        let (temp, directory) = directory("/run");
        let (sub, other, outside) = (temp.path().join("sub"), temp.path().join("other"), tempfile::tempdir());
        let outside = outside.expect("a directory");
        std::fs::create_dir(&sub).expect("makes");
        let located = directory.new_entry(b"sub/s").expect("locates");
        std::fs::rename(&sub, &other).expect("moves");
        std::os::unix::fs::symlink(outside.path(), &sub).expect("links");
        let bound = path(&located);
        let _listener = UnixListener::bind(Path::new(std::ffi::OsStr::from_bytes(&bound))).expect("binds");
        assert!(other.join("s").symlink_metadata().is_ok());
        assert_eq!(std::fs::read_dir(&outside).expect("reads").count(), 0);
        assert_eq!(directory.guest_path(&HostPath::new(&bound)), Some(b"/run/other/s".to_vec()));
    }
}
