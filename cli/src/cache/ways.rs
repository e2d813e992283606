//! What leads from one directory to another.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use rustix::fs::{Mode, OFlags, openat};

/// How a directory is opened on the way to another.
pub(super) const PASSED: OFlags = SEARCH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
#[cfg(target_os = "linux")]
const SEARCH: OFlags = OFlags::PATH;
#[cfg(not(target_os = "linux"))]
const SEARCH: OFlags = OFlags::RDONLY;

/// What tells one directory from all others, by whatever path it was opened.
pub(super) type Identity = (u64, u64);

fn identity(metadata: &Metadata) -> Identity {
    (metadata.dev(), metadata.ino())
}

/// The directory and those that it is in, up to the root.
pub(super) fn ancestors(directory: &File) -> io::Result<Vec<Identity>> {
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
pub(super) fn mounted_within(directory: &File) -> io::Result<Vec<Identity>> {
    let Some(path) = descriptor_path(directory) else { return Ok(Vec::new()) };
    let path = std::fs::read_link(path)?;
    let mounts = std::fs::read("/proc/self/mountinfo")?;
    let points = mounts.split(|&byte| byte == b'\n').filter_map(|line| line.split(|&byte| byte == b' ').nth(4));
    let within = points.map(unescaped).filter(|point| point != &path && point.starts_with(&path));
    // One that is gone, or that another one hides, leads nowhere.
    Ok(within.filter_map(|point| point.symlink_metadata().ok()).map(|metadata| identity(&metadata)).collect())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn mounted_within(_: &File) -> io::Result<Vec<Identity>> {
    Ok(Vec::new())
}

/// A path as mountinfo has it: a backslash and three octal digits stand for what would end it.
#[cfg(target_os = "linux")]
pub(super) fn unescaped(text: &[u8]) -> PathBuf {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let mut plain = Vec::new();
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 8).ok()).filter(|_| first == b'\\') {
            Some(byte) => (plain, rest) = ([&plain[..], &[byte]].concat(), &after[3..]),
            None => (plain, rest) = ([&plain[..], &[first]].concat(), after),
        }
    }
    OsStr::from_bytes(&plain).into()
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
