//! Functions that make sockets, or take them by their numbers.

use std::time::Duration;

use berkeley_guest::socket::*;

use crate::check::{Answer, check, ensure, equal, failed_by, fails};
use crate::platform::Platform;
use crate::probe::ends::{PATIENCE, listener, pair, port, tcp, v4};
use crate::probe::method;

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
        "SocketIO" => method::probe::<P>("makefile", &[]).await,
        "getdefaulttimeout" | "setdefaulttimeout" => {
            check("new sockets have it", async { default_timeout::<P>() }).await;
        }
        _ => {}
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
        failed_by(refused, "ECONNREFUSED", "connection-refused", "somebody listens")
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

fn default_timeout<P: Platform>() -> Answer {
    let limit = Some(Duration::from_secs(3));
    P::setdefaulttimeout(limit);
    let result = P::socket(AF_INET, SOCK_STREAM, 0).and_then(|socket| equal!(socket.gettimeout(), limit));
    P::setdefaulttimeout(None);
    result
}
