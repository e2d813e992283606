//! The probes, by the sections of the surface.

mod ancillary;
mod constant;
mod family;
mod flag;
mod function;
mod method;
mod option;

use std::net::SocketAddr;
use std::time::Duration;

use berkeley_guest::socket::*;

use crate::check::{Answer, Failure};
use crate::platform::Platform;

/// Longer than anything here takes.
const PATIENCE: Option<Duration> = Some(Duration::from_secs(5));

/// Runs the probe of a row, and prints what it found.
///
/// The arguments are the row's section and name, and what else the probe takes. One that is not known prints nothing.
pub async fn run<P: Platform>(arguments: &[String]) {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["function", name] => function::probe::<P>(name).await,
        ["method", name] => method::probe::<P>(name).await,
        ["family", name, rest @ ..] => family::probe::<P>(name, rest).await,
        ["flag", name] => flag::probe::<P>(name).await,
        ["ancillary", name] => ancillary::probe::<P>(name).await,
        ["option", _, rest @ ..] => option::probe::<P>(rest).await,
        ["constant", _, rest @ ..] => constant::probe(rest).await,
        _ => {}
    }
}

/// The loopback address of IPv4 with a port.
fn v4(port: u16) -> Address {
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
fn listener<P: Platform>(family: i32) -> Answer<(P, Address)> {
    let server = P::socket(family, SOCK_STREAM, 0)?;
    server.bind(&loopback(family, 0))?;
    server.listen(8)?;
    let address = server.getsockname()?;
    Ok((server, address))
}

/// Both ends of a TCP connection, the client first. Nothing that they do takes long.
async fn tcp<P: Platform>(family: i32) -> Answer<(P, P)> {
    let (server, address) = listener::<P>(family)?;
    let client = P::socket(family, SOCK_STREAM, 0)?;
    client.settimeout(PATIENCE);
    client.connect(&address).await?;
    let (accepted, _) = server.accept().await?;
    accepted.settimeout(PATIENCE);
    Ok((client, accepted))
}

/// Two UDP sockets that are bound, and the address of the second.
fn udp<P: Platform>(family: i32) -> Answer<(P, P, Address)> {
    let sockets = [P::socket(family, SOCK_DGRAM, 0)?, P::socket(family, SOCK_DGRAM, 0)?];
    for socket in &sockets {
        socket.bind(&loopback(family, 0))?;
        socket.settimeout(PATIENCE);
    }
    let [one, other] = sockets;
    let address = other.getsockname()?;
    Ok((one, other, address))
}

/// A pair of unix sockets.
fn pair<P: Platform>(r#type: i32) -> Answer<(P, P)> {
    let (one, other) = P::socketpair(AF_UNIX, r#type, 0)?;
    one.settimeout(PATIENCE);
    other.settimeout(PATIENCE);
    Ok((one, other))
}

/// All of a stream, up to its end.
async fn to_end<P: Platform>(socket: &P) -> Answer<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        match socket.recv(1 << 16, 0).await? {
            more if more.is_empty() => return Ok(all),
            more => all.extend(more),
        }
    }
}

fn port(address: &Address) -> Answer<u16> {
    address.port().ok_or_else(|| Failure::Wrong(format!("{address} has no port")))
}
