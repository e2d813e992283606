//! Files on their disk: fsync(2), fdatasync(2), ftruncate(2). What is no file has no disk: EINVAL.
//!
//! wasi-libc's own functions would tell of a socket what `openat` and its like tell of it: ENOTDIR.

use core::ffi::c_int;

use berkeley_guest::error::Errno;
use wasip2::filesystem::types::{Descriptor, ErrorCode};

use crate::export::exported;
use crate::failure::{Failure, Result};
use crate::table::{Entry, lookup};

/// Does it to the file.
fn of_file(fd: c_int, act: impl FnOnce(&Descriptor) -> core::result::Result<(), ErrorCode>) -> Result<c_int> {
    let Entry::Foreign(file) = lookup(fd)? else { return Err(Errno::Einval.into()) };
    let descriptor = file.file()?;
    act(&descriptor).map_err(|code| Failure::from(errno(code)))?;
    Ok(0)
}

/// The error by the name that C has for it.
fn errno(code: ErrorCode) -> Errno {
    match code {
        ErrorCode::Access => Errno::Eacces,
        ErrorCode::WouldBlock => Errno::Eagain,
        ErrorCode::Already => Errno::Ealready,
        ErrorCode::BadDescriptor => Errno::Ebadf,
        ErrorCode::Busy => Errno::Ebusy,
        ErrorCode::Deadlock => Errno::Edeadlk,
        ErrorCode::Quota => Errno::Edquot,
        ErrorCode::Exist => Errno::Eexist,
        ErrorCode::FileTooLarge => Errno::Efbig,
        ErrorCode::IllegalByteSequence => Errno::Eilseq,
        ErrorCode::InProgress => Errno::Einprogress,
        ErrorCode::Interrupted => Errno::Eintr,
        ErrorCode::Invalid => Errno::Einval,
        ErrorCode::Io => Errno::Eio,
        ErrorCode::IsDirectory => Errno::Eisdir,
        ErrorCode::Loop => Errno::Eloop,
        ErrorCode::TooManyLinks => Errno::Emlink,
        ErrorCode::MessageSize => Errno::Emsgsize,
        ErrorCode::NameTooLong => Errno::Enametoolong,
        ErrorCode::NoDevice => Errno::Enodev,
        ErrorCode::NoEntry => Errno::Enoent,
        ErrorCode::NoLock => Errno::Enolck,
        ErrorCode::InsufficientMemory => Errno::Enomem,
        ErrorCode::InsufficientSpace => Errno::Enospc,
        ErrorCode::NotDirectory => Errno::Enotdir,
        ErrorCode::NotEmpty => Errno::Enotempty,
        ErrorCode::NotRecoverable => Errno::Enotrecoverable,
        ErrorCode::Unsupported => Errno::Eopnotsupp,
        ErrorCode::NoTty => Errno::Enotty,
        ErrorCode::NoSuchDevice => Errno::Enxio,
        ErrorCode::Overflow => Errno::Eoverflow,
        ErrorCode::NotPermitted => Errno::Eperm,
        ErrorCode::Pipe => Errno::Epipe,
        ErrorCode::ReadOnly => Errno::Erofs,
        ErrorCode::InvalidSeek => Errno::Espipe,
        ErrorCode::TextFileBusy => Errno::Etxtbsy,
        ErrorCode::CrossDevice => Errno::Exdev,
    }
}

exported! {
    /// fsync(2)
    fn fsync(fd: c_int) -> c_int {
        of_file(fd, Descriptor::sync)
    }

    /// fdatasync(2)
    fn fdatasync(fd: c_int) -> c_int {
        of_file(fd, Descriptor::sync_data)
    }

    /// ftruncate(2)
    fn ftruncate(fd: c_int, length: i64) -> c_int {
        lookup(fd)?;
        let length = u64::try_from(length).map_err(|_| Errno::Einval)?;
        of_file(fd, |file| file.set_size(length))
    }
}
