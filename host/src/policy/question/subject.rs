//! An operation with all that it is about.

use std::net::IpAddr;

use crate::address::Address;
use crate::policy::operation::Operation;
use crate::policy::transport::Transport;

/// What a guest asks to do, as an [`Operation`] that borrows nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    Create(Transport),
    Bind(Transport, Address),
    Listen { transport: Transport, asked: Address, actual: Address },
    Accept { transport: Transport, peer: Address, given: bool },
    Connect(Transport, Address),
    Receive { transport: Transport, asked: Option<Address>, peer: Address, given: bool },
    Join(Transport, IpAddr),
    Lookup(String),
    ReverseLookup(IpAddr),
    SetOption { level: i32, name: i32 },
    Files,
    Interfaces,
    HostName,
    SetHostName,
    Share,
}

impl Subject {
    pub(super) fn operation(&self) -> Operation<'_> {
        match *self {
            Self::Create(transport) => Operation::Create { transport },
            Self::Bind(transport, ref address) => Operation::Bind { transport, address },
            Self::Listen { transport, ref asked, ref actual } => Operation::Listen { transport, asked, actual },
            Self::Accept { transport, ref peer, given } => Operation::Accept { transport, peer, given },
            Self::Connect(transport, ref peer) => Operation::Connect { transport, peer },
            Self::Receive { transport, ref asked, ref peer, given } => {
                Operation::Receive { transport, asked: asked.as_ref(), peer, given }
            }
            Self::Join(transport, group) => Operation::Join { transport, group },
            Self::Lookup(ref host) => Operation::Lookup { host },
            Self::ReverseLookup(address) => Operation::ReverseLookup { address },
            Self::SetOption { level, name } => Operation::SetOption { level, name },
            Self::Files => Operation::Files,
            Self::Interfaces => Operation::Interfaces,
            Self::HostName => Operation::HostName,
            Self::SetHostName => Operation::SetHostName,
            Self::Share => Operation::Share,
        }
    }

    /// The address that names may have led to.
    pub(super) fn ip(&self) -> Option<IpAddr> {
        let address = match self {
            Self::Bind(_, address) | Self::Connect(_, address) => address,
            Self::Listen { actual, .. } => actual,
            Self::Accept { peer, .. } | Self::Receive { peer, .. } => peer,
            Self::Join(_, ip) | Self::ReverseLookup(ip) => return Some(*ip),
            _ => return None,
        };
        address.internet().map(|address| address.ip())
    }
}

impl From<&Operation<'_>> for Subject {
    fn from(operation: &Operation<'_>) -> Self {
        match *operation {
            Operation::Create { transport } => Self::Create(transport),
            Operation::Bind { transport, address } => Self::Bind(transport, address.clone()),
            Operation::Listen { transport, asked, actual } => {
                Self::Listen { transport, asked: asked.clone(), actual: actual.clone() }
            }
            Operation::Accept { transport, peer, given } => Self::Accept { transport, peer: peer.clone(), given },
            Operation::Connect { transport, peer } => Self::Connect(transport, peer.clone()),
            Operation::Receive { transport, asked, peer, given } => {
                Self::Receive { transport, asked: asked.cloned(), peer: peer.clone(), given }
            }
            Operation::Join { transport, group } => Self::Join(transport, group),
            Operation::Lookup { host } => Self::Lookup(host.to_owned()),
            Operation::ReverseLookup { address } => Self::ReverseLookup(address),
            Operation::SetOption { level, name } => Self::SetOption { level, name },
            Operation::Files => Self::Files,
            Operation::Interfaces => Self::Interfaces,
            Operation::HostName => Self::HostName,
            Operation::SetHostName => Self::SetHostName,
            Operation::Share => Self::Share,
        }
    }
}
