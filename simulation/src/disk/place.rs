//! Where the disks of a run are: in one directory, which is gone when the run is over.
//!
//! A process that is killed leaves it behind, and the next one that simulates takes it away: who uses a directory holds a
//! lock in it, which ends with the process.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;

use tempfile::TempDir;

const PREFIX: &str = "berkeley-simulated-";
const LOCK: &str = "lock";

/// How often it is tried to take away what a program still writes to.
const TRIES: usize = 10;

/// The directories of the runs that go on in this process; none once it is about to end.
static USED: Mutex<Option<BTreeSet<PathBuf>>> = Mutex::new(Some(BTreeSet::new()));

fn used() -> MutexGuard<'static, Option<BTreeSet<PathBuf>>> {
    USED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes away the disks of all runs that go on, for a process that is about to be ended, by a signal for instance. A run that
/// would begin from now on waits for that end.
///
/// Without this, runs end by themselves what they began, and the disks of a process that was killed are taken away when the
/// next one begins to simulate.
pub fn remove_disks() {
    let left = used().take();
    for path in left.into_iter().flatten() {
        // Programs go on in other threads, and may make a file meanwhile.
        let _ = (0..TRIES).find(|_| fs::remove_dir_all(&path).is_ok() || !path.exists());
    }
}

/// The directory of one run.
#[derive(Debug)]
pub(crate) struct Place {
    directory: TempDir,
    _lock: File,
}

impl Place {
    pub(crate) fn new() -> io::Result<Self> {
        static SWEPT: Once = Once::new();
        SWEPT.call_once(|| sweep(&std::env::temp_dir()));
        loop {
            let mut used = used();
            let Some(used) = &mut *used else { break };
            let directory = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
            // Another process may take it for one that was left, until it is locked.
            if let Some(lock) = locked(&directory.path().join(LOCK))? {
                used.insert(directory.path().to_owned());
                return Ok(Self { directory, _lock: lock });
            }
        }
        loop {
            thread::park();
        }
    }

    /// The directory that a host's disk is.
    pub(crate) fn disk(&self, number: usize) -> io::Result<PathBuf> {
        let path = self.directory.path().join(number.to_string());
        fs::create_dir(&path)?;
        Ok(path)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // It counts as used until it is gone. Whoever else takes it away at the same time does the same.
        let _ = fs::remove_dir_all(self.directory.path());
        if let Some(used) = &mut *used() {
            used.remove(self.directory.path());
        }
    }
}

/// The lock, held; none if its directory is gone by then, for another process took that for one that was left.
fn locked(path: &Path) -> io::Result<Option<File>> {
    match lock(path) {
        Ok(lock) => lock.lock().map(|()| path.exists().then_some(lock)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The lock, made if it is not there, whatever somebody else may have put in its place.
fn lock(path: &Path) -> io::Result<File> {
    match File::create_new(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => File::open(path),
        made => made,
    }
}

/// Takes away what processes have left that are no more.
fn sweep(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let Some(lock) = is_ours.then(|| lock(&entry.path().join(LOCK)).ok()).flatten() else { continue };
        // Who has just made it waits for the lock, and finds it gone.
        if lock.try_lock().is_ok() {
            // One that is not this user's stays.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_is_taken_away_and_what_is_used_is_not() {
        let home = tempfile::tempdir().expect("a directory");
        let [left, used, bare, other] = ["left", "used", "bare", "other"].map(|name| {
            let prefix = if name == "other" { "" } else { PREFIX };
            let path = home.path().join(format!("{prefix}{name}"));
            fs::create_dir(&path).expect("is made");
            path
        });
        fs::create_dir_all(left.join("0/files")).expect("is made");
        drop(locked(&left.join(LOCK)));
        let lock = locked(&used.join(LOCK)).expect("is made").expect("is there");
        drop(locked(&other.join(LOCK)));
        sweep(home.path());
        assert_eq!([&left, &used, &bare, &other].map(|path| path.exists()), [false, true, false, true]);
        drop(lock);
        sweep(home.path());
        assert!(!used.exists());
    }

    #[test]
    fn a_place_is_gone_with_its_run() {
        let place = Place::new().expect("a place");
        let disk = place.disk(0).expect("a disk");
        fs::write(disk.join("file"), "text").expect("writes");
        drop(place);
        assert!(!disk.parent().expect("the place").exists());
    }
}
