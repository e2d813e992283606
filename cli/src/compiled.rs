//! The compiled code of components, kept for the next start.
//!
//! The code is mapped as it is, found by what the file system tells of the component, which is not even read.

#![allow(unsafe_code, reason = "compiled code must be trusted; this module tells what is")]

use std::fs::{self, File, Metadata};
use std::io::{self, Write as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::bail;
use rustix::fs::{Access, FlockOperation, Mode, OFlags, access, flock, openat};
use rustix::io::Errno;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::cache::{Place, descriptor_path, is_own};
use crate::temporary;

/// How many components are kept, and how many bytes of code: those used last.
const MOST: usize = 256;
const MOST_BYTES: u64 = 2 << 30;

/// How long ago a component was changed for the last time before its code is kept: a change that comes later then has a
/// later time, by whatever clock the file system has. Some count whole seconds.
const SETTLED: Duration = Duration::from_millis(20);
const SETTLED_BY_SECONDS: Duration = Duration::from_secs(2);

/// Where the code of one component is kept.
pub(crate) struct Kept {
    place: Place,
    /// Of which component, in the state that it has now: another one, or another state, has another name.
    name: String,
    is_settled: bool,
}

impl Kept {
    /// The place for a component, if there is one that nobody but this user can write to.
    pub(crate) fn of(component: &Metadata) -> io::Result<Self> {
        Self::within(Place::find()?, component)
    }

    fn within(place: Place, component: &Metadata) -> io::Result<Self> {
        if let Err(error) = place.directory() {
            return Err(io::Error::new(error.kind(), format!("{}: {error}", place.path().display())));
        }
        Ok(Self { place, name: name(component), is_settled: is_settled(component, SystemTime::now()) })
    }

    /// Whether that is still the component, as it was.
    pub(crate) fn is_of(&self, component: &Metadata) -> bool {
        self.name == name(component)
    }

    /// Lets one process at a time compile this component, as long as what it gives is there.
    pub(crate) fn lock(&self) -> Option<Lock> {
        let (directory, name) = (self.place.directory().ok()?, self.name("lock"));
        let locked = || -> io::Result<Lock> {
            let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let file = openat(directory, &name, flags, Mode::RUSR | Mode::WUSR)?;
            flock(&file, FlockOperation::LockExclusive)?;
            Ok(Lock { _file: file, path: self.place.path().join(&name) })
        };
        locked().inspect_err(|error| unavailable(&self.place, error)).ok()
    }

    /// The code, if it is there, for an engine like the one that it was made by.
    pub(crate) fn find(&self, variant: &str) -> Option<Code> {
        let name = self.name(variant);
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = File::from(openat(self.place.directory().ok()?, &name, flags, Mode::empty()).ok()?);
        // One that has another name too may be written by that, where this directory's permissions do not hold.
        if !file.metadata().is_ok_and(|found| found.is_file() && found.nlink() == 1 && is_own(&found).is_ok()) {
            tracing::info!("compiled code is not taken from {name}, which others can write to");
            return None;
        }
        Some(Code { file, name })
    }

    /// Keeps the code.
    pub(crate) fn store(&self, component: &Component, variant: &str) {
        if !self.is_settled {
            tracing::info!("compiled code is not kept: the component was changed just now");
            return;
        }
        let stored = component.serialize().map_err(io::Error::other).and_then(|code| self.write(&code, variant));
        if let Err(error) = stored.and_then(|()| self.evict(MOST)) {
            unavailable(&self.place, &error);
        }
    }

    fn write(&self, code: &[u8], variant: &str) -> io::Result<()> {
        let mut file = temporary::file_in(self.place.path())?;
        file.write_all(code)?;
        // Its name must not outlive a fall of the system without its content.
        file.as_file().sync_data()?;
        file.persist(self.place.path().join(self.name(variant)))?;
        Ok(())
    }

    /// Removes the files that were not used for longest.
    fn evict(&self, most: usize) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir(self.place.path())? {
            let entry = entry?;
            // Another process may have removed it.
            if let Ok(metadata) = entry.metadata() {
                files.push((metadata.accessed()?.max(metadata.modified()?), metadata.len(), entry.path()));
            }
        }
        files.sort();
        let mut bytes = 0;
        // The newest stays in any case.
        for (at, (_, length, path)) in files.into_iter().rev().enumerate() {
            bytes += length;
            if at > 0 && (at >= most || bytes > MOST_BYTES) {
                let _ = fs::remove_file(path);
            }
        }
        Ok(())
    }

    fn name(&self, variant: &str) -> String {
        format!("{}.{variant}", self.name)
    }
}

/// That a component is compiled by this process alone.
pub(crate) struct Lock {
    _file: OwnedFd,
    path: PathBuf,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Those that wait for it have it open; the next one makes another, and finds what was compiled.
        let _ = fs::remove_file(&self.path);
    }
}

/// Compiled code that is kept, and to be trusted.
pub(crate) struct Code {
    file: File,
    name: String,
}

impl Code {
    /// The code in a file of that name, which this user must not be able to write to: a guest that could would change
    /// itself into a program of this machine.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path)?;
        match access(opened(&file), Access::WRITE_OK) {
            Err(Errno::ROFS | Errno::ACCESS) => Ok(Self { file, name: path.display().to_string() }),
            Ok(()) => bail!("this user can write to it, and so could the guest"),
            Err(error) => Err(error.into()),
        }
    }

    /// The component, if its code was made by an engine like this one.
    pub(crate) fn load(&self, engine: &Engine) -> Option<Component> {
        let path = opened(&self.file);
        // SAFETY: of `find`, the file is this user's own, and no other can write to it, nor to the directory it is in, nor
        // exchange that; no guest is given that directory. This command alone writes there: what `Component::serialize`
        // gave, under this name once it was complete. It is never changed after that, only removed. Of `open`, this user
        // cannot write to it, and who can is told by `--compiled` that he is trusted as this user is. That the engine is
        // the same kind wasmtime checks by itself.
        let loaded = unsafe { Component::deserialize_file(engine, path) };
        let name = &self.name;
        loaded.inspect_err(|error| tracing::info!("compiled code is not taken from {name}: {error:#}")).ok()
    }
}

/// A path of the very file that is open, whatever has its name by now.
fn opened(file: &File) -> PathBuf {
    // Linux has /dev/fd only where somebody made it, which is not so in every container.
    descriptor_path(file).unwrap_or_else(|| format!("/dev/fd/{}", file.as_raw_fd()).into())
}

/// What tells a component in one state from all others.
fn name(component: &Metadata) -> String {
    let numbers = [
        component.dev(),
        component.ino(),
        component.size(),
        component.mtime() as u64,
        component.mtime_nsec() as u64,
        // It cannot be set, so that no other state has it.
        component.ctime() as u64,
        component.ctime_nsec() as u64,
    ];
    numbers.map(|number| format!("{number:x}")).join("-")
}

/// Whether any further change of the component will be told from the last one by its time.
fn is_settled(component: &Metadata, now: SystemTime) -> bool {
    let (seconds, nanoseconds) = (component.ctime(), component.ctime_nsec());
    let changed = u64::try_from(seconds).ok().map(|seconds| Duration::new(seconds, nanoseconds as u32));
    let least = if nanoseconds == 0 { SETTLED_BY_SECONDS } else { SETTLED };
    let age = changed.and_then(|changed| now.duration_since(SystemTime::UNIX_EPOCH + changed).ok());
    age.is_some_and(|age| age >= least)
}

fn unavailable(place: &Place, error: &io::Error) {
    tracing::info!("compiled code is not kept in {}: {error}", place.path().display());
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::*;

    /// A component, which the code of another one is kept for.
    fn component(directory: &Path) -> File {
        let file = File::create(directory.join("component.wasm")).expect("makes");
        file.set_len(1000).expect("grows");
        file
    }

    fn kept(directory: &Path, component: &File) -> Option<Kept> {
        let place = Place::at(directory.join("caches/berkeley")).expect("looks");
        // As if the component had been there for long.
        let kept = Kept::within(place, &component.metadata().expect("is there")).ok();
        kept.map(|kept| Kept { is_settled: true, ..kept })
    }

    fn code(engine: &Engine) -> Component {
        Component::new(engine, b"\0asm\x0d\0\x01\0").expect("compiles")
    }

    fn is_found(kept: &Kept, engine: &Engine, variant: &str) -> bool {
        kept.find(variant).and_then(|code| code.load(engine)).is_some()
    }

    #[test]
    fn code_is_kept_for_one_state_of_a_component() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = component(directory.path());
        let engine = Engine::default();
        let place = kept(directory.path(), &file).expect("a place");
        assert!(!is_found(&place, &engine, "a"));
        place.store(&code(&engine), "a");
        assert!(is_found(&place, &engine, "a") && !is_found(&place, &engine, "b"));
        let again = || kept(directory.path(), &file).expect("a place");
        assert!(is_found(&again(), &engine, "a"));
        file.set_len(1001).expect("grows");
        assert!(!is_found(&again(), &engine, "a") && !place.is_of(&file.metadata().expect("is there")));
        for number in 0..8 {
            place.store(&code(&engine), &number.to_string());
        }
        place.evict(4).expect("removes");
        assert_eq!(fs::read_dir(place.place.path()).expect("reads").count(), 4);
    }

    #[test]
    fn a_component_is_locked_and_not_its_neighbours() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = component(directory.path());
        let place = kept(directory.path(), &file).expect("a place");
        let lock = place.lock().expect("locks");
        let is_free = |path: &Path| {
            let file = File::open(path).expect("is there");
            flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok()
        };
        let path = lock.path.clone();
        assert!(!is_free(&path));
        // Another component, which would wait for ever.
        file.set_len(1001).expect("grows");
        let other = kept(directory.path(), &file).expect("a place").lock().expect("locks");
        assert_ne!(other.path, path);
        drop((lock, other));
        assert_eq!(fs::read_dir(place.place.path()).expect("reads").count(), 0);
        assert!(place.lock().is_some());
    }

    #[test]
    fn code_of_a_component_that_may_change_unnoticed_is_not_kept() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = component(directory.path()).metadata().expect("is there");
        let changed = SystemTime::UNIX_EPOCH + Duration::new(file.ctime() as u64, file.ctime_nsec() as u32);
        assert!(!is_settled(&file, changed) && !is_settled(&file, changed - SETTLED_BY_SECONDS));
        assert!(is_settled(&file, changed + SETTLED_BY_SECONDS));
        let place = kept(directory.path(), &component(directory.path())).expect("a place");
        let (place, engine) = (Kept { is_settled: false, ..place }, Engine::default());
        place.store(&code(&engine), "a");
        assert!(!is_found(&place, &engine, "a"));
    }

    #[test]
    fn code_is_not_taken_that_others_may_have_written() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = component(directory.path());
        let engine = Engine::default();
        let place = kept(directory.path(), &file).expect("a place");
        place.store(&code(&engine), "a");
        let path = place.place.path().join(place.name("a"));
        let allow = |path: &Path, mode| fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("changes");
        allow(&path, 0o620);
        assert!(!is_found(&place, &engine, "a"));
        allow(&path, 0o600);
        assert!(is_found(&place, &engine, "a"));
        allow(place.place.path(), 0o702);
        assert!(kept(directory.path(), &file).is_none());
        allow(place.place.path(), 0o700);
        assert!(kept(directory.path(), &file).is_some());
        // Nor what has a second name, nor what a link leads to, nor what is no code.
        let elsewhere = directory.path().join("elsewhere");
        fs::hard_link(&path, &elsewhere).expect("links");
        assert!(!is_found(&place, &engine, "a"));
        fs::remove_file(&path).expect("removes");
        std::os::unix::fs::symlink(&elsewhere, &path).expect("links");
        assert!(!is_found(&place, &engine, "a"));
        fs::remove_file(&path).expect("removes");
        fs::write(&path, vec![0; 100_000]).expect("writes");
        assert!(!is_found(&place, &engine, "a"));
    }
}
