//! A host's disk: a directory of its own, whose files are read and written at once, on the one thread, with virtual times.

mod again;
mod changes;
mod inode;
mod journal;
mod ledger;
mod p2;
mod p3;
mod place;
mod stream;
mod times;

use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fs, io};

use berkeley_host::Guest;
use wasmtime::component::Linker;

use crate::chance::Chance;
use crate::clock::Clock;
use inode::Inodes;
use journal::Journal;
use ledger::Ledger;

pub(crate) use place::Place;
pub use place::remove_disks;

/// What stands on a host's disk when it starts for the first time.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// A copy of the file, or of the directory and all that is in it.
    Copy(PathBuf),
    /// A file with these bytes.
    Bytes(Arc<[u8]>),
}

/// Whether that is a path on a disk, and leads nowhere else.
pub(crate) fn is_within(path: &str) -> Result<(), String> {
    let mut parts = Path::new(path.trim_start_matches('/')).components().peekable();
    if parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_))) {
        return Ok(());
    }
    Err(format!("`{path}` is no path on the host's disk such as /etc/server.toml"))
}

/// The disk of one host.
#[derive(Debug)]
pub(crate) struct Disk {
    directory: PathBuf,
    content: Vec<(String, Content)>,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    is_full: AtomicBool,
    inodes: Mutex<Inodes>,
    journal: Mutex<Journal>,
}

impl Disk {
    /// A disk in the empty directory. Only one that can lose what was not synced knows what that is.
    pub(crate) fn new(directory: PathBuf, content: Vec<(String, Content)>, can_lose: bool) -> io::Result<Self> {
        let state = State { journal: Mutex::new(Journal::new(can_lose)), ..State::default() };
        let disk = Self { directory, content, state: Arc::new(state) };
        disk.fill()?;
        Ok(disk)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.directory
    }

    /// Its power fails: a part of what was not synced is lost.
    pub(crate) fn lose(&self, chance: &mut Chance, clock: &Clock) -> io::Result<()> {
        let mut inodes = lock(&self.state.inodes);
        let mut number = |key: &_| inodes.of(*key, clock.time.date()).number;
        lock(&self.state.journal).lose(&mut number, chance, clock.time.now())
    }

    /// Lets no byte more be written, or lets it again.
    pub(crate) fn set_full(&self, is_full: bool) {
        self.state.is_full.store(is_full, Relaxed);
    }

    /// Makes it what it was in the beginning.
    pub(crate) fn reset(&self) -> io::Result<()> {
        for entry in fs::read_dir(self.path())? {
            let entry = entry?;
            if entry.file_type()?.is_dir() { fs::remove_dir_all(entry.path())? } else { fs::remove_file(entry.path())? }
        }
        *lock(&self.state.inodes) = Inodes::default();
        lock(&self.state.journal).clear();
        self.fill()
    }

    fn fill(&self) -> io::Result<()> {
        for (path, content) in &self.content {
            is_within(path).map_err(io::Error::other)?;
            let to = self.path().join(path.trim_start_matches('/'));
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent)?;
            }
            match content {
                Content::Copy(from) => copy(from, &to)
                    .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", from.display())))?,
                Content::Bytes(bytes) => fs::write(to, bytes)?,
            }
        }
        Ok(())
    }

    /// Has the linker's files be this disk's: those of WASI 0.2, and those of WASI 0.3 where they are there.
    pub(crate) fn add_to_linker(&self, linker: &mut Linker<Guest>, clock: Clock, has_p3: bool) -> wasmtime::Result<()> {
        linker.allow_shadowing(true);
        let ledger = Ledger::new(clock, self.state.clone());
        p2::add_to_linker(linker, &ledger)?;
        if has_p3 { p3::add_to_linker(linker, &ledger) } else { Ok(()) }
    }
}

impl State {
    /// Fails where the disk is full.
    fn room(&self) -> io::Result<()> {
        if self.is_full.load(Relaxed) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Copies a file, or a directory and all that is in it.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(|_| ());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
