//! The older functions that look up hosts: gethostbyname(3).

use core::ffi::{c_char, c_int};
use std::net::{Ipv4Addr, Ipv6Addr};

use berkeley_constants as linux;
use berkeley_guest::bindings::address::SocketAddress;
use berkeley_guest::bindings::error::{Error, GaiCode};
use berkeley_guest::bindings::netdb as wit;
use berkeley_guest::error::Errno;

use super::error::{HOST_NOT_FOUND, NETDB_INTERNAL, NO_DATA, host_code, report};
use super::packed::{HOST, List, Packed, kept};
use crate::export::exported;
use crate::failure::{Failure, Result};
use crate::memory::{In, Out, plain};
use crate::number::socket::{AF_INET, AF_INET6};

/// `struct hostent`
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Hostent {
    name: Out<c_char>,
    aliases: List,
    family: c_int,
    length: c_int,
    addresses: List,
}

plain!(Hostent);

/// What was found.
struct Host {
    name: Vec<u8>,
    aliases: Vec<Vec<u8>>,
    family: c_int,
    addresses: Vec<Vec<u8>>,
}

impl Host {
    fn pack(&self, packed: &mut Packed) -> Result<Hostent> {
        // The addresses first, for they are aligned as the memory is.
        let addresses = packed.list(&self.addresses, |packed, address| packed.bytes(address))?;
        Ok(Hostent {
            addresses,
            aliases: packed.list(&self.aliases, |packed, alias| packed.text(alias))?,
            name: packed.text(&self.name)?,
            family: self.family,
            length: if self.family == AF_INET { 4 } else { 16 },
        })
    }
}

/// A look-up that fails with a value of `h_errno`.
type Found = Result<Host, c_int>;

/// What only has to do with the program, not with the name.
fn internal(failure: impl Into<Failure>) -> c_int {
    failure.into().report();
    NETDB_INTERNAL
}

fn by_name(name: In<c_char>, family: c_int) -> Found {
    let name = name.text().map_err(internal)?;
    match family {
        AF_INET => {
            let entry = wit::gethostbyname_ex(name).map_err(host_code)?;
            let octets = |text: &Vec<u8>| {
                core::str::from_utf8(text).ok()?.parse::<Ipv4Addr>().ok().map(|ip| ip.octets().to_vec())
            };
            let addresses = entry.addresses.iter().filter_map(octets).collect();
            Ok(Host { name: entry.name, aliases: entry.aliases, family, addresses })
        }
        AF_INET6 => {
            let flags = linux::AI_CANONNAME;
            let infos = wit::getaddrinfo(Some(name), None, linux::AF_INET6, linux::SOCK_STREAM, 0, flags);
            let infos = infos.map_err(|error| match error {
                // The name may have other addresses.
                Error::Gai(GaiCode::Addrfamily) => NO_DATA,
                error => host_code(error),
            })?;
            let canonical = infos.first().map(|info| info.canonical_name.clone()).filter(|name| !name.is_empty());
            let octets = |info: &wit::AddressInfo| match info.address {
                SocketAddress::Inet6(at) => Some(Ipv6Addr::from(<[u16; 8]>::from(at.address)).octets().to_vec()),
                _ => None,
            };
            let addresses = infos.iter().filter_map(octets).collect();
            Ok(Host { name: canonical.unwrap_or_else(|| name.to_vec()), aliases: Vec::new(), family, addresses })
        }
        _ => Err(internal(Errno::Eafnosupport)),
    }
}

fn by_address(address: In<u8>, length: u32, family: c_int) -> Found {
    let size = match family {
        AF_INET => 4,
        AF_INET6 => 16,
        _ => return Err(internal(Errno::Eafnosupport)),
    };
    if length < size {
        return Err(internal(Errno::Einval));
    }
    let bytes = address.bytes(size as usize).map_err(internal)?;
    let text = match <[u8; 4]>::try_from(bytes) {
        Ok(octets) => Ipv4Addr::from(octets).to_string(),
        Err(_) => <[u8; 16]>::try_from(bytes).map_or_else(|_| String::new(), |all| Ipv6Addr::from(all).to_string()),
    };
    let entry = wit::gethostbyaddr(text.as_bytes()).map_err(host_code)?;
    Ok(Host { name: entry.name, aliases: entry.aliases, family, addresses: vec![bytes.to_vec()] })
}

/// As the older functions tell it. They leave `errno` alone, but for what has to do with the program.
fn tell(found: Found) -> Result<Out<Hostent>> {
    let host = match found {
        Ok(host) if host.addresses.is_empty() => Err(NO_DATA),
        found => found,
    };
    match host.and_then(|host| kept(&HOST, |packed| host.pack(packed)).map_err(internal)) {
        Ok(entry) => Ok(entry),
        Err(code) => {
            report(code);
            Ok(Out::null())
        }
    }
}

/// Where the functions with `_r` put their answer.
struct Place {
    entry: Out<Hostent>,
    memory: Out<u8>,
    room: usize,
    answer: Out<Out<Hostent>>,
    code: Out<c_int>,
}

impl Place {
    /// Gives 0, or an error of errno.h: ERANGE for too little room. That nothing was found is told by the answer alone.
    fn tell(&self, found: Found) -> Result<c_int> {
        self.answer.put(Out::null())?;
        let packed = found.and_then(|host| {
            let mut packed = Packed::new(self.memory, self.room).map_err(internal)?;
            Ok(host.pack(&mut packed))
        });
        match packed {
            Ok(Ok(entry)) => {
                self.entry.put(entry)?;
                self.answer.put(self.entry)?;
                Ok(0)
            }
            Ok(Err(failure)) => {
                self.code.put(NETDB_INTERNAL)?;
                Ok(failure.number())
            }
            Err(code) => {
                self.code.put(code)?;
                Ok(match code {
                    NETDB_INTERNAL => Failure::last().number(),
                    HOST_NOT_FOUND | NO_DATA => 0,
                    _ => Failure::from(Errno::Eagain).number(),
                })
            }
        }
    }
}

exported! {
    /// gethostbyname(3)
    fn gethostbyname(name: In<c_char>) -> Out<Hostent> {
        tell(by_name(name, AF_INET))
    }

    /// gethostbyname2(3)
    fn gethostbyname2(name: In<c_char>, family: c_int) -> Out<Hostent> {
        tell(by_name(name, family))
    }

    /// gethostbyaddr(3)
    fn gethostbyaddr(address: In<u8>, length: u32, family: c_int) -> Out<Hostent> {
        tell(by_address(address, length, family))
    }

    /// gethostent(3): the contract lists no hosts.
    fn gethostent() -> Out<Hostent> {
        Ok(Out::null())
    }

    /// sethostent(3)
    fn sethostent(_open: c_int) -> () {
        Ok(())
    }

    /// endhostent(3)
    fn endhostent() -> () {
        Ok(())
    }

    /// gethostbyname_r(3)
    fn gethostbyname_r(
        name: In<c_char>,
        entry: Out<Hostent>,
        memory: Out<u8>,
        room: usize,
        answer: Out<Out<Hostent>>,
        code: Out<c_int>,
    ) -> c_int {
        Place { entry, memory, room, answer, code }.tell(by_name(name, AF_INET))
    }

    /// gethostbyname2_r(3)
    fn gethostbyname2_r(
        name: In<c_char>,
        family: c_int,
        entry: Out<Hostent>,
        memory: Out<u8>,
        room: usize,
        answer: Out<Out<Hostent>>,
        code: Out<c_int>,
    ) -> c_int {
        Place { entry, memory, room, answer, code }.tell(by_name(name, family))
    }

    /// gethostbyaddr_r(3)
    fn gethostbyaddr_r(
        address: In<u8>,
        length: u32,
        family: c_int,
        entry: Out<Hostent>,
        memory: Out<u8>,
        room: usize,
        answer: Out<Out<Hostent>>,
        code: Out<c_int>,
    ) -> c_int {
        Place { entry, memory, room, answer, code }.tell(by_address(address, length, family))
    }
}
