//! What is in directories.

use std::sync::{Mutex, PoisonError};
use std::vec;

use wasmtime::component::{Resource, ResourceType};
use wasmtime_wasi::filesystem::WasiFilesystemView as _;
use wasmtime_wasi::p2::FsResult;
use wasmtime_wasi::p2::bindings::filesystem::types::{DirectoryEntry, HostDescriptor as _, PathFlags};

use super::{Store, Types, answer};
use crate::disk::again::Again as _;
use crate::disk::changes::changes;
use crate::disk::ledger::{Files, Handle, Ledger, is_cached};

/// What is still to be told of a directory.
struct Listing(Mutex<vec::IntoIter<FsResult<DirectoryEntry>>>);

/// Adds functions that change what is in directories, and note it once they have.
macro_rules! add {
    ($types:ident, $ledger:ident;
     $($name:literal, $call:ident($($argument:ident: $of:ty),*), |$own:ident, $files:ident, $fd:ident| $noted:expr;)*) => {$(
        let ledger = $ledger.clone();
        let name = concat!("[method]descriptor.", $name);
        $types.func_wrap_async(name, move |mut store: Store<'_>, ($fd, $($argument),*): (Handle, $($of),*)| {
            let $own = ledger.clone();
            Box::new(async move {
                let mut files = store.data_mut().filesystem();
                let done = files.$call($fd.again(), $($argument.again()),*).await;
                if done.is_ok() {
                    let ($files, $fd) = (&mut files, &$fd);
                    $noted;
                }
                answer(&mut files, done)
            })
        })?;
    )*};
}

pub(super) fn add(types: &mut Types<'_>, ledger: &Ledger) -> wasmtime::Result<()> {
    changes!(add: types, ledger);
    add_listings(types)
}

/// A directory's entries in the order of their names: that of a machine's file system is its own.
pub(in crate::disk) async fn entries(files: &mut Files<'_>, fd: Handle) -> FsResult<Vec<FsResult<DirectoryEntry>>> {
    let plain = files.read_directory(fd.again()).await?;
    let mut entries: Vec<_> = files.table.delete(plain)?.into_iter().collect();
    entries.retain(|entry| !entry.as_ref().is_ok_and(|entry| is_cached(files, &fd, &entry.name)));
    entries.sort_by(|one, other| match (one, other) {
        (Ok(one), Ok(other)) => one.name.cmp(&other.name),
        (one, other) => one.is_err().cmp(&other.is_err()),
    });
    Ok(entries)
}

fn add_listings(types: &mut Types<'_>) -> wasmtime::Result<()> {
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
