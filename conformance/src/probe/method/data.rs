//! Data, as they are sent and received.

use berkeley_guest::socket::*;

use crate::check::{check, ensure, equal};
use crate::platform::{Control, Platform};
use crate::probe::ends::{pair, tcp, tcp_greeted, to_end, udp, udp_greeted};

/// The file that the host gives, unless told otherwise: 100,000 bytes, each the low eight bits of its place.
const FILE: &str = "/data/bytes";

pub(super) async fn probe<P: Platform>(name: &str, rest: &[&str]) {
    match name {
        "recv" => {
            check("takes no more than was asked for", async {
                let (_client, server) = tcp_greeted::<P>().await?;
                equal!(server.recv(2, 0).await?, b"he")?;
                equal!(server.recv(100, 0).await?, b"llo")
            })
            .await;
            check("with a flag, MSG_PEEK", async {
                let (_client, server) = tcp_greeted::<P>().await?;
                equal!(server.recv(100, MSG_PEEK).await?, b"hello")?;
                equal!(server.recv(100, 0).await?, b"hello")
            })
            .await;
        }
        "recv_into" => {
            check("fills the buffer", async {
                let (_client, server) = tcp_greeted::<P>().await?;
                let mut buffer = [0; 8];
                equal!(server.recv_into(&mut buffer, 0).await?, 5)?;
                equal!(&buffer, b"hello\0\0\0")
            })
            .await;
        }
        "recvfrom" => {
            check("tells who sent a datagram", async {
                let (one, other, _) = udp_greeted::<P>().await?;
                equal!(other.recvfrom(100, 0).await?, (b"hello".to_vec(), one.getsockname()?))
            })
            .await;
            check("cuts a datagram that is longer", async {
                let (one, other, address) = udp_greeted::<P>().await?;
                one.sendto(b"next", 0, &address).await?;
                equal!(other.recvfrom(2, 0).await?.0, b"he")?;
                equal!(other.recvfrom(100, 0).await?.0, b"next")
            })
            .await;
        }
        "recvfrom_into" => {
            check("fills the buffer", async {
                let (one, other, _) = udp_greeted::<P>().await?;
                let mut buffer = [0; 8];
                equal!(other.recvfrom_into(&mut buffer, 0).await?, (5, one.getsockname()?))?;
                equal!(&buffer, b"hello\0\0\0")
            })
            .await;
        }
        "recvmsg" => {
            check("data and address", async {
                let (one, other, _address) = udp_greeted::<P>().await?;
                let message = other.recvmsg(100, 0, 0).await?;
                equal!((message.data.as_slice(), message.address), (&b"hello"[..], one.getsockname()?))
            })
            .await;
            check("tells by MSG_TRUNC that a datagram was longer", async {
                let (_one, other, _) = udp_greeted::<P>().await?;
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
                let (_client, server) = tcp_greeted::<P>().await?;
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
                left.sendmsg(&[b"x"], &[Control::Rights(&[&left])], 0, None).await?;
                equal!(right.recv_fds(1, 1)?.1.len(), 1)
            })
            .await;
        }
        "sendmsg_afalg" => cipher::<P>().await,
        "makefile" => makefile::<P>().await,
        "sendfile" => sendfile::<P>(rest.first().unwrap_or(&FILE)).await,
        _ => {}
    }
}

async fn makefile<P: Platform>() {
    check("lines", async {
        let (client, server) = tcp::<P>(AF_INET).await?;
        client.sendall(b"one\ntwo\nrest", 0).await?;
        client.shutdown(SHUT_WR)?;
        equal!(server.lines(b"answer\n").await?, ["one\n", "two\n", "rest"])?;
        equal!(client.recv(100, 0).await?, b"answer\n")
    })
    .await;
}

async fn sendfile<P: Platform>(file: &str) {
    let bytes: Vec<u8> = (0..100_000).map(|at| at as u8).collect();
    check("a whole file", async {
        let (client, server) = tcp::<P>(AF_INET).await?;
        equal!(client.sendfile(file, 0, None).await?, 100_000)?;
        drop(client);
        ensure!(to_end(&server).await? == bytes, "other bytes come")
    })
    .await;
    check("a part of it", async {
        let (client, server) = tcp::<P>(AF_INET).await?;
        equal!(client.sendfile(file, 1000, Some(500)).await?, 500)?;
        drop(client);
        ensure!(to_end(&server).await? == bytes[1000..1500], "other bytes come")
    })
    .await;
}

/// AES-CBC of one block, as the kernel computes it.
async fn cipher<P: Platform>() {
    check("AES-CBC, with the operation and the vector in control messages", async {
        let algorithm = P::socket(AF_ALG, SOCK_SEQPACKET, 0)?;
        algorithm.bind(&Address::alg("skcipher", "cbc(aes)"))?;
        algorithm.setsockopt_bytes(SOL_ALG, ALG_SET_KEY, &[0; 16])?;
        let (cipher, _) = algorithm.accept().await?;
        cipher.sendmsg_afalg(&[0; 16], ALG_OP_ENCRYPT, &[0; 16])?;
        equal!(cipher.recv(16, 0).await?.get(..4), Some(&[0x66, 0xe9, 0x4b, 0xd4][..]))
    })
    .await;
}
