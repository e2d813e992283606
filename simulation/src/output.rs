//! What a guest writes to stdout and stderr: lines in the trace.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi_io::poll::Pollable;
use wasmtime_wasi_io::streams::{OutputStream, StreamResult};

use crate::trace::{Happening, Stream, Tracer};

/// How much a guest writes at once.
const MOST: usize = 64 << 10;

/// How long a line can be; what is longer is told in parts.
const LONGEST: usize = 64 << 10;

/// One of the two streams of one guest.
#[derive(Clone)]
pub(crate) struct Output(Arc<Mutex<Lines>>);

struct Lines {
    tracer: Tracer,
    host: usize,
    stream: Stream,
    begun: Vec<u8>,
}

impl Output {
    pub(crate) fn new(tracer: Tracer, host: usize, stream: Stream) -> Self {
        Self(Arc::new(Mutex::new(Lines { tracer, host, stream, begun: Vec::new() })))
    }

    fn add(&self, bytes: &[u8]) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            match part.split_last() {
                Some((b'\n', line)) => {
                    lines.begun.extend(line);
                    lines.end();
                }
                _ => {
                    lines.begun.extend(part);
                    if lines.begun.len() > LONGEST {
                        lines.end();
                    }
                }
            }
        }
    }

    /// Tells what was written last, which is no whole line.
    pub(crate) fn finish(&self) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !lines.begun.is_empty() {
            lines.end();
        }
    }
}

impl Lines {
    fn end(&mut self) {
        let line = String::from_utf8_lossy(&std::mem::take(&mut self.begun)).into_owned();
        self.tracer.tell(Some(self.host), Happening::Line { stream: self.stream, line });
    }
}

impl IsTerminal for Output {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Output {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Output {
    async fn ready(&mut self) {}
}

impl OutputStream for Output {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.add(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(MOST)
    }
}

impl AsyncWrite for Output {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.add(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
