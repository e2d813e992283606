//! What is received.

use std::collections::VecDeque;
use std::fs::File;

use super::socket::{OwnedSocket, Received};

/// A message as recvmsg(2) gave it.
#[derive(Debug)]
pub(crate) struct RawMessage<D = Received> {
    pub(crate) data: Vec<u8>,
    /// What the kernel told as the length.
    pub(crate) length: usize,
    pub(crate) control: Vec<u8>,
    /// The descriptors in the control messages, in their order.
    pub(crate) descriptors: VecDeque<D>,
    pub(crate) flags: i32,
}

impl<D> Default for RawMessage<D> {
    fn default() -> Self {
        Self { data: Vec::new(), length: 0, control: Vec::new(), descriptors: VecDeque::new(), flags: 0 }
    }
}

impl<D> AsRef<[u8]> for RawMessage<D> {
    fn as_ref(&self) -> &[u8] {
        &self.data
    }
}

impl<D> RawMessage<D> {
    /// The same message, with what its descriptors are taken for.
    pub(crate) fn carrying<T>(self, take: impl FnMut(D) -> T) -> RawMessage<T> {
        let Self { data, length, control, descriptors, flags } = self;
        RawMessage { data, length, control, descriptors: descriptors.into_iter().map(take).collect(), flags }
    }

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
