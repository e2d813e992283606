//! Calls on a socket, its data and its readiness, polled: what the functions and streams of WASI 0.3 consist of.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use berkeley_constants as c;
use c::{POLLERR, POLLIN, POLLOUT};
use wasmtime::component::StreamResult;
use wasmtime_wasi::runtime::with_ambient_tokio_runtime;

use crate::address::Address;
use crate::error::{Errno, Error, Result};
use crate::poll::is_denied;
use crate::socket::{Alias, Socket, now};

/// How much is received for a reader that does not say how much it takes: one that is no guest.
pub(crate) const UNASKED: usize = 1 << 13;

/// A read or a write of a stream has done something.
pub(crate) fn completed() -> Poll<wasmtime::Result<StreamResult>> {
    Poll::Ready(Ok(StreamResult::Completed))
}

/// A read or a write of a stream goes on waiting, unless it is to end now.
pub(crate) fn pending(finish: bool) -> Poll<wasmtime::Result<StreamResult>> {
    if finish { Poll::Ready(Ok(StreamResult::Cancelled)) } else { Poll::Pending }
}

/// A socket whose calls are made, as in non-blocking mode, until they need not wait.
pub(crate) struct Polled {
    socket: Alias,
    events: i16,
    wait: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    /// How often the call would have blocked again since it last did not.
    futile: u32,
}

impl Polled {
    /// The socket, whose calls wait for these events.
    pub(crate) fn new(socket: &Socket, events: i16) -> Self {
        Self { socket: socket.alias(), events, wait: None, futile: 0 }
    }

    /// Makes the call until it need not wait.
    pub(crate) async fn call<R>(&mut self, mut call: impl FnMut(&mut Socket) -> Result<R>) -> Result<R> {
        poll_fn(|cx| self.poll(cx, &mut call)).await
    }

    /// Connects.
    pub(crate) async fn connect(&mut self, address: &Address) -> Result<()> {
        match self.call(|socket| now(socket.connect(address))).await {
            Err(Error::Os(Errno::EINPROGRESS | Errno::EALREADY)) => self.call(|socket| socket.finish_connect()).await,
            result => result,
        }
    }

    /// Tries the call, and waits where it would block.
    fn poll<R>(&mut self, cx: &mut Context<'_>, mut call: impl FnMut(&mut Socket) -> Result<R>) -> Poll<Result<R>> {
        loop {
            // What waits already is not tried before the wait ends.
            if self.wait.is_some() {
                ready!(self.poll_wait(cx));
            }
            match self.socket.with(&mut call) {
                Err(error) if error.would_block() => self.begin(),
                result => {
                    self.futile = 0;
                    return Poll::Ready(result);
                }
            }
        }
    }

    /// Waits until one of the events holds.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<i16>> {
        let events = self.events;
        self.poll(cx, |socket| look(socket, events))
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

    /// Gives up the wait, which would keep the socket open.
    fn cancel(&mut self) {
        self.wait = None;
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

/// What a connection receives.
pub(crate) struct Incoming(Polled);

impl Incoming {
    pub(crate) fn new(socket: &Socket) -> Result<Self> {
        of_stream(socket)?;
        Ok(Self(Polled::new(socket, POLLIN)))
    }

    /// Receives into the buffer. Nothing is the end.
    pub(crate) fn poll_receive(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Result<usize>> {
        self.0.poll(cx, |socket| socket.recv_into_now(buffer))
    }

    /// Waits until something can be received, or nothing ever will.
    pub(crate) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.0.poll_ready(cx).map_ok(|_| ())
    }

    /// Waits no longer.
    pub(crate) fn cancel(&mut self) {
        self.0.cancel();
    }
}

/// What a connection sends.
pub(crate) struct Outgoing(Polled);

impl Outgoing {
    pub(crate) fn new(socket: &Socket) -> Result<Self> {
        of_stream(socket)?;
        Ok(Self(Polled::new(socket, POLLOUT)))
    }

    /// Sends some of the data, and tells how much.
    pub(crate) fn poll_send(&mut self, cx: &mut Context<'_>, data: &[u8]) -> Poll<Result<usize>> {
        self.0.poll(cx, |socket| now(socket.send(data, 0)))
    }

    /// Waits until something can be sent, or nothing ever will.
    pub(crate) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.0.poll_ready(cx).map_ok(|_| ())
    }

    /// Waits no longer.
    pub(crate) fn cancel(&mut self) {
        self.0.cancel();
    }
}

/// When a call on a socket is worth trying again that would have blocked.
pub(crate) struct Readiness(Polled);

impl Readiness {
    pub(crate) fn new(socket: &Socket, events: i16) -> Self {
        Self(Polled::new(socket, events))
    }

    /// Waits for one of the events, after a call that was tried. EBADF: the socket was closed.
    pub(crate) fn poll_events(&mut self, cx: &mut Context<'_>) -> Poll<Result<i16>> {
        let Self(polled) = self;
        let is_new = polled.wait.is_none();
        if is_new {
            polled.begin();
        }
        ready!(polled.poll_wait(cx));
        if is_new {
            // It was told at once, perhaps of what was there before the try: only looking tells.
            return polled.poll_ready(cx);
        }
        polled.futile = 0;
        let events = polled.events;
        Poll::Ready(polled.socket.with(|_| Ok(events)))
    }

    /// Waits no longer.
    pub(crate) fn cancel(&mut self) {
        self.0.cancel();
    }
}

/// EOPNOTSUPP: the socket has no stream of bytes.
fn of_stream(socket: &Socket) -> Result<()> {
    socket.descriptor()?;
    if socket.kind() == c::SOCK_STREAM { Ok(()) } else { Err(Errno::EOPNOTSUPP.into()) }
}
