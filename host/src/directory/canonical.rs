//! Paths by their true names, on systems whose kernels do not resolve below a directory.
//!
//! A path is looked at first and used afterwards. So whoever else may make links in the granted directories could lead a
//! guest out of them meanwhile; a guest that may not, cannot.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Located;
use crate::address::Address;
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

    pub(super) fn existing(&self, below: &[u8]) -> Result<Located> {
        let path = self.resolve(below)?;
        Ok(Located { address: address(&path)?, keep: Keep(path) })
    }

    pub(super) fn new_entry(&self, parent: &[u8], name: &Path) -> Result<Located> {
        let parent = self.resolve(parent)?;
        let path = parent.join(name);
        // Beforehand, so that what is found there afterwards is what was bound.
        match fs::symlink_metadata(&path) {
            Ok(_) => Err(Errno::EADDRINUSE.into()),
            Err(_) => Ok(Located { address: address(&path)?, keep: Keep(parent) }),
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
    /// Whether the directory is where it was, and has an entry of that name that is no link.
    pub(super) fn has(&self, name: &Path) -> bool {
        sys::true_path(&self.0).is_ok_and(|now| now == self.0)
            && fs::symlink_metadata(self.0.join(name)).is_ok_and(|entry| !entry.is_symlink() && !entry.is_dir())
    }
}

/// EINVAL: the path is too long for a unix address.
fn address(path: &Path) -> Result<crate::address::RawAddress> {
    Address::Unix(sys::path_bytes(path)).encode()
}
