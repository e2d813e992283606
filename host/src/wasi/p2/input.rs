//! What a TCP connection receives, as a stream.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use berkeley_constants as c;
use bytes::Bytes;
use c::POLLIN;
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::poll::Pollable;
use wasmtime_wasi_io::streams::{InputStream, StreamError, StreamResult};

use crate::socket::Socket;
use crate::wasi::wait::{now, ready};

/// One call gives no more.
const MOST: usize = 1 << 16;

/// What a connection receives. Its socket holds one such as well, to close it.
#[derive(Clone)]
pub(super) struct Input(Arc<Half>);

struct Half {
    socket: Arc<Socket>,
    /// It ended, or failed, or the guest shut it down.
    closed: AtomicBool,
}

impl Input {
    pub(super) fn new(socket: Arc<Socket>) -> Self {
        Self(Arc::new(Half { socket, closed: AtomicBool::new(false) }))
    }

    /// Ends it: what comes from now on, or was not read yet, nobody reads.
    pub(super) fn shut_down(&self) {
        if !self.0.close() {
            // The peer may have closed the connection already.
            let _ = self.0.socket.shutdown(c::SHUT_RD);
        }
    }
}

impl Half {
    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Whether it was closed before.
    fn close(&self) -> bool {
        self.closed.swap(true, Ordering::Relaxed)
    }
}

#[async_trait]
impl InputStream for Input {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        if self.0.is_closed() {
            return Err(StreamError::Closed);
        }
        if size == 0 {
            return Ok(Bytes::new());
        }
        match now(self.0.socket.recv(size.min(MOST) as u64, 0)) {
            Err(error) if error.would_block() => Ok(Bytes::new()),
            Ok(data) if !data.is_empty() => Ok(data.into()),
            Ok(_) => {
                self.0.close();
                Err(StreamError::Closed)
            }
            Err(error) => {
                self.0.close();
                Err(StreamError::LastOperationFailed(error.into()))
            }
        }
    }
}

#[async_trait]
impl Pollable for Input {
    async fn ready(&mut self) {
        if !self.0.is_closed() {
            ready(&self.0.socket, POLLIN).await;
        }
    }
}
