//! Reading and writing at a place: pread(2), pwrite(2). What is no file has no places: ESPIPE.

use core::ffi::c_int;

use berkeley_guest::error::Errno;

use crate::description::{read_whole, write_whole};
use crate::export::exported;
use crate::failure::Result;
use crate::memory::{self, In, Out};
use crate::table::{Entry, Foreign, lookup};

/// The file, and the place. ESPIPE, EINVAL.
fn file(fd: c_int, at: i64) -> Result<(Foreign, u64)> {
    let Entry::Foreign(file) = lookup(fd)? else { return Err(Errno::Espipe.into()) };
    let at = u64::try_from(at).map_err(|_| Errno::Einval)?;
    Ok((file, at))
}

/// Does it where the file is, which is put back.
fn there<T>(file: &Foreign, at: u64, act: impl FnOnce() -> Result<T>) -> Result<T> {
    let before = file.seek(0, libc::SEEK_CUR)?;
    file.seek(at as i64, libc::SEEK_SET)?;
    let done = act();
    file.seek(before, libc::SEEK_SET)?;
    done
}

/// All up to the file's end, though WASI gives it in parts.
fn read_at(fd: c_int, buffers: &mut [&mut [u8]], at: i64) -> Result<isize> {
    let (file, at) = file(fd, at)?;
    let read = read_whole(buffers, |rest, read| {
        let place = at + read as u64;
        match file.file().ok().and_then(|descriptor| descriptor.read(rest.len() as u64, place).ok()) {
            Some((data, _)) => {
                rest[..data.len()].copy_from_slice(&data);
                Ok(data.len())
            }
            // What wasi-libc has an error for.
            None if read == 0 => there(&file, place, || file.read(rest)),
            None => Ok(0),
        }
    })?;
    Ok(read as isize)
}

/// All of it, though WASI takes it in parts.
fn write_at(fd: c_int, buffers: &[&[u8]], at: i64) -> Result<isize> {
    let (file, at) = file(fd, at)?;
    let written = write_whole(buffers, |rest, written| {
        let place = at + written as u64;
        match file.file().ok().and_then(|descriptor| descriptor.write(rest, place).ok()) {
            Some(length) => Ok(length as usize),
            None if written == 0 => there(&file, place, || file.write(rest)),
            None => Ok(0),
        }
    })?;
    Ok(written as isize)
}

exported! {
    /// pread(2)
    fn pread(fd: c_int, buffer: Out<u8>, length: usize, at: i64) -> isize {
        read_at(fd, &mut [buffer.buffer(length)?], at)
    }

    /// pwrite(2)
    fn pwrite(fd: c_int, data: In<u8>, length: usize, at: i64) -> isize {
        write_at(fd, &[data.bytes(length)?], at)
    }

    /// preadv(2)
    fn preadv(fd: c_int, vectors: In<libc::iovec>, count: c_int, at: i64) -> isize {
        read_at(fd, &mut memory::scatter(vectors, count)?, at)
    }

    /// pwritev(2)
    fn pwritev(fd: c_int, vectors: In<libc::iovec>, count: c_int, at: i64) -> isize {
        write_at(fd, &memory::gather(vectors, count)?, at)
    }
}
