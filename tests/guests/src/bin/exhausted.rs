//! What calls answer that need a port of their own where all ports are taken. Prints the error's number, or 0, of each; the
//! time-out's is -1. Argument: the host.

use std::net::{SocketAddr, UdpSocket};

use anyhow::{Context, Result};
use berkeley_guest::future::{Socket as Async, block_on};
use berkeley_guest::socket::*;
use berkeley_guest::{Error, ToAddress};

/// What is known to be a peer's address, though nobody is there.
const PORT: u16 = 9;

fn main() -> Result<()> {
    let host = std::env::args().nth(1).context("a host")?;
    let peer: SocketAddr = (host.parse::<std::net::IpAddr>()?, PORT).into();
    let family = if peer.is_ipv6() { AF_INET6 } else { AF_INET };
    let make = |r#type| Socket::new(family, r#type, 0);
    let mut holders = Vec::new();
    loop {
        let socket = make(SOCK_DGRAM)?;
        if socket.sendto(b"", peer).is_err() {
            break;
        }
        holders.push(socket);
    }
    println!("{}", holders.len());
    let told = |what: &str, result: Result<(), Error>| match result {
        Ok(()) => println!("{what} 0"),
        Err(error) => println!("{what} {}", error.number().unwrap_or(-1)),
    };
    told("sendto", make(SOCK_DGRAM)?.sendto(b"", peer).map(drop));
    told("sendmsg", make(SOCK_DGRAM)?.sendmsg_to(&[b"data"], &[], 0, peer).map(drop));
    told("connect", make(SOCK_DGRAM)?.connect(peer));
    told("bind", make(SOCK_DGRAM)?.bind((host.as_str(), 0)));
    let nonblocking = make(SOCK_DGRAM | SOCK_NONBLOCK)?;
    told("non-blocking", nonblocking.sendto(b"", peer).map(drop));
    told("MSG_DONTWAIT", make(SOCK_DGRAM)?.sendto_flags(b"", MSG_DONTWAIT, peer).map(drop));
    let limited = make(SOCK_DGRAM)?;
    limited.setsockopt(SOL_SOCKET, SO_SNDTIMEO, &[[100u8, 0, 0, 0, 0, 0, 0, 0], [0; 8]].concat()[..])?;
    told("SO_SNDTIMEO", limited.sendto(b"", peer).map(drop));
    // Its connections have ports of their own.
    let streams: Vec<_> = std::iter::repeat_with(|| -> Result<_, Error> {
        let socket = make(SOCK_STREAM)?;
        socket.bind((host.as_str(), 0)).map(|()| socket)
    })
    .map_while(Result::ok)
    .collect();
    println!("{}", streams.len());
    told("stream", make(SOCK_STREAM)?.connect(peer));
    told("non-blocking stream", make(SOCK_STREAM | SOCK_NONBLOCK)?.connect(peer));
    println!("awaited {}", block_on(awaited(family, peer)).number().unwrap_or(-1));
    println!("std {}", UdpSocket::bind((host.as_str(), 0)).is_err());
    drop(holders.pop());
    told("one is free", make(SOCK_DGRAM)?.sendto(b"", peer).map(drop));
    Ok(())
}

/// What sending and connecting end with that are awaited.
async fn awaited(family: i32, peer: impl ToAddress + Copy) -> Error {
    let ended = async {
        Async::new(family, SOCK_DGRAM, 0)?
            .connect(peer)
            .await
            .err()
            .filter(Error::would_block)
            .ok_or(Error::TimedOut)?;
        Async::new(family, SOCK_DGRAM, 0)?.sendto(b"", peer).await
    };
    ended.await.err().unwrap_or(Error::TimedOut)
}
