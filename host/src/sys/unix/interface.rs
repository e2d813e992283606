//! Network interfaces, and the machine's name: net/if.h.

use std::ffi::CStr;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::{io, ptr};

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

/// The internet addresses of the interfaces: getifaddrs(3).
pub(crate) fn addresses() -> io::Result<Vec<IpAddr>> {
    let mut list = ptr::null_mut();
    // SAFETY: each entry of the list is valid until it is freed, once; an address is as long as its family has it, though
    // it may not be aligned.
    unsafe {
        answer(libc::getifaddrs(&raw mut list))?;
        let mut addresses = Vec::new();
        let mut at: *const libc::ifaddrs = list;
        while let Some(entry) = at.as_ref() {
            let family = entry.ifa_addr.as_ref().map_or(libc::AF_UNSPEC, |address| address.sa_family.into());
            match family {
                libc::AF_INET => {
                    let address: libc::sockaddr_in = ptr::read_unaligned(entry.ifa_addr.cast());
                    addresses.push(Ipv4Addr::from(address.sin_addr.s_addr.to_ne_bytes()).into());
                }
                libc::AF_INET6 => {
                    let address: libc::sockaddr_in6 = ptr::read_unaligned(entry.ifa_addr.cast());
                    addresses.push(Ipv6Addr::from(address.sin6_addr.s6_addr).into());
                }
                _ => {}
            }
            at = entry.ifa_next;
        }
        libc::freeifaddrs(list);
        Ok(addresses)
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
