//! Network interfaces, and the machine's name: net/if.h.

use std::ffi::CStr;
use std::io;

use crate::sys::call::answer;
use crate::sys::text::text;

/// if_nametoindex(3).
pub(crate) fn if_nametoindex(name: &CStr) -> io::Result<u32> {
    // SAFETY: the name ends with a NUL.
    match unsafe { libc::if_nametoindex(name.as_ptr()) } {
        0 => Err(io::Error::last_os_error()),
        index => Ok(index),
    }
}

/// if_indextoname(3).
pub(crate) fn if_indextoname(index: u32) -> io::Result<Vec<u8>> {
    let mut name = [0; libc::IF_NAMESIZE];
    // SAFETY: the buffer has the size that the function asks for.
    if unsafe { libc::if_indextoname(index, name.as_mut_ptr()) }.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the function ended the name with a NUL.
    Ok(unsafe { text(name.as_ptr()) })
}

/// if_nameindex(3).
pub(crate) fn if_nameindex() -> io::Result<Vec<(u32, Vec<u8>)>> {
    // SAFETY: the list ends with an entry of zeros, its names end with NULs, and it is freed once.
    unsafe {
        let list = libc::if_nameindex();
        if list.is_null() {
            return Err(io::Error::last_os_error());
        }
        let mut interfaces = Vec::new();
        let mut at = list;
        while (*at).if_index != 0 {
            interfaces.push(((*at).if_index, text((*at).if_name)));
            at = at.add(1);
        }
        libc::if_freenameindex(list);
        Ok(interfaces)
    }
}

/// gethostname(2).
pub(crate) fn gethostname() -> io::Result<Vec<u8>> {
    let mut name = [0 as libc::c_char; 256];
    // SAFETY: the buffer has one byte more than the function is told of, which stays a NUL.
    unsafe {
        answer(libc::gethostname(name.as_mut_ptr(), name.len() - 1))?;
        Ok(text(name.as_ptr()))
    }
}

/// sethostname(2).
pub(crate) fn sethostname(name: &[u8]) -> io::Result<()> {
    // SAFETY: the name has that many bytes.
    answer(unsafe { libc::sethostname(name.as_ptr().cast(), name.len() as _) }).map(drop)
}
