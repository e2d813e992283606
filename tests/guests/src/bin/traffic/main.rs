//! One end of a family's traffic: what `tests/data/traffic.py` does, printing the same. The arguments are the same, too.

mod alg;
mod bluetooth;
mod can;
mod groups;
mod packet;
mod sctp;
mod tipc;
mod udplite;

use std::env;
use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use berkeley_guest::ancillary::{ControlData, Message, Received};
use berkeley_guest::socket::*;
use berkeley_test_guests::python::{bytes, opened, show, truth};
use berkeley_test_guests::{PATIENCE, pattern};

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
        "sctp_many" => sctp::many(end),
        "sctp_events" => sctp::events(end),
        "udp" => datagrams(end, udp(0), by_ip),
        "udplite" => udplite::coverage(end, AF_INET, "127.0.0.1"),
        "udplite6" => udplite::coverage(end, AF_INET6, "::1"),
        "multicast" => groups::multicast(end, AF_INET),
        "multicast6" => groups::multicast(end, AF_INET6),
        "broadcast" => groups::broadcast(end),
        "vsock" => vsock(end, SOCK_STREAM),
        "vsock_seqpacket" => vsock(end, SOCK_SEQPACKET),
        "can_raw" => can::raw(end),
        "can_filters" => can::filters(end),
        "can_bcm" => can::bcm(end),
        "can_isotp" => can::isotp(end),
        "can_j1939" => can::j1939(end),
        "can_j1939_names" => can::j1939_names(end),
        "tipc_rdm" => tipc::datagrams(end, SOCK_RDM),
        "tipc_dgram" => tipc::datagrams(end, SOCK_DGRAM),
        "tipc_stream" => tipc::stream(end, SOCK_STREAM),
        "tipc_seqpacket" => tipc::stream(end, SOCK_SEQPACKET),
        "tipc_topology" => tipc::topology(end),
        "qipcrtr" => datagrams(end, (AF_QIPCRTR, SOCK_DGRAM, 0), |to| [(); 2].map(|()| Address::qipcrtr(to[0], to[1]))),
        "rds" => datagrams(end, (AF_RDS, SOCK_SEQPACKET, 0), by_ip),
        "hci" => bluetooth::hci(end),
        "l2cap" => bluetooth::connection(end, SOCK_SEQPACKET, BTPROTO_L2CAP, Address::l2cap, 0x1001),
        "rfcomm" => bluetooth::connection(end, SOCK_STREAM, BTPROTO_RFCOMM, Address::rfcomm, 7),
        "sco" => bluetooth::connection(end, SOCK_SEQPACKET, BTPROTO_SCO, |device, _: u8| Address::sco(device), 0),
        "alg" => alg::alone(),
        "packet" => packet::auxdata(),
        "packet_veth" => packet::veth(end),
        "icmp" => packet::icmp(end, AF_INET, "127.0.0.1"),
        "icmp6" => packet::icmp(end, AF_INET6, "::1"),
        "netlink" => {
            datagrams(end, (AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK), |to| [(); 2].map(|()| Address::netlink(to[0], 0)))
        }
        "netlink_links" => packet::links(),
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
        Address::Netlink(at) => format!("{} {}", at.pid, at.groups),
        Address::Qipcrtr(at) => format!("{} {}", at.node, at.port),
        Address::Tipc(at) => format!("{} {} {} {} {}", at.address_type, at.v1, at.v2, at.v3, at.scope),
        other => other.to_string(),
    }
}

/// The number at that place of a structure.
fn u16_at(bytes: &[u8], at: usize) -> Result<u16> {
    Ok(u16::from_ne_bytes(bytes.get(at..at + 2).context("two bytes")?.try_into()?))
}

/// The number at that place of a structure.
fn u32_at(bytes: &[u8], at: usize) -> Result<u32> {
    Ok(u32::from_ne_bytes(bytes.get(at..at + 4).context("four bytes")?.try_into()?))
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
        (AF_NETLINK, _) => socket.bind((0, 0))?,
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
                socket.bind(tipc::range(kind, 10, 20, TIPC_NODE_SCOPE))?;
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

/// A machine talks to itself by VMADDR_CID_LOCAL.
fn vsock(end: End<'_>, kind: i32) -> Result<()> {
    let any = Address::vsock(VMADDR_CID_ANY, VMADDR_PORT_ANY);
    if let Client(_) = end {
        println!("{}", local_cid()?);
    }
    stream(end, (AF_VSOCK, kind, 0), &any, |to| Address::vsock(1, to[1]))
}
