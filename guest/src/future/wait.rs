//! A wait for one event, by whichever runtime runs.

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use super::reactor::{Event, Registration};
use super::runtime::{self, Waiting};
use super::wakers::Wakers;
use crate::bindings::poll as wit;

/// Somebody's wait. Dropping it ends it.
#[derive(Default)]
pub(super) struct Wait {
    ours: Registration,
    theirs: Option<Waiting>,
}

impl Wait {
    /// Whether another runtime waits.
    pub(super) fn is_begun(&self) -> bool {
        self.theirs.is_some()
    }

    /// Waits once more. What is ready was so at some time since; whoever waits tries, and comes back.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, event: impl FnOnce() -> Event) -> Poll<()> {
        let Some(begin) = Self::theirs() else {
            self.ours.register(cx.waker(), event);
            return Poll::Pending;
        };
        let mut theirs = match self.theirs.take() {
            Some(theirs) => theirs,
            None => match begin(&event()) {
                Some(theirs) => theirs,
                // It cannot be waited for: the call on it tells why.
                None => return Poll::Ready(()),
            },
        };
        let result = pin!(&mut theirs).poll(cx);
        if result.is_pending() {
            self.theirs = Some(theirs);
        }
        result
    }

    /// How another runtime, or a task of WASI 0.3, waits; none where this crate's reactor does.
    fn theirs() -> Option<fn(&Event) -> Option<Waiting>> {
        if runtime::other().is_some() {
            return Some(|event| Some(runtime::other()?(pollable(event)?)));
        }
        #[cfg(feature = "p3-library")]
        if crate::task::is_any() {
            return Some(super::concurrent::wait);
        }
        None
    }
}

/// The pollable of a socket.
fn pollable(event: &Event) -> Option<wasip2::io::poll::Pollable> {
    match event {
        Event::Socket(socket, _, events) => wit::subscribe(socket.upgrade()?.as_socket().handle(), *events).ok(),
        Event::Pollable(_) => None,
    }
}

/// A wait of those who poll the same thing: all are woken, whoever has polled last.
#[derive(Default)]
pub(super) struct Shared {
    wait: Mutex<Wait>,
    wakers: Arc<Wakers>,
}

impl Shared {
    /// As [`Wait::is_begun`].
    pub(super) fn is_begun(&self) -> bool {
        self.wait.lock().unwrap_or_else(PoisonError::into_inner).is_begun()
    }

    /// As [`Wait::poll`].
    pub(super) fn poll(&self, cx: &mut Context<'_>, event: impl FnOnce() -> Event) -> Poll<()> {
        self.wakers.add(cx.waker());
        let all = Waker::from(self.wakers.clone());
        let mut wait = self.wait.lock().unwrap_or_else(PoisonError::into_inner);
        let result = wait.poll(&mut Context::from_waker(&all), event);
        drop(wait);
        if result.is_ready() {
            let others = self.wakers.take().into_iter().filter(|waker| !waker.will_wake(cx.waker()));
            others.for_each(Waker::wake);
        }
        result
    }
}
