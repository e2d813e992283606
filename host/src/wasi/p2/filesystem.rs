//! The interface `wasi:filesystem/types`: wasmtime's, with the kinds of file that WASI knows and wasmtime does not.
//!
//! wasmtime opens what is to be a directory, whatever it is, and then looks: opening a socket fails with EIO, and opening a
//! pipe waits for a writer. Programs that remove a directory and all that is in it open each entry so. It opens what gets other times,
//! too.

use std::sync::Arc;

use wasmtime::component::{HasData, Linker, Resource, ResourceTableError};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystem, WasiFilesystemCtxView};
use wasmtime_wasi::p2::bindings::filesystem::types::{
    Advice, DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry, DirectoryEntryStream, ErrorCode, Filesize,
    Host, HostDescriptor, HostDirectoryEntryStream, MetadataHashValue, NewTimestamp, OpenFlags, PathFlags,
};
use wasmtime_wasi::p2::bindings::filesystem::{preopens, types};
use wasmtime_wasi::p2::{FsError, FsResult};
use wasmtime_wasi::{WasiView, filesystem::WasiFilesystemView as _};
use wasmtime_wasi_io::streams::{DynInputStream, DynOutputStream};

use crate::sys::{self, Special};
use crate::wasi::opened::is_spared;

/// Adds `wasi:filesystem` of WASI 0.2 to the linker, and nothing else of WASI.
///
/// It is wasmtime's, but for sockets and pipes in directories: they are told as such, and are no directories to a program
/// that opens them as one, so that `std::fs::remove_dir_all` and its like remove them, as they do natively. And a guest opens
/// no file whose descriptor the process needs for itself: see [`Limit::Descriptors`](crate::Limit::Descriptors).
///
/// Where wasmtime's own is in the linker already, `Linker::allow_shadowing` lets this take its place.
pub fn add_filesystem_to_linker<T: WasiView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    types::add_to_linker::<_, HasFiles>(linker, |state| Files(state.filesystem()))?;
    preopens::add_to_linker::<_, WasiFilesystem>(linker, T::filesystem)
}

struct HasFiles;

impl HasData for HasFiles {
    type Data<'a> = Files<'a>;
}

/// The files that a guest sees.
struct Files<'a>(WasiFilesystemCtxView<'a>);

/// The entries of a directory. In the table they stand where the guest has a stream of wasmtime's.
struct Entries(Box<dyn Iterator<Item = FsResult<DirectoryEntry>> + Send>);

impl Files<'_> {
    /// The directory, if it is one.
    fn directory(&self, fd: &Resource<Descriptor>) -> Result<Option<Arc<std::fs::File>>, ResourceTableError> {
        Ok(match self.0.table.get(fd)? {
            Descriptor::Dir(directory) => Some(directory.dir.clone()),
            Descriptor::File(_) => None,
        })
    }

    /// What is at the path; none where that cannot be told.
    async fn kind(&mut self, fd: &Resource<Descriptor>, flags: PathFlags, path: &str) -> Option<DescriptorType> {
        self.stat_at(again(fd), flags, path.to_owned()).await.ok().map(|stat| stat.type_)
    }

    /// Whether something else than a directory, or a link that may lead to one, is there.
    async fn is_no_directory(&mut self, fd: &Resource<Descriptor>, flags: PathFlags, path: &str) -> bool {
        let kind = self.kind(fd, flags, path).await;
        kind.is_some_and(|kind| !matches!(kind, DescriptorType::Directory | DescriptorType::SymbolicLink))
    }

    /// What was just opened, unless the process needs its descriptor. wasmtime's word for EMFILE is Io.
    fn spared(&mut self, opened: Resource<Descriptor>) -> FsResult<Resource<Descriptor>> {
        if is_spared(self.0.table.get(&opened)?) {
            return Ok(opened);
        }
        self.0.table.delete(opened)?;
        Err(ErrorCode::Io.into())
    }
}

/// The kind of what is at the path, which wasmtime does not know.
fn kind_at(directory: &std::fs::File, path: &str, follow: bool) -> DescriptorType {
    match sys::special_at(directory, path, follow) {
        Some(Special::Fifo) => DescriptorType::Fifo,
        Some(Special::Socket) => DescriptorType::Socket,
        None => DescriptorType::Unknown,
    }
}

/// The same handle once more, for another call.
fn again<T>(handle: &Resource<T>) -> Resource<T>
where
    T: 'static,
{
    Resource::new_borrow(handle.rep())
}

impl Host for Files<'_> {
    fn convert_error_code(&mut self, error: FsError) -> wasmtime::Result<ErrorCode> {
        self.0.convert_error_code(error)
    }

    fn filesystem_error_code(&mut self, error: Resource<wasmtime::Error>) -> wasmtime::Result<Option<ErrorCode>> {
        self.0.filesystem_error_code(error)
    }
}

/// Functions that are wasmtime's as they are.
macro_rules! as_they_are {
    ($($name:ident($($argument:ident: $of:ty),*) -> $answer:ty;)*) => {
        $(async fn $name(&mut self, fd: Resource<Descriptor>, $($argument: $of),*) -> $answer {
            self.0.$name(fd, $($argument),*).await
        })*
    };
}

impl HostDescriptor for Files<'_> {
    as_they_are! {
        advise(offset: Filesize, length: Filesize, advice: Advice) -> FsResult<()>;
        sync_data() -> FsResult<()>;
        get_flags() -> FsResult<DescriptorFlags>;
        get_type() -> FsResult<DescriptorType>;
        set_size(size: Filesize) -> FsResult<()>;
        set_times(accessed: NewTimestamp, modified: NewTimestamp) -> FsResult<()>;
        read(length: Filesize, offset: Filesize) -> FsResult<(Vec<u8>, bool)>;
        write(data: Vec<u8>, offset: Filesize) -> FsResult<Filesize>;
        sync() -> FsResult<()>;
        create_directory_at(path: String) -> FsResult<()>;
        stat() -> FsResult<DescriptorStat>;
        link_at(
            flags: PathFlags,
            path: String,
            directory: Resource<Descriptor>,
            new: String
        ) -> FsResult<()>;
        readlink_at(path: String) -> FsResult<String>;
        remove_directory_at(path: String) -> FsResult<()>;
        rename_at(path: String, directory: Resource<Descriptor>, new: String) -> FsResult<()>;
        symlink_at(target: String, path: String) -> FsResult<()>;
        unlink_file_at(path: String) -> FsResult<()>;
        is_same_object(other: Resource<Descriptor>) -> wasmtime::Result<bool>;
        metadata_hash() -> FsResult<MetadataHashValue>;
        metadata_hash_at(flags: PathFlags, path: String) -> FsResult<MetadataHashValue>;
    }

    async fn open_at(
        &mut self,
        fd: Resource<Descriptor>,
        path_flags: PathFlags,
        path: String,
        open_flags: OpenFlags,
        flags: DescriptorFlags,
    ) -> FsResult<Resource<Descriptor>> {
        // A pipe would be opened only once somebody writes to it, and a device may do something.
        if open_flags.contains(OpenFlags::DIRECTORY) && self.is_no_directory(&fd, path_flags, &path).await {
            return Err(ErrorCode::NotDirectory.into());
        }
        let opened = self.0.open_at(again(&fd), path_flags, path.clone(), open_flags, flags).await;
        match opened.as_ref().err().and_then(FsError::downcast_ref) {
            Some(ErrorCode::Io) if self.kind(&fd, path_flags, &path).await == Some(DescriptorType::Socket) => {
                Err(ErrorCode::NoSuchDevice.into())
            }
            _ => self.spared(opened?),
        }
    }

    async fn set_times_at(
        &mut self,
        fd: Resource<Descriptor>,
        mut flags: PathFlags,
        path: String,
        accessed: NewTimestamp,
        modified: NewTimestamp,
    ) -> FsResult<()> {
        // wasmtime opens what it follows links to.
        if matches!(self.kind(&fd, flags, &path).await, Some(DescriptorType::Socket | DescriptorType::Fifo)) {
            flags = PathFlags::empty();
            if self.kind(&fd, flags, &path).await == Some(DescriptorType::SymbolicLink) {
                return Err(ErrorCode::Unsupported.into());
            }
        }
        self.0.set_times_at(fd, flags, path, accessed, modified).await
    }

    async fn stat_at(&mut self, fd: Resource<Descriptor>, flags: PathFlags, path: String) -> FsResult<DescriptorStat> {
        let directory = self.directory(&fd)?;
        let mut stat = self.0.stat_at(fd, flags, path.clone()).await?;
        if let (DescriptorType::Unknown, Some(directory)) = (stat.type_, directory) {
            stat.type_ = kind_at(&directory, &path, flags.contains(PathFlags::SYMLINK_FOLLOW));
        }
        Ok(stat)
    }

    async fn read_directory(&mut self, fd: Resource<Descriptor>) -> FsResult<Resource<DirectoryEntryStream>> {
        let directory = self.directory(&fd)?;
        let stream = self.0.read_directory(fd).await?;
        let entries = self.0.table.delete(stream)?.into_iter().map(move |entry| {
            let mut entry = entry?;
            if let (DescriptorType::Unknown, Some(directory)) = (entry.type_, &directory) {
                entry.type_ = kind_at(directory, &entry.name, false);
            }
            Ok(entry)
        });
        Ok(Resource::new_own(self.0.table.push(Entries(Box::new(entries)))?.rep()))
    }

    fn drop(&mut self, fd: Resource<Descriptor>) -> wasmtime::Result<()> {
        HostDescriptor::drop(&mut self.0, fd)
    }

    fn read_via_stream(&mut self, fd: Resource<Descriptor>, offset: Filesize) -> FsResult<Resource<DynInputStream>> {
        self.0.read_via_stream(fd, offset)
    }

    fn write_via_stream(&mut self, fd: Resource<Descriptor>, offset: Filesize) -> FsResult<Resource<DynOutputStream>> {
        self.0.write_via_stream(fd, offset)
    }

    fn append_via_stream(&mut self, fd: Resource<Descriptor>) -> FsResult<Resource<DynOutputStream>> {
        self.0.append_via_stream(fd)
    }
}

impl HostDirectoryEntryStream for Files<'_> {
    async fn read_directory_entry(
        &mut self,
        stream: Resource<DirectoryEntryStream>,
    ) -> FsResult<Option<DirectoryEntry>> {
        let Entries(entries) = self.0.table.get_mut(&Resource::<Entries>::new_borrow(stream.rep()))?;
        entries.next().transpose()
    }

    fn drop(&mut self, stream: Resource<DirectoryEntryStream>) -> wasmtime::Result<()> {
        self.0.table.delete(Resource::<Entries>::new_own(stream.rep()))?;
        Ok(())
    }
}
