//! Names and addresses: netdb.h.

use std::ffi::CStr;
use std::{io, ptr, slice};

use berkeley_constants as c;

use crate::address::RawAddress;
use crate::error::{Error, GaiCode};
use crate::number::{self, linux_family, native_family};
use crate::sys::address::to_sockaddr;
use crate::sys::native;
use crate::sys::netdb::Info;
use crate::sys::own::address::linux_address;
use crate::sys::text::text;

/// getaddrinfo(3). Blocks.
pub(crate) fn getaddrinfo(
    host: Option<&CStr>,
    service: Option<&CStr>,
    (family, kind, protocol, flags): (i32, i32, i32, i32),
) -> Result<Vec<Info>, Error> {
    let pointer = |text: Option<&CStr>| text.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: a cleared addrinfo is a valid one; the texts end with NULs; each entry of the list and each address in
    // it is valid until the list is freed, once.
    unsafe {
        let mut hints: libc::addrinfo = std::mem::zeroed();
        hints.ai_family = native_family(family);
        hints.ai_socktype = kind;
        hints.ai_protocol = protocol;
        hints.ai_flags = native::lookup_flags(flags)?;
        let mut list = ptr::null_mut();
        let code = libc::getaddrinfo(pointer(host), pointer(service), &raw const hints, &raw mut list);
        check_gai(code)?;
        let mut infos = Vec::new();
        let mut at = list;
        while let Some(info) = at.as_ref() {
            infos.push(Info {
                family: linux_family(info.ai_family),
                kind: info.ai_socktype,
                protocol: info.ai_protocol,
                canonical_name: text(info.ai_canonname),
                address: linux_address(slice::from_raw_parts(info.ai_addr.cast(), info.ai_addrlen as usize)),
            });
            at = info.ai_next;
        }
        libc::freeaddrinfo(list);
        Ok(infos)
    }
}

/// getnameinfo(3). Blocks.
pub(crate) fn getnameinfo(address: &RawAddress, flags: i32) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let mut host = [0 as libc::c_char; 1025];
    let mut service = [0 as libc::c_char; 32];
    let address = to_sockaddr(address);
    let flags = native::name_flags(flags)?;
    // SAFETY: the address and the buffers have the lengths that are told; the function ends the texts with NULs.
    unsafe {
        let code = libc::getnameinfo(
            address.as_ptr().cast(),
            address.len(),
            host.as_mut_ptr(),
            host.len() as libc::socklen_t,
            service.as_mut_ptr(),
            service.len() as libc::socklen_t,
            flags,
        );
        check_gai(code)?;
        Ok((text(host.as_ptr()), text(service.as_ptr())))
    }
}

fn check_gai(code: i32) -> Result<(), Error> {
    match code {
        0 => Ok(()),
        libc::EAI_SYSTEM => Err(io::Error::last_os_error().into()),
        code => Err(Error::Gai(GaiCode(number::linux_gai(code).unwrap_or(c::EAI_FAIL)))),
    }
}
