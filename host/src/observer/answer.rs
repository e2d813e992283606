//! What calls answer.

use super::info::SocketInfo;
use crate::address::Address;
use crate::error::Error;
use crate::resolver::{AddressInfo, HostEntry};

/// How a call ended.
#[derive(Clone, Debug)]
pub enum Outcome<'a> {
    /// With what was asked for.
    Answered(Answer<'a>),
    /// With an error; a refusal by the policy is [`Error::Denied`].
    Failed(&'a Error),
    /// The guest was ended while it waited.
    Abandoned,
}

/// What a call answers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Answer<'a> {
    /// Nothing but that it is done.
    Done,
    /// There is none of what was asked for.
    Unknown,
    /// So many bytes went or came.
    Bytes(u64),
    /// So many bytes came, from that peer.
    From(u64, Option<&'a Address>),
    /// A message came.
    Message {
        /// How many bytes of data.
        bytes: u64,
        /// How many control messages.
        control: usize,
        /// Flags, such as MSG_TRUNC.
        flags: i32,
        /// Who sent it.
        address: Option<&'a Address>,
    },
    /// So many datagrams went or came, with so many bytes in all.
    Datagrams(usize, u64),
    /// A new socket.
    Socket(SocketInfo),
    /// Two new sockets, connected with each other.
    Pair(SocketInfo, SocketInfo),
    /// A new socket, for the connection from that peer.
    Accepted(SocketInfo, Option<&'a Address>),
    /// An address; none where the kernel has none.
    Address(Option<&'a Address>),
    /// A number.
    Int(i64),
    /// Bytes that are no data of a peer's: an option's value, a name.
    Value(&'a [u8]),
    /// The events of each socket of poll(2), in its order.
    Events(&'a [i16]),
    /// The sockets that are ready, by their numbers, with their events.
    Ready(&'a [(u64, u32)]),
    /// Addresses of a host and service.
    Addresses(&'a [AddressInfo]),
    /// The names of a host and service.
    Names(&'a [u8], &'a [u8]),
    /// A host's names and addresses.
    Host(&'a HostEntry),
}

impl Answer<'_> {
    /// How many bytes of data went or came; none where the call is of another kind.
    pub fn bytes(&self) -> Option<u64> {
        match *self {
            Self::Bytes(bytes) | Self::From(bytes, _) | Self::Message { bytes, .. } | Self::Datagrams(_, bytes) => {
                Some(bytes)
            }
            _ => None,
        }
    }

    /// The peer that a call of an unconnected socket has heard from.
    pub fn peer(&self) -> Option<&Address> {
        match self {
            Self::From(_, peer) | Self::Accepted(_, peer) => *peer,
            Self::Message { address, .. } => *address,
            _ => None,
        }
    }
}
