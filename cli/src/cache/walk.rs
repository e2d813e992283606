//! The way to a directory, and who can exchange what is on it.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, mkdirat, open, openat, readlinkat, statat};

use super::ways::PASSED;

/// How many symbolic links lead to it at most.
const MOST_LINKS: usize = 40;

/// The way to a directory, from the root on, through directories that no other user can exchange.
pub(super) struct Walk {
    pub(super) at: File,
    links: usize,
    left: VecDeque<OsString>,
    /// Why the directory at the end cannot be trusted: the way is gone to the end all the same, for it may be one day.
    pub(super) trouble: Option<io::Error>,
}

impl Walk {
    pub(super) fn to(path: &Path) -> io::Result<Self> {
        let root = File::from(open("/", PASSED, Mode::empty())?);
        Ok(Self { trouble: is_safe(&root.metadata()?).err(), at: root, links: 0, left: names(path).collect() })
    }

    /// Goes it to the end.
    pub(super) fn end(&mut self) -> io::Result<()> {
        while let Some(name) = self.left.pop_front() {
            self.step(&name).map_err(|error| of(&name, &error))?;
        }
        Ok(())
    }

    fn step(&mut self, name: &OsStr) -> io::Result<()> {
        match statat(&self.at, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) if FileType::from_raw_mode(found.st_mode) == FileType::Symlink => {
                return self.follow(name, found.st_uid);
            }
            Ok(_) => {}
            Err(rustix::io::Errno::NOENT) if self.trouble.is_none() => self.make(name)?,
            Err(error) => return Err(error.into()),
        }
        self.at = openat(&self.at, name, PASSED, Mode::empty())?.into();
        let safe = is_safe(&self.at.metadata()?).map_err(|error| of(name, &error));
        self.trouble = self.trouble.take().or(safe.err());
        Ok(())
    }

    /// Makes the directory; the last one is for this user alone.
    fn make(&self, name: &OsStr) -> io::Result<()> {
        let mode = if self.left.is_empty() { 0o700 } else { 0o755 };
        match mkdirat(&self.at, name, Mode::from_raw_mode(mode)) {
            // Another process has made it meanwhile.
            Err(rustix::io::Errno::EXIST) => Ok(()),
            made => Ok(made?),
        }
    }

    fn follow(&mut self, name: &OsStr, owner: u32) -> io::Result<()> {
        self.links += 1;
        if !is_trusted(owner) || self.links > MOST_LINKS {
            return Err(io::Error::other("the link is another user's, or one of too many"));
        }
        let target = PathBuf::from(OsString::from_vec(readlinkat(&self.at, name, Vec::new())?.into_bytes()));
        if target.is_absolute() {
            self.at = open("/", PASSED, Mode::empty())?.into();
        }
        for name in names(&target).collect::<Vec<_>>().into_iter().rev() {
            self.left.push_front(name);
        }
        Ok(())
    }
}

/// The error, with the name of what has it.
fn of(name: &OsStr, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", name.display()))
}

fn names(path: &Path) -> impl Iterator<Item = OsString> {
    path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    })
}

/// Whether the user may exchange what is on the way: root can do so in any case.
fn is_trusted(user: u32) -> bool {
    user == 0 || user == rustix::process::geteuid().as_raw()
}

/// Fails unless no other user can exchange what is in the directory, and is of a user to trust.
fn is_safe(directory: &Metadata) -> io::Result<()> {
    // In such a directory as /tmp others can make what is not there, but not remove what is another's.
    let is_sticky = directory.mode() & 0o1000 != 0;
    if !is_trusted(directory.uid()) || directory.mode() & 0o022 != 0 && !is_sticky {
        return Err(io::Error::other("other users can write to it"));
    }
    Ok(())
}

/// Fails unless it is this user's own, and nobody else can write to it.
pub(crate) fn is_own(metadata: &Metadata) -> io::Result<()> {
    if metadata.uid() != rustix::process::geteuid().as_raw() || metadata.mode() & 0o022 != 0 {
        return Err(io::Error::other("other users can write to it"));
    }
    Ok(())
}
