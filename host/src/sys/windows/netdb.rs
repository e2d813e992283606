//! Names of hosts, services and protocols, and addresses.

use std::ffi::CStr;
use std::{io, ptr, slice};

use berkeley_constants as c;
use windows_sys::Win32::Networking::WinSock as ws;

use super::address::linux_address;
use super::call::{last_error, start};
use crate::address::RawAddress;
use crate::error::{Error, GaiCode, HostCode};
use crate::number::{self, linux_family, native_family};
use crate::sys::address::to_sockaddr;
use crate::sys::native;
use crate::sys::netdb::{Host, Info, host};
use crate::sys::text::text;

/// getaddrinfo. Blocks.
pub(crate) fn getaddrinfo(
    host: Option<&CStr>,
    service: Option<&CStr>,
    (family, kind, protocol, flags): (i32, i32, i32, i32),
) -> Result<Vec<Info>, Error> {
    start();
    let pointer = |text: Option<&CStr>| text.map_or(ptr::null(), |text| text.as_ptr().cast());
    let flags = native::lookup_flags(flags)?;
    // SAFETY: cleared, the structure is valid; the texts end with NULs; each entry of the list and each address in it is
    // valid until the list is freed, once.
    unsafe {
        let mut hints: ws::ADDRINFOA = std::mem::zeroed();
        hints.ai_family = native_family(family);
        hints.ai_socktype = kind;
        hints.ai_protocol = protocol;
        hints.ai_flags = flags;
        let mut list: *mut ws::ADDRINFOA = ptr::null_mut();
        check_gai(ws::getaddrinfo(pointer(host), pointer(service), &raw const hints, &raw mut list))?;
        let mut infos = Vec::new();
        let mut at = list;
        while let Some(info) = at.as_ref() {
            infos.push(Info {
                family: linux_family(info.ai_family),
                kind: if info.ai_socktype == 0 { kind } else { info.ai_socktype },
                protocol: info.ai_protocol,
                canonical_name: text(info.ai_canonname.cast()),
                address: linux_address(slice::from_raw_parts(info.ai_addr.cast(), info.ai_addrlen)),
            });
            at = info.ai_next;
        }
        ws::freeaddrinfo(list);
        Ok(infos)
    }
}

/// getnameinfo. Blocks.
pub(crate) fn getnameinfo(address: &RawAddress, flags: i32) -> Result<(Vec<u8>, Vec<u8>), Error> {
    start();
    let mut host = [0u8; 1025];
    let mut service = [0u8; 32];
    let address = to_sockaddr(address);
    let flags = native::name_flags(flags)?;
    // SAFETY: the address and the buffers have the lengths that are told; the function ends the texts with NULs.
    unsafe {
        check_gai(ws::getnameinfo(
            address.as_ptr().cast(),
            address.len(),
            host.as_mut_ptr(),
            host.len() as u32,
            service.as_mut_ptr(),
            service.len() as u32,
            flags,
        ))?;
        Ok((text(host.as_ptr().cast()), text(service.as_ptr().cast())))
    }
}

fn check_gai(code: i32) -> Result<(), Error> {
    match code {
        0 => Ok(()),
        code => match number::linux_gai(code) {
            Some(code) => Err(Error::Gai(GaiCode(code))),
            None => Err(io::Error::from_raw_os_error(code).into()),
        },
    }
}

/// gethostbyname. Blocks. No address: a family other than AF_INET, which it does not know.
pub(crate) fn gethostbyname(name: &CStr, family: i32) -> Result<Host, Error> {
    start();
    if family != c::AF_INET {
        return Err(Error::Host(HostCode(4)));
    }
    // SAFETY: the name ends with a NUL; the answer is this thread's own until its next call.
    unsafe { ws::gethostbyname(name.as_ptr().cast()).as_ref().map(|entry| read_host(entry)) }.ok_or_else(host_error)
}

/// gethostbyaddr, the address in network order. Blocks.
pub(crate) fn gethostbyaddr(address: &[u8], family: i32) -> Result<Host, Error> {
    start();
    // SAFETY: the address has that many bytes; the answer is this thread's own until its next call.
    unsafe {
        let entry = ws::gethostbyaddr(address.as_ptr(), address.len() as i32, native_family(family));
        entry.as_ref().map(|entry| read_host(entry)).ok_or_else(host_error)
    }
}

/// # Safety
///
/// The entry is one that Winsock has filled.
unsafe fn read_host(entry: &ws::HOSTENT) -> Host {
    let length = usize::try_from(entry.h_length).unwrap_or(0);
    // SAFETY: the lists end with null pointers, names end with NULs, and addresses have the length told.
    unsafe { host(entry.h_name.cast(), entry.h_aliases, entry.h_addr_list, length) }
}

fn host_error() -> Error {
    let code = last_error().raw_os_error().unwrap_or_default();
    Error::Host(HostCode(number::linux_host_error(code)))
}

/// getservbyname: the port.
pub(crate) fn getservbyname(name: &CStr, protocol: Option<&CStr>) -> Option<u16> {
    start();
    let protocol = protocol.map_or(ptr::null(), |protocol| protocol.as_ptr().cast());
    // SAFETY: the texts end with NULs; the answer is this thread's own until its next call.
    let entry = unsafe { ws::getservbyname(name.as_ptr().cast(), protocol).as_ref() };
    entry.map(|entry| u16::from_be(entry.s_port.cast_unsigned()))
}

/// getservbyport: the name.
pub(crate) fn getservbyport(port: u16, protocol: Option<&CStr>) -> Option<Vec<u8>> {
    start();
    let protocol = protocol.map_or(ptr::null(), |protocol| protocol.as_ptr().cast());
    // SAFETY: the text ends with a NUL; the answer is this thread's own until its next call, and its name ends with one.
    unsafe { ws::getservbyport(i32::from(port.to_be()), protocol).as_ref().map(|entry| text(entry.s_name.cast())) }
}

/// getprotobyname: the number.
pub(crate) fn getprotobyname(name: &CStr) -> Option<i32> {
    start();
    // SAFETY: the name ends with a NUL; the answer is this thread's own until its next call.
    unsafe { ws::getprotobyname(name.as_ptr().cast()).as_ref() }.map(|entry| entry.p_proto.into())
}
