//! What is in directories.

use wasmtime::component::{Accessor, FutureReader, StreamReader};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystem, WasiFilesystemView as _};
use wasmtime_wasi::p2::bindings::filesystem::types as old;
use wasmtime_wasi::p3::bindings::filesystem::types::{
    DescriptorType, DirectoryEntry, ErrorCode, HostDescriptorWithStore as _, PathFlags,
};

use super::{Guest, Store, Types, access, answer, look};
use crate::disk::again::Again as _;
use crate::disk::changes::changes;
use crate::disk::ledger::{Files, Handle, Ledger};
use crate::disk::p2;

/// Adds functions that change what is in directories, and note it once they have.
macro_rules! add {
    ($types:ident, $ledger:ident;
     $($name:literal, $call:ident($($argument:ident: $of:ty),*), |$own:ident, $files:ident, $fd:ident| $noted:expr;)*) => {$(
        let ledger = $ledger.clone();
        let name = concat!("[method]descriptor.", $name);
        $types.func_wrap_concurrent(name, move |store: &Accessor<Guest>, ($fd, $($argument),*): (Handle, $($of),*)| {
            let (access, $own) = (access(store), ledger.clone());
            Box::pin(async move {
                let done = WasiFilesystem::$call(&access, $fd.again(), $($argument.again()),*).await;
                if done.is_ok() {
                    look(&access, |$files: &mut Files<'_>| {
                        let $fd = &$fd;
                        $noted;
                    });
                }
                answer(done)
            })
        })?;
    )*};
}

pub(super) fn add(types: &mut Types<'_>, ledger: &Ledger) -> wasmtime::Result<()> {
    changes!(add: types, ledger);
    add_listings(types)
}

fn add_listings(types: &mut Types<'_>) -> wasmtime::Result<()> {
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
