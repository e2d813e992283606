//! The structures of socket options, set and read where the kernel keeps them.

use std::env::args;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::ancillary::{ControlData, Credentials, Ipv6Pktinfo, Received};
use berkeley_guest::socket::*;
use berkeley_guest::{Error, option::OptionValue};
use berkeley_test_guests::{PATIENCE, fails, hex, run, tcp_pair};

type Case = fn() -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("linger", linger),
    ("limits", limits),
    ("credentials of a pair", credentials),
    ("what TCP tells", tcp_info),
    ("an IPv4 group", membership),
    ("an IPv4 group by its interface's index", membership_by_index),
    ("what one source sends", membership_of_source),
    ("a source that is not heard", blocked_source),
    ("an IPv6 group", membership6),
    ("groups of either family", groups),
    ("packet information that stays", pktinfo),
    ("wrong structures", wrong),
];

/// The options that Python's module has no names for.
const IP_MULTICAST_ALL: i32 = 49;

const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 77, 78);
const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;
/// Another address of the same interface.
const OTHER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const GROUP6: Ipv6Addr = Ipv6Addr::new(0xff01, 0, 0, 0, 0, 0, 0x77, 0x78);

fn main() -> Result<()> {
    match args().nth(1).as_deref() {
        Some("cases") => run(CASES.iter().copied()),
        Some("reset") => reset(args().nth(2).context("a port")?.parse()?),
        Some("peer") => peer(&args().nth(2).context("a path")?),
        other => bail!("cannot do {other:?}"),
    }
}

/// Closes a connection so that the peer is told of a reset.
fn reset(port: u16) -> Result<()> {
    let socket = create_connection(("127.0.0.1", port), &ConnectionOptions::default())?;
    socket.setsockopt(SOL_SOCKET, SO_LINGER, Linger { on: true, seconds: 0 })?;
    Ok(socket.close()?)
}

/// Prints who listens at the path.
fn peer(path: &str) -> Result<()> {
    let socket = Socket::new(AF_UNIX, SOCK_STREAM, 0)?;
    socket.connect(path)?;
    let Credentials { pid, uid, gid } = socket.getsockopt_as(SOL_SOCKET, SO_PEERCRED)?;
    println!("{pid} {uid} {gid}");
    Ok(())
}

fn linger() -> Result<()> {
    let (socket, _peer) = tcp_pair(AF_INET, "127.0.0.1")?;
    ensure!(socket.getsockopt_as::<Linger>(SOL_SOCKET, SO_LINGER)? == Linger::default());
    for linger in [Linger { on: true, seconds: 5 }, Linger { on: true, seconds: 0 }, Linger { on: false, seconds: 0 }] {
        socket.setsockopt(SOL_SOCKET, SO_LINGER, linger)?;
        ensure!(socket.getsockopt_as::<Linger>(SOL_SOCKET, SO_LINGER)? == linger, "{linger:?}");
    }
    Ok(())
}

fn limits() -> Result<()> {
    let (socket, _peer) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    for name in [SO_RCVTIMEO, SO_SNDTIMEO] {
        let limit = || socket.getsockopt_as::<Timeval>(SOL_SOCKET, name);
        ensure!(limit()? == Timeval::default());
        // A whole number of the kernel's ticks, whatever they are.
        let time = Timeval { seconds: 3, microseconds: 500_000 };
        socket.setsockopt(SOL_SOCKET, name, time)?;
        ensure!(limit()? == time && Option::from(limit()?) == Some(Duration::from_millis(3500)));
        socket.setsockopt(SOL_SOCKET, name, Timeval::from(None))?;
        ensure!(limit()? == Timeval::default());
        let wrong = Timeval { seconds: 0, microseconds: 1_000_000 };
        fails("too many microseconds", socket.setsockopt(SOL_SOCKET, name, wrong), errno::EDOM)?;
    }
    socket.setsockopt(SOL_SOCKET, SO_RCVTIMEO, Timeval::from(Some(Duration::from_millis(20))))?;
    fails("nothing came in time", socket.recv(1), errno::EAGAIN)
}

fn credentials() -> Result<()> {
    let (one, other) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    let of = |socket: &Socket| socket.getsockopt_as::<Credentials>(SOL_SOCKET, SO_PEERCRED);
    let (one, other) = (of(&one)?, of(&other)?);
    ensure!(one.pid > 0 && (one.pid, one.uid, one.gid) == (other.pid, other.uid, other.gid));
    let unconnected = of(&Socket::new(AF_UNIX, SOCK_STREAM, 0)?)?;
    ensure!((unconnected.pid, unconnected.uid, unconnected.gid) == (0, u32::MAX, u32::MAX), "nobody");
    Ok(())
}

fn tcp_info() -> Result<()> {
    let of = |socket: &Socket| socket.getsockopt_as::<TcpInfo>(IPPROTO_TCP, TCP_INFO);
    let fresh = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    ensure!(of(&fresh)?.state == 7, "closed");
    fresh.bind(("127.0.0.1", 0))?;
    fresh.listen(17)?;
    let listening = of(&fresh)?;
    ensure!((listening.state, listening.unacked, listening.sacked) == (10, 0, 17), "{listening:?}");

    let (client, server) = tcp_pair(AF_INET, "127.0.0.1")?;
    client.sendall(&[1; 5000])?;
    ensure!(server.recv_flags(5000, MSG_WAITALL)?.len() == 5000);
    server.sendall(b"thanks")?;
    ensure!(client.recv(6)? == b"thanks");
    let info = of(&client)?;
    ensure!(info.state == 1 && info.rtt > 0 && info.rto > 0 && info.snd_mss > 0 && info.snd_cwnd > 0, "{info:?}");
    ensure!(info.min_rtt <= info.rtt && info.segs_out > 1 && info.data_segs_in == 1, "{info:?}");
    // The answer acknowledged what was sent before it; the SYN counts too.
    ensure!((info.bytes_acked, info.bytes_received) == (5001, 6), "{info:?}");
    ensure!((info.bytes_sent, info.bytes_retrans) == (5000, 0), "{info:?}");
    let peer = of(&server)?;
    ensure!(peer.bytes_received == 5000 && peer.snd_wscale() == info.rcv_wscale(), "{peer:?}");
    server.close()?;
    ensure!(client.recv(1)?.is_empty() && of(&client)?.state == 8, "close-wait");
    Ok(())
}

/// One that receives at the group's port what comes to groups that it has joined itself, and no others.
fn receiver() -> Result<(Socket, u16)> {
    let socket = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    socket.setsockopt(IPPROTO_IP, IP_MULTICAST_ALL, false)?;
    socket.bind(("0.0.0.0", 0))?;
    socket.settimeout(Some(PATIENCE));
    let port = socket.getsockname()?.port().context("a port")?;
    Ok((socket, port))
}

/// Sends the text to the group, from that address.
fn send(from: Ipv4Addr, port: u16, text: &str) -> Result<()> {
    let socket = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    socket.bind((from, 0))?;
    socket.setsockopt(IPPROTO_IP, IP_MULTICAST_IF, LOOPBACK)?;
    ensure!(socket.getsockopt_as::<Ipv4Addr>(IPPROTO_IP, IP_MULTICAST_IF)? == LOOPBACK);
    socket.sendto(text.as_bytes(), (GROUP, port))?;
    Ok(())
}

/// Whether the next datagram holds the text. One that is sent to the receiver itself comes after all before it.
fn hears(receiver: &Socket, port: u16, text: Option<&str>) -> Result<()> {
    let end = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    end.sendto(b"end", (LOOPBACK, port))?;
    for expected in text.into_iter().chain(["end"]) {
        let data = receiver.recv(99)?;
        ensure!(data == expected.as_bytes(), "{:?} instead of {expected}", String::from_utf8_lossy(&data));
    }
    Ok(())
}

fn membership() -> Result<()> {
    let (receiver, port) = receiver()?;
    let group = IpMreq { multiaddr: GROUP, interface: LOOPBACK };
    send(LOOPBACK, port, "before")?;
    hears(&receiver, port, None)?;
    receiver.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, group)?;
    fails("twice", receiver.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, group), errno::EADDRINUSE)?;
    send(LOOPBACK, port, "member")?;
    hears(&receiver, port, Some("member"))?;
    receiver.setsockopt(IPPROTO_IP, IP_DROP_MEMBERSHIP, group)?;
    send(LOOPBACK, port, "after")?;
    hears(&receiver, port, None)
}

fn membership_by_index() -> Result<()> {
    let (receiver, port) = receiver()?;
    let index = if_nametoindex("lo")?;
    let group = IpMreqn { multiaddr: GROUP, address: Ipv4Addr::UNSPECIFIED, interface_index: index };
    receiver.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, group)?;
    let sender = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    let by_index = IpMreqn { multiaddr: Ipv4Addr::UNSPECIFIED, ..group };
    sender.setsockopt(IPPROTO_IP, IP_MULTICAST_IF, by_index)?;
    sender.sendto(b"by index", (GROUP, port))?;
    hears(&receiver, port, Some("by index"))?;
    receiver.setsockopt(IPPROTO_IP, IP_DROP_MEMBERSHIP, group)?;
    let nowhere = IpMreqn { interface_index: i32::MAX as u32, ..group };
    fails("no such interface", receiver.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, nowhere), errno::ENODEV)
}

fn membership_of_source() -> Result<()> {
    let (receiver, port) = receiver()?;
    let group = IpMreqSource { multiaddr: GROUP, interface: LOOPBACK, source: LOOPBACK };
    receiver.setsockopt(IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, group)?;
    send(OTHER, port, "another")?;
    send(LOOPBACK, port, "the source")?;
    hears(&receiver, port, Some("the source"))?;
    receiver.setsockopt(IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, IpMreqSource { source: OTHER, ..group })?;
    send(OTHER, port, "another")?;
    hears(&receiver, port, Some("another"))?;
    receiver.setsockopt(IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, group)?;
    send(LOOPBACK, port, "the source")?;
    hears(&receiver, port, None)
}

fn blocked_source() -> Result<()> {
    let (receiver, port) = receiver()?;
    receiver.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, IpMreq { multiaddr: GROUP, interface: LOOPBACK })?;
    let source = IpMreqSource { multiaddr: GROUP, interface: LOOPBACK, source: OTHER };
    receiver.setsockopt(IPPROTO_IP, IP_BLOCK_SOURCE, source)?;
    send(OTHER, port, "blocked")?;
    send(LOOPBACK, port, "free")?;
    hears(&receiver, port, Some("free"))?;
    receiver.setsockopt(IPPROTO_IP, IP_UNBLOCK_SOURCE, source)?;
    send(OTHER, port, "not blocked any more")?;
    hears(&receiver, port, Some("not blocked any more"))
}

/// One that receives at the port of an IPv6 group on the loopback interface, the port, and the interface's index.
fn receiver6() -> Result<(Socket, u16, u32)> {
    let socket = Socket::new(AF_INET6, SOCK_DGRAM, 0)?;
    socket.bind(("::", 0))?;
    socket.settimeout(Some(PATIENCE));
    let port = socket.getsockname()?.port().context("a port")?;
    Ok((socket, port, if_nametoindex("lo")?))
}

/// Whether the kernel has a member of the IPv6 group at the interface. Not every loopback interface has a route to
/// groups, so that nothing can be sent there.
fn is_member(index: u32) -> Result<bool> {
    let group = hex(&GROUP6.octets());
    let members = std::fs::read_to_string("/net/igmp6")?;
    Ok(members.lines().any(|line| line.split_whitespace().take(3).eq([&index.to_string(), "lo", &group])))
}

fn membership6() -> Result<()> {
    let (receiver, _, index) = receiver6()?;
    let group = Ipv6Mreq { multiaddr: GROUP6, interface_index: index };
    ensure!(!is_member(index)?);
    receiver.setsockopt(IPPROTO_IPV6, IPV6_JOIN_GROUP, group)?;
    ensure!(is_member(index)?);
    fails("twice", receiver.setsockopt(IPPROTO_IPV6, IPV6_JOIN_GROUP, group), errno::EADDRINUSE)?;
    receiver.setsockopt(IPPROTO_IPV6, IPV6_LEAVE_GROUP, group)?;
    ensure!(!is_member(index)?);
    fails("no member", receiver.setsockopt(IPPROTO_IPV6, IPV6_LEAVE_GROUP, group), errno::EADDRNOTAVAIL)
}

fn groups() -> Result<()> {
    let index = if_nametoindex("lo")?;
    let (receiver, port) = receiver()?;
    let at = |ip| SocketAddrV4::new(ip, 0).into();
    let group = GroupReq { interface_index: index, group: at(GROUP) };
    receiver.setsockopt(IPPROTO_IP, MCAST_JOIN_GROUP, group)?;
    send(OTHER, port, "member")?;
    hears(&receiver, port, Some("member"))?;
    let of_source = GroupSourceReq { interface_index: index, group: at(GROUP), source: at(OTHER) };
    receiver.setsockopt(IPPROTO_IP, MCAST_BLOCK_SOURCE, of_source)?;
    send(OTHER, port, "blocked")?;
    hears(&receiver, port, None)?;
    receiver.setsockopt(IPPROTO_IP, MCAST_LEAVE_GROUP, group)?;
    receiver.setsockopt(IPPROTO_IP, MCAST_JOIN_SOURCE_GROUP, of_source)?;
    send(LOOPBACK, port, "another")?;
    send(OTHER, port, "the source")?;
    hears(&receiver, port, Some("the source"))?;
    receiver.setsockopt(IPPROTO_IP, MCAST_LEAVE_SOURCE_GROUP, of_source)?;

    let (receiver, _, index) = receiver6()?;
    let at = |ip| SocketAddrV6::new(ip, 0, 0, 0).into();
    let group = GroupReq { interface_index: index, group: at(GROUP6) };
    receiver.setsockopt(IPPROTO_IPV6, MCAST_JOIN_GROUP, group)?;
    ensure!(is_member(index)?);
    let of_source = GroupSourceReq { interface_index: index, group: at(GROUP6), source: at(Ipv6Addr::LOCALHOST) };
    receiver.setsockopt(IPPROTO_IPV6, MCAST_LEAVE_GROUP, group)?;
    ensure!(!is_member(index)?);
    receiver.setsockopt(IPPROTO_IPV6, MCAST_JOIN_SOURCE_GROUP, of_source)?;
    ensure!(is_member(index)?);
    receiver.setsockopt(IPPROTO_IPV6, MCAST_LEAVE_SOURCE_GROUP, of_source)?;
    fails("no member", receiver.setsockopt(IPPROTO_IPV6, MCAST_LEAVE_GROUP, group), errno::EADDRNOTAVAIL)
}

/// The address and interface that all is sent from, as an option.
fn pktinfo() -> Result<()> {
    let (receiver, port, index) = receiver6()?;
    receiver.setsockopt(IPPROTO_IPV6, IPV6_RECVPKTINFO, true)?;
    let sender = Socket::new(AF_INET6, SOCK_DGRAM, 0)?;
    let loopback = Ipv6Addr::LOCALHOST.segments().into();
    sender.setsockopt(IPPROTO_IPV6, IPV6_PKTINFO, Ipv6Pktinfo { address: loopback, interface_index: index })?;
    sender.sendto(b"x", ("::1", port))?;
    let message = receiver.recvmsg(9, 100, 0)?;
    ensure!(message.address.host().as_deref() == Some("::1"));
    let [Received::Data(ControlData::Ipv6Pktinfo(told))] = &message.ancillary[..] else { bail!("{message:?}") };
    ensure!((told.address, told.interface_index) == (loopback, index));
    Ok(())
}

fn wrong() -> Result<()> {
    let (socket, _peer) = tcp_pair(AF_INET, "127.0.0.1")?;
    let short = socket.getsockopt_as::<Timeval>(SOL_SOCKET, SO_LINGER).err();
    ensure!(short == Some(Error::Invalid("the option's value is too short for the structure")), "{short:?}");
    fails("no such option", socket.getsockopt_as::<Linger>(SOL_SOCKET, 9999), errno::ENOPROTOOPT)?;
    let other = OptionValue::from(Ipv4Addr::LOCALHOST);
    fails("another structure", socket.setsockopt(SOL_SOCKET, SO_LINGER, other), errno::EINVAL)?;
    let unicast = IpMreq { multiaddr: LOOPBACK, interface: LOOPBACK };
    fails("no group", socket.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, unicast), errno::EPROTO)?;
    socket.close()?;
    fails("closed", socket.getsockopt_as::<Linger>(SOL_SOCKET, SO_LINGER), errno::EBADF)
}
