//! The traits of hyper.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::rt::{Executor, Read, ReadBufCursor, Timer, Write};

use super::gather::gather;
use crate::future::source::Async;
use crate::future::stream::Stream;
use crate::future::task::spawn;
use crate::future::time::{Sleep, sleep, sleep_until};
use crate::future::tls::TlsStream;
use crate::poll::AsSocket;

macro_rules! streams {
    ($([$($generics:tt)*] $of:ty;)+) => {
        $(
            impl<$($generics)*> Read for $of
            where
                Self: Stream + Unpin,
            {
                fn poll_read(
                    self: Pin<&mut Self>,
                    cx: &mut Context<'_>,
                    mut buf: ReadBufCursor<'_>,
                ) -> Poll<io::Result<()>> {
                    if buf.remaining() == 0 {
                        return Poll::Ready(Ok(()));
                    }
                    self.get_mut().poll_receive(cx, buf.remaining()).map_ok(|data| buf.put_slice(&data))
                }
            }

            impl<$($generics)*> Write for $of
            where
                Self: Stream + Unpin,
            {
                fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
                    self.get_mut().poll_send(cx, buf)
                }

                fn poll_write_vectored(
                    self: Pin<&mut Self>,
                    cx: &mut Context<'_>,
                    bufs: &[IoSlice<'_>],
                ) -> Poll<io::Result<usize>> {
                    self.get_mut().poll_send(cx, &gather(bufs))
                }

                fn is_write_vectored(&self) -> bool {
                    true
                }

                fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                    Stream::poll_flush(self.get_mut(), cx)
                }

                fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                    Stream::poll_shutdown(self.get_mut(), cx)
                }
            }
        )+
    };
}

streams! {
    [T: AsSocket] Async<T>;
    ['a, T: AsSocket] &'a Async<T>;
    [S: Stream] TlsStream<S>;
}

/// Runs hyper's tasks, such as those of HTTP/2, by [`spawn`].
#[derive(Clone, Copy, Debug, Default)]
pub struct HyperExecutor;

impl<F: Future<Output: 'static> + 'static> Executor<F> for HyperExecutor {
    fn execute(&self, future: F) {
        spawn(future);
    }
}

/// Hyper's timers, such as that of `header_read_timeout`, by [`sleep`].
#[derive(Clone, Copy, Debug, Default)]
pub struct HyperTimer;

impl hyper::rt::Sleep for Sleep {}

impl Timer for HyperTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn hyper::rt::Sleep>> {
        Box::pin(sleep(duration))
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn hyper::rt::Sleep>> {
        Box::pin(sleep_until(deadline))
    }
}
