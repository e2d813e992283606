//! Address families and types of sockets: each is used, where a guest can use it alone; others are made and asked.

mod bluetooth;
mod can;
mod inet;
mod link;
mod vsock;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use berkeley_guest::socket::*;

use crate::check::{Answer, Failure, check, ensure, equal};
use crate::platform::Platform;
use crate::probe::ends::{PATIENCE, controllers, pair, sctp, tcp, udp, v4};

/// The arguments are the family, the type and the protocol that the row is of.
pub(super) async fn probe<P: Platform>(name: &str, arguments: &[&str]) {
    let numbers: Vec<i32> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let [family, r#type, proto] = numbers[..] else { return };
    let make = || P::socket(family, r#type, proto);
    match name {
        "AF_INET" => {
            check("(host, port) over TCP", async { tcp::<P>(AF_INET).await.map(drop) }).await;
            check("(host, port) over UDP", async { inet::exchange::<P>(AF_INET).await }).await;
            check("broadcast", async { inet::broadcast::<P>().await }).await;
        }
        "AF_INET6" => {
            check("(host, port, flowinfo, scope_id) over TCP", async { tcp::<P>(AF_INET6).await.map(drop) }).await;
            check("(host, port, flowinfo, scope_id) over UDP", async { inet::exchange::<P>(AF_INET6).await }).await;
            check("IPv4 peers of one socket, as IPv6 writes them", async { inet::mapped::<P>().await }).await;
        }
        "AF_UNSPEC" => {
            check("as a hint, it is every family", async {
                let infos =
                    P::getaddrinfo(Some("127.0.0.1"), None, Hints { family: AF_UNSPEC, ..Hints::default() }).await?;
                equal!(infos.first().map(|info| info.family), Some(AF_INET))
            })
            .await;
            check("as an address, it dissolves a datagram socket's association", async {
                let (one, _other, address) = udp::<P>(AF_INET)?;
                one.connect(&address).await?;
                one.connect(&Address::Unspecified).await?;
                ensure!(one.getpeername().is_err(), "it still has a peer")
            })
            .await;
        }
        "AF_UNIX" => {
            // The name is one that no other run has.
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
            let name = format!("\0berkeley-conformance-{now}");
            for (what, name) in [("a path", "/data/socket"), ("an abstract name", &name)] {
                check(what, async {
                    let server = P::socket(AF_UNIX, SOCK_STREAM, 0)?;
                    server.bind(&Address::Unix(name.into()))?;
                    server.listen(1)?;
                    let client = P::socket(AF_UNIX, SOCK_STREAM, 0)?;
                    client.connect(&Address::Unix(name.into())).await?;
                    equal!(client.getpeername()?, Address::Unix(name.into()))?;
                    client.sendall(b"hello", 0).await?;
                    equal!(server.accept().await?.0.recv(100, 0).await?, b"hello")
                })
                .await;
            }
            check("no name", async { equal!(pair::<P>(SOCK_STREAM)?.0.getsockname()?, Address::Unix(Vec::new())) })
                .await;
        }
        "AF_NETLINK" => {
            check("(pid, groups), the kernel lists its interfaces", async { link::links::<P>().await }).await;
        }
        "AF_PACKET" => check("(ifname, proto, …), a packet on lo", async { link::packet::<P>().await }).await,
        "IPPROTO_ICMP" => check("an echo from 127.0.0.1", async { inet::echo::<P>(&make()?).await }).await,
        "IPPROTO_UDPLITE" => {
            check("(host, port), a datagram whose checksum covers its header", async {
                let (one, other) = (make()?, make()?);
                other.bind(&v4(0))?;
                one.setsockopt(IPPROTO_UDPLITE, UDPLITE_SEND_CSCOV, 8)?;
                one.sendto(b"light", 0, &other.getsockname()?).await?;
                equal!(other.recv(100, 0).await?, b"light")
            })
            .await;
        }
        "IPPROTO_MPTCP" | "IPPROTO_SCTP" => {
            if proto == IPPROTO_SCTP {
                check("(host, port), one socket for many associations", async {
                    let (client, server) = sctp::<P>(SOCK_SEQPACKET, &[]).await?;
                    datagram(&client, &server).await
                })
                .await;
            }
            check("(host, port), a connection", async {
                let server = make()?;
                server.bind(&v4(0))?;
                server.listen(1)?;
                let client = make()?;
                client.connect(&server.getsockname()?).await?;
                client.sendall(b"hello", 0).await?;
                let (accepted, _) = server.accept().await?;
                equal!(accepted.recv(100, 0).await?, b"hello")?;
                equal!((client.proto(), client.family()), (proto, AF_INET))
            })
            .await;
        }
        "AF_VSOCK" => {
            for (what, r#type) in [("(CID, port), a stream to itself", SOCK_STREAM), ("packets", SOCK_SEQPACKET)] {
                check(what, async { vsock::to_itself::<P>(r#type).await }).await;
            }
        }
        "CAN_RAW" => {
            check("(interface,), a frame that the filters let pass, and an FD frame", async { can::raw::<P>().await })
                .await;
        }
        "CAN_BCM" => check("(interface,), a frame over and over", async { can::bcm::<P>().await }).await,
        "CAN_ISOTP" => {
            check("(interface, rx_addr, tx_addr), a message of many frames", async {
                can::isotp(make()?, make()?).await
            })
            .await;
        }
        "CAN_J1939" => {
            check("(interface, name, pgn, addr), to one and to all", async { can::j1939::<P>().await }).await;
        }
        "BTPROTO_L2CAP" | "BTPROTO_RFCOMM" | "BTPROTO_SCO" => {
            check("(bdaddr, …), a connection between two controllers", async {
                let (client, server) = controllers::<P>(proto).await?;
                equal!(client.getpeername()?.bdaddr(), server.getsockname()?.bdaddr())?;
                client.sendall(b"hello", 0).await?;
                equal!(server.recv(5, 0).await?, b"hello")?;
                server.sendall(b"back", 0).await?;
                equal!(client.recv(4, 0).await?, b"back")
            })
            .await;
        }
        "BTPROTO_HCI" => {
            check("(device, channel), a controller tells its version", async { bluetooth::hci::<P>().await }).await;
        }
        "AF_QIPCRTR" => {
            check("(node, port), a datagram within the node", async {
                let (one, other) = (make()?, make()?);
                for socket in [&one, &other] {
                    socket.settimeout(PATIENCE);
                }
                let Address::Qipcrtr(own) = other.getsockname()? else { return Err(Failure::Wrong("no node".into())) };
                other.bind(&Address::qipcrtr(own.node, 0))?;
                datagram(&one, &other).await
            })
            .await;
        }
        "AF_RDS" => {
            check("(host, port), a datagram that is delivered for sure", async {
                let (one, other) = (make()?, make()?);
                for socket in [&one, &other] {
                    socket.settimeout(PATIENCE);
                    socket.bind(&v4(0))?;
                }
                datagram(&one, &other).await
            })
            .await;
        }
        "AF_ALG" => {
            check("(type, name), SHA-256", async {
                let algorithm = make()?;
                algorithm.bind(&Address::alg("hash", "sha256"))?;
                let (hash, _) = algorithm.accept().await?;
                hash.sendall(b"abc", 0).await?;
                equal!(hash.recv(512, 0).await?.get(..4), Some(&[0xba, 0x78, 0x16, 0xbf][..]))
            })
            .await;
        }
        "AF_TIPC" | "SOCK_RDM" => {
            let name = Address::tipc_name(0x4265, 15, TIPC_NODE_SCOPE);
            let range = Address::tipc_nameseq(0x4265, 10, 20, TIPC_NODE_SCOPE);
            for (what, to) in
                [("(addr_type, v1, v2, v3, scope), a message by name", name), ("to all in a range", range)]
            {
                check(what, async {
                    let (one, other) = (make()?, make()?);
                    other.settimeout(PATIENCE);
                    other.bind(&Address::tipc_nameseq(0x4265, 10, 20, TIPC_NODE_SCOPE))?;
                    one.sendto(b"hello", 0, &to).await?;
                    equal!(other.recvfrom(100, 0).await?, (b"hello".to_vec(), one.getsockname()?))
                })
                .await;
            }
        }
        "AF_HYPERV" | "PF_SYSTEM" | "AF_LINK" | "AF_DIVERT" => {
            check("is made", async { P::foreign(name, (family, r#type, proto)) }).await;
        }
        "SOCK_STREAM" => check("bytes, without bounds", async { inet::stream::<P>().await }).await,
        "SOCK_DGRAM" => {
            check("datagrams keep their bounds", async {
                let (one, other, address) = udp::<P>(AF_INET)?;
                one.sendto(b"one", 0, &address).await?;
                one.sendto(b"", 0, &address).await?;
                one.sendto(b"three", 0, &address).await?;
                for expected in [&b"one"[..], b"", b"three"] {
                    equal!(other.recv(100, 0).await?, expected)?;
                }
                Ok(())
            })
            .await;
        }
        "SOCK_SEQPACKET" => {
            check("packets keep their bounds", async {
                let (left, right) = pair::<P>(SOCK_SEQPACKET)?;
                left.send(b"one", 0).await?;
                left.send(b"two", 0).await?;
                equal!(right.recv(100, 0).await?, b"one")?;
                equal!(right.recv(100, 0).await?, b"two")
            })
            .await;
        }
        "SOCK_NONBLOCK" => {
            check("a socket that does not wait", async {
                let socket = P::socket(family, r#type | SOCK_NONBLOCK, proto)?;
                equal!(socket.gettimeout(), Some(Duration::ZERO))
            })
            .await;
        }
        "SOCK_CLOEXEC" => {
            check("a socket that is not inheritable", async {
                equal!(P::socket(family, r#type | SOCK_CLOEXEC, proto)?.get_inheritable()?, false)
            })
            .await;
        }
        _ => {
            check("is made, and tells what it is", async {
                let socket = make()?;
                equal!((socket.family(), socket.r#type(), socket.proto()), (family, r#type, proto))
            })
            .await;
        }
    }
}

/// One sends where the other is, and the answer comes back to where it came from.
async fn datagram<P: Platform>(one: &P, other: &P) -> Answer {
    one.sendto(b"there", 0, &other.getsockname()?).await?;
    let (data, peer) = other.recvfrom(100, 0).await?;
    equal!((data.as_slice(), port_of(&peer)), (&b"there"[..], port_of(&one.getsockname()?)))?;
    other.sendto(b"back", 0, &peer).await?;
    equal!(one.recv(100, 0).await?, b"back")
}

/// What tells the sockets of a host apart.
fn port_of(address: &Address) -> Option<u32> {
    match address {
        Address::Qipcrtr(address) => Some(address.port),
        other => other.port().map(u32::from),
    }
}
