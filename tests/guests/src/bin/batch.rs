//! Many datagrams by one call: to peers of the guest's own, or, by the arguments `to` and a port, to a native one.
//!
//! The argument `denied` tries a peer that the policy refuses, `limited` what a guest does that may send only so much.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use berkeley_guest::Error;
use berkeley_guest::ancillary::{Batch, ControlData, ControlMessage, UDP_GRO, UDP_SEGMENT};
use berkeley_guest::bindings::ancillary as wit;
use berkeley_guest::net;
use berkeley_guest::os::unix::net::UnixDatagram;
use berkeley_guest::socket::*;
use berkeley_test_guests::{fails, run, tcp_pair};

type Case = fn() -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("to the peer it is connected to", connected),
    ("to several peers, of either version of IP", several),
    ("as std would have it", shapes),
    ("of every length", lengths),
    ("more than go by one call", thousands),
    ("cut apart as the guest wants it", own_segments),
    ("put together by the kernel", gro),
    ("with control messages", controls),
    ("one control message that is refused", refused_control),
    ("over unix sockets", unix),
    ("over unix sockets, to an address", unix_addressed),
    ("what is not received by many", descriptors),
    ("records of a connection", seqpacket),
    ("looked at", peeked),
    ("cut off", truncated),
    ("nothing to receive", nothing),
    ("what is no batch", mistakes),
    ("what the contract is not told", lies),
];

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => run(CASES.iter().copied()),
        ["to", port] => to(port.parse()?),
        ["denied", port] => denied(port.parse()?),
        ["limited"] => limited(),
        _ => anyhow::bail!("what is to be done?"),
    }
}

fn bound(ip: impl Into<std::net::IpAddr>) -> Result<(Socket, SocketAddr)> {
    let ip = ip.into();
    let socket = Socket::new(if ip.is_ipv4() { AF_INET } else { AF_INET6 }, SOCK_DGRAM, 0)?;
    socket.bind(SocketAddr::new(ip, 0))?;
    let address = socket.getsockname()?;
    Ok((socket, SocketAddr::new(ip, address.port().context("a port")?)))
}

/// A sender that is connected to a receiver, over UDP on IPv4.
fn udp_pair() -> Result<(Socket, Socket)> {
    let (receiver, address) = bound(Ipv4Addr::LOCALHOST)?;
    let (sender, _) = bound(Ipv4Addr::LOCALHOST)?;
    sender.connect(address)?;
    Ok((sender, receiver))
}

fn batch(texts: &[Vec<u8>]) -> Batch {
    let mut batch = Batch::new();
    texts.iter().for_each(|text| batch.push(text));
    batch
}

/// Texts of these lengths, each of which tells its number.
fn texts(lengths: &[usize]) -> Vec<Vec<u8>> {
    lengths.iter().enumerate().map(|(at, &length)| vec![at as u8; length]).collect()
}

/// All that comes: the host may give it in parts.
fn all(receiver: &Socket, count: usize, size: usize) -> Result<Vec<Vec<u8>>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    while all.len() < count {
        let came = receiver.recv_many(count - all.len(), size)?;
        ensure!(!came.is_empty() && came.len() <= count - all.len());
        all.extend(came.iter().map(|datagram| datagram.data().to_vec()));
    }
    Ok(all)
}

fn send_all(sender: &Socket, texts: &[Vec<u8>]) -> Result<()> {
    let mut batch = batch(texts);
    ensure!(sender.send_many(&mut batch)? == texts.len() && batch.is_empty());
    Ok(())
}

fn connected() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    let sent = texts(&[64; 32]);
    send_all(&sender, &sent)?;
    let came = receiver.recv_many(100, 100)?;
    let own = sender.getsockname()?;
    ensure!(came.len() == 32 && came.iter().map(|datagram| datagram.data()).eq(&sent), "{came:?}");
    ensure!(came.iter().all(|one| one.address() == own && one.flags() == 0 && one.whole_length() == 64));
    Ok(())
}

fn several() -> Result<()> {
    for ip in [Ipv4Addr::LOCALHOST.into(), std::net::IpAddr::from(Ipv6Addr::LOCALHOST)] {
        let (one, first) = bound(ip)?;
        let (other, second) = bound(ip)?;
        let (sender, _) = bound(ip)?;
        let mut batch = Batch::new();
        // Runs to one, and then to the other and back.
        for (at, peer) in [first, first, first, second, second, first, second].into_iter().enumerate() {
            batch.push_to(&[at as u8; 10], peer);
        }
        ensure!(sender.send_many(&mut batch)? == 7);
        let numbers =
            |socket| Ok::<_, anyhow::Error>(all(socket, 4, 10)?.iter().map(|data| data[0]).collect::<Vec<_>>());
        ensure!(numbers(&one)? == [0, 1, 2, 5]);
        let came = other.recv_many(4, 10)?;
        ensure!(came.iter().map(|datagram| datagram.data()[0]).eq([3, 4, 6]));
    }
    Ok(())
}

fn shapes() -> Result<()> {
    let (one, other) = (net::UdpSocket::bind("127.0.0.1:0")?, net::UdpSocket::bind("127.0.0.1:0")?);
    let mut batch = Batch::new();
    (0..3).for_each(|at: u8| batch.push_to(&[at], other.local_addr().expect("an address")));
    ensure!(one.send_many(&mut batch)? == 3);
    ensure!(other.recv_many(10, 10)?.iter().map(|datagram| datagram.data()[0]).eq(0..3));
    let (one, other) = UnixDatagram::pair()?;
    batch.push(b"unix");
    ensure!(one.send_many(&mut batch)? == 1 && other.recv_many(10, 10)?.iter().all(|one| one.data() == b"unix"));
    Ok(())
}

/// What is alike goes together; the receiver must not see that.
fn lengths() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    let cases: &[&[usize]] = &[
        &[0],
        &[0, 0, 5, 0],
        &[5, 5, 3, 5, 5],
        &[1, 2, 3, 2, 1],
        &[1452, 1452, 1452, 7],
        &[1453, 1453],
        &[9000, 9000, 9000],
        &[65_507, 1, 1],
        &[1000; 70],
        &[1; 130],
    ];
    for lengths in cases {
        let sent = texts(lengths);
        send_all(&sender, &sent)?;
        ensure!(all(&receiver, sent.len(), 65_507)? == sent, "{lengths:?}");
    }
    // The first that does not fit ends it, and is told next.
    let mut batch = batch(&texts(&[3, 3, 65_508, 3]));
    ensure!(sender.send_many(&mut batch)? == 2 && batch.len() == 2);
    fails("too long", sender.send_many(&mut batch), errno::EMSGSIZE)?;
    batch.remove_first(1);
    ensure!(sender.send_many(&mut batch)? == 1 && all(&receiver, 3, 10)?.iter().all(|data| data.len() == 3));
    Ok(())
}

fn thousands() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    receiver.setsockopt(SOL_SOCKET, SO_RCVBUF, 8 << 20)?;
    let mut batch = batch(&vec![vec![7]; 1100]);
    ensure!(sender.send_many(&mut batch)? == 1024 && batch.len() == 76);
    ensure!(sender.send_many(&mut batch)? == 76);
    receiver.setblocking(false);
    let mut came = 0;
    while let Ok(more) = receiver.recv_many(2000, 10) {
        ensure!(more.len() <= 1024);
        came += more.len();
    }
    // The kernel may have dropped some.
    ensure!((100..=1100).contains(&came), "{came}");
    Ok(())
}

fn own_segments() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    sender.setsockopt(IPPROTO_UDP, UDP_SEGMENT, 4)?;
    send_all(&sender, &texts(&[8, 8, 6]))?;
    let came: Vec<_> = all(&receiver, 6, 100)?.iter().map(Vec::len).collect();
    ensure!(came == [4, 4, 4, 4, 4, 2], "{came:?}");
    sender.setsockopt(IPPROTO_UDP, UDP_SEGMENT, 0)?;
    let ControlMessage::Data(cut) = ControlMessage::udp_segment(3) else { anyhow::bail!("data") };
    let mut batch = Batch::new();
    batch.push_with(b"abcdef", None, vec![cut]);
    batch.push(b"abcdef");
    ensure!(sender.send_many(&mut batch)? == 2);
    ensure!(all(&receiver, 3, 100)? == [&b"abc"[..], b"def", b"abcdef"]);
    Ok(())
}

fn gro() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    receiver.setsockopt(IPPROTO_UDP, UDP_GRO, true)?;
    let sent = texts(&[100, 100, 100, 40]);
    send_all(&sender, &sent)?;
    let mut came: Vec<Vec<u8>> = Vec::new();
    while came.len() < sent.len() {
        let datagrams = receiver.recv_many_flags(10, 65_536, CMSG_SPACE(4), 0)?;
        came.extend(datagrams.iter().flat_map(|datagram| datagram.segments().map(<[u8]>::to_vec).collect::<Vec<_>>()));
    }
    ensure!(came == sent, "{came:?}");
    Ok(())
}

fn controls() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    receiver.setsockopt(IPPROTO_IP, IP_RECVTTL, true)?;
    receiver.setsockopt(IPPROTO_IP, IP_RECVTOS, true)?;
    let mut batch = Batch::new();
    for at in 1..=4u8 {
        batch.push_with(&[at], None, vec![ControlData::IpTtl(at.into()), ControlData::IpTos(at * 4)]);
    }
    ensure!(sender.send_many(&mut batch)? == 4);
    let came = receiver.recv_many_flags(10, 10, 100, 0)?;
    ensure!(came.len() == 4, "{came:?}");
    for datagram in &came {
        let [ControlData::IpTtl(ttl), ControlData::IpTos(tos)] = datagram.ancillary() else {
            anyhow::bail!("{datagram:?}")
        };
        ensure!(*ttl == i32::from(datagram.data()[0]) && *tos == datagram.data()[0] * 4, "{datagram:?}");
    }
    // Too little room is told.
    batch.push(b"x");
    sender.send_many(&mut batch)?;
    let came = receiver.recv_many_flags(10, 10, 24, 0)?;
    ensure!(came.iter().all(|datagram| datagram.flags() & MSG_CTRUNC != 0 && datagram.ancillary().len() == 1));
    Ok(())
}

fn refused_control() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    let bad = || vec![ControlData::Timestamp(wit::Timestamp { seconds: 0, nanoseconds: 0 })];
    let mut batch = Batch::new();
    batch.push(b"good");
    batch.push_with(b"bad", None, bad());
    batch.push(b"later");
    ensure!(sender.send_many(&mut batch)? == 1 && batch.len() == 2);
    fails("only ever received", sender.send_many(&mut batch), errno::EINVAL)?;
    ensure!(all(&receiver, 1, 10)? == [b"good"]);
    receiver.setblocking(false);
    fails("nothing else went", receiver.recv(1), errno::EAGAIN)
}

fn unix() -> Result<()> {
    let (sender, receiver) = socketpair(AF_UNIX, SOCK_DGRAM, 0)?;
    let sent = texts(&[3, 0, 70_000, 5]);
    send_all(&sender, &sent)?;
    ensure!(all(&receiver, 4, 100_000)? == sent);
    send_all(&sender, &sent)?;
    ensure!(all(&receiver, 4, 10)?.iter().map(Vec::len).eq([3, 0, 10, 5]));
    Ok(())
}

fn unix_addressed() -> Result<()> {
    let socket = |name: &str| -> Result<(Socket, Address)> {
        let socket = Socket::new(AF_UNIX, SOCK_DGRAM, 0)?;
        let address = Address::Unix(format!("\0{name}").into_bytes());
        socket.bind(&address)?;
        Ok((socket, address))
    };
    let mark = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_nanos();
    let (one, first) = socket(&format!("berkeley-batch-{mark}-1"))?;
    let (other, second) = socket(&format!("berkeley-batch-{mark}-2"))?;
    let mut batch = Batch::new();
    batch.push_to(b"b", second.clone());
    batch.push_to(b"c", second.clone());
    batch.push_to(b"a", first.clone());
    ensure!(one.send_many(&mut batch)? == 3);
    let came = other.recv_many(10, 10)?;
    ensure!(came.iter().map(|datagram| datagram.data()).eq([b"b", b"c"]));
    ensure!(came.iter().all(|datagram| datagram.address() == first), "{came:?}");
    ensure!(one.recv_many(10, 10)?.len() == 1);
    Ok(())
}

/// Sockets that come with datagrams are closed, and that is told.
fn descriptors() -> Result<()> {
    let (sender, receiver) = socketpair(AF_UNIX, SOCK_DGRAM, 0)?;
    let (gift, kept) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    sender.sendmsg(&[b"one"], &[ControlMessage::Rights(&[&gift])], 0)?;
    sender.send(b"two")?;
    drop(gift);
    let came = receiver.recv_many_flags(10, 10, 100, 0)?;
    ensure!(came.iter().map(|datagram| datagram.data()).eq([b"one", b"two"]));
    ensure!(came.iter().map(|datagram| datagram.flags() & MSG_CTRUNC).eq([MSG_CTRUNC, 0]), "{came:?}");
    ensure!(came.iter().all(|datagram| datagram.ancillary().is_empty()));
    ensure!(kept.recv(1)?.is_empty(), "nobody else has it");
    Ok(())
}

fn seqpacket() -> Result<()> {
    let (sender, receiver) = socketpair(AF_UNIX, SOCK_SEQPACKET, 0)?;
    let sent = texts(&[3, 1, 5]);
    send_all(&sender, &sent)?;
    ensure!(all(&receiver, 3, 10)? == sent);
    Ok(())
}

fn peeked() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    send_all(&sender, &texts(&[1, 2]))?;
    // As in Linux, it is the first one each time.
    let came = receiver.recv_many_flags(3, 10, 0, MSG_PEEK)?;
    ensure!(came.iter().map(|datagram| datagram.data().len()).eq([1, 1, 1]), "{came:?}");
    ensure!(all(&receiver, 2, 10)?.iter().map(Vec::len).eq([1, 2]));
    Ok(())
}

fn truncated() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    for flags in [0, MSG_TRUNC] {
        send_all(&sender, &texts(&[2, 6, 4]))?;
        let came = receiver.recv_many_flags(3, 4, 0, flags)?;
        ensure!(came.iter().map(|datagram| datagram.data().len()).eq([2, 4, 4]));
        ensure!(came.iter().map(|datagram| datagram.flags() & MSG_TRUNC).eq([0, MSG_TRUNC, 0]));
        let whole = if flags == 0 { 4 } else { 6 };
        ensure!(came.iter().map(|datagram| datagram.whole_length()).eq([2, whole, 4]), "{came:?}");
    }
    // Without any room each is taken all the same.
    send_all(&sender, &texts(&[2, 2]))?;
    let came = receiver.recv_many(2, 0)?;
    ensure!(came.len() == 2 && came.iter().all(|datagram| datagram.data().is_empty()));
    Ok(())
}

fn nothing() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    fails("it may not wait", receiver.recv_many_flags(4, 10, 0, MSG_DONTWAIT), errno::EAGAIN)?;
    receiver.settimeout(Some(Duration::from_millis(1)));
    ensure!(receiver.recv_many(4, 10).err() == Some(Error::TimedOut));
    receiver.setblocking(false);
    fails("it may not wait", receiver.recv_many(4, 10), errno::EAGAIN)?;
    ensure!(receiver.recv_many(0, 10)?.is_empty() && sender.send_many(&mut Batch::new())? == 0);
    // Nobody is there any more: the answer to the first is told by the next call.
    drop(receiver);
    let _ = sender.send_many(&mut batch(&texts(&[1])));
    fails("nobody is there", sender.send_many(&mut batch(&texts(&[1]))), errno::ECONNREFUSED)
}

fn mistakes() -> Result<()> {
    let (one, _other) = tcp_pair(AF_INET, "127.0.0.1")?;
    fails("a stream", one.send_many(&mut batch(&texts(&[1]))), errno::EOPNOTSUPP)?;
    fails("a stream", one.recv_many(1, 1), errno::EOPNOTSUPP)?;
    let (alone, _) = bound(Ipv4Addr::LOCALHOST)?;
    fails("no peer", alone.send_many(&mut batch(&texts(&[1, 1]))), errno::EDESTADDRREQ)?;
    alone.close()?;
    fails("closed", alone.send_many(&mut batch(&texts(&[1]))), errno::EBADF)?;
    fails("closed", alone.recv_many(1, 1), errno::EBADF)
}

fn lies() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    let of = |length| wit::OutgoingDatagram { length, address: None, ancillary: Vec::new() };
    for lengths in [&[4][..], &[1, 3], &[u32::MAX, 1], &[u32::MAX; 1024]] {
        let datagrams: Vec<_> = lengths.iter().map(|&length| of(length)).collect();
        let sent = wit::sendmmsg(sender.handle(), b"abc", &datagrams, 0);
        ensure!(matches!(sent, Err(berkeley_guest::bindings::error::Error::Os(_))), "{sent:?}");
    }
    receiver.setblocking(false);
    for (count, size, control) in [(u32::MAX, u64::MAX, 0), (u32::MAX, 1, u64::MAX), (1, u64::MAX, u64::MAX)] {
        ensure!(wit::recvmmsg(receiver.handle(), count, size, control, 0).is_err());
        ensure!(sender.send(b"x")? == 1);
        let came = wit::recvmmsg(receiver.handle(), count, size, control, 0)?;
        ensure!(came.0 == b"x" && came.1.len() == 1);
    }
    Ok(())
}

/// Datagrams for a native peer, which tells those that it got.
fn to(port: u16) -> Result<()> {
    let (socket, _) = bound(Ipv4Addr::LOCALHOST)?;
    let mut batch = Batch::new();
    for at in 0..200u16 {
        let length = if at % 7 == 0 { 50 } else { 100 };
        let text: Vec<u8> = at.to_le_bytes().into_iter().chain((2..length).map(|byte| byte as u8)).collect();
        batch.push_to(&text, SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        if batch.len() == 40 {
            ensure!(socket.send_many(&mut batch)? == 40);
            // It goes on once the peer has them.
            ensure!(socket.recv(10)? == b"go on");
        }
    }
    Ok(())
}

/// Only the one peer is granted.
fn denied(port: u16) -> Result<()> {
    let socket = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
    let granted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let other = SocketAddr::from((Ipv4Addr::new(127, 0, 0, 9), port));
    let mut batch = Batch::new();
    [granted, granted, other, granted].into_iter().for_each(|peer| batch.push_to(b"x", peer));
    ensure!(socket.send_many(&mut batch)? == 2 && batch.len() == 2);
    let refused = socket.send_many(&mut batch);
    ensure!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
    batch.remove_first(1);
    ensure!(socket.send_many(&mut batch)? == 1);
    // A stranger's datagrams are left out, those of the peer come.
    ensure!(all(&socket, 2, 10)? == [b"one", b"two"]);
    Ok(())
}

/// What the limit holds back is told, and goes later.
fn limited() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    sender.setblocking(false);
    let mut batch = batch(&vec![vec![7; 1000]; 20]);
    let first = sender.send_many(&mut batch)?;
    // 5,000 bytes in a second, and what may come in the meantime.
    ensure!((5..20).contains(&first), "{first} went at once");
    ensure!(all(&receiver, first, 1000)?.len() == first);
    sender.setblocking(true);
    batch.remove_first(batch.len() - 1);
    ensure!(sender.send_many(&mut batch)? == 1);
    Ok(())
}
