//! Sockets under a policy that was replaced: what they have done is judged again, once, before the next call.
//!
//! While the policy stays, this costs a call one comparison.

use std::sync::atomic::Ordering;

use berkeley_constants as c;

use super::handle::Socket;
use super::past::Origin;
use crate::address::Address;
use crate::error::Result;
use crate::policy::{Operation, Transport};

impl Socket {
    /// Sees to it that the policy that is now allows what the socket has done. EACCES.
    pub(crate) fn obey(&self) -> Result<()> {
        let generation = self.shared.governance.generation();
        if self.obeys.load(Ordering::Relaxed) == generation {
            return Ok(());
        }
        self.judge_past(generation)?;
        self.obeys.store(generation, Ordering::Relaxed);
        Ok(())
    }

    #[cold]
    fn judge_past(&self, generation: u64) -> Result<()> {
        let transport = self.transport;
        if transport.is_privileged() {
            self.judge(&Operation::Create { transport })?;
        }
        if let Some(peers) = &self.peers {
            peers.forget_before(generation);
        }
        let actual = || self.local().ok().flatten();
        // One that is being connected has a peer of which the kernel does not tell yet.
        let peer = self.past.peer().or_else(|| self.peer().ok().flatten());
        let listens = self.getsockopt_unseen(c::SOL_SOCKET, c::SO_ACCEPTCONN).is_ok_and(|listens| listens != 0);
        let given = self.given;
        match &self.past.origin {
            Origin::Elsewhere => {
                let tolerate = |operation: &Operation<'_>| self.shared.tolerate(operation);
                if let Some(peer) = &peer {
                    tolerate(&Operation::Connect { transport, peer })?;
                    tolerate(&Operation::Accept { transport, peer, given })?;
                    // Whom somebody else has connected it to, the guest hears.
                    if let (Some(peer), Some(peers)) = (peer.internet(), &self.peers) {
                        peers.remember(peer);
                    }
                }
                match actual() {
                    Some(actual) if listens => {
                        tolerate(&Operation::Listen { transport, asked: &actual, actual: &actual })
                    }
                    _ => Ok(()),
                }
            }
            Origin::Accepted(asked) => {
                if let Some(peer) = peer.as_ref().filter(|_| transport.is_internet()) {
                    self.judge(&Operation::Accept { transport, peer, given })?;
                }
                self.judge_listening(asked.as_ref().or(self.asked.as_ref()), actual())
            }
            Origin::Made => {
                if let Some(peer) = peer.filter(|peer| *peer != Address::Unix(Vec::new())) {
                    self.destination(&peer)?;
                }
                match &self.asked {
                    asked if listens => self.judge_listening(asked.as_ref(), actual()),
                    Some(address) => {
                        let operation = Operation::Bind { transport, address };
                        self.judge(&operation)?;
                        self.judge_path(address, &operation)
                    }
                    None => Ok(()),
                }
            }
        }
    }

    fn judge_listening(&self, asked: Option<&Address>, actual: Option<Address>) -> Result<()> {
        let Some(actual) = actual else { return Ok(()) };
        let asked = asked.unwrap_or(&actual);
        let operation = Operation::Listen { transport: self.transport, asked, actual: &actual };
        self.judge(&operation)?;
        self.judge_path(asked, &operation)
    }

    /// A unix path must be in a directory that is granted now.
    fn judge_path(&self, address: &Address, operation: &Operation<'_>) -> Result<()> {
        let Some(path) = address.unix_path().filter(|_| self.transport == Transport::Unix) else { return Ok(()) };
        self.shared.judge_path(path, operation)
    }
}
