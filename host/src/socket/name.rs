//! The addresses at both ends, and where an address that the guest names leads: getsockname(2), getpeername(2).

use std::sync::Arc;

use super::handle::Socket;
use crate::address::{Address, RawAddress};
use crate::directory::Located;
use crate::error::Result;
use crate::peers::Peers;
use crate::policy::{Operation, Transport};
use crate::sys;

impl Socket {
    /// The local address: getsockname(2).
    pub fn getsockname(&self) -> Result<Option<Address>> {
        let raw = sys::local_address(self.descriptor()?.socket())?;
        // The name by which it was bound may be the host's own way to it.
        Ok(match &self.asked {
            Some(asked) if asked.unix_path().is_some() => Some(asked.clone()),
            _ => self.shared.guest_address(&raw, self.protocol),
        })
    }

    /// The peer's address: getpeername(2). ENOTCONN.
    pub fn getpeername(&self) -> Result<Option<Address>> {
        let raw = sys::from_sockaddr(&self.descriptor()?.socket().peer_addr()?);
        Ok(self.shared.guest_address(&raw, self.protocol))
    }

    /// The address in the case that its family has, with what a name in it stands for.
    pub(super) fn understood(&self, address: &Address) -> Result<Address> {
        match address.clone().normalised(self.protocol)? {
            Address::SystemName(name) => {
                Ok(Address::System { id: sys::control_id(self.descriptor()?.socket(), &name)?, unit: 0 })
            }
            address => Ok(address),
        }
    }

    pub(super) fn destination(&self, address: &Address) -> Result<(RawAddress, Option<Located>)> {
        let answers = |peers: &Arc<Peers>| address.internet().is_some_and(|peer| peers.contains(peer));
        if *address == Address::Unspecified || self.peers.as_ref().is_some_and(answers) {
            return Ok((address.encode()?, None));
        }
        let transport = self.transport;
        if self.transport == Transport::Unix {
            return self.shared.destination(address, &Operation::Connect { transport, peer: address });
        }
        address.reached().iter().try_for_each(|peer| self.judge(&Operation::Connect { transport, peer }))?;
        Ok((address.encode()?, None))
    }
}
