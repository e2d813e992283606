//! What wakes those that wait.

use std::io::{self, Write as _};
use std::sync::{Arc, OnceLock};

use berkeley_constants as c;
use socket2::Socket;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::sys;

/// Wakes those that wait, when something has changed that they must look at.
#[derive(Default)]
pub(crate) struct Alarm {
    notify: Notify,
    /// For those that wait in poll(2): what is written into the one end makes the other readable.
    wire: OnceLock<(Arc<Socket>, Socket)>,
}

impl Alarm {
    /// Lets those be woken that wait in poll(2), from their next wait on.
    pub(crate) fn arm(&self) -> io::Result<()> {
        if self.wire.get().is_none() {
            // Not every system has unix sockets.
            let pair =
                sys::pair(c::AF_UNIX, c::SOCK_STREAM, 0).or_else(|_| sys::pair(c::AF_INET, c::SOCK_STREAM, 0))?;
            pair.1.set_nonblocking(true)?;
            // Another thread may have been first.
            let _ = self.wire.set((Arc::new(pair.0), pair.1));
        }
        Ok(())
    }

    pub(crate) fn ring(&self) {
        self.notify.notify_waiters();
        if let Some((_, end)) = self.wire.get() {
            // Full, it wakes them as well.
            let _ = (&mut &*end).write(&[0]);
        }
    }

    /// Sees the alarm from now on.
    pub(crate) fn watch(&self) -> Watch<'_> {
        Watch { rung: self.notify.notified(), wire: self.wire.get().map(|(end, _)| end) }
    }
}

/// Sees whether an alarm has rung since it was made.
pub(crate) struct Watch<'a> {
    rung: Notified<'a>,
    /// What becomes readable then.
    wire: Option<&'a Arc<Socket>>,
}

impl<'a> Watch<'a> {
    /// Resolves when it rings.
    pub(crate) async fn rung(self) {
        self.rung.await;
    }

    /// What becomes readable when it rings, for those that wait in poll(2).
    pub(crate) fn wire(&self) -> Option<&'a Arc<Socket>> {
        self.wire
    }

    /// Takes from the wire what rang: it has woken whom it should wake, the guest's one thread.
    pub(crate) fn quieten(&self) {
        let Some(wire) = self.wire else { return };
        while sys::receive(wire, 64, c::MSG_DONTWAIT).is_ok_and(|(bytes, _)| bytes.len() == 64) {}
    }
}
