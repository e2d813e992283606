//! A socket, as observers are told of it.

use std::sync::Arc;

use super::identity::Ends;
use crate::address::Address;
use crate::policy::Transport;

/// A socket of a guest's.
#[derive(Clone, Debug)]
pub struct SocketInfo {
    /// Its number, which no other socket of the guest's has or had; the first is 3.
    pub number: u64,
    /// The family.
    pub family: i32,
    /// The type.
    pub kind: i32,
    /// The protocol, as it was given.
    pub protocol: i32,
    /// What carries its data.
    pub transport: Transport,
    pub(crate) ends: Option<Arc<Ends>>,
}

impl SocketInfo {
    /// The local address, if it has one.
    pub fn local(&self) -> Option<&Address> {
        self.ends.as_ref()?.local.as_ref()
    }

    /// Whom it is connected with.
    pub fn peer(&self) -> Option<&Address> {
        self.ends.as_ref()?.peer.as_ref()
    }
}
