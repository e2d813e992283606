//! The interface `wasi:filesystem/types`: wasmtime's, but that sockets and pipes are told by `stat-at`, and not opened where a
//! directory is looked for, as `p2/filesystem.rs` has it. `read-directory` tells them as others.

use std::sync::Arc;

use wasmtime::AsContextMut as _;
use wasmtime::component::{Access, Accessor, FutureReader, HasData, Linker, Resource, StreamReader};
use wasmtime_wasi::WasiView;
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystem, WasiFilesystemCtxView, WasiFilesystemView as _};
use wasmtime_wasi::p3::bindings::filesystem::types::{
    Advice, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry, ErrorCode, Filesize,
    HostDescriptorWithStore, MetadataHashValue, NewTimestamp, OpenFlags, PathFlags,
};
use wasmtime_wasi::p3::bindings::filesystem::{preopens, types};
use wasmtime_wasi::p3::filesystem::{FilesystemError, FilesystemResult};

use crate::sys::{self, Special};
use crate::wasi::opened::is_spared;

/// Adds `wasi:filesystem` of WASI 0.3 to the linker, and nothing else of WASI.
///
/// It is wasmtime's, but for sockets and pipes in directories: `stat-at` tells them as such, and they are no directories to a
/// program that opens them as one. And a guest opens no file whose descriptor the process needs for itself: see
/// [`Limit::Descriptors`](crate::Limit::Descriptors).
///
/// Where wasmtime's own is in the linker already, `Linker::allow_shadowing` lets this take its place.
pub fn add_filesystem_to_linker<T: WasiView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    types::add_to_linker::<_, HasFiles>(linker, T::filesystem)?;
    preopens::add_to_linker::<_, WasiFilesystem>(linker, T::filesystem)
}

#[allow(unreachable_pub, reason = "a trait that the macro declares public names it")]
pub struct HasFiles;

impl HasData for HasFiles {
    type Data<'a> = WasiFilesystemCtxView<'a>;
}

/// The same store, as wasmtime's functions take it.
fn plain<T: WasiView + 'static>(store: &Accessor<T, HasFiles>) -> Accessor<T, WasiFilesystem> {
    store.with_getter::<WasiFilesystem>(T::filesystem)
}

/// The same handle once more, for another call.
fn again(fd: &Resource<Descriptor>) -> Resource<Descriptor> {
    Resource::new_borrow(fd.rep())
}

/// The directory, if it is one.
fn directory<T>(store: &Accessor<T, HasFiles>, fd: &Resource<Descriptor>) -> Option<Arc<std::fs::File>> {
    store.with(|mut access| match access.get().table.get(fd) {
        Ok(Descriptor::Dir(directory)) => Some(directory.dir.clone()),
        _ => None,
    })
}

/// What was just opened, unless the process needs its descriptor. wasmtime's word for EMFILE is Io.
fn spared<T>(store: &Accessor<T, HasFiles>, opened: Resource<Descriptor>) -> FilesystemResult<Resource<Descriptor>> {
    store.with(|mut access| {
        let table = access.get().table;
        if is_spared(table.get(&opened)?) {
            return Ok(opened);
        }
        table.delete(opened)?;
        Err(ErrorCode::Io.into())
    })
}

/// What is at the path; none where that cannot be told.
async fn kind<T: WasiView + 'static>(
    store: &Accessor<T, HasFiles>,
    fd: &Resource<Descriptor>,
    flags: PathFlags,
    path: &str,
) -> Option<DescriptorType> {
    HasFiles::stat_at(store, again(fd), flags, path.to_owned()).await.ok().map(|stat| stat.type_)
}

/// Functions that are wasmtime's as they are.
macro_rules! as_they_are {
    ($($name:ident($($argument:ident: $of:ty),*) -> $answer:ty;)*) => {
        $(async fn $name(store: &Accessor<T, Self>, fd: Resource<Descriptor>, $($argument: $of),*) -> $answer {
            <WasiFilesystem as HostDescriptorWithStore<T>>::$name(&plain(store), fd, $($argument),*).await
        })*
    };
}

/// Those with streams.
macro_rules! with_streams {
    ($($name:ident($($argument:ident: $of:ty),*) -> $answer:ty;)*) => {
        $(fn $name(
            mut store: Access<'_, T, Self>,
            fd: Resource<Descriptor>,
            $($argument: $of),*
        ) -> wasmtime::Result<$answer> {
            let store = Access::<T, WasiFilesystem>::new(store.as_context_mut(), T::filesystem);
            <WasiFilesystem as HostDescriptorWithStore<T>>::$name(store, fd, $($argument),*)
        })*
    };
}

/// What became of a stream.
type Ended = FutureReader<Result<(), ErrorCode>>;

impl<T: WasiView + 'static> HostDescriptorWithStore<T> for HasFiles {
    with_streams! {
        read_via_stream(offset: Filesize) -> (StreamReader<u8>, Ended);
        write_via_stream(data: StreamReader<u8>, offset: Filesize) -> Ended;
        append_via_stream(data: StreamReader<u8>) -> Ended;
        read_directory() -> (StreamReader<DirectoryEntry>, Ended);
    }

    as_they_are! {
        advise(offset: Filesize, length: Filesize, advice: Advice) -> FilesystemResult<()>;
        sync_data() -> FilesystemResult<()>;
        get_flags() -> FilesystemResult<DescriptorFlags>;
        get_type() -> FilesystemResult<DescriptorType>;
        set_size(size: Filesize) -> FilesystemResult<()>;
        set_times(accessed: NewTimestamp, modified: NewTimestamp) -> FilesystemResult<()>;
        sync() -> FilesystemResult<()>;
        create_directory_at(path: String) -> FilesystemResult<()>;
        stat() -> FilesystemResult<DescriptorStat>;
        link_at(flags: PathFlags, path: String, directory: Resource<Descriptor>, new: String) -> FilesystemResult<()>;
        readlink_at(path: String) -> FilesystemResult<String>;
        remove_directory_at(path: String) -> FilesystemResult<()>;
        rename_at(path: String, directory: Resource<Descriptor>, new: String) -> FilesystemResult<()>;
        symlink_at(target: String, path: String) -> FilesystemResult<()>;
        unlink_file_at(path: String) -> FilesystemResult<()>;
        is_same_object(other: Resource<Descriptor>) -> wasmtime::Result<bool>;
        metadata_hash() -> FilesystemResult<MetadataHashValue>;
        metadata_hash_at(flags: PathFlags, path: String) -> FilesystemResult<MetadataHashValue>;
    }

    async fn open_at(
        store: &Accessor<T, Self>,
        fd: Resource<Descriptor>,
        path_flags: PathFlags,
        path: String,
        open_flags: OpenFlags,
        flags: DescriptorFlags,
    ) -> FilesystemResult<Resource<Descriptor>> {
        use DescriptorType::{Directory, Socket, SymbolicLink};

        // A pipe would be opened only once somebody writes to it, and a device may do something.
        if open_flags.contains(OpenFlags::DIRECTORY) {
            let kind = kind(store, &fd, path_flags, &path).await;
            if kind.is_some_and(|kind| !matches!(kind, Directory | SymbolicLink)) {
                return Err(ErrorCode::NotDirectory.into());
            }
        }
        let wasmtimes = plain(store);
        let opened = WasiFilesystem::open_at(&wasmtimes, again(&fd), path_flags, path.clone(), open_flags, flags).await;
        match opened.as_ref().err().and_then(FilesystemError::downcast_ref) {
            Some(ErrorCode::Io) if matches!(kind(store, &fd, path_flags, &path).await, Some(Socket)) => {
                Err(ErrorCode::NoSuchDevice.into())
            }
            _ => spared(store, opened?),
        }
    }

    async fn set_times_at(
        store: &Accessor<T, Self>,
        fd: Resource<Descriptor>,
        mut flags: PathFlags,
        path: String,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> FilesystemResult<()> {
        use DescriptorType::{Fifo, Socket, SymbolicLink};

        // wasmtime opens what it follows links to.
        if matches!(kind(store, &fd, flags, &path).await, Some(Socket | Fifo)) {
            flags = PathFlags::empty();
            if matches!(kind(store, &fd, flags, &path).await, Some(SymbolicLink)) {
                return Err(ErrorCode::Unsupported.into());
            }
        }
        WasiFilesystem::set_times_at(&plain(store), fd, flags, path, accessed, modified).await
    }

    async fn stat_at(
        store: &Accessor<T, Self>,
        fd: Resource<Descriptor>,
        flags: PathFlags,
        path: String,
    ) -> FilesystemResult<DescriptorStat> {
        let directory = directory(store, &fd);
        let mut stat = WasiFilesystem::stat_at(&plain(store), fd, flags, path.clone()).await?;
        if let (DescriptorType::Other(_), Some(directory)) = (&stat.type_, directory) {
            match sys::special_at(&directory, &path, flags.contains(PathFlags::SYMLINK_FOLLOW)) {
                Some(Special::Fifo) => stat.type_ = DescriptorType::Fifo,
                Some(Special::Socket) => stat.type_ = DescriptorType::Socket,
                None => {}
            }
        }
        Ok(stat)
    }
}
