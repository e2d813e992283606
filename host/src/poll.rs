//! Readiness of many sockets: poll(2).

use std::sync::{Arc, Weak};
use std::time::Duration;

use berkeley_constants::POLLNVAL;
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::poll::Pollable;

use crate::error::{Errno, Result};
use crate::shared::Shared;
use crate::socket::Socket;
use crate::wait::{self, Descriptor, deadline_after};

/// Waits until one of the sockets is ready or the limit is over, and tells the events of each: poll(2).
///
/// A closed socket is answered with POLLNVAL, at once. EINVAL: too many sockets, or none and no limit.
pub(crate) async fn poll(shared: &Shared, interests: &[(&Socket, i16)], limit: Option<Duration>) -> Result<Vec<i16>> {
    if interests.len() > shared.limits.poll || interests.is_empty() && limit.is_none() {
        return Err(Errno::EINVAL.into());
    }
    let open = interests.iter().filter_map(|(socket, events)| Some((&**socket.descriptor().ok()?, *events)));
    let watched: Vec<_> = open.collect();
    let limit = if watched.len() < interests.len() { Some(Duration::ZERO) } else { limit };
    let mut ready = wait::poll(&watched, limit.and_then(deadline_after), shared.waiting).await?.into_iter();
    let mut answer = |socket: &Socket| socket.descriptor().ok().and_then(|_| ready.next()).unwrap_or(POLLNVAL);
    Ok(interests.iter().map(|(socket, _)| answer(socket)).collect())
}

/// A socket that a `wasi:io/poll` pollable waits for.
#[derive(Debug)]
pub(crate) struct Subscription {
    descriptor: Weak<Descriptor>,
    events: i16,
}

impl Subscription {
    /// EBADF.
    pub(crate) fn new(socket: &Socket, events: i16) -> Result<Self> {
        Ok(Self { descriptor: Arc::downgrade(socket.descriptor()?), events })
    }
}

#[async_trait]
impl Pollable for Subscription {
    /// A closed socket is ready, and so is one that cannot be waited for: the call on it tells why.
    async fn ready(&mut self) {
        let Some(descriptor) = self.descriptor.upgrade() else { return };
        if descriptor.events(self.events).is_ok_and(|events| events == 0) {
            let _ = descriptor.woken(self.events).await;
        }
    }
}
