//! What is in files.

use std::fs::File;
use std::sync::Arc;

use wasmtime::component::Resource;
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystemView as _};
use wasmtime_wasi::p2::bindings::filesystem::types::{ErrorCode, Filesize, HostDescriptor as _};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, FsResult};

use super::{Store, Types, answer};
use crate::disk::again::Again as _;
use crate::disk::ledger::{Files, Handle, Ledger, key};
use crate::disk::stream::{Reader, Writer};

pub(super) fn add(types: &mut Types<'_>, ledger: &Ledger) -> wasmtime::Result<()> {
    add_streams(types, ledger)?;
    add_writing(types, ledger)?;
    for name in ["[method]descriptor.sync", "[method]descriptor.sync-data"] {
        let own = ledger.clone();
        types.func_wrap_async(name, move |mut store: Store<'_>, (fd,): (Handle,)| {
            let ledger = own.clone();
            Box::new(async move {
                let mut files = store.data_mut().filesystem();
                // This machine's disk is none that must have it.
                ledger.synced(key(&mut files, &fd));
                let there = files.table.get(&fd).map(|_| ()).map_err(Into::into);
                answer(&mut files, there)
            })
        })?;
    }
    Ok(())
}

fn add_writing(types: &mut Types<'_>, ledger: &Ledger) -> wasmtime::Result<()> {
    let own = ledger.clone();
    let name = "[method]descriptor.write";
    types.func_wrap_async(name, move |mut store: Store<'_>, (fd, data, at): (Handle, Vec<u8>, Filesize)| {
        let ledger = own.clone();
        Box::new(async move {
            let mut files = store.data_mut().filesystem();
            let key = key(&mut files, &fd);
            let noted = ledger.room().and_then(|()| ledger.will_write(key, Some(at), data.len()));
            let written = match noted {
                Ok(()) => files.write(fd, data, at).await,
                Err(error) => Err(ErrorCode::from(error).into()),
            };
            if written.is_ok() {
                ledger.wrote(key);
            }
            answer(&mut files, written)
        })
    })?;
    let own = ledger.clone();
    let name = "[method]descriptor.set-size";
    types.func_wrap_async(name, move |mut store: Store<'_>, (fd, size): (Handle, Filesize)| {
        let ledger = own.clone();
        Box::new(async move {
            let mut files = store.data_mut().filesystem();
            let key = key(&mut files, &fd);
            let done = match ledger.will_resize(key, size) {
                Ok(()) => files.set_size(fd, size).await,
                Err(error) => Err(ErrorCode::from(error).into()),
            };
            if done.is_ok() {
                ledger.wrote(key);
            }
            answer(&mut files, done)
        })
    })
}

fn add_streams(types: &mut Types<'_>, ledger: &Ledger) -> wasmtime::Result<()> {
    let name = "[method]descriptor.read-via-stream";
    types.func_wrap(name, |mut store: Store<'_>, (fd, at): (Handle, Filesize)| {
        let mut files = store.data_mut().filesystem();
        let stream = read_via_stream(&mut files, &fd, at);
        answer(&mut files, stream)
    })?;
    let own = ledger.clone();
    let name = "[method]descriptor.write-via-stream";
    types.func_wrap(name, move |mut store: Store<'_>, (fd, at): (Handle, Filesize)| {
        let mut files = store.data_mut().filesystem();
        let stream = write_via_stream(&mut files, &fd, Some(at), &own);
        answer(&mut files, stream)
    })?;
    let own = ledger.clone();
    types.func_wrap("[method]descriptor.append-via-stream", move |mut store: Store<'_>, (fd,): (Handle,)| {
        let mut files = store.data_mut().filesystem();
        let stream = write_via_stream(&mut files, &fd, None, &own);
        answer(&mut files, stream)
    })
}

fn file_of(files: &Files<'_>, fd: &Handle) -> FsResult<Arc<File>> {
    match files.table.get(fd)? {
        Descriptor::File(file) => Ok(file.file.clone()),
        Descriptor::Dir(_) => Err(ErrorCode::BadDescriptor.into()),
    }
}

fn read_via_stream(files: &mut Files<'_>, fd: &Handle, at: Filesize) -> FsResult<Resource<DynInputStream>> {
    let file = file_of(files, fd)?;
    // It looks at what is allowed.
    let plain = files.read_via_stream(fd.again(), at)?;
    files.table.delete(plain)?;
    let stream: DynInputStream = Box::new(Reader::new(file, at));
    Ok(files.table.push(stream)?)
}

fn write_via_stream(
    files: &mut Files<'_>,
    fd: &Handle,
    at: Option<Filesize>,
    ledger: &Ledger,
) -> FsResult<Resource<DynOutputStream>> {
    let file = file_of(files, fd)?;
    let plain = match at {
        Some(at) => files.write_via_stream(fd.again(), at)?,
        None => files.append_via_stream(fd.again())?,
    };
    files.table.delete(plain)?;
    let stream: DynOutputStream = Box::new(Writer::new(file, key(files, fd), at, ledger.clone()));
    Ok(files.table.push(stream)?)
}
