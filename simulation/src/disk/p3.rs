//! The files of WASI 0.3, as those of WASI 0.2 are. What is not here is wasmtime's, which reads and writes on this thread.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use berkeley_host::Guest;
use tokio::sync::oneshot;
use wasmtime::StoreContextMut;
use wasmtime::component::{
    Accessor, FutureReader, Linker, LinkerInstance, Resource, Source, StreamConsumer, StreamReader, StreamResult,
};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystem, WasiFilesystemView as _};
use wasmtime_wasi::p2::bindings::filesystem::types as old;
use wasmtime_wasi::p3::bindings::filesystem::types::{
    DescriptorType, DirectoryEntry, ErrorCode, Filesize, HostDescriptorWithStore, MetadataHashValue, PathFlags,
};
use wasmtime_wasi::p3::filesystem::FilesystemResult;

use super::stream::Writer;
use super::times::Times;
use super::{State, p2};

/// The interface, as wasmtime has it in the linker.
const INTERFACE: &str = "wasi:filesystem/types@0.3.0";

type Store<'a> = StoreContextMut<'a, Guest>;
type Handle = Resource<Descriptor>;
type Files = Accessor<Guest, WasiFilesystem>;

/// What becomes of a stream.
type Ended = Result<(), ErrorCode>;

pub(super) fn add_to_linker(linker: &mut Linker<Guest>, times: &Times, state: &Arc<State>) -> wasmtime::Result<()> {
    let mut types = linker.instance(INTERFACE)?;
    add_times(&mut types, times)?;
    add_numbers(&mut types, state)?;
    add_data(&mut types, state)?;
    add_directories(&mut types)
}

/// The same store, as wasmtime's functions take it.
fn files(store: &Accessor<Guest>) -> Files {
    store.with_getter::<WasiFilesystem>(Guest::filesystem)
}

/// What the guest gets; an error of the file system's is the guest's, another one ends it.
fn answer<T>(result: FilesystemResult<T>) -> wasmtime::Result<(Result<T, ErrorCode>,)> {
    match result {
        Ok(value) => Ok((Ok(value),)),
        Err(error) => Ok((Err(error.downcast()?),)),
    }
}

fn add_times(types: &mut LinkerInstance<'_, Guest>, times: &Times) -> wasmtime::Result<()> {
    let own = times.clone();
    types.func_wrap_concurrent("[method]descriptor.stat", move |store: &Accessor<Guest>, (fd,): (Handle,)| {
        let (files, times) = (files(store), own.clone());
        Box::pin(async move { answer(times.stat_p3(&files, &fd).await) })
    })?;
    let own = times.clone();
    let name = "[method]descriptor.stat-at";
    types.func_wrap_concurrent(name, move |store: &Accessor<Guest>, (fd, flags, path): (Handle, PathFlags, String)| {
        let (files, times) = (files(store), own.clone());
        Box::pin(async move { answer(times.stat_at_p3(&files, &fd, flags, path).await) })
    })
}

fn add_numbers(types: &mut LinkerInstance<'_, Guest>, state: &Arc<State>) -> wasmtime::Result<()> {
    let number = |state: &State, hash: MetadataHashValue| {
        let lower = state.number((hash.lower, hash.upper));
        MetadataHashValue { lower, upper: 0 }
    };
    let own = state.clone();
    types.func_wrap_concurrent(
        "[method]descriptor.metadata-hash",
        move |store: &Accessor<Guest>, (fd,): (Handle,)| {
            let (files, state) = (files(store), own.clone());
            Box::pin(async move {
                let hash = <WasiFilesystem as HostDescriptorWithStore<Guest>>::metadata_hash(&files, fd).await;
                answer(hash.map(|hash| number(&state, hash)))
            })
        },
    )?;
    let own = state.clone();
    let name = "[method]descriptor.metadata-hash-at";
    types.func_wrap_concurrent(name, move |store: &Accessor<Guest>, (fd, flags, path): (Handle, PathFlags, String)| {
        let (files, state) = (files(store), own.clone());
        Box::pin(async move {
            let hash = WasiFilesystem::metadata_hash_at(&files, fd, flags, path).await;
            answer(hash.map(|hash| number(&state, hash)))
        })
    })
}

fn add_data(types: &mut LinkerInstance<'_, Guest>, state: &Arc<State>) -> wasmtime::Result<()> {
    let own = state.clone();
    let name = "[method]descriptor.write-via-stream";
    types.func_wrap(name, move |store: Store<'_>, (fd, data, at): (Handle, StreamReader<u8>, Filesize)| {
        write(store, &fd, data, Some(at), &own)
    })?;
    let own = state.clone();
    let name = "[method]descriptor.append-via-stream";
    types.func_wrap(name, move |store: Store<'_>, (fd, data): (Handle, StreamReader<u8>)| {
        write(store, &fd, data, None, &own)
    })
}

/// Writes what comes in the stream, from that place on or at the end.
fn write(
    mut store: Store<'_>,
    fd: &Handle,
    mut data: StreamReader<u8>,
    at: Option<Filesize>,
    state: &Arc<State>,
) -> wasmtime::Result<(FutureReader<Ended>,)> {
    let file = match store.data_mut().filesystem().table.get(fd)? {
        Descriptor::File(file) if file.perms.write_not_permitted() => Err(ErrorCode::NotPermitted),
        Descriptor::File(file) => Ok(file.file.clone()),
        Descriptor::Dir(_) => Err(ErrorCode::BadDescriptor),
    };
    let (sender, ended) = oneshot::channel();
    match file {
        Ok(file) => {
            let writer = Writer::new(file, at, state.clone());
            data.pipe(&mut store, Sink { writer, ended: Some(sender) })?;
        }
        Err(error) => {
            data.close(&mut store)?;
            // Nobody asks where the future is dropped.
            let _ = sender.send(Err(error));
        }
    }
    Ok((FutureReader::new(&mut store, ended)?,))
}

/// Where a stream goes.
struct Sink {
    writer: Writer,
    ended: Option<oneshot::Sender<Ended>>,
}

impl Sink {
    fn end(&mut self, how: Ended) {
        if let Some(sender) = self.ended.take() {
            let _ = sender.send(how);
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.end(Ok(()));
    }
}

impl<D> StreamConsumer<D> for Sink {
    type Item = u8;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        store: StoreContextMut<'_, D>,
        source: Source<'_, u8>,
        _: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        let mut source = source.as_direct(store);
        let bytes = source.remaining();
        let length = bytes.len();
        Poll::Ready(Ok(match self.writer.put(bytes) {
            Ok(()) => {
                source.mark_read(length);
                StreamResult::Completed
            }
            Err(error) => {
                let is_full = error.kind() == io::ErrorKind::StorageFull;
                self.end(Err(if is_full { ErrorCode::InsufficientSpace } else { error.into() }));
                StreamResult::Dropped
            }
        }))
    }
}

fn add_directories(types: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    let name = "[method]descriptor.read-directory";
    types.func_wrap_async(name, |mut store: Store<'_>, (fd,): (Handle,)| {
        Box::new(async move {
            let mut files = store.data_mut().filesystem();
            let is_directory = matches!(files.table.get(&fd)?, Descriptor::Dir(_));
            let listed = p2::entries(&mut files, fd).await;
            let entries = listed.and_then(|entries| entries.into_iter().collect::<Result<Vec<_>, _>>());
            let (entries, ended) = match entries {
                Ok(entries) => (entries.into_iter().map(entry).collect(), Ok(())),
                Err(_) => (Vec::new(), Err(if is_directory { ErrorCode::Io } else { ErrorCode::NotDirectory })),
            };
            let stream = StreamReader::new(&mut store, entries)?;
            Ok(((stream, FutureReader::new(&mut store, async move { wasmtime::error::Ok(ended) })?),))
        })
    })
}

fn entry(entry: old::DirectoryEntry) -> DirectoryEntry {
    let type_ = match entry.type_ {
        old::DescriptorType::Directory => DescriptorType::Directory,
        old::DescriptorType::RegularFile => DescriptorType::RegularFile,
        old::DescriptorType::SymbolicLink => DescriptorType::SymbolicLink,
        old::DescriptorType::BlockDevice => DescriptorType::BlockDevice,
        old::DescriptorType::CharacterDevice => DescriptorType::CharacterDevice,
        old::DescriptorType::Fifo => DescriptorType::Fifo,
        old::DescriptorType::Socket => DescriptorType::Socket,
        old::DescriptorType::Unknown => DescriptorType::Other(None),
    };
    DirectoryEntry { type_, name: entry.name }
}
