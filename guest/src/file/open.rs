//! Opening a file.

use std::path::{Component, Path, PathBuf};

use wasip2::filesystem::preopens::get_directories;
use wasip2::filesystem::types::{Descriptor, DescriptorFlags, ErrorCode, OpenFlags, PathFlags};

use crate::error::{Errno, Error, Result};

/// Opens a file for reading, as a descriptor of WASI, in one of the directories that the host granted.
///
/// A relative path is one from the root. ENOENT, EACCES (in none of the directories, among others).
pub fn open(path: impl AsRef<Path>) -> Result<Descriptor> {
    let path = Path::new("/").join(path.as_ref());
    let directories = get_directories();
    let inside = directories.iter().filter_map(|(directory, name)| {
        let name = Path::new("/").join(name.trim_start_matches("./"));
        Some((directory, plain(&path).strip_prefix(plain(&name)).ok()?.to_path_buf()))
    });
    // The most specific directory leaves the shortest path.
    let found = inside.min_by_key(|(_, rest)| rest.components().count());
    let (directory, rest) = found.ok_or(Error::Os(Errno::Eacces))?;
    let rest = match rest.to_str().ok_or(Error::Os(Errno::Eilseq))? {
        "" => ".",
        rest => rest,
    };
    let opened = directory.open_at(PathFlags::SYMLINK_FOLLOW, rest, OpenFlags::empty(), DescriptorFlags::READ);
    opened.map_err(|code| Error::Os(errno(code)))
}

/// The path without `.`; WASI itself sees to `..`.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|component| *component != Component::CurDir).collect()
}

/// WASI's code by the name that POSIX has for it.
fn errno(code: ErrorCode) -> Errno {
    match code {
        ErrorCode::Access => Errno::Eacces,
        ErrorCode::WouldBlock => Errno::Eagain,
        ErrorCode::BadDescriptor => Errno::Ebadf,
        ErrorCode::Busy => Errno::Ebusy,
        ErrorCode::Exist => Errno::Eexist,
        ErrorCode::FileTooLarge => Errno::Efbig,
        ErrorCode::IllegalByteSequence => Errno::Eilseq,
        ErrorCode::Invalid => Errno::Einval,
        ErrorCode::IsDirectory => Errno::Eisdir,
        ErrorCode::Loop => Errno::Eloop,
        ErrorCode::NameTooLong => Errno::Enametoolong,
        ErrorCode::NoDevice => Errno::Enodev,
        ErrorCode::NoEntry => Errno::Enoent,
        ErrorCode::InsufficientMemory => Errno::Enomem,
        ErrorCode::NotDirectory => Errno::Enotdir,
        ErrorCode::Unsupported => Errno::Eopnotsupp,
        ErrorCode::NoSuchDevice => Errno::Enxio,
        ErrorCode::Overflow => Errno::Eoverflow,
        ErrorCode::NotPermitted => Errno::Eperm,
        ErrorCode::ReadOnly => Errno::Erofs,
        ErrorCode::TextFileBusy => Errno::Etxtbsy,
        _ => Errno::Eio,
    }
}
