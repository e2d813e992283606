//! What a socket has done that a policy has judged, for when another policy comes.

use std::sync::{Mutex, PoisonError};

use crate::address::Address;

/// What all duplicates of a socket have in common, that a policy has judged.
#[derive(Debug, Default)]
pub(super) struct Past {
    pub(super) origin: Origin,
    peer: Mutex<Option<Address>>,
}

/// Where a socket comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Origin {
    /// The guest made it.
    #[default]
    Made,
    /// A listener accepted it, which the guest had asked for this address.
    Accepted(Option<Address>),
    /// The host gave it, or another guest. What it is connected to, somebody else has connected it to.
    Elsewhere,
}

impl Past {
    pub(super) fn of(origin: Origin) -> Self {
        Self { origin, peer: Mutex::default() }
    }

    /// Notes to whom the guest has connected it.
    pub(super) fn connected(&self, peer: &Address) {
        let peer = Some(peer).filter(|peer| **peer != Address::Unspecified);
        *self.peer.lock().unwrap_or_else(PoisonError::into_inner) = peer.cloned();
    }

    pub(super) fn peer(&self) -> Option<Address> {
        self.peer.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
