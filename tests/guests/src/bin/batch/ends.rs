//! Sockets, and what they send.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::{Context, Result, ensure};
use berkeley_guest::ancillary::Batch;
use berkeley_guest::socket::*;

pub(crate) fn bound(ip: impl Into<IpAddr>) -> Result<(Socket, SocketAddr)> {
    let ip = ip.into();
    let socket = Socket::new(if ip.is_ipv4() { AF_INET } else { AF_INET6 }, SOCK_DGRAM, 0)?;
    socket.bind(SocketAddr::new(ip, 0))?;
    let address = socket.getsockname()?;
    Ok((socket, SocketAddr::new(ip, address.port().context("a port")?)))
}

/// A sender that is connected to a receiver, over UDP on IPv4.
pub(crate) fn udp_pair() -> Result<(Socket, Socket)> {
    let (receiver, address) = bound(Ipv4Addr::LOCALHOST)?;
    let (sender, _) = bound(Ipv4Addr::LOCALHOST)?;
    sender.connect(address)?;
    Ok((sender, receiver))
}

pub(crate) fn batch(texts: &[Vec<u8>]) -> Batch {
    let mut batch = Batch::new();
    texts.iter().for_each(|text| batch.push(text));
    batch
}

/// Texts of these lengths, each of which tells its number.
pub(crate) fn texts(lengths: &[usize]) -> Vec<Vec<u8>> {
    lengths.iter().enumerate().map(|(at, &length)| vec![at as u8; length]).collect()
}

/// All that comes: the host may give it in parts.
pub(crate) fn all(receiver: &Socket, count: usize, size: usize) -> Result<Vec<Vec<u8>>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    while all.len() < count {
        let came = receiver.recv_many(count - all.len(), size)?;
        ensure!(!came.is_empty() && came.len() <= count - all.len());
        all.extend(came.iter().map(|datagram| datagram.data().to_vec()));
    }
    Ok(all)
}

pub(crate) fn send_all(sender: &Socket, texts: &[Vec<u8>]) -> Result<()> {
    let mut batch = batch(texts);
    ensure!(sender.send_many(&mut batch)? == texts.len() && batch.is_empty());
    Ok(())
}
