//! Readiness of many sockets: poll(2).

use std::pin::pin;
use std::sync::{Arc, Weak};
use std::time::Duration;

use berkeley_constants::{POLLERR, POLLNVAL};
use futures_util::future::select;
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::poll::Pollable;

use crate::error::{Errno, Error, Result};
use crate::governance::Governance;
use crate::observer::{Answer, Call, Interests, watched};
use crate::shared::Shared;
use crate::socket::Socket;
use crate::wait::{self, Descriptor, deadline_after};

/// Waits until one of the sockets is ready or the limit is over, and tells the events of each: poll(2).
///
/// A closed socket is answered with POLLNVAL, at once. EINVAL: too many sockets, or none and no limit.
pub(crate) async fn poll(shared: &Shared, interests: &[(&Socket, i16)], limit: Option<Duration>) -> Result<Vec<i16>> {
    let told = |at: usize| (interests[at].0.number(), interests[at].1);
    let mut seen = shared.seen(Call::Poll { interests: Interests::new(interests.len(), &told), limit });
    let result = watched!(seen, poll_unseen(shared, interests, limit));
    shared.tell(&mut seen, &result, |events| Answer::Events(events));
    result
}

async fn poll_unseen(shared: &Shared, interests: &[(&Socket, i16)], limit: Option<Duration>) -> Result<Vec<i16>> {
    if interests.len() > shared.limits.poll || interests.is_empty() && limit.is_none() {
        return Err(Errno::EINVAL.into());
    }
    let open = interests.iter().filter_map(|(socket, events)| Some((&**socket.descriptor().ok()?, *events)));
    let watched: Vec<_> = open.collect();
    let limit = if watched.len() < interests.len() { Some(Duration::ZERO) } else { limit };
    let deadline = limit.and_then(deadline_after);
    let ready = loop {
        let watch = shared.governance.watch();
        // What the policy allows no more is ready: the call on it tells why.
        if interests.iter().any(|(socket, _)| is_denied(socket)) {
            let open = interests.iter().filter(|(socket, _)| socket.descriptor().is_ok());
            break open.map(|(socket, events)| if is_denied(socket) { events | POLLERR } else { 0 }).collect();
        }
        if let Some(ready) = wait::poll(&watched, deadline, shared.waiting, watch).await? {
            break ready;
        }
    };
    let mut ready = ready.into_iter();
    let mut answer = |socket: &Socket| socket.descriptor().ok().and_then(|_| ready.next()).unwrap_or(POLLNVAL);
    Ok(interests.iter().map(|(socket, _)| answer(socket)).collect())
}

fn is_denied(socket: &Socket) -> bool {
    matches!(socket.obey(), Err(Error::Denied(_)))
}

/// A socket that a `wasi:io/poll` pollable waits for.
pub(crate) struct Subscription {
    descriptor: Weak<Descriptor>,
    events: i16,
    governance: Arc<Governance>,
}

impl Subscription {
    /// EBADF.
    pub(crate) fn new(socket: &Socket, events: i16) -> Result<Self> {
        let mut seen = socket.seen(Call::Subscribe { events });
        let result = seen.run(|| Self::to(socket, events));
        socket.tell(&mut seen, &result, |_| Answer::Done);
        result
    }

    fn to(socket: &Socket, events: i16) -> Result<Self> {
        Ok(Self { descriptor: Arc::downgrade(socket.descriptor()?), events, governance: socket.governance().clone() })
    }
}

#[async_trait]
impl Pollable for Subscription {
    /// A closed socket is ready, and so is one that cannot be waited for, and any when the policy is replaced: the call
    /// on it tells why.
    async fn ready(&mut self) {
        let Some(descriptor) = self.descriptor.upgrade() else { return };
        let watch = self.governance.watch();
        if descriptor.events(self.events).is_ok_and(|events| events == 0) {
            select(pin!(descriptor.woken(self.events)), pin!(watch.rung())).await;
        }
    }
}
