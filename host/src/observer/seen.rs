//! The observers of one guest, and one call that they are told of.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use pin_project_lite::pin_project;

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::event::{Began, Data, Ended};
use super::identity::Identity;
use super::info::SocketInfo;
use super::watch::Observer;
use crate::clock;
use crate::error::{Refusal, Result};
use crate::limits::Limit;
use crate::stopwatch;

/// As the three that every process begins with are none of a guest's sockets.
const FIRST_SOCKET: u64 = 3;

/// Who is told of one guest.
pub(crate) struct Observers {
    all: Vec<Told>,
    calls: bool,
    data: bool,
    calls_begun: AtomicU64,
    sockets_opened: AtomicU64,
}

/// An observer, and what it is told.
struct Told {
    observer: Box<dyn Observer>,
    calls: bool,
    data: bool,
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observers").field("calls", &self.calls).field("data", &self.data).finish_non_exhaustive()
    }
}

impl Observers {
    pub(crate) fn new(all: Vec<Box<dyn Observer>>) -> Self {
        let told = |observer: Box<dyn Observer>| {
            let (calls, data) = (observer.wants_calls(), observer.wants_data());
            Told { observer, calls: calls || data, data }
        };
        let all: Vec<_> = all.into_iter().map(told).collect();
        let (calls, data) = (all.iter().any(|told| told.calls), all.iter().any(|told| told.data));
        Self { all, calls, data, calls_begun: AtomicU64::new(0), sockets_opened: AtomicU64::new(FIRST_SOCKET) }
    }

    /// Whether anybody is told of calls, or of bytes.
    #[inline]
    pub(crate) fn want_calls(&self) -> bool {
        self.calls
    }

    /// Whether anybody is told of bytes.
    #[inline]
    pub(crate) fn want_data(&self) -> bool {
        self.data
    }

    /// What a new socket is known by, if anybody is told of sockets.
    pub(crate) fn identity(&self) -> Option<Identity> {
        self.calls.then(|| Identity::new(self.sockets_opened.fetch_add(1, Ordering::Relaxed)))
    }

    pub(crate) fn refused(&self, refusal: &Refusal) {
        self.all.iter().for_each(|told| told.observer.refused(refusal));
    }

    pub(crate) fn limited(&self, limit: Limit) {
        self.all.iter().for_each(|told| told.observer.limited(limit));
    }

    pub(crate) fn opened(&self, socket: &SocketInfo) {
        self.watching().for_each(|observer| observer.opened(socket));
    }

    pub(crate) fn closed(&self, socket: &SocketInfo) {
        self.watching().for_each(|observer| observer.closed(socket));
    }

    pub(crate) fn data(&self, data: &Data<'_>) {
        self.all.iter().filter(|told| told.data).for_each(|told| told.observer.data(data));
    }

    fn watching(&self) -> impl Iterator<Item = &dyn Observer> {
        self.all.iter().filter(|told| told.calls).map(|told| &*told.observer)
    }
}

/// A call that observers are told of; nothing where there are none, and where it is a part of another call.
pub(crate) struct Seen<'a>(Option<Watch<'a>>);

struct Watch<'a> {
    observers: Arc<Observers>,
    id: u64,
    call: Call<'a>,
    socket: Option<SocketInfo>,
    at: Instant,
    waited: Duration,
    /// Since when it is pending.
    pending: Option<Instant>,
}

impl<'a> Seen<'a> {
    /// A call begins.
    #[inline]
    pub(crate) fn begin(
        observers: &Arc<Observers>,
        call: Call<'a>,
        socket: impl FnOnce() -> Option<SocketInfo>,
    ) -> Self {
        if observers.calls && !stopwatch::is_running() {
            return Self(Some(Watch::begin(observers, call, socket())));
        }
        Self(None)
    }

    /// Does what the call does, or a part of it.
    #[inline]
    pub(crate) fn run<T>(&mut self, call: impl FnOnce() -> T) -> T {
        let Some(watch) = &mut self.0 else { return call() };
        let (result, waited) = stopwatch::measure(call);
        watch.waited += waited;
        result
    }

    /// Whether anybody is told.
    #[inline]
    pub(crate) fn is_told(&self) -> bool {
        self.0.is_some()
    }

    /// Awaits what the call does, or a part of it; [`watched`] does so only where somebody is told.
    pub(crate) fn wait<F: Future>(&mut self, call: F) -> Timed<'_, 'a, F> {
        Timed { call, seen: self }
    }

    /// The call has ended; the socket is what it has become.
    #[inline]
    pub(crate) fn end<T>(
        &mut self,
        socket: impl FnOnce() -> Option<SocketInfo>,
        result: &Result<T>,
        answer: impl FnOnce(&T) -> Answer<'_>,
    ) {
        if let Some(watch) = &self.0 {
            let outcome = match result {
                Ok(value) => Outcome::Answered(answer(value)),
                Err(error) => Outcome::Failed(error),
            };
            watch.end(socket(), outcome);
            self.0 = None;
        }
    }
}

impl Drop for Seen<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(watch) = &mut self.0 {
            watch.abandon();
        }
    }
}

impl<'a> Watch<'a> {
    #[cold]
    fn begin(observers: &Arc<Observers>, call: Call<'a>, socket: Option<SocketInfo>) -> Self {
        let id = observers.calls_begun.fetch_add(1, Ordering::Relaxed);
        let at = clock::now();
        let began = Began { id, call, socket: socket.as_ref(), at };
        observers.watching().for_each(|observer| observer.began(&began));
        Self { observers: observers.clone(), id, call, socket, at, waited: Duration::ZERO, pending: None }
    }

    #[cold]
    fn abandon(&mut self) {
        self.resume();
        self.end(self.socket.clone(), Outcome::Abandoned);
    }

    fn poll<T>(&mut self, poll: impl FnOnce() -> Poll<T>) -> Poll<T> {
        self.resume();
        let (polled, waited) = stopwatch::measure(poll);
        self.waited += waited;
        if polled.is_pending() {
            self.pending = Some(clock::now());
        }
        polled
    }

    fn resume(&mut self) {
        if let Some(since) = self.pending.take() {
            self.waited += clock::now() - since;
        }
    }

    #[cold]
    fn end(&self, socket: Option<SocketInfo>, outcome: Outcome<'_>) {
        let ended = Ended {
            id: self.id,
            call: self.call,
            socket: socket.as_ref(),
            at: self.at,
            took: clock::now() - self.at,
            waited: self.waited,
            outcome,
        };
        self.observers.watching().for_each(|observer| observer.ended(&ended));
    }
}

/// Awaits what a call does: as it is where nobody is told, for even to move the future would cost.
macro_rules! watched {
    ($seen:ident, $call:expr) => {
        if $seen.is_told() { $seen.wait($call).await } else { $call.await }
    };
}
pub(crate) use watched;

pin_project! {
    /// A future whose waiting is measured, if the call is seen.
    pub(crate) struct Timed<'s, 'a, F> {
        #[pin]
        call: F,
        seen: &'s mut Seen<'a>,
    }
}

impl<F: Future> Future for Timed<'_, '_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        match &mut this.seen.0 {
            None => this.call.poll(cx),
            Some(watch) => watch.poll(|| this.call.poll(cx)),
        }
    }
}
