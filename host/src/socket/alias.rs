//! A socket as that refers to it which outlives a call: a stream of its data.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::sync::Notify;

use super::handle::Socket;
use crate::endpoint::AnySocket;
use crate::error::{Errno, Result};
use crate::shared::Shared;
use crate::wait::{Descriptor, PAUSE, Waiting, Watcher};

/// How long a wait lasts at most that a limit holds back, before it is looked at again.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// How often a wait may have ended for nothing before each takes a while.
const FUTILE: u32 = 2;

/// A guest's handle of a socket, referred to for longer than a call. It does not wait, and keeps nothing open.
pub(crate) struct Alias {
    /// It has the descriptor for the length of a call.
    socket: Socket,
    descriptor: Weak<Descriptor>,
    closing: Arc<Closing>,
}

/// Knows when the guest closes the handle, or lets go of it.
#[derive(Default)]
struct Closing {
    closed: AtomicBool,
    told: Notify,
}

impl Watcher for Closing {
    fn forget(&self, _: usize, _: &AnySocket, _: bool) {
        self.closed.store(true, Ordering::Relaxed);
        self.told.notify_waiters();
    }

    fn postpone(&self, _: usize, _: Duration) {}
}

impl Socket {
    /// The socket for what outlives this call.
    pub(crate) fn alias(&self) -> Alias {
        let closing = Arc::new(Closing::default());
        let watcher: Weak<Closing> = Arc::downgrade(&closing);
        if let Some(descriptor) = &self.descriptor {
            descriptor.watch(watcher, 0);
        }
        let socket = Self {
            shared: self.shared.clone(),
            limit: Some(Duration::ZERO),
            descriptor: None,
            asked: self.asked.clone(),
            peers: self.peers.clone(),
            obeys: AtomicU64::new(self.obeys.load(Ordering::Relaxed)),
            failed: AtomicBool::new(false),
            identity: self.identity.as_deref().map(|identity| Box::new(identity.again())),
            ..*self
        };
        Alias { socket, descriptor: self.descriptor.as_ref().map(Arc::downgrade).unwrap_or_default(), closing }
    }

    /// Waits for one of the events, after a call that would have blocked. It may end early, after so many that were futile.
    pub(crate) fn wait_again(&self, events: i16, futile: u32) -> impl Future<Output = ()> + Send + 'static {
        let (shared, descriptor) = (self.shared.clone(), self.descriptor.clone());
        async move {
            if let Some(descriptor) = descriptor {
                wait(&shared, &descriptor, events, futile).await;
            }
        }
    }
}

impl Alias {
    /// Calls the socket, which does not wait. EBADF: the guest has closed it.
    pub(crate) fn with<R>(&mut self, call: impl FnOnce(&mut Socket) -> Result<R>) -> Result<R> {
        if self.closing.closed.load(Ordering::Relaxed) {
            return Err(Errno::EBADF.into());
        }
        self.socket.descriptor = self.descriptor.upgrade();
        let result = call(&mut self.socket);
        // Else the socket would close it.
        self.socket.descriptor = None;
        result
    }

    /// As [`Socket::wait_again`]. What is closed is waited for no longer.
    pub(crate) fn wait_again(&self, events: i16, futile: u32) -> impl Future<Output = ()> + Send + 'static {
        let (shared, descriptor, closing) = (self.socket.shared.clone(), self.descriptor.clone(), self.closing.clone());
        async move {
            let told = closing.told.notified();
            let Some(descriptor) = descriptor.upgrade().filter(|_| !closing.closed.load(Ordering::Relaxed)) else {
                return;
            };
            match select(pin!(wait(&shared, &descriptor, events, futile)), pin!(told)).await {
                Either::Left(_) | Either::Right(_) => {}
            }
        }
    }
}

async fn wait(shared: &Shared, descriptor: &Descriptor, events: i16, futile: u32) {
    let watch = shared.governance.watch();
    let withheld = shared.withheld(descriptor, events).map(|(_, wait)| wait.clamp(PAUSE, LONGEST_PAUSE));
    if let Some(pause) = withheld.or((futile > FUTILE).then_some(PAUSE)) {
        tokio::time::sleep(pause).await;
    }
    if withheld.is_none() {
        // What went wrong is for the next call to tell.
        let _ = descriptor.ready(events, None, (Waiting::Yield, true), watch).await;
    }
}
