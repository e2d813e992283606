//! What a guest asks to do.

use std::fmt;
use std::net::IpAddr;

use super::transport::Transport;
use crate::address::Address;
use crate::error::Refusal;
use crate::option;

/// What a guest asks to do.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Operation<'a> {
    /// To make a socket that [is privileged](Transport::is_privileged), or to be handed one over a unix socket.
    Create {
        /// The transport.
        transport: Transport,
    },
    /// To take a local address.
    Bind {
        /// The transport.
        transport: Transport,
        /// The address asked for; port 0 is any that is free.
        address: &'a Address,
    },
    /// To await connections.
    Listen {
        /// The transport.
        transport: Transport,
        /// The local address as the guest asked for it; port 0 is any that was free.
        asked: &'a Address,
        /// The local address as it is.
        actual: &'a Address,
    },
    /// To take a connection from a peer. A refused one is reset, and the guest never learns of it.
    Accept {
        /// The transport.
        transport: Transport,
        /// The peer.
        peer: &'a Address,
        /// Whether the host opened the socket beforehand, and gave it to the guest.
        given: bool,
    },
    /// To connect or send to a peer.
    Connect {
        /// The transport.
        transport: Transport,
        /// The peer.
        peer: &'a Address,
    },
    /// To receive a datagram from a peer. A refused one is dropped, and the guest never learns of it.
    Receive {
        /// The transport.
        transport: Transport,
        /// The local address as the guest asked for it; none if it never bound the socket.
        asked: Option<&'a Address>,
        /// The peer.
        peer: &'a Address,
        /// Whether the host opened the socket beforehand, and gave it to the guest.
        given: bool,
    },
    /// To join a multicast group, which makes the host tell its network so.
    Join {
        /// The transport.
        transport: Transport,
        /// The group.
        group: IpAddr,
    },
    /// To look a host name up.
    Lookup {
        /// The name, in small letters, without a dot at its end.
        host: &'a str,
    },
    /// To look the name of an address up.
    ReverseLookup {
        /// The address.
        address: IpAddr,
    },
    /// To set an option that is not ordinary.
    SetOption {
        /// The level.
        level: i32,
        /// The option.
        name: i32,
    },
    /// To be handed files and directories that come over unix sockets. Refused ones are closed.
    Files,
    /// To list the network interfaces, or tell their indices.
    Interfaces,
    /// To read the host's name.
    HostName,
    /// To set the host's name.
    SetHostName,
    /// To hand a socket to another process, or to take one from it, as Windows does it. What is taken may be any socket
    /// of the host's: no rule grants it.
    Share,
}

impl Operation<'_> {
    /// What carries the socket's data, where the operation is one of a socket's.
    pub fn transport(&self) -> Option<Transport> {
        match *self {
            Self::Create { transport }
            | Self::Bind { transport, .. }
            | Self::Listen { transport, .. }
            | Self::Accept { transport, .. }
            | Self::Connect { transport, .. }
            | Self::Receive { transport, .. }
            | Self::Join { transport, .. } => Some(transport),
            _ => None,
        }
    }
}

/// As the end of the sentence «not allowed to …», which a [`Question`](super::Question) understands.
impl fmt::Display for Operation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { transport: transport @ Transport::Family(_) } => {
                write!(f, "open a socket of the family {transport}")
            }
            Self::Create { transport } => write!(f, "open a socket for {transport}"),
            Self::Bind { transport, address } => write!(f, "bind {transport} to {address}"),
            Self::Listen { transport, actual, .. } => write!(f, "listen for {transport} on {actual}"),
            Self::Accept { transport, peer, .. } => write!(f, "accept {transport} from {peer}"),
            Self::Connect { transport: Transport::Tcp, peer } => write!(f, "connect by tcp to {peer}"),
            Self::Connect { transport: Transport::Unix, peer } => write!(f, "connect or send to {peer}"),
            Self::Connect { transport, peer } => write!(f, "send by {transport} to {peer}"),
            Self::Receive { transport, peer, .. } => write!(f, "receive by {transport} from {peer}"),
            Self::Join { transport, group } => write!(f, "join the multicast group {group} by {transport}"),
            Self::Lookup { host } => write!(f, "look up the host {host}"),
            Self::ReverseLookup { address } => write!(f, "look up the name of {address}"),
            Self::SetOption { level, name } => {
                write!(f, "set the socket option {}", option::describe(*level, *name))
            }
            Self::Files => write!(f, "receive files over unix sockets"),
            Self::Interfaces => write!(f, "list the network interfaces"),
            Self::HostName => write!(f, "read the host's name"),
            Self::SetHostName => write!(f, "set the host's name"),
            Self::Share => write!(f, "share sockets with other processes"),
        }
    }
}

impl Refusal {
    /// The operation is refused.
    pub fn new(operation: &Operation<'_>) -> Self {
        Self::of(operation.to_string())
    }
}
