//! Names of hosts, services and protocols: netdb.h.

use std::net::IpAddr;

use berkeley_constants as c;

use crate::address::Address;
use crate::error::{Error, GaiCode, HostCode, Result};
use crate::limits::Limit;
use crate::network;
use crate::observer::{Answer, Call, watched};
use crate::policy::{Operation, plain_name};
use crate::resolver::{self, AddressInfo, HostEntry, NONAME, Query, Resolver};
use crate::shared::Shared;
use crate::sys;

/// The addresses of a host and a service: getaddrinfo(3).
pub(crate) async fn getaddrinfo(shared: &Shared, query: Query) -> Result<Vec<AddressInfo>> {
    let told = query.clone();
    let mut seen = shared.seen(Call::Getaddrinfo { query: &told });
    let result = watched!(seen, getaddrinfo_unseen(shared, query));
    shared.tell(&mut seen, &result, |infos| Answer::Addresses(infos));
    result
}

async fn getaddrinfo_unseen(shared: &Shared, query: Query) -> Result<Vec<AddressInfo>> {
    if query.service.as_ref().is_some_and(|service| service.len() > LONGEST_NAME) {
        return Err(Error::Gai(GaiCode(c::EAI_SERVICE)));
    }
    let Some(host) = &query.host else { return without_look_up(shared, query).await };
    // The name of an interface in an address tells its index.
    if host.contains(&b'%') {
        shared.judge(&Operation::Interfaces)?;
    }
    // What needs no look-up needs no grant.
    let numeric = Query { flags: query.flags | c::AI_NUMERICHOST, ..query.clone() };
    // What cannot be a name is not the first thing that the system finds wrong.
    let Some(name) = host_name(host) else { return without_look_up(shared, numeric).await };
    // A service may be unknown by the same error.
    let alone = Query { service: None, ..numeric.clone() };
    let answer = match &shared.network {
        None => resolver::getaddrinfo(&alone),
        Some(network) => network.resolver().getaddrinfo(alone).await,
    };
    match answer {
        Err(Error::Gai(NONAME)) if query.flags & c::AI_NUMERICHOST == 0 => {}
        _ => return without_look_up(shared, numeric).await,
    }
    shared.judge(&Operation::Lookup { host: &name })?;
    let infos = asked(shared, AGAIN, |resolver| resolver.getaddrinfo(query)).await?;
    learn(shared, &name, resolver::internet(&infos).map(|address| address.ip()))?;
    Ok(infos)
}

/// The addresses of no host, or of one that is an address itself. Only a service may have a name.
async fn without_look_up(shared: &Shared, query: Query) -> Result<Vec<AddressInfo>> {
    if let Some(network) = &shared.network {
        return network.resolver().getaddrinfo(query).await;
    }
    if resolver::has_plain_service(&query) {
        return resolver::getaddrinfo(&query);
    }
    of_this_host(shared, AGAIN, move || resolver::getaddrinfo(&query)).await
}

/// The names of an address and its port: getnameinfo(3). EAI_FAMILY: it is not of AF_INET or AF_INET6.
pub(crate) async fn getnameinfo(shared: &Shared, address: Address, flags: i32) -> Result<(Vec<u8>, Vec<u8>)> {
    let told = address.clone();
    let mut seen = shared.seen(Call::Getnameinfo { address: &told, flags });
    let result = watched!(seen, getnameinfo_unseen(shared, address, flags));
    shared.tell(&mut seen, &result, |(host, service)| Answer::Names(host, service));
    result
}

async fn getnameinfo_unseen(shared: &Shared, address: Address, flags: i32) -> Result<(Vec<u8>, Vec<u8>)> {
    let address = address.normalised(0)?;
    let internet = address.internet().ok_or(Error::Gai(GaiCode(c::EAI_FAMILY)))?;
    if flags & c::NI_NUMERICHOST != 0 {
        return numeric_names(shared, address, flags).await;
    }
    shared.judge(&Operation::ReverseLookup { address: internet.ip() })?;
    asked(shared, AGAIN, |resolver| resolver.getnameinfo(address, flags)).await
}

/// The address as text, and the name of its port. Only with a grant is the scope told by its interface's name.
async fn numeric_names(shared: &Shared, mut address: Address, flags: i32) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut scope = 0;
    if let Address::Inet6(at) = &mut address
        && !shared.would_allow(&Operation::Interfaces)
    {
        scope = at.scope_id();
        at.set_scope_id(0);
    }
    let (mut host, service) = match &shared.network {
        None => {
            let raw = address.encode()?;
            let call = move || sys::getnameinfo(&raw, flags);
            if flags & c::NI_NUMERICSERV != 0 { call()? } else { of_this_host(shared, AGAIN, call).await? }
        }
        Some(network) => network.resolver().getnameinfo(address, flags).await?,
    };
    if scope != 0 {
        host.extend(format!("%{scope}").as_bytes());
    }
    Ok((host, service))
}

/// A host's IPv4 addresses: gethostbyname(3).
pub(crate) async fn gethostbyname_ex(shared: &Shared, name: Vec<u8>) -> Result<HostEntry> {
    let told = name.clone();
    let mut seen = shared.seen(Call::Gethostbyname { name: &told });
    let result = watched!(seen, gethostbyname_unseen(shared, name));
    shared.tell(&mut seen, &result, |entry| Answer::Host(entry));
    result
}

async fn gethostbyname_unseen(shared: &Shared, name: Vec<u8>) -> Result<HostEntry> {
    let host = host_name(&name).ok_or(Error::Host(resolver::HOST_NOT_FOUND))?;
    if let Ok(ip) = host.parse::<std::net::Ipv4Addr>() {
        return Ok(HostEntry { name, aliases: Vec::new(), addresses: vec![ip.into()] });
    }
    shared.judge(&Operation::Lookup { host: &host })?;
    let entry = asked(shared, TRY_AGAIN, |resolver| resolver.gethostbyname(name)).await?;
    learn(shared, &host, entry.addresses.iter().copied())?;
    Ok(entry)
}

/// The host that has the address: gethostbyaddr(3).
pub(crate) async fn gethostbyaddr(shared: &Shared, address: IpAddr) -> Result<HostEntry> {
    let mut seen = shared.seen(Call::Gethostbyaddr { address });
    let result = watched!(seen, gethostbyaddr_unseen(shared, address));
    shared.tell(&mut seen, &result, |entry| Answer::Host(entry));
    result
}

async fn gethostbyaddr_unseen(shared: &Shared, address: IpAddr) -> Result<HostEntry> {
    shared.judge(&Operation::ReverseLookup { address })?;
    asked(shared, TRY_AGAIN, |resolver| resolver.gethostbyaddr(address)).await
}

/// An address written as text. EAI_NONAME: it is none.
pub(crate) fn numeric(text: &[u8]) -> Result<IpAddr> {
    let address = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    address.ok_or(Error::Gai(NONAME))
}

/// The port of a service: getservbyname(3).
pub(crate) async fn getservbyname(shared: &Shared, name: &[u8], protocol: Option<&[u8]>) -> Option<u16> {
    let mut seen = shared.seen(Call::Getservbyname { name, protocol });
    let found = watched!(seen, getservbyname_unseen(shared, name, protocol));
    seen.end(|| None, &Ok(found), |found| found.map_or(Answer::Unknown, |port| Answer::Int(port.into())));
    found
}

async fn getservbyname_unseen(shared: &Shared, name: &[u8], protocol: Option<&[u8]>) -> Option<u16> {
    if let Some(network) = &shared.network {
        return network.service_port(name, protocol);
    }
    let (name, protocol) = (sys::c_string(name).ok()?, protocol.map(sys::c_string).transpose().ok()?);
    of_this_host(shared, TRY_AGAIN, move || Ok(sys::getservbyname(&name, protocol.as_deref()))).await.ok()?
}

/// The service at a port: getservbyport(3).
pub(crate) async fn getservbyport(shared: &Shared, port: u16, protocol: Option<&[u8]>) -> Option<Vec<u8>> {
    let mut seen = shared.seen(Call::Getservbyport { port, protocol });
    let found = watched!(seen, getservbyport_unseen(shared, port, protocol));
    seen.end(|| None, &Ok(found.as_deref()), |found| found.map_or(Answer::Unknown, Answer::Value));
    found
}

async fn getservbyport_unseen(shared: &Shared, port: u16, protocol: Option<&[u8]>) -> Option<Vec<u8>> {
    if let Some(network) = &shared.network {
        return network.service_name(port, protocol);
    }
    let protocol = protocol.map(sys::c_string).transpose().ok()?;
    of_this_host(shared, TRY_AGAIN, move || Ok(sys::getservbyport(port, protocol.as_deref()))).await.ok()?
}

/// The number of a protocol: getprotobyname(3).
pub(crate) async fn getprotobyname(shared: &Shared, name: &[u8]) -> Option<i32> {
    let mut seen = shared.seen(Call::Getprotobyname { name });
    let found = watched!(seen, getprotobyname_unseen(shared, name));
    seen.end(|| None, &Ok(found), |found| found.map_or(Answer::Unknown, |number| Answer::Int(number.into())));
    found
}

async fn getprotobyname_unseen(shared: &Shared, name: &[u8]) -> Option<i32> {
    if let Some(network) = &shared.network {
        return network.protocol(name);
    }
    let name = sys::c_string(name).ok()?;
    of_this_host(shared, TRY_AGAIN, move || Ok(sys::getprotobyname(&name))).await.ok()?
}

/// NI_MAXHOST: no host name is that long.
const LONGEST_NAME: usize = c::NI_MAXHOST as usize;
const AGAIN: Error = Error::Gai(GaiCode(c::EAI_AGAIN));
const TRY_AGAIN: Error = Error::Host(HostCode(2));

/// The name as policies compare it; none where it cannot be one.
fn host_name(bytes: &[u8]) -> Option<String> {
    let letter = |ch: char| ch.is_alphanumeric() || "-_.:%[]".contains(ch);
    let possible = |name: &&str| !name.is_empty() && name.len() < LONGEST_NAME && name.chars().all(letter);
    std::str::from_utf8(bytes).ok().filter(possible).map(plain_name)
}

/// Asks the resolver, within the limits on how many at once and how long; `late` answers for what exceeds them.
async fn asked<'a, T, F>(shared: &'a Shared, late: Error, ask: impl FnOnce(&'a dyn Resolver) -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    shared.lookups.limited(|| ask(shared.resolver())).await.unwrap_or_else(|limit| exceeded(shared, limit, late))
}

/// What this host's system knows of services and protocols. It may have to ask another for it, and so counts as a look-up.
async fn of_this_host<T: Send + 'static>(
    shared: &Shared,
    late: Error,
    call: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    shared.lookups.limited(|| resolver::blocking(call)).await.unwrap_or_else(|limit| exceeded(shared, limit, late))
}

/// Tells that there were too many look-ups, or that one took too long.
fn exceeded<T>(shared: &Shared, limit: Limit, late: Error) -> Result<T> {
    shared.reached(limit);
    Err(late)
}

/// Remembers where the name led the guest.
fn learn(shared: &Shared, name: &str, addresses: impl Iterator<Item = IpAddr>) -> Result<()> {
    let governing = shared.governance.current();
    let addresses: Vec<_> = addresses.collect();
    if governing.policy.shuns(name) {
        shared.names.shun(name, &addresses)?;
    }
    let heeded = governing.policy.heeds(name);
    let own = if heeded { network::addresses(&shared.network)? } else { Vec::new() };
    shared.names.learn(name, addresses.into_iter(), &own, heeded);
    Ok(())
}

#[cfg(test)]
mod tests;
