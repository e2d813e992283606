//! Waiting for one socket.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use berkeley_constants as c;
use futures_util::future::{Either, select};

use super::alarm::Watch;
use super::deadline::{Deadline, PAUSE, until};
use super::descriptor::Descriptor;
use super::inline::{poll_once, poll_until, waits_inline};
use super::waiting::{Waiting, Woken};
use crate::endpoint::{AnySocket, Endpoint};
use crate::sys::Registration;

impl Descriptor {
    /// The events among those asked for, or of error, that hold now.
    pub(crate) fn events(&self, events: i16) -> io::Result<i16> {
        if let Some(endpoint) = self.socket.endpoint() {
            return Ok(endpoint.events(events));
        }
        let mut ready = [0];
        poll_once(&[(self, events)], &mut ready, Some(Duration::ZERO))?;
        Ok(ready[0])
    }

    /// Makes a call that does not wait, and tells whether the next one like it would have to. Where one of the two would,
    /// what the reactor has told before counts no more, so that [`ready`](Self::ready) need not ask the kernel.
    pub(crate) fn attempt<T>(
        &self,
        events: i16,
        call: impl FnOnce(&AnySocket) -> io::Result<(T, bool)>,
    ) -> io::Result<T> {
        if events & c::POLLOUT != 0 {
            self.file().send();
        }
        let registration = self.lock().clone();
        match registration {
            Some(registration) => registration.attempt(events, || call(&self.socket)),
            None => call(&self.socket).map(|(value, _)| value),
        }
    }

    /// Whether the last call of those events has left nothing to do for another, and the reactor has told of nothing since.
    /// The reactor tells late: only who waits for it may go by this.
    pub(crate) fn is_exhausted(&self, events: i16) -> bool {
        self.lock().as_ref().is_some_and(|registration| registration.is_exhausted(events))
    }

    /// Waits until one of the events, or an error, holds. A call for which [`attempt`](Self::attempt) was just told that it
    /// would block is tried: then the wait may end early, though not again and again.
    pub(crate) async fn ready(
        &self,
        events: i16,
        deadline: Deadline,
        (waiting, is_tried): (Waiting, bool),
        watch: Watch<'_>,
    ) -> io::Result<Woken> {
        if waits_inline(waiting, &[(self, events)]) {
            return poll_until(&[(self, events)], &mut [0], deadline, &watch);
        }
        if !is_tried && self.events(events)? != 0 {
            return Ok(Woken::Ready);
        }
        let woken = async { if is_tried { self.told(events).await } else { self.woken(events).await } };
        match until(deadline, select(pin!(woken), pin!(watch.rung()))).await {
            Some(Either::Left((ready, _))) => ready.map(|()| Woken::Ready),
            Some(Either::Right(_)) => Ok(Woken::Rung),
            None => Ok(Woken::Late),
        }
    }

    /// Waits in the reactor until the events hold.
    pub(crate) async fn woken(&self, events: i16) -> io::Result<()> {
        let socket = match &self.socket {
            AnySocket::Kernel(socket) => socket,
            AnySocket::Endpoint(endpoint) => {
                told(&**endpoint, events).await;
                return Ok(());
            }
        };
        let mut closed = 0;
        while !self.registration(socket)?.woken(events, || Ok(self.events(events)? != 0)).await? {
            // A new registration may be told more. Where it is told the same again, only asking now and then remains.
            *self.lock() = None;
            if closed > 0 {
                tokio::time::sleep(PAUSE * closed.min(50)).await;
            }
            closed += 1;
        }
        Ok(())
    }

    /// Waits in the reactor for what it tells after an attempt.
    async fn told(&self, events: i16) -> io::Result<()> {
        let AnySocket::Kernel(socket) = &self.socket else { return self.woken(events).await };
        let goes_on = self.registration(socket)?.told(events, || Ok(self.events(events)? != 0)).await?;
        if !goes_on {
            // A new registration may be told more.
            *self.lock() = None;
        }
        Ok(())
    }

    fn registration(&self, socket: &Arc<socket2::Socket>) -> io::Result<Arc<Registration>> {
        let mut registration = self.lock();
        if let Some(registration) = &*registration {
            return Ok(registration.clone());
        }
        Ok(registration.insert(Arc::new(Registration::new(socket)?)).clone())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Registration>>> {
        self.registration.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until the events of the endpoint hold.
async fn told(endpoint: &dyn Endpoint, events: i16) {
    let look = |context: &mut Context<'_>| {
        endpoint.wake(context.waker());
        if endpoint.events(events) == 0 { Poll::Pending } else { Poll::Ready(()) }
    };
    poll_fn(look).await;
}
