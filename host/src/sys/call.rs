//! Calls that Linux and Apple's systems have alike, by this system's own numbers.

use std::io;
use std::os::fd::AsRawFd;
use std::ptr;

use socket2::Socket;

/// The answer of a call, which is negative where there is an error.
pub(super) fn answer(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// getsockopt(2), at most `size` bytes.
pub(crate) fn get_option(socket: &Socket, level: i32, name: i32, size: usize) -> io::Result<Vec<u8>> {
    let mut value = vec![0u8; size];
    let mut len = size as libc::socklen_t;
    // SAFETY: the buffer has `len` bytes.
    answer(unsafe { libc::getsockopt(socket.as_raw_fd(), level, name, value.as_mut_ptr().cast(), &raw mut len) })?;
    value.truncate(len as usize);
    Ok(value)
}

/// getsockopt(2), of an option that is one number.
pub(super) fn get_number(socket: &Socket, level: i32, name: i32) -> io::Result<i32> {
    let bytes = get_option(socket, level, name, size_of::<i32>())?;
    Ok(bytes.try_into().map_or(0, i32::from_ne_bytes))
}

/// setsockopt(2).
pub(crate) fn set_option(socket: &Socket, level: i32, name: i32, value: &[u8]) -> io::Result<()> {
    let len = value.len() as libc::socklen_t;
    // SAFETY: the buffer has `len` bytes. Options whose value holds pointers are refused before (see `option`).
    answer(unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, value.as_ptr().cast(), len) }).map(drop)
}

/// setsockopt(2) with a null pointer and a length.
pub(crate) fn set_option_null(socket: &Socket, level: i32, name: i32, len: u32) -> io::Result<()> {
    // SAFETY: the kernel answers EFAULT where it would read through the pointer.
    answer(unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, ptr::null(), len) }).map(drop)
}
