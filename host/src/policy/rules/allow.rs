//! What one rule allows that grants.

use super::host::Endpoint;
use super::rule::Grant;
use crate::address::{Address, below, leads_out};
use crate::policy::names::Names;
use crate::policy::operation::Operation;
use crate::policy::transport::Transport;

impl Grant {
    /// Whether the rule by itself allows the operation. Whether a peer is let in, `accept` rules tell together.
    pub(super) fn allows(&self, operation: &Operation<'_>, names: &Names) -> bool {
        // A socket of a privileged family could only be made with its grant, or was handed to the guest.
        if let (Self::Family(own), Some(transport)) = (self, operation.transport()) {
            return *own == transport && !matches!(operation, Operation::Join { .. } | Operation::Accept { .. });
        }
        let covers = |endpoint: Option<&Endpoint>, transport| endpoint.is_some_and(|own| own.carrier.covers(transport));
        match *operation {
            Operation::Create { transport } => covers(self.remote(), transport) || covers(self.local(), transport),
            Operation::Bind { transport, address } => match internet(transport, address) {
                // A port that the system chooses is what any socket that connects or sends gets by itself.
                Some(local) if local.port() == 0 && covers(self.remote(), transport) => true,
                Some(local) => self.local().is_some_and(|own| own.has_local(transport, local, names)),
                None => self.has_unix(address),
            },
            Operation::Listen { transport, asked, actual } => match internet(transport, actual) {
                Some(at) => {
                    // A port that was free for the asking.
                    let free = asked.internet().filter(|asked| asked.port() == 0 && asked.ip() == at.ip());
                    let has = |local| self.local().is_some_and(|own| own.has_local(transport, local, names));
                    has(at) || free.is_some_and(has)
                }
                None => self.has_unix(actual),
            },
            Operation::Accept { peer, .. } => self.lets_in(peer, names),
            Operation::Connect { transport, peer } => self.reaches(transport, peer, names),
            Operation::Receive { transport, asked, peer, .. } => {
                self.reaches(transport, peer, names) || self.hears(transport, asked, names)
            }
            Operation::Join { transport, group } => {
                self.local().is_some_and(|own| own.carrier.covers(transport) && own.host.has_local(group, names))
            }
            Operation::Lookup { host } => match self {
                Self::Resolve(own) => own.names(host),
                Self::Listen(own) if own.host == super::host::Host::Any => false,
                _ => self.remote().or(self.local()).is_some_and(|own| own.host.names(host)),
            },
            Operation::ReverseLookup { address } => matches!(self, Self::Resolve(host) if host.has(address, names)),
            Operation::SetOption { level, name } => {
                matches!(self, Self::AnyOption) || *self == Self::Option { level, name }
            }
            Operation::Files => *self == Self::Files,
            Operation::Interfaces => *self == Self::Interfaces,
            Operation::HostName => *self == Self::HostName,
            Operation::SetHostName => *self == Self::SetHostName,
            Operation::Share => false,
        }
    }

    /// Whether it lets the guest connect or send to the peer.
    pub(super) fn reaches(&self, transport: Transport, peer: &Address, names: &Names) -> bool {
        match internet(transport, peer) {
            Some(address) => self.remote().is_some_and(|own| own.has(transport, address, names)),
            None => self.has_unix(peer),
        }
    }

    /// Whether it lets the guest hear what comes to the local address that it asked for.
    pub(super) fn hears(&self, transport: Transport, asked: Option<&Address>, names: &Names) -> bool {
        let local = asked.and_then(Address::internet);
        local.zip(self.local()).is_some_and(|(local, own)| own.has_local(transport, local, names))
    }

    /// Whether it names the peer as one that may be let in.
    pub(super) fn lets_in(&self, peer: &Address, names: &Names) -> bool {
        matches!((self, peer.internet()), (Self::Accept(host), Some(peer)) if host.has(peer.ip(), names))
    }

    /// Whether it names the unix address, by the path that the guest writes.
    pub(super) fn has_unix(&self, address: &Address) -> bool {
        let Address::Unix(path) = address else { return false };
        match (self, path.as_slice()) {
            // The kernel chooses an abstract name.
            (Self::UnixAbstract { name, prefix }, [] | [0, ..]) => {
                let asked = path.get(1..).unwrap_or_default();
                name.as_bytes() == asked || *prefix && asked.starts_with(name.as_bytes())
            }
            // What leads out of the directory is found in none.
            (Self::UnixDirectory { guest, .. }, [first, ..]) if *first != 0 => {
                below(guest.as_bytes(), path).is_some_and(|below| !leads_out(below))
            }
            _ => false,
        }
    }
}

/// The address, if it is one of the internet for a socket that has such addresses.
pub(super) fn internet(transport: Transport, address: &Address) -> Option<std::net::SocketAddr> {
    address.internet().filter(|_| transport != Transport::Unix)
}
