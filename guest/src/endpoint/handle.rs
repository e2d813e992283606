//! The contract's handle, and those that share a mode with it.

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use crate::bindings::socket as wit;
use crate::error::Result;

/// The contract's handle.
pub(super) struct Handle {
    socket: wit::Socket,
    /// Those that share the mode, this one among them, once there are any.
    clones: OnceLock<Arc<Clones>>,
}

/// Handles that are as the descriptors of one open file description, whose O_NONBLOCK is one: the host has a mode for
/// each handle.
struct Clones(Mutex<Vec<Weak<Handle>>>);

impl Clones {
    fn lock(&self) -> MutexGuard<'_, Vec<Weak<Handle>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Handle {
    pub(super) fn new(socket: wit::Socket) -> Arc<Self> {
        Arc::new(Self { socket, clones: OnceLock::new() })
    }

    /// A second handle to the same socket, which shares the mode with this one from now on.
    pub(super) fn try_clone(self: &Arc<Self>) -> Result<Arc<Self>> {
        let socket = self.socket.dup()?;
        let clones = self.clones.get_or_init(|| Arc::new(Clones(Mutex::new(vec![Arc::downgrade(self)]))));
        let clone = Arc::new(Self { socket, clones: clones.clone().into() });
        let mut all = clones.lock();
        all.retain(|handle| handle.strong_count() > 0);
        all.push(Arc::downgrade(&clone));
        drop(all);
        Ok(clone)
    }

    /// Sets the mode of all that share it, as the contract has it.
    pub(super) fn settimeout_of_all(&self, limit: Option<u64>) {
        match self.clones.get() {
            None => self.socket.settimeout(limit),
            Some(clones) => clones.lock().iter().filter_map(Weak::upgrade).for_each(|handle| handle.settimeout(limit)),
        }
    }
}

impl Deref for Handle {
    type Target = wit::Socket;

    fn deref(&self) -> &wit::Socket {
        &self.socket
    }
}
