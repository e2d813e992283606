//! Readiness of many sockets: poll(2).

use std::pin::pin;
use std::sync::{Arc, Weak};
use std::time::Duration;

use berkeley_constants::{POLLERR, POLLNVAL};
use futures_util::future::select;
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::poll::Pollable;

use crate::clock;
use crate::error::{Errno, Error, Result};
use crate::limits::Limit;
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
    if interests.len() > shared.limits.poll {
        return Err(shared.exceeded(Limit::Poll, Errno::EINVAL));
    }
    if interests.is_empty() && limit.is_none() {
        return Err(Errno::EINVAL.into());
    }
    let open = interests.iter().filter_map(|(socket, events)| Some((&**socket.descriptor().ok()?, *events)));
    let watched: Vec<_> = open.collect();
    let limit = if watched.len() < interests.len() { Some(Duration::ZERO) } else { limit };
    let deadline = limit.and_then(deadline_after);
    let mut pause = Duration::ZERO;
    let ready = loop {
        let watch = shared.governance.watch();
        // What the policy allows no more is ready: the call on it tells why.
        if interests.iter().any(|(socket, _)| is_denied(socket)) {
            let open = interests.iter().filter(|(socket, _)| socket.descriptor().is_ok());
            break open.map(|(socket, events)| if is_denied(socket) { events | POLLERR } else { 0 }).collect();
        }
        let (held, until) = match withhold(shared, &watched) {
            None => (None, deadline),
            Some((asked, wait)) => {
                pause = wait.max(pause * 2).min(LONGEST_PAUSE);
                (Some(asked), deadline.into_iter().chain(deadline_after(pause)).min())
            }
        };
        let now: Option<Vec<_>> = held.as_ref().map(|asked| asked.iter().flatten().copied().collect());
        let polled = wait::poll(now.as_deref().unwrap_or(&watched), until, shared.waiting, watch).await?;
        let (Some(ready), Some(asked)) = (&polled, held) else {
            if let Some(ready) = polled {
                break ready;
            }
            continue;
        };
        if ready.iter().any(|events| *events != 0) || deadline.is_some_and(|deadline| deadline <= clock::now()) {
            let mut ready = ready.iter().copied();
            break asked.iter().map(|one| one.and_then(|_| ready.next()).unwrap_or(0)).collect();
        }
    };
    let mut ready = ready.into_iter();
    let mut answer = |socket: &Socket| socket.descriptor().ok().and_then(|_| ready.next()).unwrap_or(POLLNVAL);
    Ok(interests.iter().map(|(socket, _)| answer(socket)).collect())
}

/// How long it waits at most before it looks again at what a limit holds back.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// What to ask of each socket where the guest's limits hold something back, and for how long.
type Withheld<'a> = (Vec<Option<(&'a Descriptor, i16)>>, Duration);

/// Leaves out what must not be told now; none where nothing is held back.
fn withhold<'a>(shared: &Shared, watched: &[(&'a Descriptor, i16)]) -> Option<Withheld<'a>> {
    let mut again: Option<Duration> = None;
    let mut asked = Vec::new();
    for (at, &(socket, events)) in watched.iter().enumerate() {
        let Some((withheld, wait)) = shared.withheld(socket, events) else { continue };
        if asked.is_empty() {
            asked = watched.iter().copied().map(Some).collect();
        }
        // A socket of which nothing may be told is left out, for an error or an end would be told as well.
        asked[at] = Some((socket, events & !withheld)).filter(|(_, events)| *events != 0);
        again = again.into_iter().chain([wait]).min();
    }
    again.map(|wait| (asked, wait))
}

/// Whether the policy allows no more what the socket has done.
pub(crate) fn is_denied(socket: &Socket) -> bool {
    matches!(socket.obey(), Err(Error::Denied(_)))
}

/// A socket that a `wasi:io/poll` pollable waits for.
pub(crate) struct Subscription {
    shared: Arc<Shared>,
    descriptor: Weak<Descriptor>,
    events: i16,
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
        let descriptor = Arc::downgrade(socket.descriptor()?);
        Ok(Self { shared: socket.shared().clone(), descriptor, events })
    }
}

#[async_trait]
impl Pollable for Subscription {
    /// A closed socket is ready, and so is one that cannot be waited for, and any when the policy is replaced: the call
    /// on it tells why.
    async fn ready(&mut self) {
        let Some(descriptor) = self.descriptor.upgrade() else { return };
        loop {
            let watch = self.shared.governance.watch();
            if descriptor.events(self.events).is_ok_and(|events| events == 0) {
                select(pin!(descriptor.woken(self.events)), pin!(watch.rung())).await;
            }
            let Some((_, wait)) = self.shared.withheld(&descriptor, self.events) else { return };
            tokio::time::sleep(wait).await;
        }
    }
}
