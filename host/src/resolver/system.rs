//! The host system's own way to look names up.

use std::net::IpAddr;

use berkeley_constants as c;

use super::ask::{AddressInfo, HOST_NOT_FOUND, HostEntry, Lookup, NONAME, Query, Resolver};
use super::guest::{answered, blocking};
use super::listed;
use crate::address::Address;
use crate::error::{Error, GaiCode, Result};
use crate::sys;

/// Asks the host system: `/etc/hosts`, the name servers, whatever it is set up for.
///
/// Its functions block, in the threads of [`blocking`]; but where `/etc/hosts` lists the name, and is what is asked first, the
/// answer is there at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn getaddrinfo(&self, query: Query) -> Lookup<'_, Vec<AddressInfo>> {
        let listed = if has_plain_service(&query) { listed::answering(&query) } else { None };
        match listed {
            Some(listed) => Box::pin(async move { listed.answer(&query, getaddrinfo) }),
            None => blocking(move || getaddrinfo(&query)),
        }
    }

    fn getnameinfo(&self, address: Address, flags: i32) -> Lookup<'_, (Vec<u8>, Vec<u8>)> {
        blocking(move || sys::getnameinfo(&address.encode()?, flags))
    }

    fn gethostbyname(&self, name: Vec<u8>) -> Lookup<'_, HostEntry> {
        answered(listed::has(&name, c::AF_INET), move || {
            let name = sys::c_string(&name).map_err(|_| Error::Host(HOST_NOT_FOUND))?;
            sys::gethostbyname(&name, c::AF_INET).map(host_entry)
        })
    }

    fn gethostbyaddr(&self, address: IpAddr) -> Lookup<'_, HostEntry> {
        blocking(move || match address {
            IpAddr::V4(ip) => sys::gethostbyaddr(&ip.octets(), c::AF_INET).map(host_entry),
            IpAddr::V6(ip) => sys::gethostbyaddr(&ip.octets(), c::AF_INET6).map(host_entry),
        })
    }
}

fn host_entry((name, aliases, addresses): sys::Host) -> HostEntry {
    let ip = |bytes: &Vec<u8>| {
        let v4 = <[u8; 4]>::try_from(bytes.as_slice()).map(IpAddr::from);
        v4.or_else(|_| <[u8; 16]>::try_from(bytes.as_slice()).map(IpAddr::from)).ok()
    };
    HostEntry { name, aliases, addresses: addresses.iter().filter_map(ip).collect() }
}

/// getaddrinfo(3) of the system. Blocks, unless the host is numeric, or none, and the service is as well.
pub(crate) fn getaddrinfo(query: &Query) -> Result<Vec<AddressInfo>> {
    let text = |bytes: &Option<Vec<u8>>| bytes.as_deref().map(sys::c_string).transpose();
    let host = text(&query.host).map_err(|_| Error::Gai(NONAME))?;
    let service = text(&query.service).map_err(|_| Error::Gai(GaiCode(c::EAI_SERVICE)))?;
    let hints = (query.family, query.kind, query.protocol, query.flags);
    let info = |info: sys::Info| {
        Some(AddressInfo {
            family: info.family,
            kind: info.kind,
            protocol: info.protocol,
            canonical_name: info.canonical_name,
            address: Address::decode(&info.address, info.protocol)?,
        })
    };
    Ok(sys::getaddrinfo(host.as_deref(), service.as_deref(), hints)?.into_iter().filter_map(info).collect())
}

/// Whether the service needs no look-up: it is a number, or none.
pub(crate) fn has_plain_service(query: &Query) -> bool {
    query.service.as_ref().is_none_or(|service| service.iter().all(u8::is_ascii_digit))
}
