//! The traits of hyper.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::rt::{Executor, Read, ReadBufCursor, Timer, Write};

use crate::future::stream::Stream as _;
use crate::future::task::spawn;
use crate::future::time::{Sleep, sleep, sleep_until};

streams!(Read {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, mut buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        if buf.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        self.get_mut().poll_receive(cx, buf.remaining()).map_ok(|data| buf.put_slice(&data))
    }
});

streams!(Write {
    writing!(poll_shutdown);

    fn is_write_vectored(&self) -> bool {
        true
    }
});

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
