//! What guests of WASI 0.3 have: a connection's data straight from and to the program's memory, and waits beside which other
//! tasks go on.
#![allow(unsafe_code, reason = "the host reads and writes the program's memory, by the intrinsics of streams")]

use core::pin::pin;
use core::task::{Context, Poll, Waker};

use wit_bindgen::rt::async_support::{FutureReader, StreamReader, StreamResult, StreamWriter};

use crate::bindings::p3::berkeley::sockets::stream as wit;
use crate::bindings::p3::wit_stream::{self, StreamPayload};
use crate::endpoint::Socket;
use crate::error::{Errno, Error, Result};

/// How a stream ended.
type End = FutureReader<core::result::Result<(), crate::bindings::error::Error>>;

/// What a connection receives.
pub(crate) struct Incoming {
    stream: StreamReader<u8>,
    /// None once the stream has ended.
    end: Option<End>,
}

impl Incoming {
    pub(crate) fn new(socket: &Socket) -> Self {
        let (stream, end) = wit::incoming(socket.handle());
        Self { stream, end: Some(end) }
    }

    /// Whether it has ended: then another may be made.
    pub(crate) fn is_over(&self) -> bool {
        self.end.is_none()
    }

    /// Receives straight into the buffer, which has room. EAGAIN: nothing is there.
    pub(crate) fn receive(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let (stream, host) = (self.stream.handle(), <u8 as StreamPayload>::VTABLE);
        // SAFETY: the stream is open, and no other read of it goes on. The buffer is the caller's while this function runs,
        // which does not return before the host has done with it: what would wait is cancelled.
        let code = unsafe {
            match (host.start_read)(stream, buffer.as_mut_ptr(), buffer.len().min(MOST)) {
                BLOCKED => (host.cancel_read)(stream),
                code => code,
            }
        };
        moved(code, &mut self.end)
    }
}

/// What a connection sends.
pub(crate) struct Outgoing {
    stream: StreamWriter<u8>,
    /// None once the stream has ended.
    end: Option<End>,
}

impl Outgoing {
    pub(crate) fn new(socket: &Socket) -> Self {
        let (stream, theirs) = wit_stream::new();
        Self { stream, end: Some(wit::outgoing(socket.handle(), theirs)) }
    }

    /// Whether it has ended: then another may be made.
    pub(crate) fn is_over(&self) -> bool {
        self.end.is_none()
    }

    /// Sends straight from the data, which is some. EAGAIN: there is no room.
    pub(crate) fn send(&mut self, data: &[u8]) -> Result<usize> {
        let (stream, host) = (self.stream.handle(), <u8 as StreamPayload>::VTABLE);
        // SAFETY: as above, of a write.
        let code = unsafe {
            match (host.start_write)(stream, data.as_ptr(), data.len().min(MOST)) {
                BLOCKED => (host.cancel_write)(stream),
                code => code,
            }
        };
        moved(code, &mut self.end)
    }
}

/// How many bytes are read or written at most, by the component model's canonical ABI.
const MOST: usize = (1 << 28) - 1;

/// What a read or a write answers that waits, and how others ended.
const BLOCKED: u32 = u32::MAX;
const DROPPED: u32 = 1;

/// How many bytes were moved by what has answered so. Of a stream that has ended, the future tells why.
fn moved(code: u32, end: &mut Option<End>) -> Result<usize> {
    let ended = if code & 0xf == DROPPED { end.take() } else { None };
    match ((code >> 4) as usize, ended) {
        (0, Some(end)) => match pin!(end.into_future()).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Err(error)) => Err(error.into()),
            // The host has resolved it before it ended the stream.
            _ => Ok(0),
        },
        (0, None) => Err(Error::Os(Errno::Eagain)),
        (length, _) => Ok(length),
    }
}

/// What tells when a call on a socket is worth trying again.
pub(crate) type Readiness = StreamReader<i16>;

pub(crate) fn readiness(socket: &Socket, events: i16) -> Readiness {
    wit::readiness(socket.handle(), events)
}

/// Waits until it tells so. False: the socket is closed.
pub(crate) async fn told(readiness: &mut Readiness) -> bool {
    matches!(readiness.read(Vec::with_capacity(1)).await.0, StreamResult::Complete(_))
}
