//! What observers are told.

use std::io::IoSlice;
use std::time::{Duration, Instant};

use berkeley_constants as c;

use super::answer::Outcome;
use super::call::Call;
use super::info::SocketInfo;
use crate::address::Address;

/// A call that begins.
#[derive(Clone, Debug)]
pub struct Began<'a> {
    /// A number that no other call of the guest's has.
    pub id: u64,
    /// The call.
    pub call: Call<'a>,
    /// The socket that it is made on.
    pub socket: Option<&'a SocketInfo>,
    /// When it began.
    pub at: Instant,
}

/// A call that has ended.
#[derive(Clone, Debug)]
pub struct Ended<'a> {
    /// The number that it began with.
    pub id: u64,
    /// The call.
    pub call: Call<'a>,
    /// The socket that it was made on, as it is now.
    pub socket: Option<&'a SocketInfo>,
    /// When it began.
    pub at: Instant,
    /// How long it took.
    pub took: Duration,
    /// How much of that was waiting.
    pub waited: Duration,
    /// How it ended.
    pub outcome: Outcome<'a>,
}

impl Ended<'_> {
    /// How many bytes of data the call has moved, and which way; none where it failed, is no such call, or has only looked
    /// at them (MSG_PEEK, MSG_ERRQUEUE).
    pub fn moved(&self) -> Option<(Direction, u64)> {
        let Outcome::Answered(answer) = &self.outcome else { return None };
        let bytes = answer.bytes()?;
        match self.call {
            Call::Recv { flags, .. }
            | Call::Recvfrom { flags, .. }
            | Call::Recvmsg { flags, .. }
            | Call::Recvmmsg { flags, .. } => {
                (flags & (c::MSG_PEEK | c::MSG_ERRQUEUE) == 0).then_some((Direction::Received, bytes))
            }
            _ => Some((Direction::Sent, bytes)),
        }
    }
}

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the guest to a peer.
    Sent,
    /// From a peer to the guest.
    Received,
}

/// Bytes that were sent or received by one system call: a datagram, or a part of a stream.
#[derive(Clone, Debug)]
pub struct Data<'a> {
    /// The socket.
    pub socket: &'a SocketInfo,
    /// Which way.
    pub direction: Direction,
    /// The peer, where the socket is not connected with it.
    pub peer: Option<&'a Address>,
    /// MSG_ flags: those that it was sent with, or asked for with.
    pub flags: i32,
    /// How many bytes; less than the buffers hold, where not all were taken.
    pub length: usize,
    pub(crate) buffers: &'a [IoSlice<'a>],
}

impl<'a> Data<'a> {
    /// The bytes, in parts.
    pub fn parts(&self) -> impl Iterator<Item = &'a [u8]> {
        let mut left = self.length;
        let buffers = self.buffers;
        buffers.iter().map_while(move |buffer| {
            let part = &buffer[..buffer.len().min(left)];
            left -= part.len();
            (!part.is_empty() || left > 0).then_some(part)
        })
    }
}
