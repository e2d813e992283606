//! Where packets go and come from, for sockets that take any address of the host's.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// The host's own addresses towards peers, as the kernel chooses them.
#[derive(Default)]
pub(super) struct Routes(HashMap<IpAddr, IpAddr>);

/// How many peers are remembered; more make it begin anew.
const REMEMBERED: usize = 4096;

impl Routes {
    /// The true ends of what goes from the one to the other: the wildcard address stands for an address of the host's.
    pub(super) fn ends(&mut self, local: SocketAddr, peer: SocketAddr) -> (SocketAddr, SocketAddr) {
        // The system takes the wildcard address of a peer for the loopback one.
        let peer = match peer.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), peer.port()),
            IpAddr::V6(ip) if ip.is_unspecified() => SocketAddr::new(Ipv6Addr::LOCALHOST.into(), peer.port()),
            ip => SocketAddr::new(ip, peer.port()),
        };
        let ip = if local.ip().is_unspecified() { self.source(peer.ip(), local.ip()) } else { local.ip() };
        (SocketAddr::new(ip, local.port()), peer)
    }

    /// The host's address towards a peer, or the other one, if there is no way.
    fn source(&mut self, peer: IpAddr, otherwise: IpAddr) -> IpAddr {
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        *self.0.entry(peer).or_insert_with(|| towards(peer).unwrap_or(otherwise))
    }
}

/// Asks the kernel, which sends nothing for it.
#[allow(
    clippy::disallowed_methods,
    reason = "a UDP socket that is connected sends nothing; no policy of a guest's is concerned"
)]
fn towards(peer: IpAddr) -> Option<IpAddr> {
    let any: IpAddr = if peer.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    // Any port but 0.
    socket.connect((peer, 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}
