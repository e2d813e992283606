//! Many datagrams by one call: sendmmsg(2) and recvmmsg(2), or the guest crate's own.

#[cfg(not(feature = "guest"))]
mod message;
#[cfg(feature = "guest")]
mod own;

use std::net::SocketAddr;

#[cfg(not(feature = "guest"))]
pub(crate) use self::message::Many;
#[cfg(feature = "guest")]
pub(crate) use self::own::Many;
use crate::blocking::Blocking;
use crate::meter::Result;
use crate::net::UdpSocket;

/// How many datagrams one call sends, or receives at most.
const BATCH: usize = 32;

/// Datagrams that nobody reads.
pub(crate) fn sendto_many(meter: &Blocking, peer: SocketAddr) -> Result {
    let (socket, mut many) = (UdpSocket::bind("127.0.0.1:0")?, Many::new());
    meter.units(|| many.send(&socket, &peer))
}

/// Datagrams that are received at once.
pub(crate) fn exchange_many(meter: &Blocking) -> Result {
    let [one, other] = [UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?];
    let (peer, mut many) = (other.local_addr()?, Many::new());
    meter.units(|| {
        let (sent, mut received) = (many.send(&one, &peer)?, 0);
        while received < sent {
            received += many.receive(&other)?;
        }
        Ok(received)
    })
}
