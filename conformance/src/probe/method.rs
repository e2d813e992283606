//! The methods of sockets.

use std::time::Duration;

use berkeley_guest::socket::*;

use super::{PATIENCE, listener, pair, port, tcp, to_end, udp, v4};
use crate::check::{Failure, check, ensure, equal, fails};
use crate::platform::Platform;

/// What is in the file that the host gives: 100,000 bytes, each the low eight bits of its place.
const FILE: &str = "/data/bytes";

pub(super) async fn probe<P: Platform>(name: &str) {
    match name {
        "accept" => accept::<P>().await,
        "bind" => bind::<P>().await,
        "close" => {
            check("ends the connection", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                client.close()?;
                equal!(server.recv(1, 0).await?, b"")
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
        "getsockopt" => {
            check("SO_TYPE", async {
                equal!(P::socket(AF_INET, SOCK_DGRAM, 0)?.getsockopt(SOL_SOCKET, SO_TYPE)?, SOCK_DGRAM)
            })
            .await;
            check("SO_ERROR", async {
                equal!(P::socket(AF_INET, SOCK_STREAM, 0)?.getsockopt(SOL_SOCKET, SO_ERROR)?, 0)
            })
            .await;
            check("TCP_MAXSEG", async {
                let (client, _server) = tcp::<P>(AF_INET).await?;
                ensure!(client.getsockopt(IPPROTO_TCP, TCP_MAXSEG)? > 500, "it is too small")
            })
            .await;
        }
        "getsockopt(buflen)" => {
            check("SO_LINGER as a struct", async {
                let value = P::socket(AF_INET, SOCK_STREAM, 0)?.getsockopt_bytes(SOL_SOCKET, SO_LINGER, 8)?;
                equal!(value, [0; 8])
            })
            .await;
        }
        "setsockopt(int)" => {
            check("SO_KEEPALIVE", async { set_and_get::<P>(SOL_SOCKET, SO_KEEPALIVE) }).await;
            check("TCP_NODELAY", async { set_and_get::<P>(IPPROTO_TCP, TCP_NODELAY) }).await;
            check("SO_REUSEADDR", async { set_and_get::<P>(SOL_SOCKET, SO_REUSEADDR) }).await;
        }
        "setsockopt(bytes)" => {
            check("SO_LINGER as a struct", async {
                let socket = P::socket(AF_INET, SOCK_STREAM, 0)?;
                let linger = [1, 0, 0, 0, 5, 0, 0, 0];
                socket.setsockopt_bytes(SOL_SOCKET, SO_LINGER, &linger)?;
                equal!(socket.getsockopt_bytes(SOL_SOCKET, SO_LINGER, 8)?, linger)
            })
            .await;
        }
        "setsockopt(None)" => {
            check("the kernel sees a null pointer", async {
                let socket = P::socket(AF_INET, SOCK_STREAM, 0)?;
                fails(socket.setsockopt_null(SOL_SOCKET, SO_KEEPALIVE, 4), "EFAULT")
            })
            .await;
        }
        "getblocking" | "setblocking" => {
            check("is what was set, and so is the time limit", async {
                let socket = P::socket(AF_INET, SOCK_STREAM, 0)?;
                socket.setblocking(false);
                equal!((socket.getblocking(), socket.gettimeout()), (false, Some(Duration::ZERO)))?;
                socket.setblocking(true);
                equal!((socket.getblocking(), socket.gettimeout()), (true, None))
            })
            .await;
        }
        "gettimeout" | "settimeout" => {
            check("is what was set", async {
                let socket = P::socket(AF_INET, SOCK_STREAM, 0)?;
                for limit in [None, Some(Duration::ZERO), Some(Duration::from_millis(1500))] {
                    socket.settimeout(limit);
                    equal!(socket.gettimeout(), limit)?;
                }
                Ok(())
            })
            .await;
        }
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
        "makefile" => makefile::<P>().await,
        "recv" => {
            check("takes no more than was asked for", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                client.sendall(b"hello", 0).await?;
                equal!(server.recv(2, 0).await?, b"he")?;
                equal!(server.recv(100, 0).await?, b"llo")
            })
            .await;
            check("with a flag, MSG_PEEK", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                client.sendall(b"hello", 0).await?;
                equal!(server.recv(100, MSG_PEEK).await?, b"hello")?;
                equal!(server.recv(100, 0).await?, b"hello")
            })
            .await;
        }
        "recv_into" => {
            check("fills the buffer", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                client.sendall(b"hello", 0).await?;
                let mut buffer = [0; 8];
                equal!(server.recv_into(&mut buffer, 0).await?, 5)?;
                equal!(&buffer, b"hello\0\0\0")
            })
            .await;
        }
        "recvfrom" => {
            check("tells who sent a datagram", async {
                let (one, other, address) = udp::<P>(AF_INET)?;
                one.sendto(b"hello", 0, &address).await?;
                equal!(other.recvfrom(100, 0).await?, (b"hello".to_vec(), one.getsockname()?))
            })
            .await;
            check("cuts a datagram that is longer", async {
                let (one, other, address) = udp::<P>(AF_INET)?;
                one.sendto(b"hello", 0, &address).await?;
                one.sendto(b"next", 0, &address).await?;
                equal!(other.recvfrom(2, 0).await?.0, b"he")?;
                equal!(other.recvfrom(100, 0).await?.0, b"next")
            })
            .await;
        }
        "recvfrom_into" => {
            check("fills the buffer", async {
                let (one, other, address) = udp::<P>(AF_INET)?;
                one.sendto(b"hello", 0, &address).await?;
                let mut buffer = [0; 8];
                equal!(other.recvfrom_into(&mut buffer, 0).await?, (5, one.getsockname()?))?;
                equal!(&buffer, b"hello\0\0\0")
            })
            .await;
        }
        "recvmsg" => {
            check("data and address", async {
                let (one, other, address) = udp::<P>(AF_INET)?;
                one.sendto(b"hello", 0, &address).await?;
                let message = other.recvmsg(100, 0, 0).await?;
                equal!((message.data.as_slice(), message.address), (&b"hello"[..], one.getsockname()?))
            })
            .await;
            check("tells by MSG_TRUNC that a datagram was longer", async {
                let (one, other, address) = udp::<P>(AF_INET)?;
                one.sendto(b"hello", 0, &address).await?;
                let message = other.recvmsg(2, 0, 0).await?;
                equal!((message.data.as_slice(), message.flags & MSG_TRUNC), (&b"he"[..], MSG_TRUNC))
            })
            .await;
            check("control messages", async {
                let (left, right) = pair::<P>(SOCK_STREAM)?;
                left.send_fds(b"x", &[&left])?;
                equal!(right.recvmsg(1, CMSG_SPACE(4), 0).await?.rights.len(), 1)
            })
            .await;
        }
        "recvmsg_into" => {
            check("fills one buffer after the other", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                client.sendall(b"hello", 0).await?;
                let (mut first, mut second) = ([0; 2], [0; 4]);
                equal!(server.recvmsg_into([&mut first, &mut second]).await?, 5)?;
                equal!((&first, &second), (b"he", b"llo\0"))
            })
            .await;
        }
        "send" => {
            check("tells how much was taken", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                equal!(client.send(b"hello", 0).await?, 5)?;
                equal!(server.recv(100, 0).await?, b"hello")
            })
            .await;
            check("with a flag, MSG_OOB", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                client.send(b"!", MSG_OOB).await?;
                server.setsockopt(SOL_SOCKET, SO_OOBINLINE, 1)?;
                equal!(server.recv(1, 0).await?, b"!")
            })
            .await;
        }
        "ioctl" | "share" => {
            check("fails as on every system but Windows", async {
                fails(P::socket(AF_INET, SOCK_STREAM, 0)?.windows(name), "EOPNOTSUPP")
            })
            .await;
        }
        "sendall" => {
            check("sends all", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                // No more than both ends' buffers hold: nobody takes it meanwhile.
                let data: Vec<u8> = (0..100_000).map(|at| at as u8).collect();
                client.sendall(&data, 0).await?;
                client.shutdown(SHUT_WR)?;
                ensure!(to_end(&server).await? == data, "other bytes come")
            })
            .await;
        }
        "sendto" => {
            check("to several peers", async {
                let (one, other, address) = udp::<P>(AF_INET)?;
                one.sendto(b"there", 0, &address).await?;
                other.sendto(b"back", 0, &one.getsockname()?).await?;
                equal!(other.recv(100, 0).await?, b"there")?;
                equal!(one.recv(100, 0).await?, b"back")
            })
            .await;
            check("unbound", async {
                let (_, other, address) = udp::<P>(AF_INET)?;
                P::socket(AF_INET, SOCK_DGRAM, 0)?.sendto(b"hello", 0, &address).await?;
                equal!(other.recv(100, 0).await?, b"hello")
            })
            .await;
        }
        "sendmsg" => {
            check("several buffers are one datagram", async {
                let (one, other, address) = udp::<P>(AF_INET)?;
                equal!(one.sendmsg(&[b"hel", b"lo"], &[], 0, Some(&address)).await?, 5)?;
                equal!(other.recv(100, 0).await?, b"hello")
            })
            .await;
            check("control messages", async {
                let (left, right) = pair::<P>(SOCK_STREAM)?;
                left.sendmsg(&[b"x"], &[crate::platform::Control::Rights(&[&left])], 0, None).await?;
                equal!(right.recv_fds(1, 1)?.1.len(), 1)
            })
            .await;
        }
        "sendmsg_afalg" => super::family::cipher::<P>().await,
        "sendfile" => sendfile::<P>().await,
        "shutdown" => shutdown::<P>().await,
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
        "blocking mode" => {
            check("a call waits until it is done", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                server.settimeout(None);
                client.sendall(b"hello", 0).await?;
                equal!(server.recv(100, 0).await?, b"hello")
            })
            .await;
        }
        "non-blocking mode" => non_blocking::<P>().await,
        "time-out mode" => {
            check("a call gives up", async {
                let (client, _server) = tcp::<P>(AF_INET).await?;
                client.settimeout(Some(Duration::from_millis(5)));
                fails(client.recv(1, 0).await, "timeout")
            })
            .await;
            check("and can be made again", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                client.settimeout(Some(Duration::from_millis(5)));
                fails(client.recv(1, 0).await, "timeout")?;
                server.sendall(b"now", 0).await?;
                client.settimeout(PATIENCE);
                equal!(client.recv(100, 0).await?, b"now")
            })
            .await;
            check("accept gives up too", async {
                let (server, _) = listener::<P>(AF_INET)?;
                server.settimeout(Some(Duration::from_millis(5)));
                fails(server.accept().await, "timeout")
            })
            .await;
        }
        _ => {}
    }
}

fn set_and_get<P: Platform>(level: i32, name: i32) -> crate::check::Answer {
    let socket = P::socket(AF_INET, SOCK_STREAM, 0)?;
    for value in [1, 0] {
        socket.setsockopt(level, name, value)?;
        equal!(socket.getsockopt(level, name)? != 0, value != 0)?;
    }
    Ok(())
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
        let (client, server) = tcp::<P>(AF_INET).await?;
        client.sendall(b"hello", 0).await?;
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

pub(super) async fn makefile<P: Platform>() {
    check("lines", async {
        let (client, server) = tcp::<P>(AF_INET).await?;
        client.sendall(b"one\ntwo\nrest", 0).await?;
        client.shutdown(SHUT_WR)?;
        equal!(server.lines(b"answer\n").await?, ["one\n", "two\n", "rest"])?;
        equal!(client.recv(100, 0).await?, b"answer\n")
    })
    .await;
}

async fn sendfile<P: Platform>() {
    let bytes: Vec<u8> = (0..100_000).map(|at| at as u8).collect();
    check("a whole file", async {
        let (client, server) = tcp::<P>(AF_INET).await?;
        equal!(client.sendfile(FILE, 0, None).await?, 100_000)?;
        drop(client);
        ensure!(to_end(&server).await? == bytes, "other bytes come")
    })
    .await;
    check("a part of it", async {
        let (client, server) = tcp::<P>(AF_INET).await?;
        equal!(client.sendfile(FILE, 1000, Some(500)).await?, 500)?;
        drop(client);
        ensure!(to_end(&server).await? == bytes[1000..1500], "other bytes come")
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

async fn non_blocking<P: Platform>() {
    check("a call that would have to wait does not", async {
        let (client, _server) = tcp::<P>(AF_INET).await?;
        client.settimeout(Some(Duration::ZERO));
        would_block(client.recv(1, 0).await)
    })
    .await;
    check("connect is begun, and its end told by readiness and SO_ERROR", async {
        let (server, address) = listener::<P>(AF_INET)?;
        let client = P::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)?;
        let begun = client.connect_ex(&address).await?;
        ensure!([0, errno::EINPROGRESS].contains(&begun), "it gives {begun}")?;
        ensure!(P::poll(&[(&client, POLLOUT)], PATIENCE)? == [POLLOUT], "it does not become ready")?;
        equal!(client.getsockopt(SOL_SOCKET, SO_ERROR)?, 0)?;
        server.accept().await.map(drop)
    })
    .await;
    check("readiness of several sockets", async {
        let (client, server) = tcp::<P>(AF_INET).await?;
        client.sendall(b"x", 0).await?;
        equal!(P::poll(&[(&server, POLLIN)], PATIENCE)?, [POLLIN])?;
        equal!(P::poll(&[(&client, POLLIN), (&server, POLLIN)], PATIENCE)?, [0, POLLIN])
    })
    .await;
    check("a hang-up is told by POLLRDHUP", async {
        let (client, server) = tcp::<P>(AF_INET).await?;
        drop(client);
        equal!(P::poll(&[(&server, POLLRDHUP)], PATIENCE)?, [POLLRDHUP])
    })
    .await;
}

fn would_block<T>(answer: crate::check::Answer<T>) -> crate::check::Answer {
    match answer {
        Err(failure) if failure.is("EAGAIN") || failure.is("would-block") => Ok(()),
        Err(failure) => Err(failure),
        Ok(_) => Err(Failure::Wrong("it succeeds".into())),
    }
}
