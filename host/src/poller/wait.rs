//! Waiting for what is watched.

use std::pin::pin;
use std::time::Duration;

use berkeley_constants as c;
use futures_util::future::{Either, select};
use tokio::runtime::Handle;

use super::event::{ENDS, EVENTS, Event, ONE_SHOT};
use super::watched::{Entry, Found, Inner, Watched};
use crate::clock;
use crate::error::{Errno, Result};
use crate::poll::is_denied;
use crate::socket::Socket;
use crate::stopwatch;
use crate::wait::{Deadline, Descriptor, PAUSE, Waiting, Watch, deadline_after, until};

/// How many sockets one wait tells of at most.
const MOST: u32 = 1024;
/// By what the kernel tells of the alarm. No socket is known by it.
const ALARM: u64 = u64::MAX;

/// Finds a socket by its handle, if the guest still has it.
pub(crate) trait Handles: Send {
    fn socket(&mut self, handle: u32) -> Option<&Socket>;
}

impl Inner {
    pub(super) async fn wait(
        &self,
        handles: &mut impl Handles,
        most: u32,
        limit: Option<Duration>,
    ) -> Result<Vec<Found>> {
        if most == 0 {
            return Err(Errno::EINVAL.into());
        }
        let most = most.min(MOST) as usize;
        let deadline = limit.and_then(deadline_after);
        loop {
            let watch = self.shared.governance.watch();
            let mut found = self.closed(most);
            found.extend(self.denied(handles, most - found.len()));
            let again = self.restore();
            let is_over = !found.is_empty() || deadline.is_some_and(|deadline| deadline <= clock::now());
            if found.len() < most {
                let end = deadline.into_iter().chain(again).min();
                let kernels = if is_over {
                    self.selector.wait(most - found.len(), Some(Duration::ZERO))?
                } else {
                    self.select(most, end, watch).await?
                };
                found.extend(self.admit(kernels));
            }
            if !found.is_empty() || is_over {
                return Ok(found);
            }
        }
    }

    /// Those that were closed are told of once more.
    fn closed(&self, most: usize) -> Vec<Found> {
        let mut watched = self.lock();
        let told = watched.closed.len().min(most);
        watched.closed.drain(..told).collect()
    }

    /// Those that the policy allows no more are ready: the call on them tells why.
    fn denied(&self, handles: &mut impl Handles, most: usize) -> Vec<Found> {
        let mut watched = self.lock();
        let generation = self.shared.governance.generation();
        if watched.generation != generation {
            watched.generation = generation;
            let mut is_denied = |entry: &Entry| handles.socket(entry.handle).is_some_and(is_denied);
            watched.denied = watched.sockets.iter().filter(|(_, entry)| is_denied(entry)).map(|(key, _)| key).collect();
        }
        if watched.denied.is_empty() {
            return Vec::new();
        }
        let Watched { sockets, denied, .. } = &mut *watched;
        let found = denied.iter().filter_map(|&key| {
            let entry = sockets.get_mut(key).filter(|entry| !entry.is_spent)?;
            entry.is_spent = entry.wanted.events & ONE_SHOT != 0;
            let events = entry.wanted.events & EVENTS | u32::from(c::POLLERR.cast_unsigned());
            Some((Event { events, ..entry.wanted }, entry.number))
        });
        let found: Vec<_> = found.take(most).collect();
        // The others come first the next time.
        let told = found.len().min(denied.len());
        denied.rotate_left(told);
        found
    }

    /// Has the kernel watch again what was held back until now; and tells when the next comes.
    pub(super) fn restore(&self) -> Deadline {
        let mut watched = self.lock();
        if watched.withheld.is_empty() {
            return None;
        }
        let now = clock::now();
        let Watched { sockets, withheld, .. } = &mut *watched;
        withheld.retain(|&(key, until)| {
            let due = until <= now;
            if let Some(entry) = sockets.get_mut(key).filter(|_| due)
                && let Some(descriptor) = entry.descriptor.upgrade()
            {
                // One that cannot be watched any more is about to be closed.
                let _ = self.set(key, entry, &descriptor, entry.wanted.events);
            }
            !due
        });
        withheld.iter().map(|(_, until)| *until).min()
    }

    /// What the kernel tells, by the keys of sockets. It tells nothing when the deadline comes, or the alarm rings.
    async fn select(&self, most: usize, deadline: Deadline, watch: Watch<'_>) -> Result<Vec<(u32, u64)>> {
        let left = |deadline: Deadline| deadline.map(|deadline| deadline.saturating_duration_since(clock::now()));
        let is_inline = self.shared.waiting == Waiting::Inline || Handle::try_current().is_err();
        if is_inline && self.selector.kernel().is_some() {
            self.see(&watch)?;
            let found = stopwatch::waiting(|| self.selector.wait(most, left(deadline)))?;
            return Ok(self.heed(found, &watch));
        }
        let found = self.selector.wait(most, Some(Duration::ZERO))?;
        if !found.is_empty() {
            return Ok(found);
        }
        let mut ask = || {
            let found = self.selector.wait(most, Some(Duration::ZERO))?;
            Ok((!found.is_empty()).then_some(found))
        };
        let woken = pin!(self.selector.woken(&mut ask));
        match until(deadline, select(woken, pin!(watch.rung()))).await {
            Some(Either::Left((found, _))) => Ok(found?),
            Some(Either::Right(_)) | None => Ok(Vec::new()),
        }
    }

    /// Has the kernel watch the alarm too, if there is one.
    fn see(&self, watch: &Watch<'_>) -> Result<()> {
        let Some(wire) = watch.wire() else { return Ok(()) };
        let mut watched = self.lock();
        if !watched.sees_alarm {
            let Some(selector) = self.selector.kernel() else { return Ok(()) };
            selector.add(wire, u32::from(c::POLLIN.cast_unsigned()), ALARM)?;
            watched.sees_alarm = true;
        }
        Ok(())
    }

    /// Takes the alarm out of what the kernel tells.
    fn heed(&self, mut found: Vec<(u32, u64)>, watch: &Watch<'_>) -> Vec<(u32, u64)> {
        let all = found.len();
        found.retain(|(_, key)| *key != ALARM);
        if found.len() < all {
            watch.quieten();
        }
        found
    }

    /// What the guest is told of what the kernel tells. What its limits hold back, the kernel watches no more for a while.
    fn admit(&self, kernels: Vec<(u32, u64)>) -> Vec<Found> {
        let mut found = Vec::with_capacity(kernels.len());
        let mut watched = self.lock();
        let Watched { sockets, withheld, .. } = &mut *watched;
        for (events, key) in kernels {
            let key = key as usize;
            let Some(entry) = sockets.get_mut(key) else { continue };
            let Some(descriptor) = entry.descriptor.upgrade() else { continue };
            let mut events = events;
            if let Some((mask, wait)) = self.shared.withheld(&descriptor, entry.wanted.events as i16) {
                let left = entry.wanted.events & !u32::from(mask.cast_unsigned());
                // The kernel tells of an end or an error unasked, and of nothing more there may be told.
                events = if left & EVENTS == 0 { 0 } else { events & (left | ENDS) };
                if events == 0 || entry.wanted.events & ONE_SHOT == 0 {
                    withheld.retain(|(other, _)| *other != key);
                    withheld.push((key, clock::now() + wait.max(PAUSE)));
                    self.narrow(key, entry, &descriptor, left);
                }
            }
            if events != 0 {
                entry.is_spent = entry.wanted.events & ONE_SHOT != 0;
                found.push((Event { events, ..entry.wanted }, entry.number));
            }
        }
        found
    }

    /// Has the kernel watch a socket for less.
    fn narrow(&self, key: usize, entry: &mut Entry, descriptor: &Descriptor, left: u32) {
        if left & EVENTS != 0 {
            // It was watched for more, and so can be for less.
            let _ = self.set(key, entry, descriptor, left);
        } else if entry.is_known {
            let _ = self.selector.remove(descriptor.socket(), key as u64);
            entry.is_known = false;
        }
    }
}
