//! Address families and types of sockets: each is used, where a guest can use it alone; others are made and asked.

use std::time::{SystemTime, UNIX_EPOCH};

use berkeley_guest::address::NetlinkAddress;
use berkeley_guest::socket::*;

use super::option::sctp;
use super::{PATIENCE, pair, port, tcp, udp, v4};
use crate::check::{Answer, Failure, check, ensure, equal};
use crate::platform::Platform;

/// The arguments are the family, the type and the protocol that the row is of.
pub(super) async fn probe<P: Platform>(name: &str, arguments: &[&str]) {
    let numbers: Vec<i32> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let [family, r#type, proto] = numbers[..] else { return };
    let make = || P::socket(family, r#type, proto);
    match name {
        "AF_INET" => {
            check("(host, port) over TCP", async { tcp::<P>(AF_INET).await.map(drop) }).await;
            check("(host, port) over UDP", async { exchange::<P>(AF_INET).await }).await;
            check("broadcast", async { broadcast::<P>().await }).await;
        }
        "AF_INET6" => {
            check("(host, port, flowinfo, scope_id) over TCP", async { tcp::<P>(AF_INET6).await.map(drop) }).await;
            check("(host, port, flowinfo, scope_id) over UDP", async { exchange::<P>(AF_INET6).await }).await;
            check("IPv4 peers of one socket, as IPv6 writes them", async { mapped::<P>().await }).await;
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
        "AF_NETLINK" => check("(pid, groups), the kernel lists its interfaces", async { links::<P>().await }).await,
        "AF_PACKET" => check("(ifname, proto, …), a packet on lo", async { packet::<P>().await }).await,
        "IPPROTO_ICMP" => check("an echo from 127.0.0.1", async { echo::<P>(&make()?).await }).await,
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
                check(what, async { vsock::<P>(r#type).await }).await;
            }
        }
        "CAN_RAW" => {
            check("(interface,), a frame that the filters let pass, and an FD frame", async { can_raw::<P>().await })
                .await;
        }
        "CAN_BCM" => check("(interface,), a frame over and over", async { can_bcm::<P>().await }).await,
        "CAN_ISOTP" => {
            check("(interface, rx_addr, tx_addr), a message of many frames", async {
                let (one, other) = (can(make()?, Address::can_isotp(VCAN, 0x700, 0x701))?, make()?);
                let other = can(other, Address::can_isotp(VCAN, 0x701, 0x700))?;
                one.send(&[7; 300], 0).await?;
                equal!(other.recv(1000, 0).await?, [7; 300])
            })
            .await;
        }
        "CAN_J1939" => check("(interface, name, pgn, addr), to one and to all", async { can_j1939::<P>().await }).await,
        "BTPROTO_L2CAP" | "BTPROTO_RFCOMM" | "BTPROTO_SCO" => {
            check("(bdaddr, …), a connection between two controllers", async {
                let (client, server) = bluetooth::<P>(proto).await?;
                equal!(client.getpeername()?.bdaddr(), server.getsockname()?.bdaddr())?;
                client.sendall(b"hello", 0).await?;
                equal!(server.recv(5, 0).await?, b"hello")?;
                server.sendall(b"back", 0).await?;
                equal!(client.recv(4, 0).await?, b"back")
            })
            .await;
        }
        "BTPROTO_HCI" => check("(device, channel), a controller tells its version", async { hci::<P>().await }).await,
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
        "SOCK_STREAM" => check("bytes, without bounds", async { stream::<P>().await }).await,
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
                equal!(socket.gettimeout(), Some(std::time::Duration::ZERO))
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

/// AES-CBC of one block, as the kernel computes it.
pub(super) async fn cipher<P: Platform>() {
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

/// A machine talks to itself by VMADDR_CID_LOCAL.
async fn vsock<P: Platform>(r#type: i32) -> Answer {
    const VMADDR_CID_LOCAL: u32 = 1;
    let server = P::socket(AF_VSOCK, r#type, 0)?;
    server.settimeout(PATIENCE);
    server.bind(&Address::vsock(VMADDR_CID_ANY, VMADDR_PORT_ANY))?;
    server.listen(1)?;
    let Address::Vsock(at) = server.getsockname()? else { return Err(Failure::Wrong("it is nowhere".into())) };
    let client = P::socket(AF_VSOCK, r#type, 0)?;
    client.settimeout(PATIENCE);
    client.connect(&Address::vsock(VMADDR_CID_LOCAL, at.port)).await?;
    let (accepted, peer) = server.accept().await?;
    accepted.settimeout(PATIENCE);
    let (Address::Vsock(peer), Address::Vsock(own)) = (&peer, client.getsockname()?) else {
        return Err(Failure::Wrong(format!("it comes from {peer}")));
    };
    equal!((peer.cid, peer.port), (VMADDR_CID_LOCAL, own.port))?;
    for data in [&b"one"[..], b"two"] {
        client.sendall(data, 0).await?;
    }
    let expected: &[u8] = if r#type == SOCK_SEQPACKET { b"one" } else { b"onetwo" };
    let mut seen = Vec::new();
    while seen.len() < expected.len() {
        match accepted.recv(100, 0).await? {
            end if end.is_empty() => break,
            more => seen.extend(more),
        }
    }
    equal!(seen, expected)
}

/// The network of controllers that the probes of CAN take: modprobe vcan; ip link add vcan0 type vcan.
const VCAN: &str = "vcan0";

/// Binds a socket, and lets it wait no longer than anything here takes.
fn can<P: Platform>(socket: P, address: Address) -> Answer<P> {
    socket.settimeout(PATIENCE);
    socket.bind(&address)?;
    Ok(socket)
}

/// struct can_frame.
fn frame(id: u32, data: [u8; 8]) -> Vec<u8> {
    [&id.to_ne_bytes()[..], &[8, 0, 0, 0], &data].concat()
}

/// A socket that sees the frames of that identifier alone.
fn can_of<P: Platform>(id: u32) -> Answer<P> {
    let socket = P::socket(AF_CAN, SOCK_RAW, CAN_RAW)?;
    socket.setsockopt_bytes(SOL_CAN_RAW, CAN_RAW_FILTER, &[id.to_ne_bytes(), 0x7ffu32.to_ne_bytes()].concat())?;
    socket.setsockopt(SOL_CAN_RAW, CAN_RAW_FD_FRAMES, 1)?;
    can(socket, Address::can(VCAN))
}

async fn can_raw<P: Platform>() -> Answer {
    let (one, other) = (can_of::<P>(0x123)?, can_of::<P>(0x321)?);
    // struct canfd_frame, full.
    let fd = [&0x321u32.to_ne_bytes()[..], &[64, 0, 0, 0], &[9; 64]].concat();
    for frame in [&frame(0x322, [1; 8]), &frame(0x321, [2; 8]), &fd] {
        one.send(frame, 0).await?;
    }
    let (first, from) = other.recvfrom(100, 0).await?;
    equal!((first, from.interface().as_deref()), (frame(0x321, [2; 8]), Some(VCAN)))?;
    // The kernel may set a flag that says what kind of frame it is.
    let second = other.recv(100, 0).await?;
    equal!((second.get(..5), second.get(8..)), (fd.get(..5), fd.get(8..)))
}

async fn can_bcm<P: Platform>() -> Answer {
    let seen = can_of::<P>(0x223)?;
    let manager = P::socket(AF_CAN, SOCK_DGRAM, CAN_BCM)?;
    manager.connect(&Address::can(VCAN)).await?;
    // struct bcm_msg_head: the operation, flags, how often first, how often after so many microseconds, then for ever.
    let mut message = Vec::new();
    for number in [CAN_BCM_TX_SETUP, CAN_BCM_SETTIMER | CAN_BCM_STARTTIMER, 3, 0] {
        message.extend(number.to_ne_bytes());
    }
    for time in [0i64, 10_000, 0, 0] {
        message.extend(time.to_ne_bytes());
    }
    message.extend([0x223u32.to_ne_bytes(), 1u32.to_ne_bytes()].concat());
    message.extend(frame(0x223, *b"cyclical"));
    manager.send(&message, 0).await?;
    for _ in 0..3 {
        equal!(seen.recv(100, 0).await?, frame(0x223, *b"cyclical"))?;
    }
    Ok(())
}

async fn can_j1939<P: Platform>() -> Answer {
    const PGN: u32 = 0x12300;
    const TO_ALL: u32 = 0xfe01;
    let to = |pgn, address| Address::can_j1939(VCAN, 0, pgn, address);
    let bound = |address| {
        let socket = P::socket(AF_CAN, SOCK_DGRAM, CAN_J1939)?;
        socket.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)?;
        can(socket, to(J1939_NO_PGN.cast_unsigned(), address))
    };
    let (one, other): (P, P) = (bound(0x20)?, bound(0x30)?);
    for (data, to) in [(vec![5; 300], to(PGN, 0x30)), (vec![6; 8], to(TO_ALL, 0xff))] {
        one.sendto(&data, 0, &to).await?;
        let (seen, from) = other.recvfrom(1000, 0).await?;
        ensure!(seen == data, "{seen:?} comes")?;
        match from {
            Address::CanJ1939(from) => equal!(from.address, 0x20)?,
            other => return Err(Failure::Wrong(format!("{other} has sent it"))),
        }
    }
    Ok(())
}

/// Both ends of a connection between two controllers, which reach each other; the client first.
pub(super) async fn bluetooth<P: Platform>(proto: i32) -> Answer<(P, P)> {
    let (first, second) = ("C0:B0:B0:00:00:01", "C0:B0:B0:00:00:02");
    let address = |device, number| match proto {
        BTPROTO_L2CAP => Address::l2cap(device, number),
        BTPROTO_RFCOMM => Address::rfcomm(device, number as u8),
        _ => Address::sco(device),
    };
    let (r#type, number) = match proto {
        BTPROTO_L2CAP => (SOCK_SEQPACKET, 0x1003),
        BTPROTO_RFCOMM => (SOCK_STREAM, 9),
        _ => (SOCK_SEQPACKET, 0),
    };
    let (server, client) = (P::socket(AF_BLUETOOTH, r#type, proto)?, P::socket(AF_BLUETOOTH, r#type, proto)?);
    server.bind(&address(first, number)?)?;
    server.listen(1)?;
    client.bind(&address(second, 0)?)?;
    client.connect(&address(first, number)?).await?;
    server.settimeout(PATIENCE);
    let (accepted, _) = server.accept().await?;
    for socket in [&client, &accepted] {
        socket.settimeout(PATIENCE);
    }
    Ok((client, accepted))
}

/// Asks the first controller by a packet for what it is: Read_Local_Version_Information.
async fn hci<P: Platform>() -> Answer {
    const COMMAND: [u8; 4] = [1, 0x01, 0x10, 0];
    const COMMAND_COMPLETE: u8 = 0x0e;
    let socket = P::socket(AF_BLUETOOTH, SOCK_RAW, BTPROTO_HCI)?;
    socket.settimeout(PATIENCE);
    socket.bind(&Address::hci(0, HCI_CHANNEL_RAW as u16))?;
    // struct hci_ufilter: the packets that are events, all of them.
    let filter = [&(1u32 << 4).to_ne_bytes()[..], &[0xff; 8], &[0; 4]].concat();
    socket.setsockopt_bytes(SOL_HCI, HCI_FILTER, &filter)?;
    socket.send(&COMMAND, 0).await?;
    loop {
        let event = socket.recv(260, 0).await?;
        if event.get(1) == Some(&COMMAND_COMPLETE) && event.get(4..6) == Some(&COMMAND[1..3]) {
            return equal!((event[0], event.get(6), event.len()), (4, Some(&0), 15));
        }
    }
}

async fn exchange<P: Platform>(family: i32) -> Answer {
    let (one, other, address) = udp::<P>(family)?;
    one.sendto(b"there", 0, &address).await?;
    let (data, peer) = other.recvfrom(100, 0).await?;
    equal!((data.as_slice(), &peer), (&b"there"[..], &one.getsockname()?))?;
    other.sendto(b"back", 0, &peer).await?;
    equal!(one.recv(100, 0).await?, b"back")
}

async fn stream<P: Platform>() -> Answer {
    let (client, server) = tcp::<P>(AF_INET).await?;
    client.sendall(b"hel", 0).await?;
    client.sendall(b"lo", 0).await?;
    client.shutdown(SHUT_WR)?;
    equal!(super::to_end(&server).await?, b"hello")
}

async fn broadcast<P: Platform>() -> Answer {
    let receiver = P::socket(AF_INET, SOCK_DGRAM, 0)?;
    receiver.settimeout(PATIENCE);
    receiver.bind(&std::net::SocketAddr::from(([127, 255, 255, 255], 0)).into())?;
    let sender = P::socket(AF_INET, SOCK_DGRAM, 0)?;
    sender.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)?;
    sender.sendto(b"to all", 0, &receiver.getsockname()?).await?;
    equal!(receiver.recv(100, 0).await?, b"to all")
}

async fn mapped<P: Platform>() -> Answer {
    let server = P::socket(AF_INET6, SOCK_DGRAM, 0)?;
    server.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0)?;
    server.bind(&std::net::SocketAddr::from(([0u16; 8], 0)).into())?;
    server.settimeout(PATIENCE);
    let client = P::socket(AF_INET, SOCK_DGRAM, 0)?;
    client.sendto(b"hello", 0, &v4(port(&server.getsockname()?)?)).await?;
    let (_, peer) = server.recvfrom(100, 0).await?;
    equal!(peer.host().as_deref(), Some("::ffff:127.0.0.1"))
}

/// Asks the kernel by RTM_GETLINK for its interfaces: rtnetlink(7).
async fn links<P: Platform>() -> Answer {
    const RTM_GETLINK: u16 = 18;
    const RTM_NEWLINK: u16 = 16;
    const NLM_F_REQUEST_DUMP: u16 = 0x301;
    let socket = P::socket(AF_NETLINK, SOCK_RAW, 0)?;
    socket.settimeout(PATIENCE);
    socket.bind(&Address::netlink(0, 0))?;
    let mut request = Vec::new();
    request.extend(32u32.to_le_bytes());
    request.extend(RTM_GETLINK.to_le_bytes());
    request.extend(NLM_F_REQUEST_DUMP.to_le_bytes());
    request.resize(32, 0);
    socket.sendto(&request, 0, &Address::netlink(0, 0)).await?;
    let (answer, from) = socket.recvfrom(1 << 16, 0).await?;
    ensure!(matches!(from, Address::Netlink(NetlinkAddress { pid: 0, .. })), "{from} answers")?;
    ensure!(answer.len() > 32 && answer[4..6] == RTM_NEWLINK.to_le_bytes(), "it answers {answer:?}")?;
    ensure!(answer.windows(3).any(|name| name == b"lo\0"), "there is no lo")
}

const ETH_P_IP: u16 = 0x0800;

/// IPv4 on lo: packet(7).
pub(super) fn lo() -> Address {
    Address::packet("lo", ETH_P_IP)
}

/// Sees a datagram of its own pass lo: packet(7).
async fn packet<P: Platform>() -> Answer {
    let tap = P::socket(AF_PACKET, SOCK_DGRAM, 0)?;
    tap.settimeout(PATIENCE);
    tap.bind(&lo())?;
    let (one, _other, address) = udp::<P>(AF_INET)?;
    let mark = format!("conformance from {}", one.getsockname()?);
    one.sendto(mark.as_bytes(), 0, &address).await?;
    loop {
        let (packet, from) = tap.recvfrom(2000, 0).await?;
        if packet.ends_with(mark.as_bytes()) {
            let Address::Packet(from) = from else { return Err(Failure::Wrong(format!("from {from}"))) };
            return equal!((from.interface.as_slice(), from.protocol), (&b"lo"[..], ETH_P_IP));
        }
    }
}

/// Sends an echo request, and waits for its answer: icmp(7).
async fn echo<P: Platform>(socket: &P) -> Answer {
    socket.settimeout(PATIENCE);
    let mut request = [8, 0, 0, 0, 0x42, 0x65, 0, 1];
    let sum: u32 = request.chunks(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]]))).sum();
    let checksum = !((sum & 0xffff) + (sum >> 16)) as u16;
    request[2..4].copy_from_slice(&checksum.to_be_bytes());
    socket.sendto(&request, 0, &v4(0)).await?;
    loop {
        let (packet, from) = socket.recvfrom(2000, 0).await?;
        // Raw sockets give the IP header too, and see the request pass.
        if packet.get(20) == Some(&0) && packet.get(24..26) == Some(&request[4..6]) {
            return equal!(from.host().as_deref(), Some("127.0.0.1"));
        }
    }
}
