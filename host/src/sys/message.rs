//! What is received.

use std::collections::VecDeque;
use std::fs::File;

use super::socket::{OwnedSocket, Received};

/// A message as recvmsg(2) gave it.
#[derive(Debug, Default)]
pub(crate) struct RawMessage {
    pub(crate) data: Vec<u8>,
    /// What the kernel told as the length.
    pub(crate) length: usize,
    pub(crate) control: Vec<u8>,
    /// The descriptors in the control messages, in their order.
    pub(crate) descriptors: VecDeque<Received>,
    pub(crate) flags: i32,
}

impl AsRef<[u8]> for RawMessage {
    fn as_ref(&self) -> &[u8] {
        &self.data
    }
}

impl RawMessage {
    /// Adds what was received next.
    pub(crate) fn append(&mut self, next: Self) {
        self.data.extend(next.data);
        self.length += next.length;
        self.flags |= next.flags;
        self.descriptors.extend(next.descriptors);
        if !next.control.is_empty() {
            self.control = next.control;
        }
    }
}

/// What a descriptor that was received is of.
#[cfg_attr(windows, allow(dead_code, reason = "there none is ever received"))]
pub(crate) enum Opened {
    Socket(OwnedSocket),
    /// A file or a directory.
    File(File),
    /// Neither; as the end of the sentence «receive …».
    Other(&'static str),
}
