//! Paths that the kernel resolves below an open directory: openat2(2), RESOLVE_BENEATH.
//!
//! What was resolved is used by way of its descriptor in `/proc`, which leads to the same file or directory wherever it
//! is moved, and whatever is put in its place.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};

use crate::address::{Address, RawAddress};
use crate::descriptors;
use crate::error::{Errno, Result};

/// How often a path is resolved anew where something was renamed meanwhile.
const MOST_TRIES: usize = 128;

/// A granted directory.
#[derive(Debug)]
pub(super) struct Root(Arc<OwnedFd>);

/// What is found below it, open: a socket, or the directory of one that is to be made.
pub(super) struct Keep(Arc<OwnedFd>);

impl Root {
    pub(super) fn open(host: &Path) -> io::Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(Arc::new(rustix::fs::open(host, flags, Mode::empty())?)))
    }

    /// What the host calls it now.
    pub(super) fn place(&self) -> Option<PathBuf> {
        place(&self.0)
    }

    pub(super) fn existing(&self, below: &[u8]) -> Result<(RawAddress, Keep)> {
        let found = self.resolve(below, OFlags::PATH)?;
        let address = Address::Unix(own(found.as_raw_fd()).into()).encode()?;
        Ok((address, Keep(Arc::new(found))))
    }

    /// By way of /proc, with the number of this process, so that peers can answer to it; without, where that is too long.
    pub(super) fn new_entry(&self, parent: &[u8], name: &Path) -> Result<(RawAddress, Keep)> {
        let keep = match parent {
            b"." => self.0.clone(),
            parent => Arc::new(self.resolve(parent, OFlags::PATH | OFlags::DIRECTORY)?),
        };
        let number = keep.as_raw_fd();
        // The number that /proc knows this process by, which need not be the one that the process knows.
        let process = std::fs::read_link("/proc/self").map_err(|_| Errno::ENOENT)?;
        let ways = [format!("/proc/{}/fd/{number}", process.display()), own(number), format!("/dev/fd/{number}")];
        let encode =
            |way: &String| Address::Unix([way.as_bytes(), b"/", name.as_os_str().as_bytes()].concat()).encode().ok();
        let address = ways.iter().find_map(encode).ok_or(Errno::EINVAL)?;
        Ok((address, Keep(keep)))
    }

    fn resolve(&self, below: &[u8], flags: OFlags) -> Result<OwnedFd> {
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        for _ in 0..MOST_TRIES {
            match openat2(self.0.as_fd(), below, flags | OFlags::CLOEXEC, Mode::empty(), resolve) {
                // Something was renamed, anywhere, while it went up by `..`.
                Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
                // The path leads out of the directory.
                Err(rustix::io::Errno::XDEV) => break,
                result => {
                    let opened = result?;
                    descriptors::admit(&opened, 0)?;
                    return Ok(opened);
                }
            }
        }
        Err(Errno::EACCES.into())
    }
}

impl Keep {
    /// What the host calls it now.
    pub(super) fn place(&self) -> Option<PathBuf> {
        place(&self.0)
    }

    /// Whether the entry that was bound is in the directory: by a descriptor it cannot be elsewhere.
    pub(super) fn has(&self, _: &Path) -> bool {
        true
    }

    /// Whether it is a descriptor of its own, beside the granted directory's.
    pub(super) fn is_own(&self, root: &Root) -> bool {
        !Arc::ptr_eq(&self.0, &root.0)
    }
}

/// Where what is open is now; none where /proc does not tell.
fn place(open: &OwnedFd) -> Option<PathBuf> {
    std::fs::read_link(own(open.as_raw_fd())).ok()
}

/// The way to what is open under that number in this process.
fn own(number: RawFd) -> String {
    format!("/proc/self/fd/{number}")
}

/// What the host calls a socket that was bound by way of a process's descriptor of its directory, as sockets of guests
/// are; none if the path is another, or the directory is not open any more.
pub(super) fn bound_by_descriptor(path: &[u8]) -> Option<PathBuf> {
    let mut parts = path.strip_prefix(b"/proc/")?.splitn(4, |byte| *byte == b'/');
    let (process, fd, number, name) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_number = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    if !is_number(process)
        || fd != b"fd"
        || !is_number(number)
        || matches!(name, b"" | b"." | b"..")
        || name.contains(&b'/')
    {
        return None;
    }
    let link = &path[..path.len() - name.len() - 1];
    let directory = std::fs::read_link(Path::new(OsStr::from_bytes(link))).ok()?;
    // Of what is no file or directory the link is no path.
    directory.is_absolute().then(|| directory.join(OsStr::from_bytes(name)))
}
