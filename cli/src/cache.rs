//! The directory that compiled code is kept in: whether it can be trusted, and whether a guest would reach it.
//!
//! What is in it runs as machine code, so nobody but this user may ever have written there: no other user, and no guest.
//! It is not below the home directory, where guests are often given all there is.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata, Permissions};
use std::io;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, mkdirat, open, openat, readlinkat, statat};

/// The variable that names another directory for it.
const VARIABLE: &str = "BERKELEY_CACHE_HOME";

/// A directory in which any user may make one, and so take the name of another's.
const SHARED: &str = "/var/tmp";

/// How many symbolic links lead to it at most.
const MOST_LINKS: usize = 40;

/// How a directory is opened on the way to another.
const PASSED: OFlags = SEARCH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
#[cfg(target_os = "linux")]
const SEARCH: OFlags = OFlags::PATH;
#[cfg(not(target_os = "linux"))]
const SEARCH: OFlags = OFlags::RDONLY;

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
    fn beside(path: &Path) -> io::Result<Option<Self>> {
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
    fn all() -> io::Result<Vec<Self>> {
        let path = path();
        let others = if path.starts_with(SHARED) { others(&path) } else { Vec::new() };
        [Self::find()?].into_iter().map(Ok).chain([path].into_iter().chain(others).map(Self::at)).collect()
    }

    /// A directory in it, which is made unless it is there.
    pub(crate) fn within(name: &str) -> io::Result<Self> {
        Self::at(path().join(name))
    }

    pub(crate) fn at(path: PathBuf) -> io::Result<Self> {
        let root = File::from(open("/", PASSED, Mode::empty())?);
        let mut walk =
            Walk { trouble: is_safe(&root.metadata()?).err(), at: root, links: 0, left: names(&path).collect() };
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
    fn is_reached_from(&self, directory: &File) -> io::Result<bool> {
        let outer = ancestors(&self.innermost)?;
        let (within, mounted) = (ancestors(directory)?, mounted_within(directory)?);
        let contains = outer.contains(&within[0]) || mounted.iter().any(|mounted| outer.contains(mounted));
        Ok(contains || self.is_there && within.contains(&outer[0]))
    }
}

/// A directory for a guest to write to, and the path by which exactly that directory is opened again.
///
/// Fails where the guest would reach the place of compiled code from it.
pub(crate) fn open_writable(path: &Path) -> Result<(File, PathBuf)> {
    let directory = File::open(path)?;
    for place in Place::all().context("cannot look for the directory of compiled code")? {
        if place.is_reached_from(&directory)? {
            bail!(
                "a guest that writes there could write to {}, where compiled code is kept, and so change what guests do that \
                 are run later; give it a directory that does not reach there, or set {VARIABLE} to one that no guest is given",
                place.path.display()
            );
        }
    }
    let again = descriptor_path(&directory).filter(|path| path.exists()).unwrap_or_else(|| path.to_owned());
    Ok((directory, again))
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
fn others(path: &Path) -> Vec<PathBuf> {
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

/// The way to a directory, from the root on, through directories that no other user can exchange.
struct Walk {
    at: File,
    links: usize,
    left: VecDeque<OsString>,
    /// Why the directory at the end cannot be trusted: the way is gone to the end all the same, for it may be one day.
    trouble: Option<io::Error>,
}

impl Walk {
    fn end(&mut self) -> io::Result<()> {
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

/// What tells one directory from all others, by whatever path it was opened.
type Identity = (u64, u64);

fn identity(metadata: &Metadata) -> Identity {
    (metadata.dev(), metadata.ino())
}

/// The directory and those that it is in, up to the root.
fn ancestors(directory: &File) -> io::Result<Vec<Identity>> {
    let mut all = vec![identity(&directory.metadata()?)];
    let mut at = directory.try_clone()?;
    loop {
        at = openat(&at, "..", PASSED, Mode::empty())?.into();
        let one = identity(&at.metadata()?);
        if all.last() == Some(&one) {
            return Ok(all);
        }
        all.push(one);
    }
}

/// The directories that are mounted somewhere within that one: they may be others' parts, shown once more.
#[cfg(target_os = "linux")]
fn mounted_within(directory: &File) -> io::Result<Vec<Identity>> {
    let Some(path) = descriptor_path(directory) else { return Ok(Vec::new()) };
    let path = std::fs::read_link(path)?;
    let mounts = std::fs::read("/proc/self/mountinfo")?;
    let points = mounts.split(|&byte| byte == b'\n').filter_map(|line| line.split(|&byte| byte == b' ').nth(4));
    let within = points.map(unescaped).filter(|point| point != &path && point.starts_with(&path));
    // One that is gone, or that another one hides, leads nowhere.
    Ok(within.filter_map(|point| point.symlink_metadata().ok()).map(|metadata| identity(&metadata)).collect())
}

#[cfg(not(target_os = "linux"))]
fn mounted_within(_: &File) -> io::Result<Vec<Identity>> {
    Ok(Vec::new())
}

/// A path as mountinfo has it: a backslash and three octal digits stand for what would end it.
#[cfg(target_os = "linux")]
fn unescaped(text: &[u8]) -> PathBuf {
    let mut plain = Vec::new();
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 8).ok()).filter(|_| first == b'\\') {
            Some(byte) => (plain, rest) = ([&plain[..], &[byte]].concat(), &after[3..]),
            None => (plain, rest) = ([&plain[..], &[first]].concat(), after),
        }
    }
    OsString::from_vec(plain).into()
}

/// The path by which this process opens exactly what the descriptor is of.
#[cfg(target_os = "linux")]
pub(crate) fn descriptor_path(file: &File) -> Option<PathBuf> {
    use std::os::fd::AsRawFd as _;
    Some(format!("/proc/self/fd/{}", file.as_raw_fd()).into())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn descriptor_path(_: &File) -> Option<PathBuf> {
    None
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn allow(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("changes");
    }

    fn is_usable(path: &Path) -> bool {
        Place::at(path.to_owned()).expect("looks").directory().is_ok()
    }

    #[test]
    fn only_a_place_is_used_that_no_other_user_can_exchange() {
        let directory = tempfile::tempdir().expect("a directory");
        let outer = directory.path().join("outer");
        let inner = outer.join("middle/inner");
        assert!(is_usable(&inner));
        assert_eq!(inner.metadata().expect("is made").mode() & 0o777, 0o700);
        for path in [&outer, &outer.join("middle"), &inner] {
            for mode in [0o775, 0o757] {
                allow(path, mode);
                assert!(!is_usable(&inner), "{} {mode:o}", path.display());
            }
            allow(path, 0o755);
            assert!(is_usable(&inner));
        }
        // As /tmp is; but not the place itself.
        allow(&outer, 0o1777);
        assert!(is_usable(&inner));
        allow(&inner, 0o1777);
        assert!(!is_usable(&inner));
        // By a link of one's own.
        allow(&inner, 0o700);
        symlink("middle", outer.join("link")).expect("links");
        assert!(is_usable(&outer.join("link/inner")));
        symlink("loop", outer.join("loop")).expect("links");
        assert!(!is_usable(&outer.join("loop/inner")));
        fs::write(outer.join("file"), "").expect("writes");
        assert!(!is_usable(&outer.join("file")));
    }

    #[test]
    fn what_belongs_to_another_user_is_not_used() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let directory = tempfile::tempdir().expect("a directory");
        let (home, inner) = (directory.path().join("home"), directory.path().join("home/.cache/berkeley"));
        assert!(is_usable(&inner));
        for path in [&home, &home.join(".cache"), &inner] {
            std::os::unix::fs::chown(path, Some(12345), None).expect("changes");
            assert!(!is_usable(&inner), "{}", path.display());
            std::os::unix::fs::chown(path, Some(0), None).expect("changes");
        }
        let link = directory.path().join("link");
        symlink(&home, &link).expect("links");
        assert!(is_usable(&link.join(".cache/berkeley")));
        std::os::unix::fs::lchown(&link, Some(12345), None).expect("changes");
        assert!(!is_usable(&link.join(".cache/berkeley")));
    }

    #[test]
    fn where_another_has_taken_the_name_another_place_is_found() {
        let shared = tempfile::tempdir().expect("a directory");
        allow(shared.path(), 0o1777);
        let taken = shared.path().join("berkeley-7");
        // What others can write to is as bad as what is theirs.
        fs::create_dir(&taken).expect("makes");
        allow(&taken, 0o777);
        let squatted = shared.path().join("berkeley-7.squatted");
        fs::create_dir(&squatted).expect("makes");
        allow(&squatted, 0o777);
        let beside = || Place::beside(&taken).expect("looks").expect("a place");
        let found = beside();
        assert!(found.directory().is_ok() && found.path() != squatted && found.path() != taken, "{:?}", found.path());
        assert_eq!(found.path().metadata().expect("is there").mode() & 0o777, 0o700);
        assert_eq!(beside().path(), found.path(), "it is found again");
        assert_eq!(others(&taken), [found.path()]);
        // Where the directory itself can be exchanged, nothing in it can be trusted.
        allow(shared.path(), 0o777);
        assert!(Place::beside(&taken).expect("looks").is_none());
    }

    #[test]
    fn a_directory_reaches_the_place_from_above_and_from_within() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("caches/berkeley");
        let place = Place::at(path.clone()).expect("a place");
        let reaches = |path: &Path| place.is_reached_from(&File::open(path).expect("opens")).expect("looks");
        fs::create_dir_all(path.join("below/further")).expect("makes");
        fs::create_dir(directory.path().join("beside")).expect("makes");
        symlink(&path, directory.path().join("link")).expect("links");
        for path in ["/".into(), directory.path().to_owned(), directory.path().join("link"), path.join("below/further")]
        {
            assert!(reaches(&path), "{}", path.display());
        }
        assert!(!reaches(&directory.path().join("beside")));
        // One that is not to be used might be one day.
        allow(&directory.path().join("caches"), 0o777);
        let place = Place::at(path.clone()).expect("a place");
        assert!(place.directory().is_err());
        for path in [directory.path(), &directory.path().join("caches"), &path, &path.join("below")] {
            assert!(place.is_reached_from(&File::open(path).expect("opens")).expect("looks"), "{}", path.display());
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn paths_of_mounts_are_read() {
        assert_eq!(unescaped(br"/a\040b\134c\09"), Path::new(r"/a b\c\09"));
    }
}
