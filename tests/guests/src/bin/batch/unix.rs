//! Over unix sockets.

use anyhow::{Result, ensure};
use berkeley_guest::ancillary::{Batch, ControlMessage};
use berkeley_guest::socket::*;

use super::ends::{all, send_all, texts};

pub(crate) fn unix() -> Result<()> {
    let (sender, receiver) = socketpair(AF_UNIX, SOCK_DGRAM, 0)?;
    let sent = texts(&[3, 0, 70_000, 5]);
    send_all(&sender, &sent)?;
    ensure!(all(&receiver, 4, 100_000)? == sent);
    send_all(&sender, &sent)?;
    ensure!(all(&receiver, 4, 10)?.iter().map(Vec::len).eq([3, 0, 10, 5]));
    Ok(())
}

pub(crate) fn unix_addressed() -> Result<()> {
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
pub(crate) fn descriptors() -> Result<()> {
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

pub(crate) fn seqpacket() -> Result<()> {
    let (sender, receiver) = socketpair(AF_UNIX, SOCK_SEQPACKET, 0)?;
    let sent = texts(&[3, 1, 5]);
    send_all(&sender, &sent)?;
    ensure!(all(&receiver, 3, 10)? == sent);
    Ok(())
}
