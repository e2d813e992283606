//! What watches sockets for longer than a call.

use std::time::Duration;

use crate::endpoint::AnySocket;

/// What watches sockets for longer than a call.
pub(crate) trait Watcher: Send + Sync {
    /// Watches no longer what it knows by that key, which is about to be closed; the guest is to hear of that while it has
    /// the handle.
    fn forget(&self, key: usize, socket: &AnySocket, is_told: bool);

    /// Tells anew of what it knows by that key, but only after that time: a limit of the guest's has held a call on it back,
    /// of which the kernel does not know.
    fn postpone(&self, key: usize, wait: Duration);
}
