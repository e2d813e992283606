//! Names of hosts, services and protocols: netdb.h, whose functions answer with what is theirs until the next call.

use std::ffi::CStr;
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::{Error, HostCode};
use crate::number::native_family;
use crate::sys::netdb::{self, Host};
use crate::sys::text::text;

/// Nobody else of this process asks while the guard lasts.
fn one_at_a_time() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// netdb.h; the `libc` crate does not declare these.
mod libc_netdb {
    unsafe extern "C" {
        pub(super) static h_errno: libc::c_int;
        pub(super) fn gethostbyname2(name: *const libc::c_char, family: libc::c_int) -> *mut libc::hostent;
        pub(super) fn gethostbyaddr(
            address: *const libc::c_void,
            len: libc::socklen_t,
            family: libc::c_int,
        ) -> *mut libc::hostent;
        pub(super) fn getservbyname(name: *const libc::c_char, protocol: *const libc::c_char) -> *mut libc::servent;
        pub(super) fn getservbyport(port: libc::c_int, protocol: *const libc::c_char) -> *mut libc::servent;
        pub(super) fn getprotobyname(name: *const libc::c_char) -> *mut libc::protoent;
    }
}

/// gethostbyname2(3). Blocks.
pub(crate) fn gethostbyname(name: &CStr, family: i32) -> Result<Host, Error> {
    let _guard = one_at_a_time();
    // SAFETY: the name ends with a NUL; nobody else of this process asks meanwhile.
    unsafe { host(libc_netdb::gethostbyname2(name.as_ptr(), native_family(family))) }
}

/// gethostbyaddr(3), the address in network order. Blocks.
pub(crate) fn gethostbyaddr(address: &[u8], family: i32) -> Result<Host, Error> {
    let _guard = one_at_a_time();
    let len = address.len() as libc::socklen_t;
    // SAFETY: the address has that many bytes; nobody else of this process asks meanwhile.
    unsafe { host(libc_netdb::gethostbyaddr(address.as_ptr().cast(), len, native_family(family))) }
}

/// # Safety
///
/// The entry is null, or one that the C library has filled.
unsafe fn host(entry: *const libc::hostent) -> Result<Host, Error> {
    // SAFETY: the lists end with null pointers, names end with NULs, and addresses have the length told.
    unsafe {
        let entry = entry.as_ref().ok_or(Error::Host(HostCode(libc_netdb::h_errno)))?;
        Ok(netdb::host(entry.h_name, entry.h_aliases, entry.h_addr_list, entry.h_length as usize))
    }
}

/// getservbyname(3): the port.
pub(crate) fn getservbyname(name: &CStr, protocol: Option<&CStr>) -> Option<u16> {
    let _guard = one_at_a_time();
    let protocol = protocol.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: the texts end with NULs; nobody else of this process asks meanwhile.
    unsafe { libc_netdb::getservbyname(name.as_ptr(), protocol).as_ref() }
        .map(|entry| u16::from_be(entry.s_port as u16))
}

/// getservbyport(3): the name.
pub(crate) fn getservbyport(port: u16, protocol: Option<&CStr>) -> Option<Vec<u8>> {
    let _guard = one_at_a_time();
    let protocol = protocol.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: the text ends with a NUL, and so does the name; nobody else of this process asks meanwhile.
    unsafe { libc_netdb::getservbyport(port.to_be().into(), protocol).as_ref().map(|entry| text(entry.s_name)) }
}

/// getprotobyname(3): the number.
pub(crate) fn getprotobyname(name: &CStr) -> Option<i32> {
    let _guard = one_at_a_time();
    // SAFETY: the name ends with a NUL; nobody else of this process asks meanwhile.
    unsafe { libc_netdb::getprotobyname(name.as_ptr()).as_ref() }.map(|entry| entry.p_proto)
}
