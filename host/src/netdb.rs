//! Names of hosts, services and protocols: netdb.h.

use std::net::IpAddr;

use berkeley_constants as c;
use tokio::runtime::Handle;

use crate::address::Address;
use crate::error::{Errno, Error, GaiCode, HostCode, Result};
use crate::policy::{Operation, plain_name};
use crate::resolver::{self, AddressInfo, HostEntry, Lookup, NONAME, Query, Resolver};
use crate::shared::Shared;
use crate::sys;

/// The addresses of a host and a service: getaddrinfo(3).
pub(crate) async fn getaddrinfo(shared: &Shared, query: Query) -> Result<Vec<AddressInfo>> {
    if query.service.as_ref().is_some_and(|service| service.len() > LONGEST_NAME) {
        return Err(Error::Gai(GaiCode(c::EAI_SERVICE)));
    }
    let Some(host) = &query.host else { return resolver::getaddrinfo(&query) };
    // The name of an interface in an address tells its index.
    if host.contains(&b'%') {
        shared.judge(&Operation::Interfaces)?;
    }
    // What needs no look-up needs no grant.
    let numeric = Query { flags: query.flags | c::AI_NUMERICHOST, ..query.clone() };
    // What cannot be a name is not the first thing that the system finds wrong.
    let Some(name) = host_name(host) else { return resolver::getaddrinfo(&numeric) };
    // A service may be unknown by the same error.
    match resolver::getaddrinfo(&Query { service: None, ..numeric.clone() }) {
        Err(Error::Gai(NONAME)) if query.flags & c::AI_NUMERICHOST == 0 => {}
        _ => return resolver::getaddrinfo(&numeric),
    }
    shared.judge(&Operation::Lookup { host: &name })?;
    let again = Error::Gai(GaiCode(c::EAI_AGAIN));
    let infos = limited(shared, again, |resolver| resolver.getaddrinfo(query)).await?;
    shared.names.learn(&name, resolver::internet(&infos));
    Ok(infos)
}

/// The names of an address and its port: getnameinfo(3). EAI_FAMILY: it is not of AF_INET or AF_INET6.
pub(crate) async fn getnameinfo(shared: &Shared, address: Address, flags: i32) -> Result<(Vec<u8>, Vec<u8>)> {
    let address = address.normalised(0)?;
    let internet = address.internet().ok_or(Error::Gai(GaiCode(c::EAI_FAMILY)))?;
    if flags & c::NI_NUMERICHOST != 0 {
        return numeric_names(shared, address, flags);
    }
    shared.judge(&Operation::ReverseLookup { address: internet.ip() })?;
    let again = Error::Gai(GaiCode(c::EAI_AGAIN));
    limited(shared, again, move |resolver| resolver.getnameinfo(address, flags)).await
}

/// The address as text, and the name of its port. Only with a grant is the scope told by its interface's name.
fn numeric_names(shared: &Shared, mut address: Address, flags: i32) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut scope = 0;
    if let Address::Inet6(at) = &mut address
        && !shared.would_allow(&Operation::Interfaces)
    {
        scope = at.scope_id();
        at.set_scope_id(0);
    }
    let (mut host, service) = sys::getnameinfo(&address.encode()?, flags)?;
    if scope != 0 {
        host.extend(format!("%{scope}").as_bytes());
    }
    Ok((host, service))
}

/// A host's IPv4 addresses: gethostbyname(3).
pub(crate) async fn gethostbyname_ex(shared: &Shared, name: Vec<u8>) -> Result<HostEntry> {
    let host = host_name(&name).ok_or(Error::Host(resolver::HOST_NOT_FOUND))?;
    if let Ok(ip) = host.parse::<std::net::Ipv4Addr>() {
        return Ok(HostEntry { name, aliases: Vec::new(), addresses: vec![ip.into()] });
    }
    shared.judge(&Operation::Lookup { host: &host })?;
    let entry = limited(shared, TRY_AGAIN, |resolver| resolver.gethostbyname(name)).await?;
    shared.names.learn(&host, entry.addresses.iter().map(|&ip| (ip, 0).into()));
    Ok(entry)
}

/// The host that has the address: gethostbyaddr(3).
pub(crate) async fn gethostbyaddr(shared: &Shared, address: IpAddr) -> Result<HostEntry> {
    shared.judge(&Operation::ReverseLookup { address })?;
    limited(shared, TRY_AGAIN, move |resolver| resolver.gethostbyaddr(address)).await
}

/// An address written as text. EAI_NONAME: it is none.
pub(crate) fn numeric(text: &[u8]) -> Result<IpAddr> {
    let address = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    address.ok_or(Error::Gai(NONAME))
}

/// The port of a service: getservbyname(3).
pub(crate) fn getservbyname(name: &[u8], protocol: Option<&[u8]>) -> Option<u16> {
    let protocol = protocol.map(sys::c_string).transpose().ok()?;
    sys::getservbyname(&sys::c_string(name).ok()?, protocol.as_deref())
}

/// The service at a port: getservbyport(3).
pub(crate) fn getservbyport(port: u16, protocol: Option<&[u8]>) -> Option<Vec<u8>> {
    let protocol = protocol.map(sys::c_string).transpose().ok()?;
    sys::getservbyport(port, protocol.as_deref())
}

/// The number of a protocol: getprotobyname(3).
pub(crate) fn getprotobyname(name: &[u8]) -> Option<i32> {
    sys::getprotobyname(&sys::c_string(name).ok()?)
}

/// NI_MAXHOST: no host name is that long.
const LONGEST_NAME: usize = c::NI_MAXHOST as usize;
const TRY_AGAIN: Error = Error::Host(HostCode(2));

/// The name as policies compare it; none where it cannot be one.
fn host_name(bytes: &[u8]) -> Option<String> {
    let letter = |ch: char| ch.is_alphanumeric() || "-_.:%[]".contains(ch);
    let possible = |name: &&str| !name.is_empty() && name.len() < LONGEST_NAME && name.chars().all(letter);
    std::str::from_utf8(bytes).ok().filter(possible).map(plain_name)
}

/// Looks up within the limits on how many at once and how long; `late` answers for what takes too long.
///
/// A look-up that was given up goes on, and counts, until it ends: nothing can stop the system's.
async fn limited<T: Send + 'static>(
    shared: &Shared,
    late: Error,
    ask: impl for<'a> FnOnce(&'a dyn Resolver) -> Lookup<'a, T> + Send + 'static,
) -> Result<T> {
    let resolver = shared.resolver.clone();
    let Ok(runtime) = Handle::try_current() else { return ask(&*resolver).await };
    let lookups = shared.lookups.clone();
    let task = runtime.spawn(async move {
        let _permit = lookups.acquire_owned().await;
        ask(&*resolver).await
    });
    match tokio::time::timeout(shared.limits.lookup_time, task).await {
        Ok(result) => result.unwrap_or_else(|_| Err(Errno::ECANCELED.into())),
        Err(_) => Err(late),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctx::SocketCtx;
    use crate::limits::Limits;
    use crate::policy::Rules;
    use crate::resolver::Hosts;
    use std::time::Duration;

    fn query(host: &str, service: &str) -> Query {
        Query {
            host: Some(host.into()),
            service: Some(service.into()),
            family: 0,
            kind: c::SOCK_STREAM,
            protocol: 0,
            flags: 0,
        }
    }

    fn guest(rules: &[&str]) -> SocketCtx {
        let hosts = Hosts::new().with("db.example", ["10.0.0.1".parse().expect("an address")]);
        let rules = Rules::parse(rules.iter().copied()).expect("rules");
        SocketCtx::builder().rules(rules).expect("a context").resolver(hosts).build()
    }

    #[tokio::test]
    async fn numeric_hosts_need_no_grant() {
        let guest = guest(&[]);
        let infos = getaddrinfo(&guest.shared, query("127.0.0.1", "80")).await.expect("numeric");
        assert_eq!(infos[0].address.to_string(), "127.0.0.1:80");
        assert!(guest.shared.names.of("127.0.0.1".parse().expect("an address")).is_empty());
    }

    #[tokio::test]
    async fn names_need_a_grant_and_are_learnt() {
        let denied = getaddrinfo(&guest(&[]).shared, query("db.example", "80")).await;
        assert!(matches!(denied, Err(Error::Denied(_))), "{denied:?}");
        let guest = guest(&["resolve=db.example"]);
        let infos = getaddrinfo(&guest.shared, query("DB.example.", "80")).await.expect("known");
        assert_eq!(infos[0].address.to_string(), "10.0.0.1:80");
        let learnt = guest.shared.names.of("10.0.0.1".parse().expect("an address"));
        assert_eq!(learnt.iter().map(|name| &**name).collect::<Vec<_>>(), ["db.example"]);
    }

    #[tokio::test]
    async fn bad_names_are_not_names() {
        let guest = guest(&["resolve"]);
        for name in ["a\0b", "", "no.such.example"] {
            let result = getaddrinfo(&guest.shared, query(name, "80")).await;
            assert_eq!(result, Err(Error::Gai(NONAME)), "{name:?}");
        }
        let bad_service = getaddrinfo(&guest.shared, query("127.0.0.1", "no-such-service")).await;
        assert_eq!(bad_service, Err(Error::Gai(GaiCode(c::EAI_SERVICE))));
    }

    /// Never answers.
    struct Silent;

    impl Resolver for Silent {
        fn getaddrinfo(&self, _: Query) -> Lookup<'_, Vec<AddressInfo>> {
            Box::pin(std::future::pending())
        }
        fn getnameinfo(&self, _: Address, _: i32) -> Lookup<'_, (Vec<u8>, Vec<u8>)> {
            Box::pin(std::future::pending())
        }
        fn gethostbyname(&self, _: Vec<u8>) -> Lookup<'_, HostEntry> {
            Box::pin(std::future::pending())
        }
        fn gethostbyaddr(&self, _: IpAddr) -> Lookup<'_, HostEntry> {
            Box::pin(std::future::pending())
        }
    }

    #[tokio::test]
    async fn a_look_up_that_takes_too_long_is_given_up() {
        let limits = Limits { lookup_time: Duration::from_millis(1), lookups: 1, ..Limits::default() };
        let builder = SocketCtx::builder().allow_all().expect("a context").resolver(Silent);
        let guest = builder.limits(limits).build();
        for _ in 0..2 {
            let result = getaddrinfo(&guest.shared, query("db.example", "80")).await;
            assert_eq!(result, Err(Error::Gai(GaiCode(c::EAI_AGAIN))));
        }
        let result = gethostbyname_ex(&guest.shared, b"db.example".to_vec()).await;
        assert_eq!(result, Err(TRY_AGAIN));
    }
}
