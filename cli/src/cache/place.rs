//! The directory: where it is, and whether it can be used.

use std::ffi::OsString;
use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, openat};

use super::walk::{Walk, is_own};
use super::ways::{ancestors, mounted_within};

/// The variable that names another directory for it.
pub(super) const VARIABLE: &str = "BERKELEY_CACHE_HOME";

/// A directory in which any user may make one, and so take the name of another's.
const SHARED: &str = "/var/tmp";

/// The directory.
pub(crate) struct Place {
    path: PathBuf,
    /// The innermost directory on the way to it that is there, at best itself.
    innermost: File,
    is_there: bool,
    /// Why it cannot be used, if so.
    trouble: Option<io::Error>,
}

impl Place {
    /// The directory of this user, which is made unless it is there.
    pub(crate) fn find() -> io::Result<Self> {
        let path = path();
        let place = Self::at(path.clone())?;
        match place.trouble {
            Some(_) if path.starts_with(SHARED) => Ok(Self::beside(&path)?.unwrap_or(place)),
            _ => Ok(place),
        }
    }

    /// One beside that, where another user has taken its name: one of this user's that is there, or a new one. None, where
    /// there can be none.
    pub(super) fn beside(path: &Path) -> io::Result<Option<Self>> {
        for other in others(path) {
            let place = Self::at(other)?;
            if place.trouble.is_none() {
                return Ok(Some(place));
            }
        }
        let (Some(directory), Some(prefix)) = (path.parent(), prefix(path)) else { return Ok(None) };
        // Of a name that nobody can guess, and for this user alone.
        let own = Permissions::from_mode(0o700);
        let Ok(made) = tempfile::Builder::new().prefix(&prefix).permissions(own).tempdir_in(directory) else {
            return Ok(None);
        };
        let place = Self::at(made.path().to_owned())?;
        if place.trouble.is_some() {
            return Ok(None);
        }
        let _stays = made.keep();
        Ok(Some(place))
    }

    /// All directories that code is kept in, or may be one day.
    pub(super) fn all() -> io::Result<Vec<Self>> {
        let path = path();
        let others = if path.starts_with(SHARED) { others(&path) } else { Vec::new() };
        [Self::find()?].into_iter().map(Ok).chain([path].into_iter().chain(others).map(Self::at)).collect()
    }

    /// A directory in it, which is made unless it is there.
    pub(crate) fn within(name: &str) -> io::Result<Self> {
        Self::at(path().join(name))
    }

    pub(crate) fn at(path: PathBuf) -> io::Result<Self> {
        let mut walk = Walk::to(&path)?;
        let walked = walk.end();
        let is_there = walked.is_ok();
        let own = walked.and_then(|()| is_own(&walk.at.metadata()?));
        let (mut innermost, mut trouble) = (walk.at, walk.trouble.or(own.err()));
        if trouble.is_none() {
            // From the one to pass through to one to read.
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            match openat(&innermost, ".", flags, Mode::empty()) {
                Ok(directory) => innermost = directory.into(),
                Err(error) => trouble = Some(error.into()),
            }
        }
        Ok(Self { path, innermost, is_there, trouble })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The directory, if it is one that nobody but this user can write to.
    pub(crate) fn directory(&self) -> Result<&File, &io::Error> {
        self.trouble.as_ref().map_or(Ok(&self.innermost), Err)
    }

    /// Whether who can write anything in that directory could write here, now or once this is made.
    pub(super) fn is_reached_from(&self, directory: &File) -> io::Result<bool> {
        let outer = ancestors(&self.innermost)?;
        let (within, mounted) = (ancestors(directory)?, mounted_within(directory)?);
        let contains = outer.contains(&within[0]) || mounted.iter().any(|mounted| outer.contains(mounted));
        Ok(contains || self.is_there && within.contains(&outer[0]))
    }
}

/// Where the place is.
fn path() -> PathBuf {
    if let Some(path) = std::env::var_os(VARIABLE).map(PathBuf::from).filter(|path| path.is_absolute()) {
        return path;
    }
    match rustix::process::geteuid().as_raw() {
        0 => "/var/cache/berkeley".into(),
        user => format!("{SHARED}/berkeley-{user}").into(),
    }
}

/// What the names begin with of the directories that stand in for that one.
fn prefix(path: &Path) -> Option<OsString> {
    let mut prefix = path.file_name()?.to_owned();
    prefix.push(".");
    Some(prefix)
}

/// The directories that are there and may stand in for that one, in the order of their names.
pub(super) fn others(path: &Path) -> Vec<PathBuf> {
    let (Some(directory), Some(prefix)) = (path.parent(), prefix(path)) else { return Vec::new() };
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let stands_in = |entry: &std::fs::DirEntry| {
        let is_named_so = entry.file_name().as_encoded_bytes().starts_with(prefix.as_encoded_bytes());
        // Those of others are passed over: a guest is never kept from what is theirs.
        is_named_so && entry.metadata().is_ok_and(|found| found.is_dir() && is_own(&found).is_ok())
    };
    let mut others: Vec<_> = entries.filter(stands_in).map(|entry| entry.path()).collect();
    others.sort();
    others
}
