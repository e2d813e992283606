//! The files of WASI 0.2: wasmtime's, but for their times and numbers, the order of directories, and what needs room.

use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};
use std::vec;

use berkeley_host::Guest;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, LinkerInstance, Resource, ResourceType};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystemCtxView, WasiFilesystemView as _};
use wasmtime_wasi::p2::bindings::filesystem::types::{
    DirectoryEntry, ErrorCode, Filesize, Host as _, HostDescriptor as _, MetadataHashValue, PathFlags,
};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, FsResult};

use super::stream::{Reader, Writer};
use super::times::Times;
use super::{State, again};

/// The interface, as wasmtime has it in the linker.
const INTERFACE: &str = "wasi:filesystem/types@0.2.12";

type Store<'a> = StoreContextMut<'a, Guest>;
type Files<'a> = WasiFilesystemCtxView<'a>;
type Handle = Resource<Descriptor>;

pub(super) fn add_to_linker(linker: &mut Linker<Guest>, times: &Times, state: &Arc<State>) -> wasmtime::Result<()> {
    let mut types = linker.instance(INTERFACE)?;
    add_times(&mut types, times)?;
    add_numbers(&mut types, state)?;
    add_data(&mut types, state)?;
    add_directories(&mut types)
}

fn add_times(types: &mut LinkerInstance<'_, Guest>, times: &Times) -> wasmtime::Result<()> {
    let own = times.clone();
    types.func_wrap_async("[method]descriptor.stat", move |mut store: Store<'_>, (fd,): (Handle,)| {
        let times = own.clone();
        Box::new(async move {
            let mut files = store.data_mut().filesystem();
            let stat = times.stat(&mut files, &fd).await;
            answer(&mut files, stat)
        })
    })?;
    let own = times.clone();
    let name = "[method]descriptor.stat-at";
    types.func_wrap_async(name, move |mut store: Store<'_>, (fd, flags, path): (Handle, PathFlags, String)| {
        let times = own.clone();
        Box::new(async move {
            let mut files = store.data_mut().filesystem();
            let stat = times.stat_at(&mut files, &fd, flags, path).await;
            answer(&mut files, stat)
        })
    })
}

fn add_numbers(types: &mut LinkerInstance<'_, Guest>, state: &Arc<State>) -> wasmtime::Result<()> {
    let number = |state: &State, hash: MetadataHashValue| {
        let lower = state.number((hash.lower, hash.upper));
        MetadataHashValue { lower, upper: 0 }
    };
    let own = state.clone();
    types.func_wrap_async("[method]descriptor.metadata-hash", move |mut store: Store<'_>, (fd,): (Handle,)| {
        let state = own.clone();
        Box::new(async move {
            let mut files = store.data_mut().filesystem();
            let hash = files.metadata_hash(fd).await;
            answer(&mut files, hash.map(|hash| number(&state, hash)))
        })
    })?;
    let own = state.clone();
    let name = "[method]descriptor.metadata-hash-at";
    types.func_wrap_async(name, move |mut store: Store<'_>, (fd, flags, path): (Handle, PathFlags, String)| {
        let state = own.clone();
        Box::new(async move {
            let mut files = store.data_mut().filesystem();
            let hash = files.metadata_hash_at(fd, flags, path).await;
            answer(&mut files, hash.map(|hash| number(&state, hash)))
        })
    })
}

fn add_data(types: &mut LinkerInstance<'_, Guest>, state: &Arc<State>) -> wasmtime::Result<()> {
    let own = state.clone();
    let name = "[method]descriptor.write";
    types.func_wrap_async(name, move |mut store: Store<'_>, (fd, data, at): (Handle, Vec<u8>, Filesize)| {
        let state = own.clone();
        Box::new(async move {
            let mut files = store.data_mut().filesystem();
            let written = match state.room() {
                Ok(()) => files.write(fd, data, at).await,
                Err(_) => Err(ErrorCode::InsufficientSpace.into()),
            };
            answer(&mut files, written)
        })
    })?;
    let name = "[method]descriptor.read-via-stream";
    types.func_wrap(name, |mut store: Store<'_>, (fd, at): (Handle, Filesize)| {
        let mut files = store.data_mut().filesystem();
        let stream = read_via_stream(&mut files, &fd, at);
        answer(&mut files, stream)
    })?;
    let own = state.clone();
    let name = "[method]descriptor.write-via-stream";
    types.func_wrap(name, move |mut store: Store<'_>, (fd, at): (Handle, Filesize)| {
        let mut files = store.data_mut().filesystem();
        let stream = write_via_stream(&mut files, &fd, Some(at), &own);
        answer(&mut files, stream)
    })?;
    let own = state.clone();
    types.func_wrap("[method]descriptor.append-via-stream", move |mut store: Store<'_>, (fd,): (Handle,)| {
        let mut files = store.data_mut().filesystem();
        let stream = write_via_stream(&mut files, &fd, None, &own);
        answer(&mut files, stream)
    })
}

/// What is still to be told of a directory.
struct Listing(Mutex<vec::IntoIter<FsResult<DirectoryEntry>>>);

/// A directory's entries in the order of their names: that of a machine's file system is its own.
pub(super) async fn entries(files: &mut Files<'_>, fd: Handle) -> FsResult<Vec<FsResult<DirectoryEntry>>> {
    let plain = files.read_directory(fd).await?;
    let mut entries: Vec<_> = files.table.delete(plain)?.into_iter().collect();
    entries.sort_by(|one, other| match (one, other) {
        (Ok(one), Ok(other)) => one.name.cmp(&other.name),
        (one, other) => one.is_err().cmp(&other.is_err()),
    });
    Ok(entries)
}

fn add_directories(types: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    types.resource("directory-entry-stream", ResourceType::host::<Listing>(), |mut store, number| {
        store.data_mut().filesystem().table.delete(Resource::<Listing>::new_own(number))?;
        Ok(())
    })?;
    types.func_wrap_async("[method]descriptor.read-directory", |mut store: Store<'_>, (fd,): (Handle,)| {
        Box::new(async move {
            let mut files = store.data_mut().filesystem();
            let listing = match entries(&mut files, fd).await {
                Ok(entries) => Ok(files.table.push(Listing(Mutex::new(entries.into_iter())))?),
                Err(error) => Err(error),
            };
            answer(&mut files, listing)
        })
    })?;
    let name = "[method]directory-entry-stream.read-directory-entry";
    types.func_wrap(name, |mut store: Store<'_>, (listing,): (Resource<Listing>,)| {
        let mut files = store.data_mut().filesystem();
        let next = files.table.get(&listing)?.0.lock().unwrap_or_else(PoisonError::into_inner).next();
        answer(&mut files, next.transpose())
    })
}

/// What the guest gets; an error of the file system's is the guest's, another one ends it.
fn answer<T>(files: &mut WasiFilesystemCtxView<'_>, result: FsResult<T>) -> wasmtime::Result<(Result<T, ErrorCode>,)> {
    match result {
        Ok(value) => Ok((Ok(value),)),
        Err(error) => Ok((Err(files.convert_error_code(error)?),)),
    }
}

fn file_of(files: &WasiFilesystemCtxView<'_>, fd: &Resource<Descriptor>) -> FsResult<Arc<File>> {
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
