//! What a socket has done that a policy has judged, for when another policy comes.

use std::net::{IpAddr, SocketAddrV4};
use std::sync::Arc;

use crate::address::Address;

/// Where a socket comes from, and to whom it is connected.
#[derive(Debug, Default)]
pub(super) struct Past {
    pub(super) origin: Origin,
    peer: Option<Peer>,
}

/// What was set that a policy had to allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) level: i32,
    pub(crate) name: i32,
    pub(crate) needs: Need,
    /// The option of the same level, and its value, that undo it, if something does.
    pub(crate) undo: Option<(i32, Vec<u8>)>,
}

/// What setting an option needs to be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Setting it.
    Option,
    /// Joining the multicast group.
    Group(IpAddr),
    /// Sending from the address.
    Source(IpAddr),
}

/// To whom a socket is connected, in as little as most addresses need: there may be very many sockets.
#[derive(Clone, Debug)]
enum Peer {
    Inet(SocketAddrV4),
    Other(Box<Address>),
}

impl From<&Address> for Peer {
    fn from(address: &Address) -> Self {
        match address {
            Address::Inet(address) => Self::Inet(*address),
            other => Self::Other(Box::new(other.clone())),
        }
    }
}

impl From<Peer> for Address {
    fn from(peer: Peer) -> Self {
        match peer {
            Peer::Inet(address) => Self::Inet(address),
            Peer::Other(address) => *address,
        }
    }
}

/// Where a socket comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The guest made it.
    #[default]
    Made,
    /// A listener accepted it, which the guest had asked for this address.
    Accepted(Option<Arc<Address>>),
    /// The host gave it, or another guest. What it is connected to, somebody else has connected it to.
    Elsewhere,
}

impl Past {
    /// Notes to whom the guest has connected it.
    pub(super) fn connected(&mut self, peer: &Address) {
        self.peer = Some(peer).filter(|peer| **peer != Address::Unspecified).map(Peer::from);
    }

    pub(super) fn peer(&self) -> Option<Address> {
        self.peer.clone().map(Address::from)
    }
}
