//! The files of WASI 0.3, as those of WASI 0.2 are. What is not here is wasmtime's, which reads and writes on this thread.

mod data;
mod entries;

use berkeley_host::Guest;
use wasmtime::StoreContextMut;
use wasmtime::component::{Accessor, Linker, LinkerInstance};
use wasmtime_wasi::filesystem::{WasiFilesystem, WasiFilesystemView as _};
use wasmtime_wasi::p3::bindings::filesystem::types::{
    DescriptorFlags, ErrorCode, HostDescriptorWithStore, MetadataHashValue, NewTimestamp, OpenFlags, PathFlags,
};
use wasmtime_wasi::p3::filesystem::FilesystemResult;

use super::again::Again as _;
use super::inode::Key;
use super::ledger::{Files, Handle, Ledger, Mode, is_cached, is_compiled_here, is_own, key, key_at};
use super::times::{set_p3, told_p3};

/// The interface, as wasmtime has it in the linker.
const INTERFACE: &str = "wasi:filesystem/types@0.3.0";

type Store<'a> = StoreContextMut<'a, Guest>;
type Types<'a> = LinkerInstance<'a, Guest>;
type Access = Accessor<Guest, WasiFilesystem>;

pub(super) fn add_to_linker(linker: &mut Linker<Guest>, ledger: &Ledger) -> wasmtime::Result<()> {
    let mut types = linker.instance(INTERFACE)?;
    add_told(&mut types, ledger)?;
    add_times(&mut types, ledger)?;
    add_numbers(&mut types, ledger)?;
    add_opening(&mut types, ledger)?;
    data::add(&mut types, ledger)?;
    entries::add(&mut types, ledger)
}

/// The same store, as wasmtime's functions take it.
fn access(store: &Accessor<Guest>) -> Access {
    store.with_getter::<WasiFilesystem>(Guest::filesystem)
}

/// Looks at the files, between two calls.
fn look<T>(access: &Access, with: impl FnOnce(&mut Files<'_>) -> T) -> T {
    access.with(|mut access| with(&mut access.get()))
}

/// What the guest gets; an error of the file system's is the guest's, another one ends it.
fn answer<T>(result: FilesystemResult<T>) -> wasmtime::Result<(Result<T, ErrorCode>,)> {
    match result {
        Ok(value) => Ok((Ok(value),)),
        Err(error) => Ok((Err(error.downcast()?),)),
    }
}

fn follows(flags: PathFlags) -> bool {
    flags.contains(PathFlags::SYMLINK_FOLLOW)
}

fn add_told(types: &mut Types<'_>, ledger: &Ledger) -> wasmtime::Result<()> {
    let own = ledger.clone();
    types.func_wrap_concurrent("[method]descriptor.stat", move |store: &Accessor<Guest>, (fd,): (Handle,)| {
        let (access, ledger) = (access(store), own.clone());
        Box::pin(async move {
            let stat = WasiFilesystem::stat(&access, fd.again()).await;
            let (key, is_own) = look(&access, |files| (key(files, &fd), is_own(files, &fd)));
            answer(stat.map(|stat| told_p3(stat, key.map(|key| ledger.inode(key)), is_own)))
        })
    })?;
    let own = ledger.clone();
    let name = "[method]descriptor.stat-at";
    types.func_wrap_concurrent(name, move |store: &Accessor<Guest>, (fd, flags, path): (Handle, PathFlags, String)| {
        let (access, ledger) = (access(store), own.clone());
        Box::pin(async move {
            let stat = match look(&access, |files| is_cached(files, &fd, &path)) {
                true => Err(ErrorCode::NoEntry.into()),
                false => WasiFilesystem::stat_at(&access, fd.again(), flags, path.clone()).await,
            };
            let found = |files: &mut Files<'_>| (key_at(files, &fd, &path, follows(flags)), is_own(files, &fd));
            let (key, is_own) = look(&access, found);
            answer(stat.map(|stat| told_p3(stat, key.map(|key| ledger.inode(key)), is_own)))
        })
    })
}

fn add_times(types: &mut Types<'_>, ledger: &Ledger) -> wasmtime::Result<()> {
    type Times = (Handle, NewTimestamp, NewTimestamp);
    let own = ledger.clone();
    let name = "[method]descriptor.set-times";
    types.func_wrap_concurrent(name, move |store: &Accessor<Guest>, (fd, accessed, modified): Times| {
        let (access, ledger) = (access(store), own.clone());
        Box::pin(async move {
            let done = WasiFilesystem::set_times(&access, fd.again(), accessed, modified).await;
            if done.is_ok() {
                let (key, now) = (look(&access, |files| key(files, &fd)), ledger.date());
                ledger.set_times(key, set_p3(accessed, now), set_p3(modified, now));
            }
            answer(done)
        })
    })?;
    type TimesAt = (Handle, PathFlags, String, NewTimestamp, NewTimestamp);
    let own = ledger.clone();
    let name = "[method]descriptor.set-times-at";
    types.func_wrap_concurrent(name, move |store: &Accessor<Guest>, (fd, flags, path, accessed, modified): TimesAt| {
        let (access, ledger) = (access(store), own.clone());
        Box::pin(async move {
            let done = WasiFilesystem::set_times_at(&access, fd.again(), flags, path.clone(), accessed, modified).await;
            if done.is_ok() {
                let key = look(&access, |files| key_at(files, &fd, &path, follows(flags)));
                let now = ledger.date();
                ledger.set_times(key, set_p3(accessed, now), set_p3(modified, now));
            }
            answer(done)
        })
    })
}

fn add_numbers(types: &mut Types<'_>, ledger: &Ledger) -> wasmtime::Result<()> {
    let number = |ledger: &Ledger, hash: MetadataHashValue| {
        let key: Key = (hash.lower, hash.upper);
        MetadataHashValue { lower: ledger.inode(key).number, upper: 0 }
    };
    let own = ledger.clone();
    let name = "[method]descriptor.metadata-hash";
    types.func_wrap_concurrent(name, move |store: &Accessor<Guest>, (fd,): (Handle,)| {
        let (access, ledger) = (access(store), own.clone());
        Box::pin(async move {
            let hash = <WasiFilesystem as HostDescriptorWithStore<Guest>>::metadata_hash(&access, fd).await;
            answer(hash.map(|hash| number(&ledger, hash)))
        })
    })?;
    let own = ledger.clone();
    let name = "[method]descriptor.metadata-hash-at";
    types.func_wrap_concurrent(name, move |store: &Accessor<Guest>, (fd, flags, path): (Handle, PathFlags, String)| {
        let (access, ledger) = (access(store), own.clone());
        Box::pin(async move {
            let hash = match look(&access, |files| is_cached(files, &fd, &path)) {
                true => Err(ErrorCode::NoEntry.into()),
                false => WasiFilesystem::metadata_hash_at(&access, fd, flags, path).await,
            };
            answer(hash.map(|hash| number(&ledger, hash)))
        })
    })
}

fn add_opening(types: &mut Types<'_>, ledger: &Ledger) -> wasmtime::Result<()> {
    type Opening = (Handle, PathFlags, String, OpenFlags, DescriptorFlags);
    let own = ledger.clone();
    let name = "[method]descriptor.open-at";
    types.func_wrap_concurrent(name, move |store: &Accessor<Guest>, (fd, at, path, how, flags): Opening| {
        let (access, ledger) = (access(store), own.clone());
        Box::pin(async move {
            let mode = Mode {
                follows: follows(at),
                creates: how.contains(OpenFlags::CREATE),
                truncates: how.contains(OpenFlags::TRUNCATE),
                writes: flags.contains(DescriptorFlags::WRITE),
            };
            let before = look(&access, |files| ledger.opens(files, &fd, &path, mode));
            let opened = match WasiFilesystem::open_at(&access, fd.again(), at, path.clone(), how, flags).await {
                Ok(opened) if look(&access, |files| is_compiled_here(files, &fd, &path, &opened)) => {
                    look(&access, |files| files.table.delete(opened))?;
                    Err(ErrorCode::NoEntry.into())
                }
                Ok(opened) => {
                    look(&access, |files| ledger.opened(files, (&fd, &path), &opened, mode, before));
                    Ok(opened)
                }
                error => error,
            };
            answer(opened)
        })
    })
}
