//! The Internet: datagrams, streams, and what only IPv4 or IPv6 has.

use berkeley_guest::socket::*;

use crate::check::{Answer, equal};
use crate::platform::Platform;
use crate::probe::ends::{PATIENCE, port, tcp, to_end, udp, v4};

pub(super) async fn exchange<P: Platform>(family: i32) -> Answer {
    let (one, other, address) = udp::<P>(family)?;
    one.sendto(b"there", 0, &address).await?;
    let (data, peer) = other.recvfrom(100, 0).await?;
    equal!((data.as_slice(), &peer), (&b"there"[..], &one.getsockname()?))?;
    other.sendto(b"back", 0, &peer).await?;
    equal!(one.recv(100, 0).await?, b"back")
}

pub(super) async fn stream<P: Platform>() -> Answer {
    let (client, server) = tcp::<P>(AF_INET).await?;
    client.sendall(b"hel", 0).await?;
    client.sendall(b"lo", 0).await?;
    client.shutdown(SHUT_WR)?;
    equal!(to_end(&server).await?, b"hello")
}

pub(super) async fn broadcast<P: Platform>() -> Answer {
    let receiver = P::socket(AF_INET, SOCK_DGRAM, 0)?;
    receiver.settimeout(PATIENCE);
    receiver.bind(&std::net::SocketAddr::from(([127, 255, 255, 255], 0)).into())?;
    let sender = P::socket(AF_INET, SOCK_DGRAM, 0)?;
    sender.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)?;
    sender.sendto(b"to all", 0, &receiver.getsockname()?).await?;
    equal!(receiver.recv(100, 0).await?, b"to all")
}

pub(super) async fn mapped<P: Platform>() -> Answer {
    let server = P::socket(AF_INET6, SOCK_DGRAM, 0)?;
    server.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0)?;
    server.bind(&std::net::SocketAddr::from(([0u16; 8], 0)).into())?;
    server.settimeout(PATIENCE);
    let client = P::socket(AF_INET, SOCK_DGRAM, 0)?;
    client.sendto(b"hello", 0, &v4(port(&server.getsockname()?)?)).await?;
    let (_, peer) = server.recvfrom(100, 0).await?;
    equal!(peer.host().as_deref(), Some("::ffff:127.0.0.1"))
}

/// Sends an echo request, and waits for its answer: icmp(7).
pub(super) async fn echo<P: Platform>(socket: &P) -> Answer {
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
