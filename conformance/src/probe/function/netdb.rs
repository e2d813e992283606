//! Names of hosts, services and protocols.

use berkeley_guest::socket::*;

use crate::check::{Failure, check, ensure, equal, missing, none};
use crate::platform::Platform;
use crate::probe::ends::v4;

pub(super) async fn probe<P: Platform>(name: &str) {
    match name {
        "getaddrinfo" => getaddrinfo::<P>().await,
        "getfqdn" => {
            check("names the host at 127.0.0.1", async {
                let name = P::getfqdn("127.0.0.1")?;
                ensure!(name.starts_with("localhost"), "it is {name}")
            })
            .await;
        }
        "gethostbyname" => {
            check("finds localhost", async { equal!(P::gethostbyname("localhost").await?, "127.0.0.1") }).await;
        }
        "gethostbyname_ex" => {
            check("finds the addresses of localhost", async {
                let entry = P::gethostbyname_ex("localhost").await?;
                equal!(entry.ipaddrlist.first().map(String::as_str), Some("127.0.0.1"))
            })
            .await;
            check("tells the canonical name", async {
                let entry = P::gethostbyname_ex("localhost").await?;
                if entry.hostname.is_empty() { missing("canonical names") } else { Ok(()) }
            })
            .await;
        }
        "gethostbyaddr" => {
            check("names the host at 127.0.0.1", async {
                let entry = P::gethostbyaddr("127.0.0.1")?;
                ensure!(entry.hostname.starts_with("localhost"), "it is {}", entry.hostname)?;
                equal!(entry.ipaddrlist, ["127.0.0.1"])
            })
            .await;
        }
        "getnameinfo" => {
            check("names the host at 127.0.0.1 and the service at 80", async {
                let (host, service) = P::getnameinfo(&v4(80), 0)?;
                ensure!(host.starts_with("localhost"), "the host is {host}")?;
                equal!(service, "http")
            })
            .await;
            check("gives numbers by NI_NUMERICHOST and NI_NUMERICSERV", async {
                let answer = P::getnameinfo(&v4(80), NI_NUMERICHOST | NI_NUMERICSERV)?;
                equal!(answer, ("127.0.0.1".to_owned(), "80".to_owned()))
            })
            .await;
        }
        "getservbyname" => {
            check("http is 80", async { equal!(P::getservbyname("http", Some("tcp"))?, 80) }).await;
            check("a service that is none is an error", async { none(P::getservbyname("no-such-service", None)) })
                .await;
        }
        "getservbyport" => {
            check("80 is http", async { equal!(P::getservbyport(80, Some("tcp"))?, "http") }).await;
        }
        "getprotobyname" => {
            check("udp is 17", async { equal!(P::getprotobyname("udp")?, 17) }).await;
        }
        _ => {}
    }
}

async fn getaddrinfo<P: Platform>() {
    let hints = Hints { family: AF_INET, r#type: SOCK_STREAM, ..Hints::default() };
    check("a name", async {
        let infos = P::getaddrinfo(Some("localhost"), None, hints).await?;
        equal!(infos.first().and_then(|info| info.address.host()).as_deref(), Some("127.0.0.1"))
    })
    .await;
    check("a port", async {
        let infos = P::getaddrinfo(Some("127.0.0.1"), Some("8080"), hints).await?;
        let [info] = infos.as_slice() else { return Err(Failure::Wrong(format!("{infos:?}"))) };
        equal!((info.address.port(), info.family, info.r#type, info.proto), (Some(8080), AF_INET, SOCK_STREAM, 6))
    })
    .await;
    check("a service by its name", async {
        let infos = P::getaddrinfo(Some("127.0.0.1"), Some("https"), hints).await?;
        equal!(infos.first().and_then(|info| info.address.port()), Some(443))
    })
    .await;
    check("no host, with AI_PASSIVE", async {
        let hints = Hints { flags: AI_PASSIVE, ..hints };
        let infos = P::getaddrinfo(None, Some("80"), hints).await?;
        equal!(infos.first().and_then(|info| info.address.host()).as_deref(), Some("0.0.0.0"))
    })
    .await;
    check("AI_CANONNAME", async {
        let hints = Hints { flags: AI_CANONNAME, ..hints };
        let infos = P::getaddrinfo(Some("localhost"), None, hints).await?;
        ensure!(infos.first().is_some_and(|info| !info.canonname.is_empty()), "there is none")
    })
    .await;
    check("AI_NUMERICHOST asks no resolver", async {
        let hints = Hints { flags: AI_NUMERICHOST, ..hints };
        match P::getaddrinfo(Some("localhost"), None, hints).await {
            Err(Failure::Error(..)) => Ok(()),
            Err(failure) => Err(failure),
            Ok(_) => missing("AI_NUMERICHOST"),
        }
    })
    .await;
    check("a scope", async {
        let hints = Hints { family: AF_INET6, ..hints };
        match P::getaddrinfo(Some("fe80::1%lo"), None, hints).await?.first().map(|info| info.address.clone()) {
            Some(Address::Inet6(address)) => ensure!(address.scope_id() > 0, "there is none"),
            other => Err(Failure::Wrong(format!("{other:?}"))),
        }
    })
    .await;
}
