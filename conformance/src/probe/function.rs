//! The functions of the module.

use std::time::Duration;

use berkeley_guest::socket::{self, *};

use super::{PATIENCE, listener, pair, port, tcp, v4};
use crate::check::{Answer, Failure, check, ensure, equal, fails, missing};
use crate::platform::Platform;

pub(super) async fn probe<P: Platform>(name: &str) {
    match name {
        "socket" => socket::<P>().await,
        "socketpair" => socketpair::<P>().await,
        "create_connection" => create_connection::<P>().await,
        "create_server" => create_server::<P>().await,
        "has_dualstack_ipv6" => {
            check("is true", async { ensure!(P::has_dualstack_ipv6(), "IPv6 sockets take no IPv4 connections") }).await;
        }
        "fromfd" => {
            check("gives a second socket to the same connection", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                let second = P::fromfd(client.fileno()?)?;
                drop(client);
                second.sendall(b"still here", 0).await?;
                equal!(server.recv(100, 0).await?, b"still here")
            })
            .await;
        }
        "fromshare" => {
            check("fails as on every system but Windows", async {
                fails(P::socket(AF_INET, SOCK_STREAM, 0)?.windows(name), "EOPNOTSUPP")
            })
            .await;
        }
        "close" => {
            check("closes a detached socket by its number", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                P::close_fileno(client.detach()?)?;
                equal!(server.recv(100, 0).await?, b"")
            })
            .await;
        }
        "dup" => {
            check("gives a second number", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                let number = client.fileno()?;
                let second = P::dup_fileno(number)?;
                ensure!(second != number, "the number is the same")?;
                drop(client);
                P::from_fileno(second)?.sendall(b"still here", 0).await?;
                equal!(server.recv(100, 0).await?, b"still here")
            })
            .await;
        }
        "SocketType" => check("is the type of sockets", async { P::socket(AF_INET, SOCK_DGRAM, 0).map(drop) }).await,
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
        "gethostname" => {
            check("is not empty", async { ensure!(!P::gethostname()?.is_empty(), "it is empty") }).await;
        }
        // To set the name that it has changes nothing, and needs the same right.
        "sethostname" => check("sets the host's name", async { P::sethostname(&P::gethostname()?) }).await,
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
        "if_nameindex" => {
            check("lists lo", async {
                let names = P::if_nameindex()?;
                ensure!(names.iter().any(|(index, name)| name == "lo" && *index > 0), "there are {names:?}")
            })
            .await;
        }
        "if_nametoindex" => {
            check("lo has an index", async { ensure!(P::if_nametoindex("lo")? > 0, "it is 0") }).await;
            check("an interface that is none is an error", async { none(P::if_nametoindex("no-such-if")) }).await;
        }
        "if_indextoname" => {
            check("gives lo back", async { equal!(P::if_indextoname(P::if_nametoindex("lo")?)?, "lo") }).await;
        }
        "send_fds" | "recv_fds" => {
            check("a socket goes through a unix socket", async {
                let (left, right) = pair::<P>(SOCK_STREAM)?;
                let (client, server) = tcp::<P>(AF_INET).await?;
                left.send_fds(b"take it", &[&client])?;
                drop(client);
                let (data, sockets) = right.recv_fds(100, 1)?;
                equal!((data.as_slice(), sockets.len()), (&b"take it"[..], 1))?;
                sockets[0].sendall(b"through it", 0).await?;
                equal!(server.recv(100, 0).await?, b"through it")
            })
            .await;
        }
        "SocketIO" => super::method::makefile::<P>().await,
        "error" => error::<P>().await,
        "timeout" => {
            check("a time limit that runs out is an error of its own", async {
                let (client, _server) = tcp::<P>(AF_INET).await?;
                client.settimeout(Some(Duration::from_millis(1)));
                fails(client.recv(1, 0).await, "timeout")
            })
            .await;
        }
        "gaierror" => {
            check("a name that is none is told apart from other failures", async {
                match P::getaddrinfo(Some("no.such.host.invalid"), None, Hints::default()).await {
                    Err(failure) if failure.is("gaierror") || failure.is("name-unresolvable") => Ok(()),
                    Err(failure) => Err(failure),
                    Ok(_) => Err(Failure::Wrong("it has an address".into())),
                }
            })
            .await;
        }
        "herror" => {
            check("an address without a name tells its h_errno", async {
                // TEST-NET-1, of which no resolver knows a name.
                fails(P::gethostbyaddr("192.0.2.1"), "herror")
            })
            .await;
        }
        "getdefaulttimeout" | "setdefaulttimeout" => {
            check("new sockets have it", async { default_timeout::<P>() }).await;
        }
        name => pure(name).await,
    }
}

/// What is computed in the guest.
async fn pure(name: &str) {
    let works = |holds: bool| async move { ensure!(holds, "the answer is wrong") };
    let computed: &[(&str, &str, bool)] = &[
        ("ntohl", "0x7f000001", ntohl(0x7f00_0001) == 0x0100_007f),
        ("htonl", "0x7f000001", htonl(0x7f00_0001) == 0x0100_007f),
        ("ntohs", "80", ntohs(80) == 0x5000),
        ("htons", "80", htons(80) == 0x5000),
        ("inet_aton", "127.1", inet_aton("127.1") == Ok([127, 0, 0, 1])),
        ("inet_aton", "0x7f.0.0.010", inet_aton("0x7f.0.0.010") == Ok([127, 0, 0, 8])),
        ("inet_aton", "an address that is none", inet_aton("300.1.1.1").is_err()),
        ("inet_ntoa", "127.0.0.1", inet_ntoa(&[127, 0, 0, 1]).as_deref() == Ok("127.0.0.1")),
        ("inet_ntoa", "three bytes", inet_ntoa(&[127, 0, 0]).is_err()),
        ("inet_pton", "127.0.0.1", inet_pton(AF_INET, "127.0.0.1") == Ok(vec![127, 0, 0, 1])),
        ("inet_pton", "::1", inet_pton(AF_INET6, "::1").is_ok_and(|bytes| bytes[15] == 1 && bytes.len() == 16)),
        ("inet_pton", "127.1", inet_pton(AF_INET, "127.1").is_err()),
        ("inet_ntop", "127.0.0.1", inet_ntop(AF_INET, &[127, 0, 0, 1]).as_deref() == Ok("127.0.0.1")),
        ("inet_ntop", "::", inet_ntop(AF_INET6, &[0; 16]).as_deref() == Ok("::")),
        ("inet_ntop", "a family that is none", inet_ntop(AF_UNIX, &[0; 4]).is_err()),
        ("CMSG_LEN", "4 bytes", CMSG_LEN(4) == 20),
        ("CMSG_SPACE", "4 bytes", CMSG_SPACE(4) == 24),
        ("has_ipv6", "is true", socket::HAS_IPV6),
        ("AddressFamily", "the numbers are Linux's", (AF_INET, AF_INET6, AF_UNIX) == (2, 10, 1)),
        ("SocketKind", "the numbers are Linux's", (SOCK_STREAM, SOCK_DGRAM, SOCK_RAW) == (1, 2, 3)),
        ("MsgFlag", "the numbers are Linux's", (MSG_OOB, MSG_PEEK, MSG_DONTWAIT) == (1, 2, 0x40)),
        ("AddressInfo", "the numbers are Linux's", (AI_PASSIVE, AI_CANONNAME, AI_NUMERICHOST) == (1, 2, 4)),
    ];
    for (_, what, holds) in computed.iter().filter(|(of, _, _)| *of == name) {
        check(what, works(*holds)).await;
    }
}

async fn socket<P: Platform>() {
    for (what, family, r#type, proto) in [
        ("TCP", AF_INET, SOCK_STREAM, 0),
        ("UDP", AF_INET, SOCK_DGRAM, IPPROTO_UDP),
        ("unix streams", AF_UNIX, SOCK_STREAM, 0),
        ("unix datagrams", AF_UNIX, SOCK_DGRAM, 0),
    ] {
        check(what, async { P::socket(family, r#type, proto).map(drop) }).await;
    }
    check("SOCK_NONBLOCK", async {
        let socket = P::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)?;
        equal!((socket.gettimeout(), socket.r#type()), (Some(Duration::ZERO), SOCK_STREAM))
    })
    .await;
    check("a family that is none is EAFNOSUPPORT", async { fails(P::socket(46, SOCK_STREAM, 0), "EAFNOSUPPORT") })
        .await;
    check("a type that is none is EINVAL", async { fails(P::socket(AF_INET, 99, 0), "EINVAL") }).await;
    check("fileno= takes a socket again", async {
        let (client, server) = tcp::<P>(AF_INET).await?;
        let again = P::from_fileno(client.detach()?)?;
        again.sendall(b"again", 0).await?;
        equal!(server.recv(100, 0).await?, b"again")
    })
    .await;
}

/// There is none: a call says so.
fn none<T: std::fmt::Debug>(answer: Answer<T>) -> Answer {
    match answer {
        Err(Failure::Error(..)) => Ok(()),
        Err(failure) => Err(failure),
        Ok(found) => Err(Failure::Wrong(format!("it finds {found:?}"))),
    }
}

/// What is none must fail so. A library in the guest says that of all that it has no call for.
fn unknown<T>(answer: Answer<T>, expected: &str) -> Answer {
    match answer {
        Err(Failure::Missing(_)) => Ok(()),
        answer => fails(answer, expected),
    }
}

async fn socketpair<P: Platform>() {
    for (what, r#type) in [("streams", SOCK_STREAM), ("datagrams", SOCK_DGRAM), ("packets", SOCK_SEQPACKET)] {
        check(what, async {
            let (left, right) = pair::<P>(r#type)?;
            left.send(b"there", 0).await?;
            equal!(right.recv(100, 0).await?, b"there")?;
            right.send(b"back", 0).await?;
            equal!(left.recv(100, 0).await?, b"back")
        })
        .await;
    }
}

/// Options with a time limit that is longer than anything here takes, and perhaps the host to connect from.
fn patient(from: Option<&str>) -> ConnectionOptions {
    ConnectionOptions { timeout: PATIENCE, source_address: from.map(|host| (host.to_owned(), 0)) }
}

async fn create_connection<P: Platform>() {
    check("by a name", async {
        let (server, address) = listener::<P>(AF_INET)?;
        let client = P::create_connection(("localhost", port(&address)?), &patient(None)).await?;
        let (accepted, peer) = server.accept().await?;
        equal!(peer, client.getsockname()?)?;
        client.sendall(b"hello", 0).await?;
        equal!(accepted.recv(100, 0).await?, b"hello")
    })
    .await;
    check("timeout", async {
        let (_server, address) = listener::<P>(AF_INET)?;
        let client = P::create_connection(("127.0.0.1", port(&address)?), &patient(None)).await?;
        equal!(client.gettimeout(), PATIENCE)
    })
    .await;
    check("source_address", async {
        let (server, address) = listener::<P>(AF_INET)?;
        P::create_connection(("127.0.0.1", port(&address)?), &patient(Some("127.0.0.2"))).await?;
        let (_, peer) = server.accept().await?;
        equal!(peer.host().as_deref(), Some("127.0.0.2"))
    })
    .await;
    check("the error is that of the attempt", async {
        let (server, address) = listener::<P>(AF_INET)?;
        server.close()?;
        let refused = P::create_connection(("127.0.0.1", port(&address)?), &patient(None)).await;
        match refused {
            Err(failure) if failure.is("ECONNREFUSED") || failure.is("connection-refused") => Ok(()),
            Err(failure) => Err(failure),
            Ok(_) => Err(Failure::Wrong("somebody listens".into())),
        }
    })
    .await;
}

async fn create_server<P: Platform>() {
    check("takes connections", async {
        let server = P::create_server(("127.0.0.1", 0), &ServerOptions::default())?;
        let client = P::socket(AF_INET, SOCK_STREAM, 0)?;
        client.connect(&server.getsockname()?).await?;
        server.accept().await.map(drop)
    })
    .await;
    check("reuse_port lets two share a port", async {
        let options = ServerOptions { reuse_port: true, ..ServerOptions::default() };
        let server = P::create_server(("127.0.0.1", 0), &options)?;
        P::create_server(("127.0.0.1", port(&server.getsockname()?)?), &options).map(drop)
    })
    .await;
    check("dualstack_ipv6 takes IPv4 connections at ::", async {
        let options = ServerOptions { family: AF_INET6, dualstack_ipv6: true, ..ServerOptions::default() };
        let server = P::create_server(("::", 0), &options)?;
        let client = P::socket(AF_INET, SOCK_STREAM, 0)?;
        client.connect(&v4(port(&server.getsockname()?)?)).await?;
        let (_, peer) = server.accept().await?;
        equal!(peer.host().as_deref(), Some("::ffff:127.0.0.1"))
    })
    .await;
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

/// Errors that a program tells apart by their numbers.
async fn error<P: Platform>() {
    check("ECONNREFUSED", async {
        let (server, address) = listener::<P>(AF_INET)?;
        server.close()?;
        let client = P::socket(AF_INET, SOCK_STREAM, 0)?;
        equal!(client.connect_ex(&address).await?, errno::ECONNREFUSED)
    })
    .await;
    check("EADDRINUSE", async {
        let (_server, address) = listener::<P>(AF_INET)?;
        number(P::socket(AF_INET, SOCK_STREAM, 0)?.bind(&address), "EADDRINUSE", "address-in-use")
    })
    .await;
    check("EADDRNOTAVAIL", async {
        let nowhere = std::net::SocketAddr::from(([192, 0, 2, 1], 0)).into();
        number(P::socket(AF_INET, SOCK_STREAM, 0)?.bind(&nowhere), "EADDRNOTAVAIL", "address-not-bindable")
    })
    .await;
    check("ENOTCONN", async { fails(P::socket(AF_INET, SOCK_STREAM, 0)?.getpeername(), "ENOTCONN") }).await;
    check("EPIPE", async {
        let (client, _server) = tcp::<P>(AF_INET).await?;
        client.shutdown(SHUT_WR)?;
        fails(client.send(b"x", MSG_NOSIGNAL).await, "EPIPE")
    })
    .await;
    check("EISCONN", async {
        let (_server, address) = listener::<P>(AF_INET)?;
        let client = P::socket(AF_INET, SOCK_STREAM, 0)?;
        client.connect(&address).await?;
        fails(client.connect(&address).await, "EISCONN")
    })
    .await;
    check("EMSGSIZE", async {
        let (one, _other, address) = super::udp::<P>(AF_INET)?;
        number(one.sendto(&[0; 70_000], 0, &address).await.map(drop), "EMSGSIZE", "datagram-too-large")
    })
    .await;
    check("ENOPROTOOPT", async {
        unknown(P::socket(AF_INET, SOCK_STREAM, 0)?.getsockopt(SOL_SOCKET, 9999), "ENOPROTOOPT")
    })
    .await;
}

/// The error is the one of that name, be it by WASI's own.
fn number(answer: Answer, posix: &str, wasi: &str) -> Answer {
    match answer {
        Err(failure) if failure.is(posix) || failure.is(wasi) => Ok(()),
        Err(failure) => Err(Failure::Wrong(format!("{failure} instead of {posix}"))),
        Ok(()) => Err(Failure::Wrong(format!("it succeeds instead of {posix}"))),
    }
}

fn default_timeout<P: Platform>() -> Answer {
    let limit = Some(Duration::from_secs(3));
    P::setdefaulttimeout(limit);
    let result = P::socket(AF_INET, SOCK_STREAM, 0).and_then(|socket| equal!(socket.gettimeout(), limit));
    P::setdefaulttimeout(None);
    result
}
