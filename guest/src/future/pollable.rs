//! Pollables of WASI beside sockets.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use wasip2::io::poll::Pollable;

use super::reactor::Event;
use super::runtime;
use super::wait::Wait;

/// A pollable of WASI, awaited beside sockets and timers: a file, a clock, an HTTP request.
///
/// While one is awaited, all that is waited for is waited for as pollables, by one call of `wasi:io/poll`.
///
/// ```no_run
/// use berkeley_guest::future::{AsyncPollable, block_on};
/// use wasip2::clocks::monotonic_clock::subscribe_duration;
///
/// block_on(AsyncPollable::new(subscribe_duration(1_000_000)).wait_for());
/// ```
#[derive(Clone)]
pub struct AsyncPollable(Arc<Pollable>);

impl AsyncPollable {
    /// Takes a pollable.
    pub fn new(pollable: Pollable) -> Self {
        Self(Arc::new(pollable))
    }

    /// Waits until it is ready.
    ///
    /// # Panics
    ///
    /// Under another runtime, which waits for pollables itself.
    pub async fn wait_for(&self) {
        assert!(runtime::other().is_none(), "another runtime runs, which waits for pollables itself");
        let mut wait = Wait::default();
        poll_fn(|cx| match self.0.ready() {
            true => Poll::Ready(()),
            false => wait.poll(cx, || Event::Pollable(Arc::downgrade(&self.0))),
        })
        .await;
    }
}

impl fmt::Debug for AsyncPollable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncPollable").finish_non_exhaustive()
    }
}
