//! A pollable of a poller.

use std::pin::pin;
use std::sync::Arc;

use futures_util::future::select;
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::poll::Pollable;

use super::watched::Inner;
use crate::wait::until;

/// A poller that a `wasi:io/poll` pollable waits for.
pub(crate) struct Subscription(pub(super) Arc<Inner>);

#[async_trait]
impl Pollable for Subscription {
    /// When the policy is replaced it is ready: a wait tells what it does not allow.
    async fn ready(&mut self) {
        let inner = &*self.0;
        loop {
            let watch = inner.shared.governance.watch();
            let has_own = {
                let watched = inner.lock();
                let is_judged = watched.generation == inner.shared.governance.generation();
                !is_judged || !watched.denied.is_empty() || !watched.closed.is_empty()
            };
            let again = inner.restore();
            // One that cannot be asked tells so by a wait.
            if has_own || inner.selector.is_ready().unwrap_or(true) {
                return;
            }
            let mut ask = || Ok(inner.selector.is_ready()?.then_some(()));
            let woken = pin!(inner.selector.woken(&mut ask));
            if until(again, select(woken, pin!(watch.rung()))).await.is_some() {
                return;
            }
        }
    }
}
