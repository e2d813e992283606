//! Waiting for a socket beside other things.
//!
//! WASI's functions do not wait; a guest waits for pollables, several at once. So waiting is always the reactor's,
//! also where the guest's own calls wait inline.

use std::future::poll_fn;

use wasmtime_wasi::runtime::with_ambient_tokio_runtime;
use wasmtime_wasi_io::poll::Pollable as _;

use crate::poll::Subscription;
use crate::socket::Socket;
pub(super) use crate::socket::now;

/// Waits until one of the events, or an error, holds. What went wrong is for the next call to tell.
pub(super) async fn ready(socket: &Socket, events: i16) {
    let Ok(mut subscription) = Subscription::new(socket, events) else { return };
    let mut ready = subscription.ready();
    // So it works without a tokio runtime of the embedder's, as all of wasmtime's WASI does.
    poll_fn(|cx| with_ambient_tokio_runtime(|| ready.as_mut().poll(cx))).await;
}
