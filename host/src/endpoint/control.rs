//! Control messages on their way out.

use std::sync::Arc;

use berkeley_constants as c;

use super::contract::{ControlMessage, Passed};
use crate::cmsg::{LINUX, RawControl, has_descriptors, parse};

/// Control messages for sendmsg(2).
#[derive(Clone, Default)]
pub(crate) struct OutgoingControl {
    bytes: Vec<u8>,
    /// What the numbers among the bytes stand for, which must stay open until they are sent.
    kept: Vec<Arc<dyn Send + Sync>>,
    /// The same, of a network that has no numbers.
    passed: Vec<Passed>,
}

impl OutgoingControl {
    /// Adds a control message.
    pub(crate) fn put(&mut self, control: RawControl<'_>) {
        LINUX.put(&mut self.bytes, control);
    }

    /// Adds descriptors, which [`keep`](Self::keep) keeps open.
    pub(crate) fn put_rights(&mut self, numbers: &[i32]) {
        let data: Vec<_> = numbers.iter().flat_map(|number| number.to_ne_bytes()).collect();
        self.put((c::SOL_SOCKET, c::SCM_RIGHTS, &data));
    }

    /// Keeps open what a number stands for.
    pub(crate) fn keep(&mut self, descriptor: Arc<dyn Send + Sync>) {
        self.kept.push(descriptor);
    }

    /// Passes on what has no number.
    pub(crate) fn pass(&mut self, passed: Passed) {
        self.passed.push(passed);
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The control messages that pass nothing on.
    pub(super) fn messages(&self) -> Vec<ControlMessage> {
        let plain = parse(&self.bytes).filter(|(level, kind, _)| !has_descriptors(*level, *kind));
        plain.map(|(level, kind, data)| (level, kind, data.to_vec())).collect()
    }

    pub(super) fn passed(&self) -> &[Passed] {
        &self.passed
    }
}
