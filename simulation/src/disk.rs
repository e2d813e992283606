//! A host's disk: a directory of its own, whose files are read and written at once, on the one thread, with virtual times.

mod stream;
mod times;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fs, io};

use berkeley_host::Guest;
use tempfile::TempDir;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystemCtxView, WasiFilesystemView as _};
use wasmtime_wasi::p2::bindings::filesystem::types::{
    ErrorCode, Filesize, Host as _, HostDescriptor as _, MetadataHashValue, PathFlags,
};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, FsResult};

use crate::clock::Clock;
use stream::{Reader, Writer};
use times::Times;

/// The interface, as wasmtime has it in the linker.
const INTERFACE: &str = "wasi:filesystem/types@0.2.12";

/// What stands on a host's disk when it starts for the first time.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// A copy of the file, or of the directory and all that is in it.
    Copy(PathBuf),
    /// A file with these bytes.
    Bytes(Arc<[u8]>),
}

/// The disk of one host.
#[derive(Debug)]
pub(crate) struct Disk {
    directory: TempDir,
    content: Vec<(String, Content)>,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    is_full: AtomicBool,
    /// The files by their own numbers, in the order in which the guest asked for these.
    numbers: Mutex<HashMap<(u64, u64), u64>>,
}

impl Disk {
    pub(crate) fn new(content: Vec<(String, Content)>) -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("berkeley-simulation-").tempdir()?;
        let disk = Self { directory, content, state: Arc::default() };
        disk.fill()?;
        Ok(disk)
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
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
        self.state.numbers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.fill()
    }

    fn fill(&self) -> io::Result<()> {
        for (path, content) in &self.content {
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

    /// Has the linker's files be this disk's.
    pub(crate) fn add_to_linker(&self, linker: &mut Linker<Guest>, clock: Clock) -> wasmtime::Result<()> {
        linker.allow_shadowing(true);
        let mut types = linker.instance(INTERFACE)?;
        let times = Times::new(clock);
        let own = times.clone();
        types.func_wrap_async(
            "[method]descriptor.stat",
            move |mut store: Store<'_>, (fd,): (Resource<Descriptor>,)| {
                let times = own.clone();
                Box::new(async move {
                    let mut files = store.data_mut().filesystem();
                    let stat = times.stat(&mut files, &fd).await;
                    answer(&mut files, stat)
                })
            },
        )?;
        let own = times;
        types.func_wrap_async(
            "[method]descriptor.stat-at",
            move |mut store: Store<'_>, (fd, flags, path): (Resource<Descriptor>, PathFlags, String)| {
                let times = own.clone();
                Box::new(async move {
                    let mut files = store.data_mut().filesystem();
                    let stat = times.stat_at(&mut files, &fd, flags, path).await;
                    answer(&mut files, stat)
                })
            },
        )?;
        let state = self.state.clone();
        types.func_wrap_async(
            "[method]descriptor.metadata-hash",
            move |mut store: Store<'_>, (fd,): (Resource<Descriptor>,)| {
                let state = state.clone();
                Box::new(async move {
                    let mut files = store.data_mut().filesystem();
                    let hash = files.metadata_hash(fd).await;
                    answer(&mut files, hash.map(|hash| state.number(&hash)))
                })
            },
        )?;
        let state = self.state.clone();
        types.func_wrap_async(
            "[method]descriptor.metadata-hash-at",
            move |mut store: Store<'_>, (fd, flags, path): (Resource<Descriptor>, PathFlags, String)| {
                let state = state.clone();
                Box::new(async move {
                    let mut files = store.data_mut().filesystem();
                    let hash = files.metadata_hash_at(fd, flags, path).await;
                    answer(&mut files, hash.map(|hash| state.number(&hash)))
                })
            },
        )?;
        let state = self.state.clone();
        types.func_wrap_async(
            "[method]descriptor.write",
            move |mut store: Store<'_>, (fd, data, at): (Resource<Descriptor>, Vec<u8>, Filesize)| {
                let state = state.clone();
                Box::new(async move {
                    let mut files = store.data_mut().filesystem();
                    let written = match state.room() {
                        Ok(()) => files.write(fd, data, at).await,
                        Err(_) => Err(ErrorCode::InsufficientSpace.into()),
                    };
                    answer(&mut files, written)
                })
            },
        )?;
        types.func_wrap(
            "[method]descriptor.read-via-stream",
            |mut store: Store<'_>, (fd, at): (Resource<Descriptor>, Filesize)| {
                let mut files = store.data_mut().filesystem();
                let stream = read_via_stream(&mut files, &fd, at);
                answer(&mut files, stream)
            },
        )?;
        let state = self.state.clone();
        types.func_wrap(
            "[method]descriptor.write-via-stream",
            move |mut store: Store<'_>, (fd, at): (Resource<Descriptor>, Filesize)| {
                let mut files = store.data_mut().filesystem();
                let stream = write_via_stream(&mut files, &fd, Some(at), &state);
                answer(&mut files, stream)
            },
        )?;
        let state = self.state.clone();
        types.func_wrap(
            "[method]descriptor.append-via-stream",
            move |mut store: Store<'_>, (fd,): (Resource<Descriptor>,)| {
                let mut files = store.data_mut().filesystem();
                let stream = write_via_stream(&mut files, &fd, None, &state);
                answer(&mut files, stream)
            },
        )
    }
}

type Store<'a> = StoreContextMut<'a, Guest>;

impl State {
    /// Fails where the disk is full.
    fn room(&self) -> io::Result<()> {
        if self.is_full.load(Relaxed) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn number(&self, hash: &MetadataHashValue) -> MetadataHashValue {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let next = numbers.len() as u64 + 1;
        MetadataHashValue { lower: *numbers.entry((hash.lower, hash.upper)).or_insert(next), upper: 0 }
    }
}

/// What the guest gets; an error of the file system's is the guest's, another one ends it.
fn answer<T>(files: &mut WasiFilesystemCtxView<'_>, result: FsResult<T>) -> wasmtime::Result<(Result<T, ErrorCode>,)> {
    match result {
        Ok(value) => Ok((Ok(value),)),
        Err(error) => Ok((Err(files.convert_error_code(error)?),)),
    }
}

fn again(fd: &Resource<Descriptor>) -> Resource<Descriptor> {
    Resource::new_borrow(fd.rep())
}

fn file_of(files: &WasiFilesystemCtxView<'_>, fd: &Resource<Descriptor>) -> FsResult<Arc<fs::File>> {
    match files.table.get(fd)? {
        Descriptor::File(file) => Ok(file.file.clone()),
        Descriptor::Dir(_) => Err(ErrorCode::BadDescriptor.into()),
    }
}

fn read_via_stream(
    files: &mut WasiFilesystemCtxView<'_>,
    fd: &Resource<Descriptor>,
    at: Filesize,
) -> FsResult<Resource<DynInputStream>> {
    let file = file_of(files, fd)?;
    // It looks at what is allowed.
    let plain = files.read_via_stream(again(fd), at)?;
    files.table.delete(plain)?;
    let stream: DynInputStream = Box::new(Reader::new(file, at));
    Ok(files.table.push(stream)?)
}

fn write_via_stream(
    files: &mut WasiFilesystemCtxView<'_>,
    fd: &Resource<Descriptor>,
    at: Option<Filesize>,
    state: &Arc<State>,
) -> FsResult<Resource<DynOutputStream>> {
    let file = file_of(files, fd)?;
    let plain = match at {
        Some(at) => files.write_via_stream(again(fd), at)?,
        None => files.append_via_stream(again(fd))?,
    };
    files.table.delete(plain)?;
    let stream: DynOutputStream = Box::new(Writer::new(file, at, state.clone()));
    Ok(files.table.push(stream)?)
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

/// An error of the file system's, for those who ask the stream that has it.
fn failed(error: io::Error) -> wasmtime::Error {
    error.into()
}
