//! Bytes straight from and to the program's memory.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::endpoint::Socket;
use crate::error::{Errno, Error, Result};
use crate::stream::{Incoming, Outgoing};
use crate::task;

/// Fewer bytes are copied at less cost than a stream has.
const LEAST: usize = 1 << 12;

/// The streams of a socket, once there is much to move.
#[derive(Default)]
pub(in crate::future) struct Straight {
    incoming: Mutex<End<Incoming>>,
    outgoing: Mutex<End<Outgoing>>,
}

impl fmt::Debug for Straight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Straight").finish_non_exhaustive()
    }
}

/// One direction.
struct End<S> {
    stream: Option<S>,
    /// Whether the next call is likely to have something to do: the last one did all that it was asked for, or it had to
    /// wait and is made anew. Only then a stream is tried, for giving up what would wait costs more than it saves.
    is_likely: bool,
    /// Whether the last call has received all that there was, or filled all the room, as far as its length tells.
    is_exhausted: bool,
}

impl<S> Default for End<S> {
    fn default() -> Self {
        Self { stream: None, is_likely: false, is_exhausted: false }
    }
}

impl<S> End<S> {
    /// The stream, if so many bytes are to be moved by it.
    fn stream(&mut self, wanted: usize, is_over: fn(&S) -> bool, make: impl FnOnce() -> S) -> Option<&mut S> {
        if wanted < LEAST || !self.is_likely || !task::is_any() {
            return None;
        }
        let _over = self.stream.take_if(|stream| is_over(stream));
        Some(self.stream.get_or_insert_with(make))
    }

    /// Notes what a call has come to.
    fn note(&mut self, wanted: usize, result: &Result<usize>) {
        self.is_likely = match result {
            Ok(length) => *length == wanted,
            Err(error) => *error == Error::Os(Errno::Eagain),
        };
        self.is_exhausted = matches!(result, Ok(length) if (1..wanted).contains(length));
    }

    /// Whether the next call waits before it is tried. The one after it does not, unless this one leaves nothing as well.
    fn waits_first(&mut self) -> bool {
        let waits = std::mem::take(&mut self.is_exhausted) && task::is_any();
        self.is_likely |= waits;
        waits
    }
}

impl Straight {
    /// Whether the next call that receives waits before it is tried: what it waits for is told also of what is there already.
    pub(in crate::future) fn receives_late(&self) -> bool {
        lock(&self.incoming).waits_first()
    }

    /// Whether the next call that sends does.
    pub(in crate::future) fn sends_late(&self) -> bool {
        lock(&self.outgoing).waits_first()
    }

    pub(in crate::future) fn receive(&self, socket: &Socket, buffer: &mut [u8]) -> Result<usize> {
        let mut end = lock(&self.incoming);
        let result = match end.stream(buffer.len(), Incoming::is_over, || Incoming::new(socket)) {
            Some(stream) => stream.receive(buffer),
            None => socket.recv_into(buffer),
        };
        end.note(buffer.len(), &result);
        result
    }

    pub(in crate::future) fn send(&self, socket: &Socket, data: &[u8]) -> Result<usize> {
        let mut end = lock(&self.outgoing);
        let result = match end.stream(data.len(), Outgoing::is_over, || Outgoing::new(socket)) {
            Some(stream) => stream.send(data),
            None => socket.send(data),
        };
        end.note(data.len(), &result);
        result
    }
}

fn lock<T>(end: &Mutex<T>) -> MutexGuard<'_, T> {
    end.lock().unwrap_or_else(PoisonError::into_inner)
}
