//! A socket whose calls are polled, as in non-blocking mode, until they need not wait.

use std::borrow::Borrow;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use berkeley_constants::POLLERR;
use wasmtime_wasi::runtime::with_ambient_tokio_runtime;

use crate::address::Address;
use crate::error::{Errno, Error, Result};
use crate::poll::is_denied;
use crate::socket::{Alias, Socket};

/// What has a socket for longer than a call.
pub(crate) trait Holder {
    /// What it calls.
    type Lent: Borrow<Socket>;

    /// Calls the socket, which does not wait. EBADF: it was closed.
    fn with<R>(&mut self, call: impl FnOnce(&mut Self::Lent) -> Result<R>) -> Result<R>;

    /// Waits for one of the events, after a call that would have blocked. It may end early, after so many that were futile.
    fn wait(&self, events: i16, futile: u32) -> impl Future<Output = ()> + Send + 'static;
}

/// The guest may close it: nothing is kept open.
impl Holder for Alias {
    type Lent = Socket;

    fn with<R>(&mut self, call: impl FnOnce(&mut Socket) -> Result<R>) -> Result<R> {
        Self::with(self, call)
    }

    fn wait(&self, events: i16, futile: u32) -> impl Future<Output = ()> + Send + 'static {
        self.wait_again(events, futile)
    }
}

/// It stays open.
impl Holder for Arc<Socket> {
    type Lent = Self;

    fn with<R>(&mut self, call: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        call(self)
    }

    fn wait(&self, events: i16, futile: u32) -> impl Future<Output = ()> + Send + 'static {
        self.wait_again(events, futile)
    }
}

/// A socket whose calls are made until they need not wait.
pub(crate) struct Polled<H = Alias> {
    socket: H,
    events: i16,
    wait: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    /// How often the call would have blocked again since it last did not.
    futile: u32,
    /// Whether what waits has not been tried: the call before had left nothing.
    is_untried: bool,
}

impl<H: Holder> Polled<H> {
    /// The socket, whose calls wait for these events.
    pub(crate) fn of(socket: H, events: i16) -> Self {
        Self { socket, events, wait: None, futile: 0, is_untried: false }
    }

    /// The same, after a call that would have blocked: the next one waits first.
    pub(crate) fn waiting(mut self) -> Self {
        self.begin();
        self
    }

    /// Makes the call until it need not wait.
    pub(crate) async fn call<R>(&mut self, mut call: impl FnMut(&mut H::Lent) -> Result<R>) -> Result<R> {
        poll_fn(|cx| self.poll(cx, false, &mut call)).await
    }

    /// Tries the call, and waits where it would block. The last time nothing is waited for any longer, as a wait may keep the
    /// socket open; then it was tried at least once.
    pub(crate) fn poll<R>(
        &mut self,
        cx: &mut Context<'_>,
        is_last: bool,
        mut call: impl FnMut(&mut H::Lent) -> Result<R>,
    ) -> Poll<Result<R>> {
        if is_last && self.is_untried {
            self.give_up();
        }
        let polled = self.poll_on(cx, is_last, &mut call);
        if is_last {
            self.give_up();
        }
        polled
    }

    fn poll_on<R>(
        &mut self,
        cx: &mut Context<'_>,
        is_last: bool,
        call: &mut impl FnMut(&mut H::Lent) -> Result<R>,
    ) -> Poll<Result<R>> {
        let events = self.events;
        let mut waits = !is_last && self.wait.is_none();
        loop {
            // What waits already is not tried before the wait ends.
            if self.wait.is_some() {
                ready!(self.poll_wait(cx));
            }
            let waits_first = std::mem::take(&mut waits);
            let is_untried = &mut self.is_untried;
            let tried = self.socket.with(|socket| {
                *is_untried = waits_first && (*socket).borrow().is_exhausted(events);
                if *is_untried { Err(Errno::EAGAIN.into()) } else { call(socket) }
            });
            match tried {
                Err(error) if error.would_block() => self.begin(),
                result => {
                    self.futile = 0;
                    return Poll::Ready(result);
                }
            }
        }
    }

    /// Waits until one of the events holds.
    pub(crate) fn poll_ready(&mut self, cx: &mut Context<'_>, is_last: bool) -> Poll<Result<i16>> {
        let events = self.events;
        self.poll(cx, is_last, |socket| look((*socket).borrow(), events))
    }

    /// Waits for what is told of one of the events, after a call that was tried. EBADF: the socket was closed.
    pub(super) fn poll_told(&mut self, cx: &mut Context<'_>, is_last: bool) -> Poll<Result<i16>> {
        let is_new = self.wait.is_none();
        if is_new {
            self.begin();
        }
        if self.poll_wait(cx).is_pending() {
            if is_last {
                self.give_up();
            }
            return Poll::Pending;
        }
        if is_new {
            // It was told at once, perhaps of what was there before the try: only looking tells.
            return self.poll_ready(cx, is_last);
        }
        self.futile = 0;
        let events = self.events;
        Poll::Ready(self.socket.with(|_| Ok(events)))
    }

    fn begin(&mut self) {
        self.wait = Some(Box::pin(self.socket.wait(self.events, self.futile)));
        self.futile = self.futile.saturating_add(1);
    }

    fn poll_wait(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(wait) = &mut self.wait else { return Poll::Ready(()) };
        // So it works without a tokio runtime of the embedder's, as all of wasmtime's WASI does.
        let polled = with_ambient_tokio_runtime(|| wait.as_mut().poll(cx));
        if polled.is_ready() {
            self.wait = None;
        }
        polled
    }

    /// Waits no longer. What is given up was not in vain.
    fn give_up(&mut self) {
        if self.wait.take().is_some() {
            self.futile = self.futile.saturating_sub(1);
        }
    }
}

impl Polled {
    /// The guest's socket, whose calls wait for these events.
    pub(crate) fn new(socket: &Socket, events: i16) -> Self {
        Self::of(socket.alias(), events)
    }

    /// Connects.
    pub(crate) async fn connect(&mut self, address: &Address) -> Result<()> {
        let begin = |socket: &mut Socket| socket.connect_now(address).now(|begun| socket.connect_on(begun, address));
        match self.call(begin).await {
            Err(Error::Os(Errno::EINPROGRESS | Errno::EALREADY)) => self.call(|socket| socket.finish_connect()).await,
            result => result,
        }
    }
}

/// The events among those that hold now. EAGAIN: none does, or a limit holds the calls back that they are for.
fn look(socket: &Socket, events: i16) -> Result<i16> {
    let descriptor = socket.descriptor()?;
    if is_denied(socket) {
        return Ok(events | POLLERR);
    }
    let held = socket.shared().withheld(descriptor, events).is_some();
    let found = descriptor.attempt(events, |_| match descriptor.events(events)? {
        0 => Err(Errno::EAGAIN.into()),
        found => Ok((found, false)),
    })?;
    if held { Err(Errno::EAGAIN.into()) } else { Ok(found) }
}
