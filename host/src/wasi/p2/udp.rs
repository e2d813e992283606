//! UDP sockets as WASI 0.2 has them: a stream of what comes, and one of what goes.

use berkeley_constants as c;
use c::{POLLIN, POLLOUT};
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::poll::Pollable;

use crate::wasi::udp::{Exchange, Udp};
use crate::wasi::wait::ready;

/// A socket, and whether binding it was begun.
#[allow(unreachable_pub, reason = "the bindings want it public")]
pub struct UdpSocket {
    pub(super) udp: Udp,
    pub(super) binding: bool,
}

/// What it receives.
#[allow(unreachable_pub, reason = "the bindings want it public")]
pub struct Incoming(pub(super) Exchange);

/// What it sends.
#[allow(unreachable_pub, reason = "the bindings want it public")]
pub struct Outgoing {
    pub(super) exchange: Exchange,
    /// How many datagrams the last `check-send` permitted.
    pub(super) permit: usize,
}

/// No call on the socket itself waits.
#[async_trait]
impl Pollable for UdpSocket {
    async fn ready(&mut self) {}
}

#[async_trait]
impl Pollable for Incoming {
    async fn ready(&mut self) {
        ready(self.0.socket(), POLLIN).await;
    }
}

#[async_trait]
impl Pollable for Outgoing {
    async fn ready(&mut self) {
        ready(self.exchange.socket(), POLLOUT).await;
    }
}
