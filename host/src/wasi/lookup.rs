//! Looking up host names: what both versions of WASI have in common.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use berkeley_constants as c;
use url::Host;

use super::code::Code;
use crate::netdb;
use crate::resolver::{self, Query};
use crate::shared::Shared;

/// The addresses of a host. Its name may have any letters; the resolver is asked for what stands for them in ASCII.
///
/// An address written as text is itself, and needs no grant.
pub(super) async fn resolve(shared: Arc<Shared>, name: String) -> Result<Vec<IpAddr>, Code> {
    let domain = match Host::parse(&name) {
        Ok(Host::Domain(domain)) => domain,
        Ok(Host::Ipv4(ip)) => return Ok(vec![ip.into()]),
        Ok(Host::Ipv6(ip)) => return Ok(vec![ip.into()]),
        // There an IPv6 address stands in brackets.
        Err(_) => return name.parse::<Ipv6Addr>().map(|ip| vec![ip.into()]).map_err(|_| Code::InvalidArgument),
    };
    let query = Query {
        host: Some(domain.into_bytes()),
        service: None,
        family: c::AF_UNSPEC,
        // Else each address comes once for each type.
        kind: c::SOCK_STREAM,
        protocol: 0,
        flags: 0,
    };
    let infos = netdb::getaddrinfo(&shared, query).await?;
    Ok(resolver::internet(&infos).map(|address| address.ip()).collect())
}
