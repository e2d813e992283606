//! Calls on a socket, its data and its readiness, polled: what the functions and streams of WASI 0.3 consist of, the
//! contract's as well as those of wasi:sockets.

mod polled;

use std::borrow::Borrow as _;
use std::task::{Context, Poll};

use berkeley_constants as c;
use c::{POLLIN, POLLOUT};
use wasmtime::component::StreamResult;

pub(crate) use self::polled::{Holder, Polled};
use crate::error::{Errno, Result};
use crate::socket::{Alias, Socket};

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

/// What a connection receives.
pub(crate) struct Incoming<H = Alias>(Polled<H>);

impl Incoming {
    pub(crate) fn new(socket: &Socket) -> Result<Self> {
        of_stream(socket)?;
        Ok(Self::of(socket.alias()))
    }
}

impl<H: Holder> Incoming<H> {
    /// Of a connection, which has a stream of bytes.
    pub(crate) fn of(socket: H) -> Self {
        Self(Polled::of(socket, POLLIN))
    }

    /// Receives into the buffer; nothing is the end. Without a buffer waits until something can be received, and tells none.
    /// The last time nothing is waited for any longer.
    pub(crate) fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        is_last: bool,
        buffer: &mut [u8],
    ) -> Poll<Result<Option<usize>>> {
        if buffer.is_empty() {
            return self.0.poll_ready(cx, is_last).map_ok(|_| None);
        }
        self.0.poll(cx, is_last, |socket| (*socket).borrow().recv_into_now(buffer)).map_ok(Some)
    }
}

/// What a connection sends.
pub(crate) struct Outgoing<H = Alias>(Polled<H>);

impl Outgoing {
    pub(crate) fn new(socket: &Socket) -> Result<Self> {
        of_stream(socket)?;
        Ok(Self::of(socket.alias()))
    }
}

impl<H: Holder> Outgoing<H> {
    /// Of a connection, which has a stream of bytes.
    pub(crate) fn of(socket: H) -> Self {
        Self(Polled::of(socket, POLLOUT))
    }

    /// Sends some of the data, and tells how much; without data, waits until there is room. The last time nothing is waited
    /// for any longer.
    pub(crate) fn poll_send(&mut self, cx: &mut Context<'_>, is_last: bool, data: &[u8]) -> Poll<Result<usize>> {
        if data.is_empty() {
            return self.0.poll_ready(cx, is_last).map_ok(|_| 0);
        }
        self.0.poll(cx, is_last, |socket| {
            let socket = (*socket).borrow();
            socket.send_now(data, 0, false).now(|begun| socket.send_on(begun, data, 0))
        })
    }
}

/// When a call on a socket is worth trying again that would have blocked.
pub(crate) struct Readiness(Polled);

impl Readiness {
    pub(crate) fn new(socket: &Socket, events: i16) -> Self {
        Self(Polled::new(socket, events))
    }

    /// Waits for one of the events, after a call that was tried. EBADF: the socket was closed.
    pub(crate) fn poll_events(&mut self, cx: &mut Context<'_>, is_last: bool) -> Poll<Result<i16>> {
        self.0.poll_told(cx, is_last)
    }
}

/// EOPNOTSUPP: the socket has no stream of bytes.
fn of_stream(socket: &Socket) -> Result<()> {
    socket.descriptor()?;
    if socket.kind() == c::SOCK_STREAM { Ok(()) } else { Err(Errno::EOPNOTSUPP.into()) }
}
