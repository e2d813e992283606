//! Hosts that the embedder knows.

use std::collections::HashMap;
use std::net::IpAddr;

use berkeley_constants as c;

use super::ask::{AddressInfo, HOST_NOT_FOUND, HostEntry, Lookup, NONAME, Query, Resolver};
use super::guest::answered;
use super::system::{getaddrinfo, has_plain_service};
use crate::address::Address;
use crate::error::{Error, GaiCode, Result};
use crate::policy::plain_name;
use crate::sys;

/// A fixed list of hosts, and no others.
///
/// ```
/// use berkeley_host::resolver::Hosts;
///
/// let hosts = Hosts::new().with("db.internal", ["10.0.0.5".parse()?]);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Hosts(HashMap<String, Vec<IpAddr>>);

impl Hosts {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a host with its addresses, or addresses to a host.
    #[must_use]
    pub fn with(mut self, name: &str, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        self.0.entry(plain_name(name)).or_default().extend(addresses);
        self
    }

    fn find(&self, name: &[u8]) -> Option<&[IpAddr]> {
        self.0.get(&plain_name(std::str::from_utf8(name).ok()?)).map(Vec::as_slice)
    }

    fn name_of(&self, address: IpAddr) -> Option<&str> {
        let has = |(_, addresses): &(&String, &Vec<IpAddr>)| addresses.contains(&address);
        self.0.iter().filter(has).map(|(name, _)| name.as_str()).min()
    }

    fn entry(&self, name: &[u8], family: fn(&IpAddr) -> bool) -> Result<HostEntry> {
        let addresses = self.find(name).ok_or(Error::Host(HOST_NOT_FOUND))?;
        let addresses = addresses.iter().copied().filter(family).collect();
        Ok(HostEntry { name: name.to_vec(), aliases: Vec::new(), addresses })
    }
}

/// What is known of the host of that name and these addresses.
fn infos(name: &[u8], addresses: &[IpAddr], query: &Query) -> Result<Vec<AddressInfo>> {
    let mut infos = Vec::new();
    for address in addresses {
        let host = Some(address.to_string().into_bytes());
        let flags = query.flags & !c::AI_CANONNAME | c::AI_NUMERICHOST;
        match getaddrinfo(&Query { host, flags, ..query.clone() }) {
            Err(Error::Gai(GaiCode(c::EAI_ADDRFAMILY))) => {}
            result => infos.extend(result?),
        }
    }
    match infos.first_mut() {
        None => return Err(Error::Gai(GaiCode(c::EAI_NODATA))),
        Some(first) if query.flags & c::AI_CANONNAME != 0 => first.canonical_name = name.to_vec(),
        Some(_) => {}
    }
    Ok(infos)
}

impl Resolver for Hosts {
    fn getaddrinfo(&self, query: Query) -> Lookup<'_, Vec<AddressInfo>> {
        let name = query.host.clone().unwrap_or_default();
        let addresses = self.find(&name).map(<[IpAddr]>::to_vec);
        // The system knows services by their names.
        answered(has_plain_service(&query), move || infos(&name, &addresses.ok_or(Error::Gai(NONAME))?, &query))
    }

    fn getnameinfo(&self, address: Address, flags: i32) -> Lookup<'_, (Vec<u8>, Vec<u8>)> {
        let name = address.internet().and_then(|address| self.name_of(address.ip())).map(str::to_owned);
        answered(flags & c::NI_NUMERICSERV != 0, move || {
            if name.is_none() && flags & c::NI_NAMEREQD != 0 {
                return Err(Error::Gai(NONAME));
            }
            let (host, service) = sys::getnameinfo(&address.encode()?, flags & !c::NI_NAMEREQD | c::NI_NUMERICHOST)?;
            Ok((name.map_or(host, Into::into), service))
        })
    }

    fn gethostbyname(&self, name: Vec<u8>) -> Lookup<'_, HostEntry> {
        Box::pin(async move { self.entry(&name, IpAddr::is_ipv4) })
    }

    fn gethostbyaddr(&self, address: IpAddr) -> Lookup<'_, HostEntry> {
        Box::pin(async move {
            let name = self.name_of(address).ok_or(Error::Host(HOST_NOT_FOUND))?;
            Ok(HostEntry { addresses: vec![address], ..self.entry(name.as_bytes(), |_| true)? })
        })
    }
}
