//! What a TCP connection sends, as a stream.
//!
//! A guest may write as much as it was permitted to, and go on; what the kernel has no room for waits here, and is sent
//! in the background.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use berkeley_constants as c;
use bytes::{Buf as _, Bytes};
use c::POLLOUT;
use wasmtime_wasi::runtime::{AbortOnDropJoinHandle, spawn};
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::poll::Pollable;
use wasmtime_wasi_io::streams::{OutputStream, StreamError, StreamResult};

use crate::error::{Errno, Error};
use crate::socket::Socket;
use crate::wasi::wait::{now, ready};

/// What one call may write, and so what waits here at most.
const MOST: usize = 1 << 16;

/// What a connection sends. Its socket holds one such as well, to close it.
#[derive(Clone)]
pub(super) struct Output {
    socket: Arc<Socket>,
    half: Arc<Mutex<Half>>,
}

struct Half {
    socket: Arc<Socket>,
    state: State,
    /// What was written and is not sent yet.
    pending: Bytes,
    /// Whether the kernel had no room the last time.
    full: bool,
    /// What the last `check-write` permitted.
    permit: usize,
    /// Sends what is pending. It ends with the last of those that hold this half.
    task: Option<AbortOnDropJoinHandle<()>>,
}

enum State {
    Open,
    /// Shut down once all is sent.
    Closing,
    Closed,
    Failed(Error),
}

impl Output {
    pub(super) fn new(socket: Arc<Socket>) -> Self {
        let half = Half {
            socket: socket.clone(),
            state: State::Open,
            pending: Bytes::new(),
            full: false,
            permit: 0,
            task: None,
        };
        Self { socket, half: Arc::new(Mutex::new(half)) }
    }

    /// Ends it, once all that was written is sent.
    pub(super) fn shut_down(&self) {
        let mut half = self.lock();
        if let State::Open = half.state {
            half.state = State::Closing;
            half.advance();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Half> {
        lock(&self.half)
    }

    /// Waits until nothing is pending.
    async fn drained(&self) {
        loop {
            {
                let mut half = self.lock();
                half.advance();
                if half.pending.is_empty() {
                    return;
                }
            }
            ready(&self.socket, POLLOUT).await;
        }
    }
}

fn lock(half: &Mutex<Half>) -> MutexGuard<'_, Half> {
    half.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Half {
    /// Sends what it can.
    fn advance(&mut self) {
        while !self.pending.is_empty() {
            match now(self.socket.send(&self.pending, 0)) {
                Ok(sent) => self.pending.advance(sent),
                Err(error) if error.would_block() => {
                    self.full = true;
                    return;
                }
                Err(error) => {
                    self.pending.clear();
                    // Of one that can send no more, WASI says that it is closed.
                    let broken = error == Error::Os(Errno::EPIPE);
                    self.state = if broken { State::Closed } else { State::Failed(error) };
                }
            }
        }
        if let State::Closing = self.state {
            // The peer may have closed the connection already.
            let _ = self.socket.shutdown(c::SHUT_WR);
            self.state = State::Closed;
        }
    }

    fn check(&self) -> StreamResult<()> {
        match &self.state {
            State::Open | State::Closing => Ok(()),
            State::Closed => Err(StreamError::Closed),
            State::Failed(error) => Err(StreamError::LastOperationFailed(error.clone().into())),
        }
    }

    /// Whether a write would find room.
    fn has_room(&mut self) -> bool {
        if !self.pending.is_empty() {
            return false;
        }
        if self.full {
            self.full =
                self.socket.descriptor().is_ok_and(|socket| socket.events(POLLOUT).is_ok_and(|ready| ready == 0));
        }
        !self.full
    }
}

/// The peer is told that there is no more, before that nobody reads what it sends.
impl Drop for Half {
    fn drop(&mut self) {
        if !matches!(self.state, State::Closed) {
            // The peer may have closed the connection already.
            let _ = self.socket.shutdown(c::SHUT_WR);
        }
    }
}

/// Sends what is pending, for as long as somebody holds the half.
async fn send_pending(socket: Arc<Socket>, half: Weak<Mutex<Half>>) {
    loop {
        ready(&socket, POLLOUT).await;
        let Some(half) = half.upgrade() else { return };
        let mut half = lock(&half);
        half.advance();
        if half.pending.is_empty() {
            return;
        }
    }
}

#[async_trait]
impl OutputStream for Output {
    fn check_write(&mut self) -> StreamResult<usize> {
        let mut half = self.lock();
        half.advance();
        half.check()?;
        half.permit = if half.has_room() { MOST } else { 0 };
        Ok(half.permit)
    }

    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let mut half = self.lock();
        half.check()?;
        if bytes.len() > half.permit {
            return Err(StreamError::Trap(wasmtime::format_err!("not permitted to write {} bytes", bytes.len())));
        }
        if bytes.is_empty() {
            return Ok(());
        }
        half.permit = 0;
        half.pending = bytes;
        half.advance();
        if !half.pending.is_empty() {
            half.task = Some(spawn(send_pending(self.socket.clone(), Arc::downgrade(&self.half))));
        }
        half.check()
    }

    /// All that was written is on its way.
    fn flush(&mut self) -> StreamResult<()> {
        self.lock().check()
    }

    async fn cancel(&mut self) {
        self.drained().await;
    }
}

#[async_trait]
impl Pollable for Output {
    async fn ready(&mut self) {
        self.drained().await;
        let full = {
            let mut half = self.lock();
            half.check().is_ok() && !half.has_room()
        };
        if full {
            ready(&self.socket, POLLOUT).await;
        }
    }
}
