//! What every call answers.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Result, ensure};
use berkeley_guest::Error;
use berkeley_guest::ancillary::Batch;
use berkeley_guest::bindings::ancillary as wit;
use berkeley_guest::socket::*;
use berkeley_test_guests::{fails, tcp_pair};

use super::ends::{all, batch, bound, send_all, texts, udp_pair};

pub(crate) fn connected() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    let sent = texts(&[64; 32]);
    send_all(&sender, &sent)?;
    let came = receiver.recv_many(100, 100)?;
    let own = sender.getsockname()?;
    ensure!(came.len() == 32 && came.iter().map(|datagram| datagram.data()).eq(&sent), "{came:?}");
    ensure!(came.iter().all(|one| one.address() == own && one.flags() == 0 && one.whole_length() == 64));
    Ok(())
}

pub(crate) fn peeked() -> Result<()> {
    let (sender, receiver) = udp_pair()?;
    send_all(&sender, &texts(&[1, 2]))?;
    // As in Linux, it is the first one each time.
    let came = receiver.recv_many_flags(3, 10, 0, MSG_PEEK)?;
    ensure!(came.iter().map(|datagram| datagram.data().len()).eq([1, 1, 1]), "{came:?}");
    ensure!(all(&receiver, 2, 10)?.iter().map(Vec::len).eq([1, 2]));
    Ok(())
}

pub(crate) fn truncated() -> Result<()> {
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

pub(crate) fn nothing() -> Result<()> {
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

pub(crate) fn mistakes() -> Result<()> {
    let (one, _other) = tcp_pair(AF_INET, "127.0.0.1")?;
    fails("a stream", one.send_many(&mut batch(&texts(&[1]))), errno::EOPNOTSUPP)?;
    fails("a stream", one.recv_many(1, 1), errno::EOPNOTSUPP)?;
    let (alone, _) = bound(Ipv4Addr::LOCALHOST)?;
    fails("no peer", alone.send_many(&mut batch(&texts(&[1, 1]))), errno::EDESTADDRREQ)?;
    alone.close()?;
    fails("closed", alone.send_many(&mut batch(&texts(&[1]))), errno::EBADF)?;
    fails("closed", alone.recv_many(1, 1), errno::EBADF)
}

pub(crate) fn lies() -> Result<()> {
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
