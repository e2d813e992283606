//! What is in files.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;
use wasmtime::StoreContextMut;
use wasmtime::component::{Accessor, FutureReader, Source, StreamConsumer, StreamReader, StreamResult};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystem, WasiFilesystemView as _};
use wasmtime_wasi::p3::bindings::filesystem::types::{ErrorCode, Filesize, HostDescriptorWithStore as _};

use super::{Guest, Store, Types, access, answer, look};
use crate::disk::again::Again as _;
use crate::disk::ledger::{Handle, Ledger, key};
use crate::disk::stream::Writer;

/// What becomes of a stream.
type Ended = Result<(), ErrorCode>;

pub(super) fn add(types: &mut Types<'_>, ledger: &Ledger) -> wasmtime::Result<()> {
    for name in ["[method]descriptor.sync", "[method]descriptor.sync-data"] {
        let own = ledger.clone();
        types.func_wrap_concurrent(name, move |store: &Accessor<Guest>, (fd,): (Handle,)| {
            let (access, ledger) = (access(store), own.clone());
            Box::pin(async move {
                // This machine's disk is none that must have it.
                let there = look(&access, |files| {
                    ledger.synced(key(files, &fd));
                    files.table.get(&fd).map(|_| ()).map_err(Into::into)
                });
                answer(there)
            })
        })?;
    }
    let own = ledger.clone();
    let name = "[method]descriptor.set-size";
    types.func_wrap_concurrent(name, move |store: &Accessor<Guest>, (fd, size): (Handle, Filesize)| {
        let (access, ledger) = (access(store), own.clone());
        Box::pin(async move {
            let key = look(&access, |files| key(files, &fd));
            let done = match ledger.will_resize(key, size) {
                Ok(()) => WasiFilesystem::set_size(&access, fd.again(), size).await,
                Err(error) => Err(ErrorCode::from(error).into()),
            };
            if done.is_ok() {
                ledger.wrote(key);
            }
            answer(done)
        })
    })?;
    let own = ledger.clone();
    let name = "[method]descriptor.write-via-stream";
    types.func_wrap(name, move |store: Store<'_>, (fd, data, at): (Handle, StreamReader<u8>, Filesize)| {
        write(store, &fd, data, Some(at), &own)
    })?;
    let own = ledger.clone();
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
    ledger: &Ledger,
) -> wasmtime::Result<(FutureReader<Ended>,)> {
    let mut files = store.data_mut().filesystem();
    let key = key(&mut files, fd);
    let file = match files.table.get(fd)? {
        Descriptor::File(file) if file.perms.write_not_permitted() => Err(ErrorCode::NotPermitted),
        Descriptor::File(file) => Ok(file.file.clone()),
        Descriptor::Dir(_) => Err(ErrorCode::BadDescriptor),
    };
    let (sender, ended) = oneshot::channel();
    match file {
        Ok(file) => {
            let writer = Writer::new(file, key, at, ledger.clone());
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
