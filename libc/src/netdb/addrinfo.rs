//! getaddrinfo(3) and getnameinfo(3).
#![allow(unsafe_code, reason = "the answers are freed by a pointer")]

use core::ffi::{c_char, c_int};
use std::ffi::CString;

use berkeley_guest::bindings::address::SocketAddress;
use berkeley_guest::bindings::error::{Error, GaiCode};
use berkeley_guest::bindings::netdb as wit;

use super::error::{EAI_FAMILY, EAI_OVERFLOW, code, system};
use crate::address::encode;
use crate::failure::Result;
use crate::memory::{In, Out, plain};
use crate::number::socket as number;
use crate::socket::given;

/// `struct addrinfo`
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Addrinfo {
    flags: c_int,
    family: c_int,
    kind: c_int,
    protocol: c_int,
    length: u32,
    address: Out<u8>,
    name: Out<c_char>,
    next: Out<Self>,
}

plain!(Addrinfo);

/// An answer, with what it points to.
#[repr(C)]
struct Answer {
    info: Addrinfo,
    /// Moved with the box, never within it.
    address: [u128; 8],
    name: Option<CString>,
}

/// The answers as a list, of which each is a box of its own: `freeaddrinfo` may be given any of them.
fn chain(infos: Vec<wit::AddressInfo>, flags: c_int) -> Out<Addrinfo> {
    infos.into_iter().rev().fold(Out::null(), |next, info| {
        let bytes = encode(&info.address);
        let name = CString::new(info.canonical_name).ok().filter(|name| !name.is_empty());
        let answer = Box::leak(Box::new(Answer {
            info: Addrinfo {
                flags,
                family: number::family_here(info.family),
                kind: number::type_here(info.type_),
                protocol: info.protocol,
                length: bytes.len() as u32,
                address: Out::null(),
                name: Out::null(),
                next,
            },
            address: [0; 8],
            name,
        }));
        for (place, byte) in answer.address.as_mut_slice().iter_mut().zip(bytes.chunks(16)) {
            let mut part = [0; 16];
            part[..byte.len()].copy_from_slice(byte);
            *place = u128::from_ne_bytes(part);
        }
        answer.info.address = Out::to(&mut answer.address);
        if let Some(name) = &answer.name {
            answer.info.name = Out::constant(name);
        }
        Out::<u8>::to(std::slice::from_mut(answer)).cast()
    })
}

fn lookup(
    host: In<c_char>,
    service: In<c_char>,
    hints: In<Addrinfo>,
    answers: Out<Out<Addrinfo>>,
) -> Result<Result<(), Error>> {
    let hints = hints.get_if()?;
    let (host, service) = (host.text_if()?, service.text_if()?);
    if host.is_none() && service.is_none() {
        return Ok(Err(Error::Gai(GaiCode::Noname)));
    }
    let wanted = |of: fn(&Addrinfo) -> c_int| hints.as_ref().map_or(0, of);
    let flags = wanted(|hints| hints.flags);
    let (family, kind) = (wanted(|hints| number::family(hints.family)), wanted(|hints| number::r#type(hints.kind)));
    answers.put(Out::null())?;
    match wit::getaddrinfo(host, service, family, kind, wanted(|hints| hints.protocol), flags) {
        Ok(infos) => answers.put(chain(infos, flags)).map(Ok),
        Err(error) => Ok(Err(error)),
    }
}

/// getaddrinfo(3)
#[unsafe(no_mangle)]
extern "C" fn getaddrinfo(
    host: In<c_char>,
    service: In<c_char>,
    hints: In<Addrinfo>,
    answers: Out<Out<Addrinfo>>,
) -> c_int {
    match lookup(host, service, hints, answers) {
        Ok(Ok(())) => 0,
        Ok(Err(error)) => code(error),
        Err(failure) => system(failure),
    }
}

/// freeaddrinfo(3): of what `getaddrinfo` gave, or of its rest.
#[unsafe(no_mangle)]
extern "C" fn freeaddrinfo(mut answers: Out<Addrinfo>) {
    while let Ok(info) = answers.get() {
        // SAFETY: the program gives what `getaddrinfo` gave, once.
        drop(unsafe { Box::from_raw(answers.pointer().cast::<Answer>()) });
        answers = info.next;
    }
}

/// A text into a buffer that a program gave, if it did. EAI_OVERFLOW.
fn write(text: &[u8], buffer: Out<c_char>, room: u32) -> Result<c_int> {
    if buffer.is_null() || room == 0 {
        return Ok(0);
    }
    if text.len() >= room as usize {
        return Ok(EAI_OVERFLOW);
    }
    buffer.cast::<u8>().put_all(&[text, &[0]].concat())?;
    Ok(0)
}

/// getnameinfo(3)
#[unsafe(no_mangle)]
extern "C" fn getnameinfo(
    address: In<u8>,
    length: u32,
    host: Out<c_char>,
    host_room: u32,
    service: Out<c_char>,
    service_room: u32,
    flags: c_int,
) -> c_int {
    let Ok(address) = given(address, length) else { return EAI_FAMILY };
    let (host_name, service_name) = match address {
        // As in Linux: a unix socket is of this machine, and its service is the path.
        SocketAddress::Unix(ref path) => {
            let end = path.iter().position(|&byte| byte == 0).unwrap_or(path.len());
            (b"localhost".to_vec(), path[..end].to_vec())
        }
        _ => match wit::getnameinfo(&address, flags) {
            Ok(names) => names,
            Err(error) => return code(error),
        },
    };
    let written = write(&host_name, host, host_room).and_then(|code| match code {
        0 => write(&service_name, service, service_room),
        code => Ok(code),
    });
    written.unwrap_or_else(system)
}
