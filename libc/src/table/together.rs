//! Streams of wasi-libc whose parts are looked up as one structure, which wasi-libc's own functions read and write.

use core::ffi::{c_int, c_void};
use core::mem::MaybeUninit;

use berkeley_guest::error::Errno;

use super::held::Held;
use super::layout::GetStream;
use crate::failure::{Failure, Result};

unsafe extern "C" {
    fn __wasilibc_read(stream: *const Stream, buffer: *mut u8, length: usize) -> isize;
    fn __wasilibc_write(stream: *const Stream, data: *const u8, length: usize) -> isize;
    #[link_name = "streams_method_input_stream_subscribe"]
    fn subscribe_input(stream: u32) -> u32;
    #[link_name = "streams_method_output_stream_subscribe"]
    fn subscribe_output(stream: u32) -> u32;
}

/// `wasi_read_t` and `wasi_write_t`.
#[repr(C)]
struct Stream {
    offset: *mut i64,
    blocking: bool,
    timeout: u64,
    stream: u32,
    /// The place of the pollable's handle, 0 until there is one.
    pollable: *mut u32,
}

fn find(function: Option<GetStream>, held: &Held) -> Result<Stream> {
    let mut stream = MaybeUninit::<Stream>::zeroed();
    let function = function.ok_or(Errno::Eopnotsupp)?;
    // SAFETY: the function is called with its own data, and with room for a structure, zeros of which are one.
    unsafe {
        if function(held.raw().data, stream.as_mut_ptr().cast::<c_void>()) < 0 {
            return Err(Failure::last());
        }
        Ok(stream.assume_init())
    }
}

fn input(held: &Held) -> Result<Stream> {
    // SAFETY: an entry's functions are always there.
    find(unsafe { (*held.raw().functions).get_read_stream }, held)
}

fn output(held: &Held) -> Result<Stream> {
    // SAFETY: as above.
    find(unsafe { (*held.raw().functions).get_write_stream }, held)
}

fn told(answer: isize) -> Result<usize> {
    usize::try_from(answer).map_err(|_| Failure::last())
}

/// read(2).
pub(super) fn read(_: c_int, held: &Held, buffer: &mut [u8]) -> Result<usize> {
    // SAFETY: the structure is wasi-libc's own, and there is room for as many bytes.
    told(unsafe { __wasilibc_read(&input(held)?, buffer.as_mut_ptr(), buffer.len()) })
}

/// write(2).
pub(super) fn write(_: c_int, held: &Held, data: &[u8]) -> Result<usize> {
    // SAFETY: as above.
    told(unsafe { __wasilibc_write(&output(held)?, data.as_ptr(), data.len()) })
}

/// The pollable that wasi-libc keeps of a stream, made if there is none yet.
fn pollable(stream: &Stream, subscribe: unsafe extern "C" fn(u32) -> u32) -> u32 {
    // SAFETY: the place is where wasi-libc keeps the handle; the stream is of the right direction.
    unsafe {
        if *stream.pollable == 0 {
            *stream.pollable = subscribe(stream.stream);
        }
        *stream.pollable
    }
}

/// The handle of the pollable that tells when the stream can be read.
pub(super) fn readable(_: c_int, held: &Held) -> Result<u32> {
    Ok(pollable(&input(held)?, subscribe_input))
}

/// The handle of the pollable that tells when the stream can be written.
pub(super) fn writable(_: c_int, held: &Held) -> Result<u32> {
    Ok(pollable(&output(held)?, subscribe_output))
}
