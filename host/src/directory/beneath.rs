//! Paths that the kernel resolves below an open directory: openat2(2), RESOLVE_BENEATH.

use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, ResolveFlags, openat2, statat};

use crate::address::{Address, RawAddress};
use crate::error::{Errno, Result};

/// A granted directory.
#[derive(Debug)]
pub(super) struct Root(OwnedFd);

/// What is found below it: a socket, or the directory of one that is to be made.
pub(super) struct Keep(OwnedFd);

impl Root {
    pub(super) fn open(host: &Path) -> io::Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(rustix::fs::open(host, flags, Mode::empty())?))
    }

    /// What the host calls it now.
    pub(super) fn place(&self) -> Option<PathBuf> {
        place(&self.0)
    }

    pub(super) fn existing(&self, below: &[u8]) -> Result<(RawAddress, Keep)> {
        let keep = self.resolve(below, OFlags::PATH)?;
        let address = Address::Unix(format!("/proc/self/fd/{}", keep.as_raw_fd()).into()).encode()?;
        Ok((address, Keep(keep)))
    }

    /// The host's own path where it fits; otherwise one by way of /proc.
    pub(super) fn new_entry(&self, parent: &[u8], name: &Path) -> Result<(RawAddress, Keep)> {
        let keep = self.resolve(parent, OFlags::PATH | OFlags::DIRECTORY)?;
        let by_number = PathBuf::from(format!("/proc/self/fd/{}", keep.as_raw_fd()));
        let encode = |parent: &Path| Address::Unix(parent.join(name).into_os_string().into_vec()).encode();
        let address = match fs::read_link(&by_number) {
            Ok(by_name) => encode(&by_name).or_else(|_| encode(&by_number))?,
            Err(_) => encode(&by_number)?,
        };
        // Beforehand, so that what is found there afterwards is what was bound.
        match statat(keep.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Err(Errno::EADDRINUSE.into()),
            Err(_) => Ok((address, Keep(keep))),
        }
    }

    fn resolve(&self, below: &[u8], flags: OFlags) -> Result<OwnedFd> {
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        let opened = openat2(self.0.as_fd(), below, flags | OFlags::CLOEXEC, Mode::empty(), resolve);
        opened.map_err(|error| match error {
            // The path leads out of the directory.
            rustix::io::Errno::XDEV => Errno::EACCES.into(),
            error => error.into(),
        })
    }
}

impl Keep {
    /// What the host calls it now.
    pub(super) fn place(&self) -> Option<PathBuf> {
        place(&self.0)
    }

    /// Whether the directory has a socket of that name.
    pub(super) fn has(&self, name: &Path) -> bool {
        statat(self.0.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW)
            .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Socket)
    }
}

/// Where what is open is now; none where /proc does not tell.
fn place(open: &OwnedFd) -> Option<PathBuf> {
    fs::read_link(format!("/proc/self/fd/{}", open.as_raw_fd())).ok()
}
