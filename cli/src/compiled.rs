//! The compiled code of large components, kept for the next start.
//!
//! wasmtime's own cache is made for what is small: it hashes the component, and unpacks the code. Here the code is
//! mapped as it is, found by what the file system tells of the component, which is not even read.

#![allow(unsafe_code, reason = "compiled code must be trusted; this module tells what is")]

use std::fs::{self, DirBuilder, File, Metadata};
use std::io::{self, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, Mode, OFlags, flock, open, openat};
use wasmtime::Engine;
use wasmtime::component::Component;

/// How many bytes a component has at least that is kept here.
const LARGE: u64 = 4 << 20;

/// How many components are kept: those used last.
const MOST: usize = 8;

/// Where the code of one component is kept.
pub(crate) struct Kept {
    directory: File,
    path: PathBuf,
    /// Of which component, in the state that it has now: another one, or another state, has another name.
    name: String,
}

impl Kept {
    /// The place for a component, if it is large and there is a place which nobody but this user can write to.
    pub(crate) fn of(component: &Metadata) -> Option<Self> {
        if component.size() < LARGE { None } else { Self::within(directory()?, component) }
    }

    fn within(path: PathBuf, component: &Metadata) -> Option<Self> {
        let directory = safe_directory(&path).inspect_err(|error| unavailable(&path, error)).ok()?;
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
        Some(Self { directory, path, name: numbers.map(|number| format!("{number:x}")).join("-") })
    }

    /// Lets one process at a time compile. It ends with what is kept here.
    pub(crate) fn lock(&self) {
        if let Err(error) = flock(&self.directory, FlockOperation::LockExclusive) {
            unavailable(&self.path, &error.into());
        }
    }

    /// The code, if it is there and made by an engine like this one.
    pub(crate) fn load(&self, engine: &Engine, variant: &str) -> Option<Component> {
        let name = self.name(variant);
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = File::from(openat(&self.directory, &name, flags, Mode::empty()).ok()?);
        if !file.metadata().is_ok_and(|metadata| metadata.is_file() && is_own(&metadata)) {
            tracing::info!("compiled code is not taken from {name}, which others can write to");
            return None;
        }
        // The very file that was looked at, whatever has its name by now.
        let path = format!("/dev/fd/{}", file.as_raw_fd());
        // SAFETY: the file is this user's own, and no other can write to it or to the directory it is in, where this
        // command alone writes: what `Component::serialize` gave, under this name once it was complete. It is never
        // changed after that, only removed. That the engine is the same kind wasmtime checks by itself.
        let loaded = unsafe { Component::deserialize_file(engine, path) };
        loaded.inspect_err(|error| tracing::info!("compiled code is not taken from {name}: {error:#}")).ok()
    }

    /// Keeps the code.
    pub(crate) fn store(&self, component: &Component, variant: &str) {
        let stored = component.serialize().map_err(io::Error::other).and_then(|code| self.write(&code, variant));
        if let Err(error) = stored.and_then(|()| self.evict()) {
            unavailable(&self.path, &error);
        }
    }

    fn write(&self, code: &[u8], variant: &str) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.path)?;
        file.write_all(code)?;
        // Its name must not outlive a fall of the system without its content.
        file.as_file().sync_data()?;
        file.persist(self.path.join(self.name(variant)))?;
        Ok(())
    }

    /// Removes the files that were not used for longest.
    fn evict(&self) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            // Another process may have removed it.
            if let Ok(metadata) = entry.metadata() {
                files.push((metadata.accessed()?.max(metadata.modified()?), entry.path()));
            }
        }
        files.sort();
        let most = files.len().saturating_sub(MOST);
        for (_, path) in &files[..most] {
            let _ = fs::remove_file(path);
        }
        Ok(())
    }

    fn name(&self, variant: &str) -> String {
        format!("{}.{variant}", self.name)
    }
}

/// Where caches belong.
fn directory() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")))?;
    Some(caches.join("berkeley"))
}

/// Makes the directory, unless it is there, and opens it. It must be one to trust.
fn safe_directory(path: &Path) -> io::Result<File> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let directory = File::from(open(path, flags, Mode::empty())?);
    if !is_own(&directory.metadata()?) {
        return Err(io::Error::other("others can write to it"));
    }
    Ok(directory)
}

/// Whether it is this user's, and nobody else can write to it.
fn is_own(metadata: &Metadata) -> bool {
    metadata.uid() == rustix::process::geteuid().as_raw() && metadata.mode() & 0o022 == 0
}

fn unavailable(path: &Path, error: &io::Error) {
    tracing::info!("compiled code is not kept in {}: {error}", path.display());
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A component, which the code of a smaller one is kept for.
    fn component(directory: &Path) -> File {
        let file = File::create(directory.join("component.wasm")).expect("makes");
        file.set_len(LARGE).expect("grows");
        file
    }

    fn kept(directory: &Path, component: &File) -> Option<Kept> {
        Kept::within(directory.join("caches/berkeley"), &component.metadata().expect("is there"))
    }

    #[test]
    fn code_is_kept_for_one_state_of_a_component() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = component(directory.path());
        let engine = Engine::default();
        let code = Component::new(&engine, b"\0asm\x0d\0\x01\0").expect("compiles");
        let place = kept(directory.path(), &file).expect("a place");
        place.lock();
        assert!(place.load(&engine, "a").is_none());
        place.store(&code, "a");
        assert!(place.load(&engine, "a").is_some() && place.load(&engine, "b").is_none());
        assert!(kept(directory.path(), &file).expect("a place").load(&engine, "a").is_some());
        file.set_len(LARGE + 1).expect("grows");
        assert!(kept(directory.path(), &file).expect("a place").load(&engine, "a").is_none());
        for number in 0..2 * MOST {
            place.store(&code, &number.to_string());
        }
        assert_eq!(fs::read_dir(&place.path).expect("reads").count(), MOST);
    }

    #[test]
    fn code_is_not_taken_that_others_may_have_written() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = component(directory.path());
        let engine = Engine::default();
        let place = kept(directory.path(), &file).expect("a place");
        place.store(&Component::new(&engine, b"\0asm\x0d\0\x01\0").expect("compiles"), "a");
        let code = place.path.join(place.name("a"));
        let allow = |path: &Path, mode| fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("changes");
        allow(&code, 0o620);
        assert!(place.load(&engine, "a").is_none());
        allow(&code, 0o600);
        assert!(place.load(&engine, "a").is_some());
        allow(&place.path, 0o702);
        assert!(kept(directory.path(), &file).is_none());
        allow(&place.path, 0o700);
        assert!(kept(directory.path(), &file).is_some());
        // Nor what a link leads to, nor what is no code.
        let elsewhere = directory.path().join("elsewhere");
        fs::rename(&code, &elsewhere).expect("moves");
        std::os::unix::fs::symlink(&elsewhere, &code).expect("links");
        assert!(place.load(&engine, "a").is_none());
        fs::remove_file(&code).expect("removes");
        fs::write(&code, vec![0; 100_000]).expect("writes");
        assert!(place.load(&engine, "a").is_none());
    }

    #[test]
    fn small_components_have_no_place() {
        let small = tempfile::tempfile().expect("a file");
        assert!(Kept::of(&small.metadata().expect("is there")).is_none());
    }
}
