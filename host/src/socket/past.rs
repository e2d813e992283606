//! What a socket has done that a policy has judged, for when another policy comes.

use std::net::{IpAddr, SocketAddrV4};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::address::Address;

/// What all duplicates of a socket have in common, that a policy has judged.
#[derive(Debug, Default)]
pub(super) struct Past {
    pub(super) origin: Origin,
    peer: Mutex<Option<Peer>>,
    options: Mutex<Vec<Setting>>,
}

/// What was set that a policy had to allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) level: i32,
    pub(super) name: i32,
    pub(super) needs: Need,
    /// The option of the same level, and its value, that undo it, if something does.
    pub(super) undo: Option<(i32, Vec<u8>)>,
}

/// What setting an option needs to be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
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
pub(super) enum Origin {
    /// The guest made it.
    #[default]
    Made,
    /// A listener accepted it, which the guest had asked for this address.
    Accepted(Option<Arc<Address>>),
    /// The host gave it, or another guest. What it is connected to, somebody else has connected it to.
    Elsewhere,
}

impl Past {
    pub(super) fn of(origin: Origin) -> Self {
        Self { origin, ..Self::default() }
    }

    /// Notes to whom the guest has connected it.
    pub(super) fn connected(&self, peer: &Address) {
        let peer = Some(peer).filter(|peer| **peer != Address::Unspecified);
        *self.peer.lock().unwrap_or_else(PoisonError::into_inner) = peer.map(Peer::from);
    }

    pub(super) fn peer(&self) -> Option<Address> {
        self.peer.lock().unwrap_or_else(PoisonError::into_inner).clone().map(Address::from)
    }

    /// What was set that a policy had to allow, and is set still.
    pub(super) fn options(&self) -> MutexGuard<'_, Vec<Setting>> {
        self.options.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
