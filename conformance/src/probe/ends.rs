//! Both ends of connections, and other sockets that probes begin with.

use std::net::SocketAddr;
use std::time::Duration;

use berkeley_guest::socket::*;

use crate::check::{Answer, Failure};
use crate::platform::Platform;

/// Longer than anything here takes.
pub(super) const PATIENCE: Option<Duration> = Some(Duration::from_secs(5));

/// The loopback address of IPv4 with a port.
pub(super) fn v4(port: u16) -> Address {
    SocketAddr::from(([127, 0, 0, 1], port)).into()
}

/// The loopback address of IPv6 with a port.
fn v6(port: u16) -> Address {
    SocketAddr::from(([0u16, 0, 0, 0, 0, 0, 0, 1], port)).into()
}

fn loopback(family: i32, port: u16) -> Address {
    if family == AF_INET6 { v6(port) } else { v4(port) }
}

/// A TCP socket that takes connections.
pub(super) fn listener<P: Platform>(family: i32) -> Answer<(P, Address)> {
    let server = P::socket(family, SOCK_STREAM, 0)?;
    server.bind(&loopback(family, 0))?;
    server.listen(8)?;
    let address = server.getsockname()?;
    Ok((server, address))
}

/// Both ends of a TCP connection, the client first. Nothing that they do takes long.
pub(super) async fn tcp<P: Platform>(family: i32) -> Answer<(P, P)> {
    let (server, address) = listener::<P>(family)?;
    let client = P::socket(family, SOCK_STREAM, 0)?;
    client.settimeout(PATIENCE);
    client.connect(&address).await?;
    let (accepted, _) = server.accept().await?;
    accepted.settimeout(PATIENCE);
    Ok((client, accepted))
}

/// The same, after the client has said hello.
pub(super) async fn tcp_greeted<P: Platform>() -> Answer<(P, P)> {
    let (client, server) = tcp::<P>(AF_INET).await?;
    client.sendall(b"hello", 0).await?;
    Ok((client, server))
}

/// Two UDP sockets that are bound, and the address of the second.
pub(super) fn udp<P: Platform>(family: i32) -> Answer<(P, P, Address)> {
    let sockets = [P::socket(family, SOCK_DGRAM, 0)?, P::socket(family, SOCK_DGRAM, 0)?];
    for socket in &sockets {
        socket.bind(&loopback(family, 0))?;
        socket.settimeout(PATIENCE);
    }
    let [one, other] = sockets;
    let address = other.getsockname()?;
    Ok((one, other, address))
}

/// The same, after the first has said hello to the second.
pub(super) async fn udp_greeted<P: Platform>() -> Answer<(P, P, Address)> {
    let (one, other, address) = udp::<P>(AF_INET)?;
    one.sendto(b"hello", 0, &address).await?;
    Ok((one, other, address))
}

/// A pair of unix sockets.
pub(super) fn pair<P: Platform>(r#type: i32) -> Answer<(P, P)> {
    let (one, other) = P::socketpair(AF_UNIX, r#type, 0)?;
    one.settimeout(PATIENCE);
    other.settimeout(PATIENCE);
    Ok((one, other))
}

/// All of a stream, up to its end.
pub(super) async fn to_end<P: Platform>(socket: &P) -> Answer<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        match socket.recv(1 << 16, 0).await? {
            more if more.is_empty() => return Ok(all),
            more => all.extend(more),
        }
    }
}

/// The port of an address that must have one.
pub(super) fn port(address: &Address) -> Answer<u16> {
    address.port().ok_or_else(|| Failure::Wrong(format!("{address} has no port")))
}

/// Sets an option of SCTP that every association to come shall have.
pub(super) fn associated<P: Platform>(socket: &P, option: i32, value: u32) -> Answer {
    socket.setsockopt_bytes(IPPROTO_SCTP, option, &[[0; 4], value.to_ne_bytes()].concat())
}

/// Both ends of an association of SCTP, the one that began it first, with those options set on both.
pub(super) async fn sctp<P: Platform>(r#type: i32, options: &[(i32, u32)]) -> Answer<(P, P)> {
    let (server, client) = (P::socket(AF_INET, r#type, IPPROTO_SCTP)?, P::socket(AF_INET, r#type, IPPROTO_SCTP)?);
    for socket in [&server, &client] {
        socket.settimeout(PATIENCE);
        for (option, value) in options {
            associated(socket, *option, *value)?;
        }
    }
    server.bind(&v4(0))?;
    server.listen(1)?;
    client.connect(&server.getsockname()?).await?;
    // One socket has many associations, or each has its own.
    let server = if r#type == SOCK_SEQPACKET { server } else { server.accept().await?.0 };
    server.settimeout(PATIENCE);
    Ok((client, server))
}

/// Both ends of a connection between two controllers, which reach each other; the client first.
pub(super) async fn controllers<P: Platform>(proto: i32) -> Answer<(P, P)> {
    let (first, second) = ("C0:B0:B0:00:00:01", "C0:B0:B0:00:00:02");
    let address = |device, number| match proto {
        BTPROTO_L2CAP => Address::l2cap(device, number),
        BTPROTO_RFCOMM => Address::rfcomm(device, number as u8),
        _ => Address::sco(device),
    };
    let (r#type, number) = match proto {
        BTPROTO_L2CAP => (SOCK_SEQPACKET, 0x1003),
        BTPROTO_RFCOMM => (SOCK_STREAM, 9),
        _ => (SOCK_SEQPACKET, 0),
    };
    let (server, client) = (P::socket(AF_BLUETOOTH, r#type, proto)?, P::socket(AF_BLUETOOTH, r#type, proto)?);
    server.bind(&address(first, number)?)?;
    server.listen(1)?;
    client.bind(&address(second, 0)?)?;
    client.connect(&address(first, number)?).await?;
    server.settimeout(PATIENCE);
    let (accepted, _) = server.accept().await?;
    for socket in [&client, &accepted] {
        socket.settimeout(PATIENCE);
    }
    Ok((client, accepted))
}

pub(super) const ETH_P_IP: u16 = 0x0800;

/// IPv4 on lo: packet(7).
pub(super) fn lo() -> Address {
    Address::packet("lo", ETH_P_IP)
}
