//! Over UDP.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use anyhow::{Result, ensure};
use berkeley_guest::ancillary::{Batch, ControlData, ControlMessage, UDP_GRO, UDP_SEGMENT};
use berkeley_guest::bindings::ancillary as wit;
use berkeley_guest::net;
use berkeley_guest::os::unix::net::UnixDatagram;
use berkeley_guest::socket::*;
use berkeley_test_guests::fails;

use super::ends::{all, batch, bound, send_all, texts, udp_pair};

pub(crate) fn several() -> Result<()> {
    for ip in [Ipv4Addr::LOCALHOST.into(), IpAddr::from(Ipv6Addr::LOCALHOST)] {
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

pub(crate) fn shapes() -> Result<()> {
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
pub(crate) fn lengths() -> Result<()> {
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

pub(crate) fn thousands() -> Result<()> {
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

pub(crate) fn own_segments() -> Result<()> {
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

pub(crate) fn gro() -> Result<()> {
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

pub(crate) fn controls() -> Result<()> {
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

pub(crate) fn refused_control() -> Result<()> {
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
