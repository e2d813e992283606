//! The files of WASI 0.2: wasmtime's, but for what is told of them, the order of directories, and what needs room or can be
//! lost.

mod data;
mod entries;

use berkeley_host::Guest;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, LinkerInstance};
use wasmtime_wasi::filesystem::WasiFilesystemView as _;
use wasmtime_wasi::p2::FsResult;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    DescriptorFlags, ErrorCode, Host as _, HostDescriptor as _, MetadataHashValue, NewTimestamp, OpenFlags, PathFlags,
};

use super::again::Again as _;
use super::inode::Key;
use super::ledger::{Files, Handle, Ledger, Mode, is_cached, is_compiled_here, is_own, key, key_at};
use super::times::{set_p2, told_p2};

pub(super) use entries::entries;

/// The interface, as wasmtime has it in the linker.
const INTERFACE: &str = "wasi:filesystem/types@0.2.12";

type Store<'a> = StoreContextMut<'a, Guest>;
type Types<'a> = LinkerInstance<'a, Guest>;

pub(super) fn add_to_linker(linker: &mut Linker<Guest>, ledger: &Ledger) -> wasmtime::Result<()> {
    let mut types = linker.instance(INTERFACE)?;
    add_told(&mut types, ledger)?;
    add_times(&mut types, ledger)?;
    add_numbers(&mut types, ledger)?;
    add_opening(&mut types, ledger)?;
    data::add(&mut types, ledger)?;
    entries::add(&mut types, ledger)
}

/// What the guest gets; an error of the file system's is the guest's, another one ends it.
fn answer<T>(files: &mut Files<'_>, result: FsResult<T>) -> wasmtime::Result<(Result<T, ErrorCode>,)> {
    match result {
        Ok(value) => Ok((Ok(value),)),
        Err(error) => Ok((Err(files.convert_error_code(error)?),)),
    }
}

fn follows(flags: PathFlags) -> bool {
    flags.contains(PathFlags::SYMLINK_FOLLOW)
}

fn add_told(types: &mut Types<'_>, ledger: &Ledger) -> wasmtime::Result<()> {
    let own = ledger.clone();
    types.func_wrap_async("[method]descriptor.stat", move |mut store: Store<'_>, (fd,): (Handle,)| {
        let ledger = own.clone();
        Box::new(async move {
            let mut files = store.data_mut().filesystem();
            let stat = files.stat(fd.again()).await;
            let (key, is_own) = (key(&mut files, &fd), is_own(&files, &fd));
            answer(&mut files, stat.map(|stat| told_p2(stat, key.map(|key| ledger.inode(key)), is_own)))
        })
    })?;
    let own = ledger.clone();
    let name = "[method]descriptor.stat-at";
    types.func_wrap_async(name, move |mut store: Store<'_>, (fd, flags, path): (Handle, PathFlags, String)| {
        let ledger = own.clone();
        Box::new(async move {
            let mut files = store.data_mut().filesystem();
            let stat = match is_cached(&files, &fd, &path) {
                true => Err(ErrorCode::NoEntry.into()),
                false => files.stat_at(fd.again(), flags, path.clone()).await,
            };
            let (key, is_own) = (key_at(&mut files, &fd, &path, follows(flags)), is_own(&files, &fd));
            answer(&mut files, stat.map(|stat| told_p2(stat, key.map(|key| ledger.inode(key)), is_own)))
        })
    })
}

fn add_times(types: &mut Types<'_>, ledger: &Ledger) -> wasmtime::Result<()> {
    type Times = (Handle, NewTimestamp, NewTimestamp);
    let own = ledger.clone();
    let name = "[method]descriptor.set-times";
    types.func_wrap_async(name, move |mut store: Store<'_>, (fd, accessed, modified): Times| {
        let ledger = own.clone();
        Box::new(async move {
            let mut files = store.data_mut().filesystem();
            let done = files.set_times(fd.again(), accessed, modified).await;
            if done.is_ok() {
                let now = ledger.date();
                ledger.set_times(key(&mut files, &fd), set_p2(accessed, now), set_p2(modified, now));
            }
            answer(&mut files, done)
        })
    })?;
    type TimesAt = (Handle, PathFlags, String, NewTimestamp, NewTimestamp);
    let own = ledger.clone();
    let name = "[method]descriptor.set-times-at";
    types.func_wrap_async(name, move |mut store: Store<'_>, (fd, flags, path, accessed, modified): TimesAt| {
        let ledger = own.clone();
        Box::new(async move {
            let mut files = store.data_mut().filesystem();
            let done = files.set_times_at(fd.again(), flags, path.clone(), accessed, modified).await;
            if done.is_ok() {
                let (key, now) = (key_at(&mut files, &fd, &path, follows(flags)), ledger.date());
                ledger.set_times(key, set_p2(accessed, now), set_p2(modified, now));
            }
            answer(&mut files, done)
        })
    })
}

fn add_numbers(types: &mut Types<'_>, ledger: &Ledger) -> wasmtime::Result<()> {
    let number = |ledger: &Ledger, hash: MetadataHashValue| {
        let key: Key = (hash.lower, hash.upper);
        MetadataHashValue { lower: ledger.inode(key).number, upper: 0 }
    };
    let own = ledger.clone();
    types.func_wrap_async("[method]descriptor.metadata-hash", move |mut store: Store<'_>, (fd,): (Handle,)| {
        let ledger = own.clone();
        Box::new(async move {
            let mut files = store.data_mut().filesystem();
            let hash = files.metadata_hash(fd).await;
            answer(&mut files, hash.map(|hash| number(&ledger, hash)))
        })
    })?;
    let own = ledger.clone();
    let name = "[method]descriptor.metadata-hash-at";
    types.func_wrap_async(name, move |mut store: Store<'_>, (fd, flags, path): (Handle, PathFlags, String)| {
        let ledger = own.clone();
        Box::new(async move {
            let mut files = store.data_mut().filesystem();
            let hash = match is_cached(&files, &fd, &path) {
                true => Err(ErrorCode::NoEntry.into()),
                false => files.metadata_hash_at(fd, flags, path).await,
            };
            answer(&mut files, hash.map(|hash| number(&ledger, hash)))
        })
    })
}

fn add_opening(types: &mut Types<'_>, ledger: &Ledger) -> wasmtime::Result<()> {
    type Opening = (Handle, PathFlags, String, OpenFlags, DescriptorFlags);
    let own = ledger.clone();
    let name = "[method]descriptor.open-at";
    types.func_wrap_async(name, move |mut store: Store<'_>, (fd, at, path, how, flags): Opening| {
        let ledger = own.clone();
        Box::new(async move {
            let mut files = store.data_mut().filesystem();
            let mode = Mode {
                follows: follows(at),
                creates: how.contains(OpenFlags::CREATE),
                truncates: how.contains(OpenFlags::TRUNCATE),
                writes: flags.contains(DescriptorFlags::WRITE),
            };
            let before = ledger.opens(&mut files, &fd, &path, mode);
            let opened = match files.open_at(fd.again(), at, path.clone(), how, flags).await {
                Ok(opened) if is_compiled_here(&files, &fd, &path, &opened) => {
                    files.table.delete(opened)?;
                    Err(ErrorCode::NoEntry.into())
                }
                Ok(opened) => {
                    ledger.opened(&mut files, (&fd, &path), &opened, mode, before);
                    Ok(opened)
                }
                error => error,
            };
            answer(&mut files, opened)
        })
    })
}
