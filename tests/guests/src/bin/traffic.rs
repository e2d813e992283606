//! One end of a family's traffic: what `tests/data/traffic.py` does, printing the same. The arguments are the same, too.

use std::env;
use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::ancillary::{ControlData, ControlMessage, Message, Received};
use berkeley_guest::socket::*;
use berkeley_test_guests::python::{bytes, name_of, opened, show, truth};
use berkeley_test_guests::{PATIENCE, hex, pattern};

/// Which end this is; a client is told where its server is.
#[derive(Clone, Copy)]
enum End<'a> {
    Server,
    Client(&'a [u32]),
    Alone,
}

use End::{Alone, Client, Server};

/// A family, a type and a protocol.
type Kind = (i32, i32, i32);

const VCAN: &str = "vcan0";
const TIPC_TYPE: u32 = 0x4265;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [name, end, rest @ ..] = &arguments[..] else { bail!("a family and an end") };
    let numbers: Vec<u32> = rest.iter().filter_map(|number| number.parse().ok()).collect();
    let end = match end.as_str() {
        "server" => Server,
        "client" => Client(&numbers),
        "alone" => Alone,
        other => bail!("no end is called {other}"),
    };
    traffic(name, end)
}

fn traffic(name: &str, end: End<'_>) -> Result<()> {
    let inet = |protocol| (AF_INET, SOCK_STREAM, protocol);
    let inet6 = |protocol| (AF_INET6, SOCK_STREAM, protocol);
    let udp = |protocol| (AF_INET, SOCK_DGRAM, protocol);
    match name {
        "tcp" => stream(end, inet(0), &at("127.0.0.1", 0), |to| at("127.0.0.1", to[0])),
        "tcp6" => stream(end, inet6(0), &at("::1", 0), |to| at("::1", to[0])),
        "mptcp" => stream(end, inet(IPPROTO_MPTCP), &at("127.0.0.1", 0), |to| at("127.0.0.1", to[0])),
        "sctp" => stream(end, inet(IPPROTO_SCTP), &at("127.0.0.1", 0), |to| at("127.0.0.1", to[0])),
        "sctp6" => stream(end, inet6(IPPROTO_SCTP), &at("::1", 0), |to| at("::1", to[0])),
        "sctp_many" => sctp_many(end),
        "udp" => datagrams(end, udp(0), by_ip),
        "udplite" => datagrams(end, udp(IPPROTO_UDPLITE), by_ip),
        "multicast" => groups(end, AF_INET, "0.0.0.0", "127.0.0.1", "239.255.66.101"),
        "multicast6" => groups(end, AF_INET6, "::", "::1", "ff01::42:65"),
        "broadcast" => broadcast(end),
        "vsock" => vsock(end, SOCK_STREAM),
        "vsock_seqpacket" => vsock(end, SOCK_SEQPACKET),
        "can_raw" => can_raw(end),
        "can_bcm" => can_bcm(end),
        "can_isotp" => can_isotp(end),
        "can_j1939" => can_j1939(end),
        "tipc" => datagrams(end, (AF_TIPC, SOCK_RDM, 0), |_| {
            let name = Address::tipc_name(TIPC_TYPE, 15, TIPC_NODE_SCOPE);
            [name, Address::tipc_nameseq(TIPC_TYPE, 12, 18, TIPC_NODE_SCOPE)]
        }),
        "tipc_stream" => tipc_stream(end, SOCK_STREAM, 0x4266),
        "tipc_seqpacket" => tipc_stream(end, SOCK_SEQPACKET, 0x4267),
        "qipcrtr" => datagrams(end, (AF_QIPCRTR, SOCK_DGRAM, 0), |to| [(); 2].map(|()| Address::qipcrtr(to[0], to[1]))),
        "rds" => datagrams(end, (AF_RDS, SOCK_SEQPACKET, 0), by_ip),
        "hci" => hci(end),
        "l2cap" => bluetooth(end, SOCK_SEQPACKET, BTPROTO_L2CAP, Address::l2cap, 0x1001),
        "rfcomm" => bluetooth(end, SOCK_STREAM, BTPROTO_RFCOMM, Address::rfcomm, 7),
        "alg" => alg(),
        "packet" => packet(),
        other => bail!("no family is called {other}"),
    }
}

fn at(ip: &str, port: u32) -> Address {
    SocketAddr::new(ip.parse().expect("an address"), port as u16).into()
}

fn by_ip(to: &[u32]) -> [Address; 2] {
    [at("127.0.0.1", to[0]), at("127.0.0.1", to[0])]
}

/// What a client must know of an address.
fn numbers(address: &Address) -> String {
    match address {
        Address::Inet(at) => at.port().to_string(),
        Address::Inet6(at) => format!("{} {} {}", at.port(), at.flowinfo(), at.scope_id()),
        Address::Vsock(at) => format!("{} {}", at.cid, at.port),
        Address::Qipcrtr(at) => format!("{} {}", at.node, at.port),
        Address::Tipc(at) => format!("{} {} {} {} {}", at.address_type, at.v1, at.v2, at.v3, at.scope),
        other => other.to_string(),
    }
}

/// Whether that is how the address is written.
fn is(data: &[u8], address: &Address) -> &'static str {
    truth(data == show(address).as_bytes())
}

fn exactly(socket: &Socket, length: usize) -> Result<Vec<u8>> {
    let mut data = Vec::new();
    while data.len() < length {
        match socket.recv(length - data.len())? {
            more if more.is_empty() => break,
            more => data.extend(more),
        }
    }
    Ok(data)
}

/// The control messages, none of which this contract has a type for.
fn ancillary(message: &Message) -> Result<Vec<(i32, i32, &[u8])>> {
    let raw = |received| match received {
        &Received::Data(ControlData::Raw(ref raw)) => Ok((raw.level, raw.type_, &raw.data[..])),
        other => bail!("{other:?} is not raw"),
    };
    message.ancillary.iter().map(raw).collect()
}

/// As Python prints them.
fn ancillary_text(message: &Message) -> Result<String> {
    let mut all = ancillary(message)?;
    all.sort_unstable();
    let all: Vec<_> =
        all.iter().map(|(level, r#type, data)| format!("({level}, {}, {})", r#type, bytes(data))).collect();
    Ok(format!("[{}]", all.join(", ")))
}

/// What comes last: nothing, where these families tell the end by a reset.
fn end_of(socket: &Socket, resetting: &[i32]) -> Result<Vec<u8>> {
    match socket.recv(1) {
        Err(error) if resetting.contains(&socket.family()) && error.number() == Some(errno::ECONNRESET) => Ok(vec![]),
        data => Ok(data?),
    }
}

/// A server that listens, and a client that connects.
fn stream(end: End<'_>, (family, kind, protocol): Kind, local: &Address, to: impl Fn(&[u32]) -> Address) -> Result<()> {
    let packets = kind == SOCK_SEQPACKET;
    match end {
        Client(arguments) => {
            // It waits without a limit until the connection stands.
            let socket = Socket::new(family, kind, protocol)?;
            socket.connect(to(arguments))?;
            socket.settimeout(Some(PATIENCE));
            socket.sendall(show(socket.getsockname()?).as_bytes())?;
            println!("{}", is(&socket.recv(4096)?, &socket.getpeername()?));
            if packets {
                for message in [&b"one"[..], b"two", b"three"] {
                    socket.send(message)?;
                }
            } else {
                socket.sendall(&pattern(20_000))?;
            }
            println!("{}", bytes(&exactly(&socket, 7)?));
        }
        _ => {
            let listener = opened(family, kind, protocol)?;
            listener.bind(local)?;
            listener.listen(DEFAULT_BACKLOG)?;
            println!("{}", numbers(&listener.getsockname()?));
            let (socket, peer) = listener.accept()?;
            socket.settimeout(Some(PATIENCE));
            let (seen, same) = (is(&socket.recv(4096)?, &peer), truth(socket.getpeername()? == peer));
            println!("({seen}, {same}, {}, {})", socket.r#type(), socket.proto());
            socket.sendall(show(socket.getsockname()?).as_bytes())?;
            if packets {
                let [one, two, three] = [(); 3].map(|()| socket.recv(100));
                println!("[{}, {}, {}]", bytes(&one?), bytes(&two?), bytes(&three?));
            } else {
                println!("{}", truth(exactly(&socket, 20_000)? == pattern(20_000)));
            }
            socket.sendall(b"the end")?;
            // By a reset TIPC may tell it, which acknowledges to nobody.
            println!("{}", bytes(&end_of(&socket, &[AF_TIPC])?));
        }
    }
    Ok(())
}

/// A server that answers where a datagram came from.
fn datagrams(end: End<'_>, (family, kind, protocol): Kind, to: impl Fn(&[u32]) -> [Address; 2]) -> Result<()> {
    let socket = opened(family, kind, protocol)?;
    match (family, socket.getsockname()?) {
        (AF_QIPCRTR, Address::Qipcrtr(own)) => socket.bind((own.node, 0))?,
        (AF_TIPC, _) => {}
        _ => socket.bind(("127.0.0.1", 0))?,
    }
    match end {
        Client(arguments) => {
            let mut peer = None;
            for to in to(arguments) {
                let own = socket.getsockname()?;
                socket.sendto(show(&own).as_bytes(), to)?;
                let (data, from) = socket.recvfrom(4096)?;
                println!("{}", is(&data, &own));
                peer = Some(from);
            }
            let peer = peer.context("somebody answered")?;
            // What does not fit is lost, or waits.
            socket.sendto(b"abc", &peer)?;
            socket.sendto(&pattern(1000), &peer)?;
        }
        _ => {
            if family == AF_TIPC {
                socket.bind(Address::tipc_nameseq(TIPC_TYPE, 10, 20, TIPC_NODE_SCOPE))?;
            }
            println!("{}", numbers(&socket.getsockname()?));
            for _ in 0..2 {
                let message = socket.recvmsg(4096, 256, 0)?;
                let seen = is(&message.data, &message.address);
                println!("({seen}, {}, {})", message.ancillary.len(), message.flags);
                socket.sendto(show(&message.address).as_bytes(), &message.address)?;
            }
            println!("({}, {})", bytes(&socket.recv(3)?), truth(socket.recvfrom(4096)?.0 == pattern(1000)));
        }
    }
    Ok(())
}

fn tipc_stream(end: End<'_>, kind: i32, r#type: u32) -> Result<()> {
    let range = Address::tipc_nameseq(r#type, 1, 1, TIPC_NODE_SCOPE);
    stream(end, (AF_TIPC, kind, 0), &range, |_| Address::tipc_name(r#type, 1, TIPC_NODE_SCOPE))
}

/// A machine talks to itself by VMADDR_CID_LOCAL.
fn vsock(end: End<'_>, kind: i32) -> Result<()> {
    let any = Address::vsock(VMADDR_CID_ANY, VMADDR_PORT_ANY);
    stream(end, (AF_VSOCK, kind, 0), &any, |to| Address::vsock(1, to[1]))
}

/// One socket for many associations, which begin with the first message; streams and payload types.
fn sctp_many(end: End<'_>) -> Result<()> {
    // SCTP_SNDINFO
    const SNDINFO: i32 = 2;
    if let Client(arguments) = end {
        let to = at("127.0.0.1", arguments[0]);
        for number in [3u16, 4] {
            let socket = opened(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP)?;
            socket.bind(("127.0.0.1", 0))?;
            let own = show(socket.getsockname()?);
            let mut info = number.to_ne_bytes().to_vec();
            info.extend([0; 2]);
            info.extend((0x1000 + u32::from(number)).to_ne_bytes());
            info.extend([0; 8]);
            let info = ControlMessage::raw(IPPROTO_SCTP, SNDINFO, &info);
            println!("{}", truth(socket.sendmsg_to(&[own.as_bytes()], &[info], 0, &to)? == own.len()));
            let (data, peer) = socket.recvfrom(4096)?;
            println!("({}, {})", truth(data == own.as_bytes()), truth(peer == to));
        }
        return Ok(());
    }
    let socket = opened(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP)?;
    socket.bind(("127.0.0.1", 0))?;
    socket.listen(DEFAULT_BACKLOG)?;
    socket.setsockopt(IPPROTO_SCTP, SCTP_RECVRCVINFO, 1)?;
    println!("{}", numbers(&socket.getsockname()?));
    for _ in 0..2 {
        let message = socket.recvmsg(4096, 256, 0)?;
        let [(level, r#type, data)] = ancillary(&message)?[..] else { bail!("one control message") };
        let seen = is(&message.data, &message.address);
        println!("({seen}, {}, [({level}, {}, {})])", message.flags, r#type, data.len());
        println!("[({}, {})]", bytes(&data[..2]), bytes(&data[8..12]));
        socket.sendto(show(&message.address).as_bytes(), &message.address)?;
    }
    Ok(())
}

/// struct can_frame.
fn frame(id: u32, data: &[u8]) -> Vec<u8> {
    let mut frame = id.to_ne_bytes().to_vec();
    frame.extend([data.len() as u8, 0, 0, 0]);
    frame.extend(data);
    frame.resize(16, 0);
    frame
}

/// struct canfd_frame, with its bit rate switched.
fn fd_frame(id: u32, data: &[u8]) -> Vec<u8> {
    let mut frame = id.to_ne_bytes().to_vec();
    frame.extend([data.len() as u8, 1, 0, 0]);
    frame.extend(data);
    frame.resize(72, 0);
    frame
}

fn raw(filters: &[(u32, u32)]) -> Result<Socket> {
    let socket = opened(AF_CAN, SOCK_RAW, CAN_RAW)?;
    let filters: Vec<u8> =
        filters.iter().flat_map(|(id, mask)| [id.to_ne_bytes(), mask.to_ne_bytes()].concat()).collect();
    socket.setsockopt(SOL_CAN_RAW, CAN_RAW_FILTER, filters)?;
    socket.setsockopt(SOL_CAN_RAW, CAN_RAW_FD_FRAMES, 1)?;
    socket.bind((VCAN,))?;
    Ok(socket)
}

fn can_raw(end: End<'_>) -> Result<()> {
    if let Client(_) = end {
        let socket = raw(&[(0x456, 0x7ff)])?;
        // The filters let 0x124 not pass.
        let frames =
            [frame(0x124, b"no"), frame(0x123, b"12345678"), fd_frame(0x123, &pattern(64)), frame(0x8001_2345, b"")];
        let sent: Vec<_> = frames.iter().map(|frame| socket.send(frame)).collect::<Result<_, _>>()?;
        println!("{sent:?}");
        let (data, peer) = socket.recvfrom(100)?;
        println!("('{}', {})", hex(&data), show(peer));
        let everywhere = opened(AF_CAN, SOCK_RAW, CAN_RAW)?;
        everywhere.bind(("",))?;
        println!("{}", show(everywhere.getsockname()?));
        return Ok(());
    }
    let socket = raw(&[(0x123, 0x7ff), (0x8001_2300, 0x9fff_ff00)])?;
    println!("ready");
    let filters = socket.getsockopt_bytes(SOL_CAN_RAW, CAN_RAW_FILTER, 64)?;
    println!("('{}', {})", hex(&filters), socket.getsockopt(SOL_CAN_RAW, CAN_RAW_FD_FRAMES)?);
    for _ in 0..3 {
        let message = socket.recvmsg(100, 100, 0)?;
        let (data, more) = (hex(&message.data), ancillary_text(&message)?);
        println!("('{data}', {more}, {}, {})", message.flags, show(&message.address));
    }
    socket.send(&frame(0x456, b"seen"))?;
    Ok(())
}

/// struct bcm_msg_head, whose first interval is in microseconds here, with its frames.
fn bcm(opcode: i32, flags: i32, count: u32, interval: u64, id: u32, frame: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    message.extend(opcode.to_ne_bytes());
    message.extend(flags.to_ne_bytes());
    message.extend(count.to_ne_bytes());
    message.extend([0; 4]);
    for time in [0, interval, 0, 0] {
        message.extend(time.to_ne_bytes());
    }
    message.extend(id.to_ne_bytes());
    message.extend(1u32.to_ne_bytes());
    message.extend(frame);
    message
}

/// The message without its times, as the fields of a tuple.
fn bcm_told(message: &[u8]) -> Result<String> {
    ensure!(message.len() >= 56, "{message:?} is no message");
    let field = |at: usize| u32::from_ne_bytes(message[at..at + 4].try_into().expect("four bytes"));
    let [opcode, flags, count, id, frames] = [0, 4, 8, 48, 52].map(field);
    Ok(format!("{opcode}, {flags}, {count}, {id}, {frames}, '{}'", hex(&message[56..])))
}

fn can_bcm(end: End<'_>) -> Result<()> {
    let socket = opened(AF_CAN, SOCK_DGRAM, CAN_BCM)?;
    socket.connect((VCAN,))?;
    if let Client(_) = end {
        // Three times, and then told so.
        let flags = CAN_BCM_SETTIMER | CAN_BCM_STARTTIMER | CAN_BCM_TX_COUNTEVT;
        let cyclic = bcm(CAN_BCM_TX_SETUP, flags, 3, 10_000, 0x223, &frame(0x223, b"\x01cyclic"));
        println!("{}", truth(socket.send(&cyclic)? == cyclic.len()));
        println!("({})", bcm_told(&socket.recv(256)?)?);
        let once = bcm(CAN_BCM_TX_SEND, 0, 0, 0, 0x223, &frame(0x223, b"\x02once"));
        println!("{}", socket.send(&once)?);
        return Ok(());
    }
    let watching = opened(AF_CAN, SOCK_RAW, CAN_RAW)?;
    watching.setsockopt(SOL_CAN_RAW, CAN_RAW_FILTER, [0x223u32.to_ne_bytes(), 0x7ffu32.to_ne_bytes()].concat())?;
    watching.bind((VCAN,))?;
    // Told when what the mask chooses has changed.
    socket.send(&bcm(CAN_BCM_RX_SETUP, 0, 0, 0, 0x223, &frame(0, b"\xff\0\0\0\0\0\0\0")))?;
    println!("ready");
    for _ in 0..2 {
        let (data, peer) = socket.recvfrom(256)?;
        println!("({}, {})", bcm_told(&data)?, show(peer));
    }
    let frames: Vec<_> = (0..4).map(|_| Ok(format!("'{}'", hex(&watching.recv(100)?)))).collect::<Result<_>>()?;
    println!("[{}]", frames.join(", "));
    Ok(())
}

fn can_isotp(end: End<'_>) -> Result<()> {
    let ends = |rx, tx| -> Result<Socket> {
        let socket = opened(AF_CAN, SOCK_DGRAM, CAN_ISOTP)?;
        socket.bind((VCAN, rx, tx))?;
        Ok(socket)
    };
    let lengths = [5, 300, 4000];
    let reversed = |length| pattern(length).into_iter().rev().collect::<Vec<_>>();
    if let Client(_) = end {
        let socket = ends(0x701, 0x700)?;
        for length in lengths {
            println!("{}", socket.send(&pattern(length))?);
            println!("{}", truth(socket.recv(5000)? == reversed(length)));
        }
        println!("{}", show(ends(0x8001_2345, 0x8005_4321)?.getsockname()?));
        return Ok(());
    }
    let socket = ends(0x700, 0x701)?;
    println!("ready");
    println!("{}", show(socket.getsockname()?));
    for length in lengths {
        let (data, peer) = socket.recvfrom(5000)?;
        println!("({}, {})", truth(data == pattern(length)), show(peer));
        socket.send(&reversed(length))?;
    }
    Ok(())
}

fn can_j1939(end: End<'_>) -> Result<()> {
    const PGN: u32 = 0x12300;
    let to = |pgn, address| Address::can_j1939(VCAN, 0, pgn, address);
    let bound = |address| -> Result<Socket> {
        let socket = opened(AF_CAN, SOCK_DGRAM, CAN_J1939)?;
        socket.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)?;
        socket.bind(to(J1939_NO_PGN.cast_unsigned(), address))?;
        Ok(socket)
    };
    if let Client(_) = end {
        let socket = bound(0x20)?;
        socket.setsockopt(SOL_CAN_J1939, SO_J1939_SEND_PRIO, 3)?;
        println!("{}", socket.getsockopt(SOL_CAN_J1939, SO_J1939_SEND_PRIO)?);
        for (length, to) in [(8, to(PGN, 0x30)), (500, to(PGN, 0x30)), (8, to(0xfe01, 0xff))] {
            println!("{}", socket.sendto(&pattern(length), to)?);
            let (data, peer) = socket.recvfrom(100)?;
            println!("({}, {})", bytes(&data), show(peer));
        }
        socket.connect(to(PGN, 0x30))?;
        println!("({}, {})", show(socket.getsockname()?), show(socket.getpeername()?));
        return Ok(());
    }
    let socket = bound(0x30)?;
    println!("ready");
    println!("{}", show(socket.getsockname()?));
    // To this address alone, in one frame and in many; to all.
    for length in [8, 500, 8] {
        let message = socket.recvmsg(4096, 256, 0)?;
        let (same, more) = (truth(message.data == pattern(length)), ancillary_text(&message)?);
        println!("({same}, {more}, {}, {})", message.flags, show(&message.address));
        socket.sendto(b"seen", to(PGN, 0x20))?;
    }
    Ok(())
}

/// struct sockaddr_storage of a host.
fn storage(host: &str) -> Vec<u8> {
    let mut raw = match host.parse().expect("an address") {
        std::net::IpAddr::V4(ip) => [&[2, 0, 0, 0][..], &ip.octets()].concat(),
        std::net::IpAddr::V6(ip) => [&[10, 0, 0, 0, 0, 0, 0, 0][..], &ip.octets()].concat(),
    };
    raw.resize(128, 0);
    raw
}

/// Joining, leaving, and blocking a source: what goes to the group arrives, or only what comes after it.
fn groups(end: End<'_>, family: i32, any: &str, loopback: &str, group: &str) -> Result<()> {
    let lo = if_nametoindex("lo")?;
    let (level, only_own) =
        if family == AF_INET { (IPPROTO_IP, IP_MULTICAST_ALL) } else { (IPPROTO_IPV6, IPV6_MULTICAST_ALL) };
    let request = [&lo.to_ne_bytes()[..], &[0; 4], &storage(group)].concat();
    let source = [&request[..], &storage(loopback)].concat();
    let steps = [
        (MCAST_JOIN_GROUP, &request),
        (MCAST_BLOCK_SOURCE, &source),
        (MCAST_UNBLOCK_SOURCE, &source),
        (MCAST_LEAVE_GROUP, &request),
    ];
    let socket = opened(family, SOCK_DGRAM, 0)?;
    if let Client(arguments) = end {
        socket.bind(at(loopback, 0))?;
        if family == AF_INET {
            socket.setsockopt(IPPROTO_IP, IP_MULTICAST_IF, [&[0; 8][..], &lo.to_ne_bytes()].concat())?;
        } else {
            socket.setsockopt(IPPROTO_IPV6, IPV6_MULTICAST_IF, lo as i32)?;
        }
        socket.sendto(b"hello", at(loopback, arguments[0]))?;
        for _ in steps {
            println!("{}", bytes(&socket.recv(100)?));
            socket.sendto(b"to the group", at(group, arguments[0]))?;
            socket.sendto(b"after", at(loopback, arguments[0]))?;
        }
        return Ok(());
    }
    socket.setsockopt(level, only_own, 0)?;
    socket.bind(at(any, 0))?;
    println!("{}", socket.getsockname()?.port().context("a port")?);
    let (_, mut peer) = socket.recvfrom(100)?;
    for (option, value) in steps {
        socket.setsockopt(level, option, &value[..])?;
        socket.sendto(b"next", &peer)?;
        let data;
        (data, peer) = socket.recvfrom(100)?;
        let after = if data == b"after" { "True".to_owned() } else { bytes(&socket.recv(100)?) };
        println!("({option}, {}, {after}, '{}')", bytes(&data), peer.host().unwrap_or_default());
    }
    Ok(())
}

fn broadcast(end: End<'_>) -> Result<()> {
    let socket = opened(AF_INET, SOCK_DGRAM, 0)?;
    if let Client(arguments) = end {
        socket.bind(("127.0.0.1", 0))?;
        let to = at("127.255.255.255", arguments[0]);
        if let Err(error) = socket.sendto(b"", &to) {
            println!("{}", name_of(&error));
        }
        socket.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)?;
        socket.sendto(show(socket.getsockname()?).as_bytes(), to)?;
        return Ok(());
    }
    socket.bind(("127.255.255.255", 0))?;
    println!("{}", numbers(&socket.getsockname()?));
    let (data, peer) = socket.recvfrom(100)?;
    println!("{}", is(&data, &peer));
    Ok(())
}

/// Asks a controller by raw packets; the controller is a native program.
fn hci(end: End<'_>) -> Result<()> {
    let Client(arguments) = end else { bail!("no guest is a controller") };
    let socket = opened(AF_BLUETOOTH, SOCK_RAW, BTPROTO_HCI)?;
    let own = Address::hci(arguments[0] as u16, HCI_CHANNEL_USER as u16);
    socket.bind(&own)?;
    ensure!(socket.getsockname()? == own, "it is at {}", socket.getsockname()?);
    // Read_Local_Version_Information, and one that ends the controller.
    for opcode in [0x1001u16, 0xfc01] {
        let [low, high] = opcode.to_le_bytes();
        println!("{}", socket.send(&[1, low, high, 0])?);
        println!("{}", hex(&socket.recv(260)?));
    }
    Ok(())
}

/// The device of an address of Bluetooth, and its PSM or channel.
fn device(address: &Address) -> Result<(String, u16)> {
    let number = match address {
        Address::L2cap(at) => at.psm,
        Address::Rfcomm(at) => at.channel.into(),
        other => bail!("{other} is no address of L2CAP or RFCOMM"),
    };
    Ok((address.bdaddr().context("a device")?, number))
}

/// A connection between the two controllers of `tests/data/bluetooth.py`.
fn bluetooth<N>(
    end: End<'_>,
    kind: i32,
    protocol: i32,
    address: impl Fn(&str, N) -> berkeley_guest::Result<Address>,
    number: N,
) -> Result<()>
where
    N: From<u8>,
{
    let (first, second) = ("C0:B0:B0:00:00:01", "C0:B0:B0:00:00:02");
    let socket = Socket::new(AF_BLUETOOTH, kind, protocol)?;
    if let Client(_) = end {
        socket.bind(address(second, 0.into())?)?;
        socket.connect(address(first, number)?)?;
        let (own, (peer, number)) = (device(&socket.getsockname()?)?.0, device(&socket.getpeername()?)?);
        println!("('{own}', ('{peer}', {number}))");
        socket.settimeout(Some(PATIENCE));
        socket.sendall(b"hello")?;
        println!("{}", truth(exactly(&socket, 600)? == pattern(600)));
        return Ok(());
    }
    socket.bind(address(first, number)?)?;
    socket.listen(1)?;
    println!("ready");
    let (socket, peer) = socket.accept()?;
    socket.settimeout(Some(PATIENCE));
    let (peer, (own, number)) = (device(&peer)?.0, device(&socket.getsockname()?)?);
    println!("('{peer}', ('{own}', {number}))");
    println!("{}", bytes(&socket.recv(100)?));
    socket.sendall(&pattern(600))?;
    // By a reset RFCOMM may tell it, when the devices have parted.
    println!("{}", bytes(&end_of(&socket, &[AF_BLUETOOTH])?));
    Ok(())
}

/// A socket that computes.
fn operation(kind: &str, name: &str, key: Option<&[u8]>, tag: Option<usize>) -> Result<Socket> {
    let socket = Socket::new(AF_ALG, SOCK_SEQPACKET, 0)?;
    socket.bind(Address::alg(kind, name))?;
    if let Some(length) = tag {
        socket.setsockopt(SOL_ALG, ALG_SET_AEAD_AUTHSIZE, OptionValue::Null(length as u32))?;
    }
    if let Some(key) = key {
        socket.setsockopt(SOL_ALG, ALG_SET_KEY, key)?;
    }
    Ok(socket.accept()?.0)
}

/// What the next data is for.
fn crypt(socket: &Socket, parts: &[&[u8]], op: i32, iv: &[u8], known: Option<usize>) -> Result<()> {
    // struct af_alg_iv
    let iv = [&(iv.len() as u32).to_ne_bytes()[..], iv].concat();
    let mut messages = vec![ControlMessage::raw(SOL_ALG, ALG_SET_OP, &op.to_ne_bytes())];
    messages.push(ControlMessage::raw(SOL_ALG, ALG_SET_IV, &iv));
    if let Some(length) = known {
        messages.push(ControlMessage::raw(SOL_ALG, ALG_SET_AEAD_ASSOCLEN, &(length as u32).to_ne_bytes()));
    }
    socket.sendmsg(parts, &messages, 0)?;
    Ok(())
}

fn alg() -> Result<()> {
    let data = pattern(20_000);
    for (name, key) in [("sha256", None), ("sha512", None), ("hmac(sha256)", Some(&data[..20]))] {
        let hash = operation("hash", name, key, None)?;
        hash.sendall_flags(b"abc", MSG_MORE)?;
        hash.sendall(b"def")?;
        println!("('{name}', '{}')", hex(&hash.recv(64)?));
    }
    for (name, blocks) in [("cbc(aes)", 4), ("ctr(aes)", 3)] {
        let cipher = operation("skcipher", name, Some(&data[..32]), None)?;
        let plain = &data[..16 * blocks];
        crypt(&cipher, &[plain], ALG_OP_ENCRYPT, &data[16..32], None)?;
        let encrypted = cipher.recv(plain.len())?;
        println!("('{name}', '{}')", hex(&encrypted));
        crypt(&cipher, &[&encrypted], ALG_OP_DECRYPT, &data[16..32], None)?;
        println!("{}", truth(cipher.recv(plain.len())? == plain));
    }
    let aead = operation("aead", "gcm(aes)", Some(&data[..16]), Some(16))?;
    let (known, secret) = (&data[100..113], &data[200..240]);
    crypt(&aead, &[known, secret], ALG_OP_ENCRYPT, &data[..12], Some(known.len()))?;
    let mut sealed = aead.recv(known.len() + secret.len() + 16)?;
    println!("{}", hex(&sealed));
    crypt(&aead, &[&sealed], ALG_OP_DECRYPT, &data[..12], Some(known.len()))?;
    println!("{}", truth(aead.recv(sealed.len() - 16)? == [known, secret].concat()));
    *sealed.last_mut().context("a tag")? ^= 1;
    crypt(&aead, &[&sealed], ALG_OP_DECRYPT, &data[..12], Some(known.len()))?;
    if let Err(error) = aead.recv(sealed.len() - 16) {
        println!("{}", name_of(&error));
    }
    println!("{}", operation("rng", "stdrng", Some(b""), None)?.recv(16)?.len());
    Ok(())
}

/// Auxiliary data of a datagram that is seen passing, of which nobody else sends one so long.
fn packet() -> Result<()> {
    let ip = ETHERTYPE_IP as u16;
    let tap = opened(AF_PACKET, SOCK_RAW, i32::from(ip.to_be()))?;
    tap.bind(("lo", ip))?;
    tap.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)?;
    let (receiver, sender) = (opened(AF_INET, SOCK_DGRAM, 0)?, opened(AF_INET, SOCK_DGRAM, 0)?);
    receiver.bind(("127.0.0.1", 0))?;
    let mark = [numbers(&receiver.getsockname()?).as_bytes(), &pattern(2000)].concat();
    sender.sendto(&mark, receiver.getsockname()?)?;
    let message = loop {
        let message = tap.recvmsg(4096, 256, 0)?;
        if message.data.ends_with(&mark) {
            break message;
        }
    };
    let [(level, r#type, auxiliary)] = ancillary(&message)?[..] else { bail!("one control message") };
    println!("({level}, {}, {}, {})", r#type, message.flags, show(&message.address));
    // struct tpacket_auxdata: status, length, captured length, offsets, VLAN.
    let lengths = [4, 8].map(|at| u32::from_ne_bytes(auxiliary[at..at + 4].try_into().expect("four bytes")));
    let rest = [12, 14, 16, 18].map(|at| u16::from_ne_bytes(auxiliary[at..at + 2].try_into().expect("two bytes")));
    println!("({:?}, {rest:?})", lengths.map(|length| length as usize - mark.len()));
    Ok(())
}
