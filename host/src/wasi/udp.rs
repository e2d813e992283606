//! UDP sockets: what both versions of WASI have in common.

use std::net::SocketAddr;
use std::sync::Arc;

use berkeley_constants as c;

use super::address::Family;
use super::code::Code;
use super::endpoint::{bind, bound_address, create, internet};
use super::wait::now;
use crate::address::Address;
use crate::error::{Errno, Error};
use crate::gate::Way;
use crate::shared::Shared;
use crate::socket::Socket;

/// No datagram is longer.
const LONGEST: usize = u16::MAX as usize;

/// A UDP socket and its state.
#[allow(unreachable_pub, reason = "the bindings want it public")]
pub struct Udp {
    socket: Arc<Socket>,
    family: Family,
    peer: Option<SocketAddr>,
    /// Whether it was bound once: one that is disconnected may look as if it never was.
    bound: bool,
}

/// A UDP socket while its peer stays what it is.
#[derive(Clone)]
pub(super) struct Exchange {
    socket: Arc<Socket>,
    family: Family,
    peer: Option<SocketAddr>,
    bound: bool,
}

impl Udp {
    pub(super) fn new(shared: &Arc<Shared>, family: Family) -> Result<Self, Code> {
        let socket = create(shared, family, c::SOCK_DGRAM)?;
        Ok(Self { socket: Arc::new(socket), family, peer: None, bound: false })
    }

    pub(super) fn family(&self) -> Family {
        self.family
    }

    pub(super) fn socket(&self) -> &Arc<Socket> {
        &self.socket
    }

    /// The socket, for as long as nobody else has it.
    fn alone(&mut self) -> Result<&mut Socket, Code> {
        Arc::get_mut(&mut self.socket).ok_or(Code::InvalidState)
    }

    pub(super) fn is_bound(&self) -> bool {
        self.bound || bound_address(&self.socket, self.family).is_ok()
    }

    pub(super) fn is_connected(&self) -> bool {
        self.peer.is_some()
    }

    pub(super) fn bind(&mut self, address: SocketAddr) -> Result<(), Code> {
        if self.is_bound() {
            return Err(Code::InvalidState);
        }
        if !self.family.takes(address.ip()) {
            return Err(Code::InvalidArgument);
        }
        bind(self.alone()?, address)
    }

    /// Sets the peer: datagrams go to it, and come from it alone.
    pub(super) fn connect(&mut self, peer: SocketAddr) -> Result<(), Code> {
        if !self.family.reaches(peer) {
            return Err(Code::InvalidArgument);
        }
        let connected = self.is_connected();
        let socket = self.alone()?;
        let address = Address::from(peer);
        let result = match now(socket.connect(&address)) {
            // Linux leaves the local address as the first peer made it, from which the other may not be reached.
            Err(Error::Os(Errno::EINVAL)) if connected => {
                dissolve(socket)?;
                now(socket.connect(&address)).map_err(Code::from)
            }
            Err(Error::Os(Errno::EAFNOSUPPORT)) => Err(Code::InvalidArgument),
            Err(error) if error.would_block() && socket.lacks_port(c::POLLOUT) => Err(Code::AddressInUse),
            result => result.map_err(Code::from),
        };
        self.peer = internet(self.socket.getpeername().unwrap_or(None)).ok();
        result
    }

    pub(super) fn disconnect(&mut self) -> Result<(), Code> {
        if !self.is_connected() {
            return Err(Code::InvalidState);
        }
        self.bound = true;
        dissolve(self.alone()?)?;
        self.peer = None;
        Ok(())
    }

    pub(super) fn local_address(&self) -> Result<SocketAddr, Code> {
        if !self.is_bound() {
            return Err(Code::InvalidState);
        }
        internet(self.socket.getsockname()?)
    }

    pub(super) fn remote_address(&self) -> Result<SocketAddr, Code> {
        self.peer.ok_or(Code::InvalidState)
    }

    /// To send and receive by.
    pub(super) fn exchange(&self) -> Exchange {
        Exchange { socket: self.socket.clone(), family: self.family, peer: self.peer, bound: self.is_bound() }
    }
}

/// Dissolves the association with the peer.
fn dissolve(socket: &mut Socket) -> Result<(), Code> {
    match now(socket.connect(&Address::Unspecified)) {
        // So macOS says that it has.
        Err(Error::Os(Errno::EINVAL | Errno::EAFNOSUPPORT)) if cfg!(target_vendor = "apple") => Ok(()),
        result => Ok(result?),
    }
}

impl Exchange {
    pub(super) fn socket(&self) -> &Arc<Socket> {
        &self.socket
    }

    /// Sends a datagram to the address, which is the peer's where there is one. `would-block`: there is no room yet.
    pub(super) fn send(&self, data: &[u8], to: Option<SocketAddr>) -> Result<(), Code> {
        if data.len() > LONGEST {
            return Err(Code::DatagramTooLarge);
        }
        let to = to.or(self.peer).filter(|to| self.family.reaches(*to)).ok_or(Code::InvalidArgument)?;
        let withheld = self.socket.shared().gates.closed(Way::Out).is_some();
        let sent = match self.peer {
            Some(peer) if peer != to => return Err(Code::InvalidArgument),
            Some(_) => now(self.socket.send(data, 0)),
            None => now(self.socket.sendto(data, 0, &Address::from(to))),
        };
        match sent {
            // No readiness would end it.
            Err(error) if error.would_block() && !withheld && self.socket.lacks_port(c::POLLOUT) => {
                Err(Code::AddressInUse)
            }
            sent => Ok(sent.map(drop)?),
        }
    }

    /// Receives a datagram that the policy lets in, from the peer where there is one. `would-block`: there is none yet.
    pub(super) fn receive(&self) -> Result<(Vec<u8>, SocketAddr), Code> {
        if !self.bound {
            return Err(Code::InvalidState);
        }
        loop {
            let (data, from) = now(self.socket.recvfrom(LONGEST as u64, 0))?;
            let from = internet(from)?;
            // What came before the peer was set may be of others.
            if self.peer.is_none_or(|peer| peer == from) {
                return Ok((data, from));
            }
        }
    }
}
