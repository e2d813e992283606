//! With peers outside, and under a policy and limits.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Result, ensure};
use berkeley_guest::Error;
use berkeley_guest::ancillary::Batch;
use berkeley_guest::socket::*;

use super::ends::{all, batch, bound, udp_pair};

/// Datagrams for a native peer, which tells those that it got.
pub(crate) fn to(port: u16) -> Result<()> {
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
pub(crate) fn denied(port: u16) -> Result<()> {
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
pub(crate) fn limited() -> Result<()> {
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
