//! Streams of wasi-libc whose parts are looked up one by one.

use core::ffi::c_int;
use core::mem::ManuallyDrop;
use core::ptr;

use berkeley_guest::error::Errno;
use wasip2::io::streams::{InputStream, OutputStream, StreamError};

use super::held::Held;
use crate::failure::{Failure, Result};

unsafe extern "C" {
    fn __wasilibc_read_stream(fd: c_int, stream: *mut u32, offset: *mut *mut i64, pollable: *mut u32) -> c_int;
    fn __wasilibc_write_stream(fd: c_int, stream: *mut u32, offset: *mut *mut i64, pollable: *mut u32) -> c_int;
}

type Find = unsafe extern "C" fn(c_int, *mut u32, *mut *mut i64, *mut u32) -> c_int;

/// A stream's handle, the place of its file's position, if it has one, and the handle of its pollable.
struct Found {
    stream: u32,
    offset: *mut i64,
    pollable: u32,
}

impl Found {
    fn new(find: Find, fd: c_int) -> Result<Self> {
        let mut found = Self { stream: 0, offset: ptr::null_mut(), pollable: 0 };
        // SAFETY: there is room for each part.
        let answer = unsafe { find(fd, &raw mut found.stream, &raw mut found.offset, &raw mut found.pollable) };
        if answer < 0 { Err(Failure::last()) } else { Ok(found) }
    }

    /// Moves the file's position on.
    fn advance(&self, length: usize) {
        if !self.offset.is_null() {
            // SAFETY: it is the position that wasi-libc keeps of the file.
            unsafe { *self.offset += length as i64 };
        }
    }
}

/// read(2): the end of the stream is nothing.
pub(super) fn read(fd: c_int, _: &Held, buffer: &mut [u8]) -> Result<usize> {
    let found = Found::new(__wasilibc_read_stream, fd)?;
    // SAFETY: the handle is an input stream's, which wasi-libc keeps; this one is never dropped.
    let stream = ManuallyDrop::new(unsafe { InputStream::from_handle(found.stream) });
    match stream.blocking_read(buffer.len() as u64) {
        Ok(data) => {
            buffer[..data.len()].copy_from_slice(&data);
            found.advance(data.len());
            Ok(data.len())
        }
        Err(StreamError::Closed) => Ok(0),
        Err(StreamError::LastOperationFailed(_)) => Err(Errno::Eio.into()),
    }
}

/// write(2): as much as the stream takes at once.
pub(super) fn write(fd: c_int, _: &Held, data: &[u8]) -> Result<usize> {
    let found = Found::new(__wasilibc_write_stream, fd)?;
    // SAFETY: the handle is an output stream's, which wasi-libc keeps; this one is never dropped.
    let stream = ManuallyDrop::new(unsafe { OutputStream::from_handle(found.stream) });
    let failed = |error| match error {
        StreamError::Closed => Errno::Epipe,
        StreamError::LastOperationFailed(_) => Errno::Eio,
    };
    let room = loop {
        match stream.check_write().map_err(failed)? {
            0 => stream.subscribe().block(),
            room => break room.min(data.len() as u64) as usize,
        }
    };
    stream.write(&data[..room]).map_err(failed)?;
    stream.blocking_flush().map_err(failed)?;
    found.advance(room);
    Ok(room)
}

/// The handle of the pollable that tells when the stream can be read.
pub(super) fn readable(fd: c_int, _: &Held) -> Result<u32> {
    Ok(Found::new(__wasilibc_read_stream, fd)?.pollable)
}

/// The handle of the pollable that tells when the stream can be written.
pub(super) fn writable(fd: c_int, _: &Held) -> Result<u32> {
    Ok(Found::new(__wasilibc_write_stream, fd)?.pollable)
}
