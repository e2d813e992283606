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

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use futures_util::FutureExt as _;
    use tokio::runtime::Handle;

    use super::*;
    use crate::address::Address;
    use crate::ctx::SocketCtx;
    use crate::policy::{Operation, Rules, Transport};
    use crate::resolver::{Hosts, Silent};

    fn guest(rule: &str) -> Arc<Shared> {
        let hosts = Hosts::new().with("db.internal", ["93.184.215.14".parse().expect("an address")]);
        let rules = Rules::parse([rule]).expect("a rule");
        SocketCtx::builder().rules(rules).expect("a context").resolver(hosts).build().shared.clone()
    }

    #[tokio::test]
    async fn addresses_of_a_name_that_a_rule_grants_are_let_in() {
        let guest = guest("connect=db.internal:5432");
        let peer = Address::from(SocketAddr::from(([93, 184, 215, 14], 5432)));
        let operation = Operation::Connect { transport: Transport::Tcp, peer: &peer };
        assert!(!guest.would_allow(&operation));
        let found = resolve(guest.clone(), "DB.Internal".into()).await;
        assert_eq!(found, Ok(vec![IpAddr::from([93, 184, 215, 14])]));
        assert!(guest.would_allow(&operation));
        assert_eq!(resolve(guest.clone(), "other.internal".into()).await, Err(Code::AccessDenied));
    }

    #[tokio::test]
    async fn unknown_names_and_what_is_no_name() {
        let guest = guest("resolve");
        let code = async |name: &str| resolve(guest.clone(), name.into()).await.expect_err(name);
        assert_eq!(code("nobody.internal").await, Code::NameUnresolvable);
        for name in ["", " ", "a b", "127.0.0.1:80", "http://db.internal/", "[::1", "1.2.3.256"] {
            assert_eq!(code(name).await, Code::InvalidArgument, "{name}");
        }
    }

    #[tokio::test]
    async fn addresses_need_no_grant() {
        let guest = guest("connect=127.0.0.1:1");
        for (text, ip) in
            [("127.0.0.1", "127.0.0.1"), ("0x7f.1", "127.0.0.1"), ("[::1]", "::1"), ("fe80::1", "fe80::1")]
        {
            let ip: IpAddr = ip.parse().expect("an address");
            assert_eq!(resolve(guest.clone(), text.into()).await, Ok(vec![ip]), "{text}");
        }
    }

    /// A guest of WASI begins look-ups without awaiting them, as many as it likes.
    #[tokio::test]
    async fn look_ups_that_are_dropped_leave_nothing_behind() {
        let guest = SocketCtx::builder().allow_all().expect("a context").resolver(Silent).build();
        for _ in 0..1000 {
            assert!(resolve(guest.shared.clone(), "db.internal".into()).now_or_never().is_none());
        }
        let alive = Handle::current().metrics().num_alive_tasks();
        assert!(alive <= guest.shared.limits.lookups, "{alive} look-ups go on");
    }
}
