//! What a guest does to its files, as far as something is told of it afterwards, or can be lost.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use futures_util::FutureExt as _;
use wasmtime::component::Resource;
use wasmtime_wasi::FsPerms;
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystemCtxView};
use wasmtime_wasi::p2::FsResult;
use wasmtime_wasi::p2::bindings::filesystem::types::HostDescriptor as _;
use wasmtime_wasi::p2::bindings::filesystem::types::{DescriptorFlags, OpenFlags, PathFlags};

use super::again::Again as _;
use super::inode::{Inode, Inodes, Key};
use super::journal::Journal;
use super::{State, lock};
use crate::clock::Clock;

pub(super) type Files<'a> = WasiFilesystemCtxView<'a>;
pub(super) type Handle = Resource<Descriptor>;

/// Where Python keeps what it has compiled.
const CACHE: &str = "__pycache__";

/// One guest's disk, and the clock by which it is written to.
#[derive(Clone)]
pub(super) struct Ledger {
    clock: Clock,
    disk: Arc<State>,
}

/// How a file is opened.
#[derive(Clone, Copy)]
pub(super) struct Mode {
    pub(super) follows: bool,
    pub(super) creates: bool,
    pub(super) truncates: bool,
    pub(super) writes: bool,
}

impl Ledger {
    pub(super) fn new(clock: Clock, disk: Arc<State>) -> Self {
        Self { clock, disk }
    }

    fn inodes(&self) -> MutexGuard<'_, Inodes> {
        lock(&self.disk.inodes)
    }

    fn journal(&self) -> MutexGuard<'_, Journal> {
        lock(&self.disk.journal)
    }

    /// Fails where the disk is full.
    pub(super) fn room(&self) -> io::Result<()> {
        self.disk.room()
    }

    /// The guest's calendar.
    pub(super) fn date(&self) -> Duration {
        self.clock.date()
    }

    /// What the file is told to be. What was there from the beginning is of that date.
    pub(super) fn inode(&self, key: Key) -> Inode {
        *self.inodes().of(key, self.clock.time.date())
    }

    fn note(&self, key: Option<Key>, change: impl FnOnce(&mut Inode, Duration)) {
        let (beginning, now) = (self.clock.time.date(), self.date());
        if let Some(key) = key {
            change(self.inodes().of(key, beginning), now);
        }
    }

    /// The file's content is another one.
    pub(super) fn wrote(&self, key: Option<Key>) {
        self.note(key, |inode, now| (inode.modified, inode.changed) = (now, now));
    }

    /// Its times were set.
    pub(super) fn set_times(&self, key: Option<Key>, accessed: Option<Duration>, modified: Option<Duration>) {
        self.note(key, |inode, now| {
            inode.accessed = accessed.unwrap_or(inode.accessed);
            inode.modified = modified.unwrap_or(inode.modified);
            inode.changed = now;
        });
    }

    /// Something at the path is new there, or is no more: the directory is another one.
    pub(super) fn entry(&self, files: &mut Files<'_>, fd: &Handle, path: &str) {
        let directory = Path::new(path).parent().and_then(Path::to_str).filter(|parent| !parent.is_empty());
        let key = match directory {
            Some(directory) => key_at(files, fd, directory, true),
            None => key(files, fd),
        };
        self.wrote(key);
    }

    /// What is at the path was made.
    pub(super) fn made(&self, files: &mut Files<'_>, fd: &Handle, path: &str) {
        self.entry(files, fd, path);
        if let Some(key) = key_at(files, fd, path, false) {
            self.inodes().create(key, self.date());
        }
    }

    /// What is at the path has one more name, or another one.
    pub(super) fn named(&self, files: &mut Files<'_>, fd: &Handle, path: &str) {
        self.entry(files, fd, path);
        self.note(key_at(files, fd, path, false), |inode, now| inode.changed = now);
    }

    /// A file will be opened: what is at the path until then.
    pub(super) fn opens(&self, files: &mut Files<'_>, fd: &Handle, path: &str, mode: Mode) -> Option<Key> {
        if !(mode.creates || mode.truncates) {
            return None;
        }
        let key = key_at(files, fd, path, mode.follows)?;
        if mode.truncates && self.watch(files, fd, path, mode, None) {
            self.will_resize(Some(key), 0).ok()?;
        }
        Some(key)
    }

    /// It was opened.
    pub(super) fn opened(
        &self,
        files: &mut Files<'_>,
        (fd, path): (&Handle, &str),
        opened: &Handle,
        mode: Mode,
        before: Option<Key>,
    ) {
        let key = key(files, opened);
        match (before, key) {
            (None, Some(key)) if mode.creates => {
                self.entry(files, fd, path);
                self.inodes().create(key, self.date());
            }
            (Some(_), key) if mode.truncates => self.wrote(key),
            _ => {}
        }
        if mode.writes || mode.creates {
            self.watch(files, fd, path, mode, Some(opened));
        }
    }

    /// Has the journal know of the file, where there is one. Whether it does.
    fn watch(&self, files: &mut Files<'_>, fd: &Handle, path: &str, mode: Mode, by: Option<&Handle>) -> bool {
        if !self.journal().is_kept() {
            return false;
        }
        let flags = if mode.follows { PathFlags::SYMLINK_FOLLOW } else { PathFlags::empty() };
        let both = DescriptorFlags::READ | DescriptorFlags::WRITE;
        let open = files.open_at(fd.again(), flags, path.to_owned(), OpenFlags::empty(), both);
        let Some(own) = at_once(open) else { return false };
        let known = key(files, &own);
        let own = files.table.delete(own).ok().and_then(file);
        let user = by.and_then(|by| files.table.get(by).ok().cloned()).and_then(file);
        let found = known.zip(own);
        if let Some((key, own)) = &found {
            self.journal().open(*key, own.clone(), user.as_ref(), self.clock.time.now());
        }
        found.is_some()
    }

    /// So many bytes will be written there, or at the end.
    pub(super) fn will_write(&self, key: Option<Key>, place: Option<u64>, length: usize) -> io::Result<()> {
        let now = self.clock.time.now();
        key.map_or(Ok(()), |key| self.journal().will_write(key, place, length as u64, now))
    }

    /// The file will be of that size.
    pub(super) fn will_resize(&self, key: Option<Key>, size: u64) -> io::Result<()> {
        let now = self.clock.time.now();
        key.map_or(Ok(()), |key| self.journal().will_resize(key, size, now))
    }

    /// What was written to the file is on the disk.
    pub(super) fn synced(&self, key: Option<Key>) {
        key.into_iter().for_each(|key| self.journal().sync(key));
    }
}

/// What the future gives, which waits for nothing: files are read and written on this thread.
fn at_once<T>(future: impl Future<Output = FsResult<T>>) -> Option<T> {
    future.now_or_never()?.ok()
}

fn file(descriptor: Descriptor) -> Option<Arc<File>> {
    match descriptor {
        Descriptor::File(file) => Some(file.file),
        Descriptor::Dir(_) => None,
    }
}

/// What this machine tells the file by.
pub(super) fn key(files: &mut Files<'_>, fd: &Handle) -> Option<Key> {
    at_once(files.metadata_hash(fd.again())).map(|hash| (hash.lower, hash.upper))
}

/// What it tells by what is at the path.
pub(super) fn key_at(files: &mut Files<'_>, fd: &Handle, path: &str, follows: bool) -> Option<Key> {
    let flags = if follows { PathFlags::SYMLINK_FOLLOW } else { PathFlags::empty() };
    at_once(files.metadata_hash_at(fd.again(), flags, path.to_owned())).map(|hash| (hash.lower, hash.upper))
}

/// Whether it is on the guest's own disk.
pub(super) fn is_own(files: &Files<'_>, fd: &Handle) -> bool {
    files.table.get(fd).is_ok_and(|descriptor| match descriptor {
        Descriptor::File(file) => file.perms == FsPerms::ReadWrite,
        Descriptor::Dir(directory) => directory.perms == FsPerms::ReadWrite,
    })
}

/// Whether that leads to what this machine's Python has compiled, outside of the guest's own disk. A guest is told of none:
/// another machine may not have it.
pub(super) fn is_cached(files: &Files<'_>, fd: &Handle, path: &str) -> bool {
    !is_own(files, fd) && Path::new(path).components().any(|part| part.as_os_str() == CACHE)
}

/// The same of a file that was opened; but for one that is taken whatever the time of its source is, which comes with it.
pub(super) fn is_compiled_here(files: &Files<'_>, fd: &Handle, path: &str, opened: &Handle) -> bool {
    if !is_cached(files, fd, path) {
        return false;
    }
    // PEP 552: behind the magic number are flags, of which the first says that there is no time.
    let mut head = [0; 8];
    let read = files.table.get(opened).ok().cloned().and_then(file).map(|file| (&*file).read_exact(&mut head));
    !matches!(read, Some(Ok(()))) || head[4] & 1 == 0
}
