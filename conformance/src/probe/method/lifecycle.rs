//! The life of a socket: how it is made, bound, connected and closed, and what it tells of itself.

use std::time::Duration;

use berkeley_guest::socket::*;

use crate::check::{check, ensure, equal, fails, would_block};
use crate::platform::Platform;
use crate::probe::ends::{listener, port, tcp, tcp_greeted, to_end, udp, v4};

pub(super) async fn probe<P: Platform>(name: &str) {
    match name {
        "accept" => accept::<P>().await,
        "bind" => bind::<P>().await,
        "listen" => {
            check("a connection waits for accept", async {
                let (server, address) = listener::<P>(AF_INET)?;
                P::socket(AF_INET, SOCK_STREAM, 0)?.connect(&address).await?;
                server.accept().await.map(drop)
            })
            .await;
            check("a backlog of 0", async {
                let server = P::socket(AF_INET, SOCK_STREAM, 0)?;
                server.bind(&v4(0))?;
                server.listen(0)?;
                P::socket(AF_INET, SOCK_STREAM, 0)?.connect(&server.getsockname()?).await
            })
            .await;
        }
        "connect" => connect::<P>().await,
        "connect_ex" => {
            check("0 is success", async {
                let (_server, address) = listener::<P>(AF_INET)?;
                equal!(P::socket(AF_INET, SOCK_STREAM, 0)?.connect_ex(&address).await?, 0)
            })
            .await;
            check("ECONNREFUSED by its number", async {
                let (server, address) = listener::<P>(AF_INET)?;
                server.close()?;
                equal!(P::socket(AF_INET, SOCK_STREAM, 0)?.connect_ex(&address).await?, errno::ECONNREFUSED)
            })
            .await;
        }
        "shutdown" => shutdown::<P>().await,
        "close" => {
            check("ends the connection", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                client.close()?;
                equal!(server.recv(1, 0).await?, b"")
            })
            .await;
        }
        "detach" => {
            check("the socket stays open", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                let number = client.detach()?;
                P::from_fileno(number)?.sendall(b"open", 0).await?;
                equal!(server.recv(100, 0).await?, b"open")
            })
            .await;
        }
        "fileno" => {
            check("each socket has its own", async {
                let sockets = (P::socket(AF_INET, SOCK_STREAM, 0)?, P::socket(AF_INET, SOCK_STREAM, 0)?);
                let numbers = (sockets.0.fileno()?, sockets.1.fileno()?);
                ensure!(numbers.0 >= 0 && numbers.1 >= 0 && numbers.0 != numbers.1, "they are {numbers:?}")
            })
            .await;
        }
        "dup" => {
            check("a second socket to the same connection", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                let second = client.dup()?;
                client.close()?;
                second.sendall(b"still here", 0).await?;
                equal!(server.recv(100, 0).await?, b"still here")
            })
            .await;
        }
        "get_inheritable" | "set_inheritable" => {
            check("a socket is not, until it is made so", async {
                let socket = P::socket(AF_INET, SOCK_STREAM, 0)?;
                equal!(socket.get_inheritable()?, false)?;
                socket.set_inheritable(true)?;
                equal!(socket.get_inheritable()?, true)
            })
            .await;
        }
        "getpeername" => {
            check("is the other's getsockname", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                equal!(client.getpeername()?, server.getsockname()?)?;
                equal!(server.getpeername()?, client.getsockname()?)
            })
            .await;
        }
        "getsockname" => {
            check("tells the port that was chosen", async {
                let (_server, address) = listener::<P>(AF_INET)?;
                ensure!(port(&address)? > 0, "it is {address}")
            })
            .await;
            check("is 0.0.0.0, port 0, before bind", async {
                let address = P::socket(AF_INET, SOCK_STREAM, 0)?.getsockname()?;
                equal!(address.to_string(), "0.0.0.0:0")
            })
            .await;
        }
        "family" => {
            check("is the one it was made of", async {
                equal!(P::socket(AF_INET6, SOCK_DGRAM, 0)?.family(), AF_INET6)
            })
            .await;
        }
        "type" => {
            check("is the one it was made of", async {
                equal!(P::socket(AF_INET, SOCK_DGRAM, 0)?.r#type(), SOCK_DGRAM)
            })
            .await;
        }
        "proto" => {
            check("is the one it was made of", async {
                equal!(P::socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP)?.proto(), IPPROTO_UDP)
            })
            .await;
        }
        "ioctl" | "share" => {
            check("fails as on every system but Windows", async {
                fails(P::socket(AF_INET, SOCK_STREAM, 0)?.windows(name), "EOPNOTSUPP")
            })
            .await;
        }
        _ => {}
    }
}

async fn accept<P: Platform>() {
    check("gives the connection and its peer's address", async {
        let (server, address) = listener::<P>(AF_INET)?;
        let client = P::socket(AF_INET, SOCK_STREAM, 0)?;
        client.connect(&address).await?;
        let (accepted, peer) = server.accept().await?;
        equal!(peer, client.getsockname()?)?;
        accepted.sendall(b"welcome", 0).await?;
        equal!(client.recv(100, 0).await?, b"welcome")
    })
    .await;
    check("without a connection, in non-blocking mode, it would block", async {
        let (server, _) = listener::<P>(AF_INET)?;
        server.settimeout(Some(Duration::ZERO));
        would_block(server.accept().await)
    })
    .await;
}

async fn bind<P: Platform>() {
    check("to a port that the system chooses", async { listener::<P>(AF_INET).map(drop) }).await;
    check("to the wildcard address", async {
        let socket = P::socket(AF_INET, SOCK_STREAM, 0)?;
        socket.bind(&std::net::SocketAddr::from(([0; 4], 0)).into())?;
        equal!(socket.getsockname()?.host().as_deref(), Some("0.0.0.0"))
    })
    .await;
    check("to an IPv4 address as IPv6 writes it", async {
        let socket = P::socket(AF_INET6, SOCK_STREAM, 0)?;
        let mapped = std::net::Ipv4Addr::LOCALHOST.to_ipv6_mapped();
        socket.bind(&std::net::SocketAddr::from((mapped, 0)).into())
    })
    .await;
    check("without SO_REUSEADDR, if that is not set", async {
        let socket = P::socket(AF_INET, SOCK_STREAM, 0)?;
        socket.bind(&v4(0))?;
        equal!(socket.getsockopt(SOL_SOCKET, SO_REUSEADDR)?, 0)
    })
    .await;
}

async fn connect<P: Platform>() {
    check("TCP", async {
        let (_client, server) = tcp_greeted::<P>().await?;
        equal!(server.recv(100, 0).await?, b"hello")
    })
    .await;
    check("UDP, after which only the peer's datagrams come", async {
        let (one, other, address) = udp::<P>(AF_INET)?;
        one.connect(&address).await?;
        let stranger = P::socket(AF_INET, SOCK_DGRAM, 0)?;
        stranger.sendto(b"not this", 0, &one.getsockname()?).await?;
        other.sendto(b"this", 0, &one.getsockname()?).await?;
        equal!(one.recv(100, 0).await?, b"this")
    })
    .await;
    check("UDP, which AF_UNSPEC dissolves", async {
        let (one, _other, address) = udp::<P>(AF_INET)?;
        one.connect(&address).await?;
        one.connect(&Address::Unspecified).await?;
        ensure!(one.getpeername().is_err(), "it still has a peer")
    })
    .await;
    check("again, on the same socket, after a refusal", async {
        let (gone, nobody) = listener::<P>(AF_INET)?;
        gone.close()?;
        let (_server, address) = listener::<P>(AF_INET)?;
        let client = P::socket(AF_INET, SOCK_STREAM, 0)?;
        ensure!(client.connect(&nobody).await.is_err(), "nobody listens there")?;
        client.connect(&address).await
    })
    .await;
}

async fn shutdown<P: Platform>() {
    check("SHUT_WR ends the peer's stream, and the other direction goes on", async {
        let (client, server) = tcp::<P>(AF_INET).await?;
        client.sendall(b"last", 0).await?;
        client.shutdown(SHUT_WR)?;
        equal!(to_end(&server).await?, b"last")?;
        server.sendall(b"answer", 0).await?;
        equal!(client.recv(100, 0).await?, b"answer")
    })
    .await;
    check("SHUT_RD ends one's own", async {
        let (client, _server) = tcp::<P>(AF_INET).await?;
        client.shutdown(SHUT_RD)?;
        equal!(client.recv(100, 0).await?, b"")
    })
    .await;
    check("SHUT_RDWR ends both", async {
        let (client, server) = tcp::<P>(AF_INET).await?;
        client.shutdown(SHUT_RDWR)?;
        equal!(server.recv(100, 0).await?, b"")?;
        ensure!(client.send(b"x", MSG_NOSIGNAL).await.is_err(), "it still sends")
    })
    .await;
}
