//! What is asked for and told.

use crate::memory::plain;

/// `struct epoll_event`, with wasm's alignment.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Event {
    pub(super) events: u32,
    pub(super) padding: u32,
    pub(super) data: u64,
}

plain!(Event);
