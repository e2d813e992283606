//! Message flags.

use std::time::Duration;

use berkeley_guest::socket::*;

use crate::check::{Answer, check, ensure, equal, fails, would_block};
use crate::platform::{Message, Platform};
use crate::probe::ends::{PATIENCE, pair, sctp, tcp, tcp_greeted, udp, udp_greeted, v4};

pub(super) async fn probe<P: Platform>(name: &str) {
    match name {
        "MSG_PEEK" => {
            check("leaves what it gives", async {
                let (_client, server) = tcp_greeted::<P>().await?;
                equal!(server.recv(3, MSG_PEEK).await?, b"hel")?;
                equal!(server.recv(100, 0).await?, b"hello")
            })
            .await;
        }
        "MSG_WAITALL" => {
            check("waits for all of it", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                client.sendall(b"hel", 0).await?;
                client.sendall(b"lo", 0).await?;
                equal!(server.recv(5, MSG_WAITALL).await?, b"hello")
            })
            .await;
            check("comes back with less at the end of the stream", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                client.sendall(b"hel", 0).await?;
                client.shutdown(SHUT_WR)?;
                equal!(server.recv(5, MSG_WAITALL).await?, b"hel")
            })
            .await;
        }
        "MSG_DONTWAIT" => {
            check("one call of a blocking socket does not wait", async {
                let (client, _server) = tcp::<P>(AF_INET).await?;
                client.settimeout(None);
                would_block(client.recv(1, MSG_DONTWAIT).await)
            })
            .await;
        }
        "MSG_TRUNC" => {
            check("tells that a datagram was longer, and how long", async {
                let (_one, other, _) = udp_greeted::<P>().await?;
                let message = other.recvmsg(2, 0, MSG_TRUNC).await?;
                equal!((message.data.as_slice(), message.length, message.flags), (&b"he"[..], 5, MSG_TRUNC))
            })
            .await;
        }
        "MSG_CTRUNC" => {
            check("tells that control messages were cut", async {
                let (left, right) = pair::<P>(SOCK_STREAM)?;
                left.send_fds(b"x", &[&left, &left])?;
                let message = right.recvmsg(1, CMSG_LEN(4), 0).await?;
                equal!((message.flags & MSG_CTRUNC, message.rights.len()), (MSG_CTRUNC, 1))
            })
            .await;
        }
        "MSG_OOB" => {
            check("urgent data go beside the stream", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                client.sendall(b"ab", 0).await?;
                client.send(b"!", MSG_OOB).await?;
                equal!(P::poll(&[(&server, POLLPRI)], PATIENCE)?, [POLLPRI])?;
                equal!(server.recv(1, MSG_OOB).await?, b"!")?;
                equal!(server.recv(100, 0).await?, b"ab")
            })
            .await;
        }
        "MSG_NOSIGNAL" => {
            check("a broken pipe is EPIPE, and the program goes on", async {
                let (client, server) = tcp::<P>(AF_INET).await?;
                client.shutdown(SHUT_WR)?;
                fails(client.send(b"x", MSG_NOSIGNAL).await, "EPIPE")?;
                server.sendall(b"answer", 0).await?;
                equal!(client.recv(100, 0).await?, b"answer")
            })
            .await;
        }
        "MSG_MORE" => {
            check("datagrams are put together", async {
                let (one, other, address) = udp::<P>(AF_INET)?;
                one.sendto(b"hel", MSG_MORE, &address).await?;
                one.sendto(b"lo", 0, &address).await?;
                equal!(other.recv(100, 0).await?, b"hello")
            })
            .await;
        }
        "MSG_EOR" => {
            // Packets of AF_UNIX end without a mark; where there is SCTP, the flag says that a message is complete.
            if P::socket(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP).is_ok() {
                check("tells that a message is complete, over SCTP", async {
                    let (client, server) = sctp::<P>(SOCK_SEQPACKET, &[]).await?;
                    client.sendto(b"record", 0, &server.getsockname()?).await?;
                    let (part, rest) = (server.recvmsg(2, 0, 0).await?, server.recvmsg(100, 0, 0).await?);
                    equal!((part.data.as_slice(), part.flags & MSG_EOR), (&b"re"[..], 0))?;
                    equal!((rest.data.as_slice(), rest.flags & MSG_EOR), (&b"cord"[..], MSG_EOR))
                })
                .await;
                return;
            }
            check("only that a packet takes it was tried, for this kernel has no SCTP", async {
                let (left, right) = pair::<P>(SOCK_SEQPACKET)?;
                equal!(left.send(b"record", MSG_EOR).await?, 6)?;
                equal!(right.recv(100, 0).await?, b"record")
            })
            .await;
        }
        "MSG_DONTROUTE" => {
            // What is far must not be tried: whether it leaves is the business of the machine's routes.
            check("only that what is near is sent was tried", async {
                let (one, other, address) = udp::<P>(AF_INET)?;
                one.sendto(b"near", MSG_DONTROUTE, &address).await?;
                equal!(other.recv(100, 0).await?, b"near")
            })
            .await;
        }
        "MSG_CONFIRM" => {
            // It spares a probe of the neighbour, and loopback has none.
            check("only that a datagram goes with it was tried, for no program sees what it spares", async {
                let (one, other, address) = udp::<P>(AF_INET)?;
                one.sendto(b"there", MSG_CONFIRM, &address).await?;
                equal!(other.recv(100, 0).await?, b"there")
            })
            .await;
        }
        "MSG_ERRQUEUE" => {
            check("gives the error of a datagram", async { refused_datagram::<P>().await.map(drop) }).await;
            check("is empty otherwise", async {
                let (one, _other, _) = udp::<P>(AF_INET)?;
                one.settimeout(Some(Duration::ZERO));
                fails(one.recvmsg(100, 512, MSG_ERRQUEUE).await, "EAGAIN")
            })
            .await;
        }
        "MSG_FASTOPEN" => {
            check("connects and sends at once", async {
                let server = P::socket(AF_INET, SOCK_STREAM, 0)?;
                server.bind(&v4(0))?;
                server.setsockopt(IPPROTO_TCP, TCP_FASTOPEN, 8)?;
                server.listen(8)?;
                let client = P::socket(AF_INET, SOCK_STREAM, 0)?;
                client.sendto(b"early", MSG_FASTOPEN, &server.getsockname()?).await?;
                let (accepted, _) = server.accept().await?;
                accepted.settimeout(PATIENCE);
                equal!(accepted.recv(100, 0).await?, b"early")
            })
            .await;
        }
        "MSG_CMSG_CLOEXEC" => {
            check("what is received with it is not inheritable", async {
                let (left, right) = pair::<P>(SOCK_STREAM)?;
                left.set_inheritable(true)?;
                left.send_fds(b"x", &[&left])?;
                let message = right.recvmsg(1, CMSG_LEN(4), MSG_CMSG_CLOEXEC).await?;
                let inheritable: Answer<Vec<_>> = message.rights.iter().map(P::get_inheritable).collect();
                equal!(inheritable?, [false])
            })
            .await;
        }
        _ => {}
    }
}

/// Sends a datagram to a port where nobody is, and gives the message of the error queue.
pub(super) async fn refused_datagram<P: Platform>() -> Answer<Message<P>> {
    let (socket, gone, nobody) = udp::<P>(AF_INET)?;
    drop(gone);
    socket.setsockopt(IPPROTO_IP, IP_RECVERR, 1)?;
    socket.sendto(b"anybody?", 0, &nobody).await?;
    let ready = P::poll(&[(&socket, POLLERR)], PATIENCE)?;
    ensure!(ready[0] & POLLERR != 0, "no error comes")?;
    let message = socket.recvmsg(100, 512, MSG_ERRQUEUE).await?;
    equal!((message.data.as_slice(), message.flags & MSG_ERRQUEUE), (&b"anybody?"[..], MSG_ERRQUEUE))?;
    equal!(&message.address, &nobody)?;
    Ok(message)
}
