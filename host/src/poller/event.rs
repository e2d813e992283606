//! What a socket is watched for, and what it is ready for.

use berkeley_constants as c;

/// Tells an event when it comes about, and once: EPOLLET.
pub(super) const EDGE: u32 = 1 << 31;
/// Tells one time, and then nothing until the socket is modified: EPOLLONESHOT.
pub(super) const ONE_SHOT: u32 = 1 << 30;
/// The events; they are those of poll(2).
pub(super) const EVENTS: u32 = 0x3fff;
/// What is told without being asked for.
pub(super) const ENDS: u32 = (c::POLLERR | c::POLLHUP) as u32;

/// What a watched socket is ready for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) events: u32,
    pub(crate) token: u64,
}

/// Those bits that are known.
pub(super) fn known(events: u32) -> u32 {
    events & (EVENTS | EDGE | ONE_SHOT)
}
