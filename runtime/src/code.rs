//! Compiled code, kept on the node.
//!
//! What is kept runs as machine code in containers, so it is found by the digest of the very bytes that it was compiled
//! from, in a directory that nobody but the node's own user can write to. It is mounted in containers as one file that
//! cannot be written to. Nothing of it comes from an image.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Seek as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rustix::fs::{FlockOperation, OFlags, flock};
use sha2::{Digest as _, Sha256};

use crate::entry::LONGEST;
use crate::program::{Compiled, Program};

/// How many files are kept, and how many bytes: those used last.
const MOST: usize = 256;
const MOST_BYTES: u64 = 4 << 30;

/// What the name of a file ends with while it is written.
const UNDONE: &str = "new";

/// What comes of a component.
pub(crate) enum Made {
    /// Its code is in this file.
    Code(PathBuf),
    /// Its code is not kept, for this reason.
    Nothing(String),
}

/// The directory of compiled code.
pub(crate) struct Cache<'a> {
    directory: &'a Path,
}

impl<'a> Cache<'a> {
    /// The directory, which is made unless it is there. Fails where another user could write to it.
    pub(crate) fn open(directory: &'a Path) -> Result<Self> {
        let shown = directory.display();
        // Containers' users pass through it to one file, but do not list it.
        DirBuilder::new()
            .recursive(true)
            .mode(0o711)
            .create(directory)
            .with_context(|| format!("cannot make {shown}"))?;
        let real = fs::canonicalize(directory).with_context(|| format!("cannot find {shown}"))?;
        let own = rustix::process::geteuid().as_raw();
        for (at, place) in real.ancestors().enumerate() {
            let found = fs::metadata(place)?;
            let is_sticky = at > 0 && found.mode() & 0o1000 != 0;
            let is_trusted = found.uid() == own || at > 0 && found.uid() == 0;
            if !is_trusted || found.mode() & 0o022 != 0 && !is_sticky {
                bail!("no code is kept in {shown}: others can write to {}", place.display());
            }
        }
        Ok(Self { directory })
    }

    /// Fails where a container could write to it by one of its volumes.
    pub(crate) fn guard(&self, volume: &Path) -> Result<()> {
        let Ok(volume) = fs::canonicalize(volume) else { return Ok(()) };
        let directory = fs::canonicalize(self.directory)?;
        if directory.starts_with(&volume) || volume.starts_with(&directory) {
            bail!(
                "the container would write to {}, where compiled code is kept, by its volume {}: give it another one, or \
                 one that is read-only",
                directory.display(),
                volume.display()
            );
        }
        Ok(())
    }

    /// The code of a component, if it is kept.
    pub(crate) fn find(&self, component: &mut File, program: &Program<'_>) -> Result<Option<PathBuf>> {
        let path = self.path(component, program)?;
        Ok(is_own(&path).then_some(path))
    }

    /// The code of a component, which is compiled unless it is kept. Fails where it is no component.
    pub(crate) fn make(&self, component: &mut File, program: &Program<'_>) -> Result<Made> {
        let path = self.path(component, program)?;
        if is_own(&path) {
            // The time of its use, by which the oldest are found.
            let _ = File::open(&path).and_then(|file| file.set_modified(std::time::SystemTime::now()));
            return Ok(Made::Code(path));
        }
        // A copy is compiled that no container can write to: else the code of other bytes might be kept for these.
        let mut component = match self.copy(component) {
            Ok(copy) => copy,
            Err(error) => return Ok(Made::Nothing(error.to_string())),
        };
        let path = self.path(&mut component, program)?;
        // One process compiles it; others wait for what that one keeps.
        let undone = path.with_extension(UNDONE);
        let file = match lock(&undone) {
            Ok(file) => file,
            Err(error) => return Ok(Made::Nothing(error.to_string())),
        };
        if is_own(&path) {
            let _ = fs::remove_file(&undone);
            return Ok(Made::Code(path));
        }
        let kept = match write(&file, &component, program) {
            Ok(None) => self.keep(&file, &undone, &path),
            Ok(Some(reason)) => Err(reason),
            Err(error) => {
                let _ = fs::remove_file(&undone);
                return Err(error);
            }
        };
        Ok(match kept {
            Ok(()) => Made::Code(path),
            Err(reason) => {
                let _ = fs::remove_file(&undone);
                Made::Nothing(reason)
            }
        })
    }

    /// A copy of the component, without a name.
    fn copy(&self, component: &mut File) -> io::Result<File> {
        let mut copy = tempfile::tempfile_in(self.directory)?;
        component.rewind()?;
        // Whoever makes it longer meanwhile shall not keep this busy.
        io::copy(&mut component.take(LONGEST), &mut copy)?;
        Ok(copy)
    }

    fn keep(&self, file: &File, undone: &Path, path: &Path) -> Result<(), String> {
        let keep = || -> io::Result<()> {
            // Whoever runs in the container reads it; nobody writes to it any more.
            file.set_permissions(Permissions::from_mode(0o444))?;
            // Its name must not outlive a fall of the system without its content.
            file.sync_data()?;
            fs::rename(undone, path)?;
            self.evict()
        };
        keep().map_err(|error| error.to_string())
    }

    /// Removes the files that were not used for longest. Containers that have them keep them.
    fn evict(&self) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir(self.directory)?.flatten() {
            let is_undone = entry.path().extension().is_some_and(|extension| extension == UNDONE);
            if let Ok(found) = entry.metadata()
                && !is_undone
            {
                files.push((found.modified()?, found.len(), entry.path()));
            }
        }
        files.sort();
        let mut bytes = 0;
        for (at, (_, length, path)) in files.into_iter().rev().enumerate() {
            bytes += length;
            // The newest stays in any case.
            if at > 0 && (at >= MOST || bytes > MOST_BYTES) {
                let _ = fs::remove_file(path);
            }
        }
        Ok(())
    }

    /// Where the code of those bytes is, made by that program.
    fn path(&self, component: &mut File, program: &Program<'_>) -> Result<PathBuf> {
        component.rewind()?;
        let mut digest = Sha256::new();
        for number in program.identity() {
            digest.update(number.to_le_bytes());
        }
        let (mut buffer, mut component) = (vec![0; 1 << 16], component.take(LONGEST));
        loop {
            match component.read(&mut buffer)? {
                0 => break,
                length => digest.update(&buffer[..length]),
            }
        }
        let name: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(self.directory.join(name))
    }
}

/// Opens a file to be written, which this process alone has until it is closed. It may have what one that was killed has
/// left.
fn lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.custom_flags(OFlags::NOFOLLOW.bits() as i32);
    loop {
        let file = options.open(path)?;
        flock(&file, FlockOperation::LockExclusive)?;
        // Who had it before may have given it its name, or removed it: then that one is no longer this file.
        let here = file.metadata()?;
        if fs::symlink_metadata(path).is_ok_and(|named| (named.dev(), named.ino()) == (here.dev(), here.ino())) {
            return Ok(file);
        }
    }
}

/// Whether it is a file of this user's that nobody writes to.
fn is_own(path: &Path) -> bool {
    let own = rustix::process::geteuid().as_raw();
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file() && found.uid() == own && found.mode() & 0o222 == 0)
}

/// Writes the code into the file; the reason, where that cannot be done.
fn write(file: &File, component: &File, program: &Program<'_>) -> Result<Option<String>> {
    if let Err(error) = file.set_len(0).and_then(|()| (&*file).rewind()) {
        return Ok(Some(error.to_string()));
    }
    match program.compile(component, file)? {
        Compiled::Done => Ok(None),
        Compiled::Failed(reason) => Ok(Some(reason)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program in the place of the command, which anybody can run.
    fn program(directory: &Path, text: &str) -> PathBuf {
        let path = directory.join("program");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        path
    }

    #[test]
    fn code_is_that_of_the_bytes_that_it_is_kept_for() {
        let directory = tempfile::tempdir().unwrap();
        fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
        let component = directory.path().join("a.wasm");
        fs::write(&component, "\0asm first").unwrap();
        fs::set_permissions(&component, Permissions::from_mode(0o666)).unwrap();
        // Another container has the component on a volume, and writes to it meanwhile. What is compiled comes out as it is.
        let text = format!("#!/bin/sh\nprintf '\\0asm other' >{}\nexec cat\n", component.display());
        let path = program(directory.path(), &text);
        let program = Program::find(&path).unwrap();
        let cache = directory.path().join("cache");
        let made = Cache::open(&cache).unwrap().make(&mut File::open(&component).unwrap(), &program).unwrap();
        let Made::Code(code) = made else { panic!("no code is kept") };
        assert_eq!(fs::read(&component).unwrap(), b"\0asm other");
        assert_eq!(fs::read(code).unwrap(), b"\0asm first");
        assert_eq!(fs::read_dir(&cache).unwrap().count(), 1);
    }
}
