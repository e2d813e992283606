//! Names of hosts, services and protocols: netdb.h.

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::ptr;

use crate::error::{Error, HostCode};
use crate::sys::netdb::{Host, host};
use crate::sys::text::text;

/// Declares functions of the `*_r` kind, all of which end with where the answer goes; those that look for hosts also say
/// where the error goes.
macro_rules! reentrant {
    ($($name:ident($($argument:ident: $type:ty),*) -> $entry:ty $(, $error:ident)?;)*) => {
        unsafe extern "C" {
            $(fn $name(
                $($argument: $type,)*
                entry: *mut $entry,
                buffer: *mut libc::c_char,
                size: libc::size_t,
                result: *mut *mut $entry
                $(, $error: *mut libc::c_int)?
            ) -> libc::c_int;)*
        }
    };
}

// netdb.h; the `libc` crate does not declare them.
reentrant! {
    gethostbyname2_r(name: *const libc::c_char, family: libc::c_int) -> libc::hostent, error;
    gethostbyaddr_r(address: *const libc::c_void, len: libc::socklen_t, family: libc::c_int) -> libc::hostent, error;
    getservbyname_r(name: *const libc::c_char, protocol: *const libc::c_char) -> libc::servent;
    getservbyport_r(port: libc::c_int, protocol: *const libc::c_char) -> libc::servent;
}

#[cfg(not(target_env = "musl"))]
reentrant! {
    getprotobyname_r(name: *const libc::c_char) -> libc::protoent;
}

/// Calls a function of the `*_r` kind with a buffer that grows until the answer fits, and reads the answer.
///
/// # Safety
///
/// `call` fills the entry with pointers into the buffer, or leaves the result null; `read` may follow them.
unsafe fn with_buffer<E, T>(
    mut call: impl FnMut(*mut E, *mut libc::c_char, usize, *mut *mut E) -> libc::c_int,
    read: impl FnOnce(&E) -> T,
) -> Option<T> {
    let mut buffer = vec![0 as libc::c_char; 1024];
    loop {
        let mut entry = MaybeUninit::<E>::uninit();
        let mut result = ptr::null_mut();
        match call(entry.as_mut_ptr(), buffer.as_mut_ptr(), buffer.len(), &raw mut result) {
            libc::ERANGE if buffer.len() < 1 << 20 => buffer.resize(buffer.len() * 4, 0),
            // SAFETY: a result that is not null points to the entry, which the function has filled.
            _ => return unsafe { result.as_ref() }.map(read),
        }
    }
}

/// gethostbyname2(3). Blocks.
pub(crate) fn gethostbyname(name: &CStr, family: i32) -> Result<Host, Error> {
    let name = name.as_ptr();
    // SAFETY: the name ends with a NUL, and the function keeps to `find_host`'s terms.
    unsafe {
        find_host(|entry, buffer, size, result, error| {
            gethostbyname2_r(name, family, entry, buffer, size, result, error)
        })
    }
}

/// gethostbyaddr(3), the address in network order. Blocks.
pub(crate) fn gethostbyaddr(address: &[u8], family: i32) -> Result<Host, Error> {
    let (address, len) = (address.as_ptr().cast(), address.len() as libc::socklen_t);
    // SAFETY: the address has that many bytes, and the function keeps to `find_host`'s terms.
    unsafe {
        find_host(|entry, buffer, size, result, error| {
            gethostbyaddr_r(address, len, family, entry, buffer, size, result, error)
        })
    }
}

/// Finds a host by a function that also tells an error.
///
/// # Safety
///
/// As `with_buffer` has it; the entry is one that the C library has filled.
unsafe fn find_host(
    mut call: impl FnMut(
        *mut libc::hostent,
        *mut libc::c_char,
        usize,
        *mut *mut libc::hostent,
        *mut libc::c_int,
    ) -> libc::c_int,
) -> Result<Host, Error> {
    let mut code = 0;
    // SAFETY: as the caller promises. The lists end with null pointers, names end with NULs, and addresses have the
    // length told.
    let found = unsafe {
        with_buffer(
            |entry, buffer, size, result| call(entry, buffer, size, result, &raw mut code),
            |entry| host(entry.h_name, entry.h_aliases, entry.h_addr_list, entry.h_length as usize),
        )
    };
    found.ok_or(Error::Host(HostCode(code)))
}

/// getservbyname(3): the port.
pub(crate) fn getservbyname(name: &CStr, protocol: Option<&CStr>) -> Option<u16> {
    let protocol = protocol.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: the texts end with NULs, and the function keeps to `with_buffer`'s terms.
    unsafe {
        with_buffer(
            |entry, buffer, size, result| getservbyname_r(name.as_ptr(), protocol, entry, buffer, size, result),
            |entry: &libc::servent| u16::from_be(entry.s_port as u16),
        )
    }
}

/// getservbyport(3): the name.
pub(crate) fn getservbyport(port: u16, protocol: Option<&CStr>) -> Option<Vec<u8>> {
    let protocol = protocol.map_or(ptr::null(), CStr::as_ptr);
    let port = libc::c_int::from(port.to_be());
    // SAFETY: the text ends with a NUL, and the function keeps to `with_buffer`'s terms.
    unsafe {
        with_buffer(
            |entry, buffer, size, result| getservbyport_r(port, protocol, entry, buffer, size, result),
            |entry: &libc::servent| text(entry.s_name),
        )
    }
}

/// getprotobyname(3): the number.
#[cfg(not(target_env = "musl"))]
pub(crate) fn getprotobyname(name: &CStr) -> Option<i32> {
    // SAFETY: the name ends with a NUL, and the function keeps to `with_buffer`'s terms.
    unsafe {
        with_buffer(
            |entry, buffer, size, result| getprotobyname_r(name.as_ptr(), entry, buffer, size, result),
            |entry: &libc::protoent| entry.p_proto,
        )
    }
}

/// getprotobyname(3): the number. musl has the protocols in a table of its own, and this function alone.
#[cfg(target_env = "musl")]
pub(crate) fn getprotobyname(name: &CStr) -> Option<i32> {
    use std::sync::{Mutex, PoisonError};
    unsafe extern "C" {
        fn getprotobyname(name: *const libc::c_char) -> *mut libc::protoent;
    }
    static LOCK: Mutex<()> = Mutex::new(());
    let _guard = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: the name ends with a NUL; the answer holds until the next call, which the guard keeps off.
    unsafe { getprotobyname(name.as_ptr()).as_ref() }.map(|entry| entry.p_proto)
}
