//! Readiness of many sockets that are watched for long: epoll(7).
//!
//! The kernel watches them, so that a wait costs by what is ready. What the kernel does not know is kept here: sockets that
//! a new policy does not allow any more, which are ready for good, and what the guest's limits hold back for a while.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use berkeley_constants as c;
use futures_util::future::{Either, select};
use slab::Slab;
use tokio::runtime::Handle;
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::poll::Pollable;

use crate::budget::Share;
use crate::clock;
use crate::endpoint::{AnySocket, Selector};
use crate::error::{Errno, Result};
use crate::limits::Limit;
use crate::observer::{Answer, Call, watched};
use crate::poll::is_denied;
use crate::shared::Shared;
use crate::socket::Socket;
use crate::stopwatch;
use crate::wait::{Deadline, Descriptor, PAUSE, Waiting, Watch, Watcher, deadline_after, until};

/// Tells an event when it comes about, and once: EPOLLET.
const EDGE: u32 = 1 << 31;
/// Tells one time, and then nothing until the socket is modified: EPOLLONESHOT.
const ONE_SHOT: u32 = 1 << 30;
/// The events; they are those of poll(2).
const EVENTS: u32 = 0x3fff;
/// What is told without being asked for.
const ENDS: u32 = (c::POLLERR | c::POLLHUP) as u32;

/// The operations of epoll_ctl(2), as observers are told of them.
const ADD: i32 = 1;
const DELETE: i32 = 2;
const MODIFY: i32 = 3;

/// How many sockets one wait tells of at most.
const MOST: u32 = 1024;
/// By what the kernel tells of the alarm. No socket is known by it.
const ALARM: u64 = u64::MAX;

/// What a watched socket is ready for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) events: u32,
    pub(crate) token: u64,
}

/// Sockets that are watched. It counts as an open socket; its clones are the same one.
#[derive(Clone)]
#[expect(unreachable_pub, reason = "a module that the macro declares public names it")]
pub struct Poller(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    selector: Selector,
    watched: Mutex<Watched>,
    _lease: Share,
}

/// The sockets, and what the kernel does not know of them.
struct Watched {
    sockets: Slab<Entry>,
    /// By which policy they were judged.
    generation: u64,
    /// Those that it does not allow, which are ready for good.
    denied: Vec<usize>,
    /// Those of which something is held back, and until when.
    withheld: Vec<(usize, Instant)>,
    /// Those that were closed, of which one more thing is to be told.
    closed: Vec<Found>,
    /// Whether the kernel watches the alarm of the policy.
    sees_alarm: bool,
}

/// A socket that is watched.
struct Entry {
    descriptor: Weak<Descriptor>,
    /// What its handle is in the guest's table.
    handle: u32,
    /// The number that observers know it by.
    number: u64,
    wanted: Event,
    /// Whether the kernel knows of it: not while all of it is held back.
    is_known: bool,
    /// Whether it was told of, and is to be so only once.
    is_spent: bool,
}

/// Finds a socket by its handle, if the guest still has it.
pub(crate) trait Handles: Send {
    fn socket(&mut self, handle: u32) -> Option<&Socket>;
}

impl Poller {
    /// epoll_create(2). EMFILE.
    pub(crate) fn create(shared: &Arc<Shared>) -> Result<Self> {
        let mut seen = shared.seen(Call::EpollCreate);
        let result = seen.run(|| Self::create_unseen(shared));
        shared.tell(&mut seen, &result, |_| Answer::Done);
        result
    }

    fn create_unseen(shared: &Arc<Shared>) -> Result<Self> {
        let lease = shared.lease()?;
        let selector = Selector::new(shared.network.is_some())?;
        if let Some(descriptor) = selector.kernel().and_then(|selector| selector.descriptor()) {
            shared.admit(descriptor)?;
        }
        let watched = Watched {
            sockets: Slab::new(),
            generation: shared.governance.generation(),
            denied: Vec::new(),
            withheld: Vec::new(),
            closed: Vec::new(),
            sees_alarm: false,
        };
        Ok(Self(Arc::new(Inner { shared: shared.clone(), selector, watched: Mutex::new(watched), _lease: lease })))
    }

    /// EPOLL_CTL_ADD. EEXIST, EBADF, ENOSPC.
    pub(crate) fn add(&self, socket: &Socket, handle: u32, events: u32, token: u64) -> Result<()> {
        self.control(ADD, socket, events, || self.0.add(socket, handle, Event { events: known(events), token }))
    }

    /// EPOLL_CTL_MOD. ENOENT, EBADF.
    pub(crate) fn modify(&self, socket: &Socket, events: u32, token: u64) -> Result<()> {
        self.control(MODIFY, socket, events, || self.0.modify(socket, Event { events: known(events), token }))
    }

    /// EPOLL_CTL_DEL. ENOENT, EBADF.
    pub(crate) fn remove(&self, socket: &Socket) -> Result<()> {
        self.control(DELETE, socket, 0, || {
            let descriptor = socket.descriptor()?;
            let key = self.0.key(descriptor)?;
            descriptor.unwatch(&self.0.watcher());
            self.0.forget(key, descriptor.socket(), false);
            Ok(())
        })
    }

    fn control(&self, operation: i32, socket: &Socket, events: u32, run: impl FnOnce() -> Result<()>) -> Result<()> {
        let mut seen = socket.seen(Call::EpollCtl { operation, events });
        let result = seen.run(run);
        socket.tell(&mut seen, &result, |()| Answer::Done);
        result
    }

    /// Waits until a socket is ready or the limit is over: epoll_wait(2). EINVAL.
    pub(crate) async fn wait(
        &self,
        handles: &mut impl Handles,
        most: u32,
        limit: Option<Duration>,
    ) -> Result<Vec<Event>> {
        let shared = &self.0.shared;
        let mut seen = shared.seen(Call::EpollWait { watched: self.0.lock().sockets.len(), most, limit });
        let found = watched!(seen, self.0.wait(handles, most, limit));
        let number = |(event, number): &Found| (*number, event.events);
        let numbers = |found: &Vec<Found>| if seen.is_told() { found.iter().map(number).collect() } else { Vec::new() };
        let result = found.map(|found| (numbers(&found), found));
        shared.tell(&mut seen, &result, |(numbers, _)| Answer::Ready(numbers));
        Ok(result?.1.into_iter().map(|(event, _)| event).collect())
    }

    /// A pollable that is ready when a wait would tell something.
    pub(crate) fn subscribe(&self) -> Subscription {
        Subscription(self.0.clone())
    }
}

/// Those bits that are known.
fn known(events: u32) -> u32 {
    events & (EVENTS | EDGE | ONE_SHOT)
}

/// What was found, and the number of its socket.
type Found = (Event, u64);

impl Inner {
    fn watcher(self: &Arc<Self>) -> Weak<dyn Watcher> {
        let watcher: Weak<Self> = Arc::downgrade(self);
        watcher
    }

    /// ENOENT.
    fn key(self: &Arc<Self>, descriptor: &Descriptor) -> Result<usize> {
        descriptor.key(&self.watcher()).ok_or_else(|| Errno::ENOENT.into())
    }

    fn add(self: &Arc<Self>, socket: &Socket, handle: u32, wanted: Event) -> Result<()> {
        let descriptor = socket.descriptor()?;
        if descriptor.key(&self.watcher()).is_some() {
            return Err(Errno::EEXIST.into());
        }
        let denied = is_denied(socket);
        let mut watched = self.lock();
        if watched.sockets.len() >= self.shared.limits.poll {
            return Err(self.shared.exceeded(Limit::Poll, Errno::ENOSPC));
        }
        let place = watched.sockets.vacant_entry();
        let key = place.key();
        self.selector.add(descriptor.socket(), wanted.events, key as u64)?;
        place.insert(Entry {
            descriptor: Arc::downgrade(descriptor),
            handle,
            number: socket.number(),
            wanted,
            is_known: true,
            is_spent: false,
        });
        if denied {
            watched.denied.push(key);
        }
        drop(watched);
        descriptor.watch(self.watcher(), key);
        Ok(())
    }

    fn modify(self: &Arc<Self>, socket: &Socket, wanted: Event) -> Result<()> {
        let descriptor = socket.descriptor()?;
        let key = self.key(descriptor)?;
        let mut watched = self.lock();
        watched.withheld.retain(|(other, _)| *other != key);
        let entry = watched.sockets.get_mut(key).ok_or(Errno::ENOENT)?;
        (entry.wanted, entry.is_spent) = (wanted, false);
        self.set(key, entry, descriptor, wanted.events)
    }

    /// Has the kernel watch a socket for these events.
    fn set(&self, key: usize, entry: &mut Entry, descriptor: &Descriptor, events: u32) -> Result<()> {
        let key = key as u64;
        if entry.is_known {
            self.selector.modify(descriptor.socket(), events, key)?;
        } else {
            self.selector.add(descriptor.socket(), events, key)?;
        }
        entry.is_known = true;
        Ok(())
    }

    async fn wait(&self, handles: &mut impl Handles, most: u32, limit: Option<Duration>) -> Result<Vec<Found>> {
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
    fn restore(&self) -> Deadline {
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

    fn lock(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watcher for Inner {
    fn postpone(&self, key: usize, wait: Duration) {
        let mut watched = self.lock();
        let Watched { sockets, withheld, .. } = &mut *watched;
        // Of what is told as long as it holds, the next wait finds that it is held back.
        let is_edge = sockets.get(key).is_some_and(|entry| entry.wanted.events & EDGE != 0 && !entry.is_spent);
        if is_edge && !withheld.iter().any(|(other, _)| *other == key) {
            withheld.push((key, clock::now() + wait.max(PAUSE)));
        }
    }

    fn forget(&self, key: usize, socket: &AnySocket, is_told: bool) {
        let mut watched = self.lock();
        let Some(entry) = watched.sockets.try_remove(key) else { return };
        watched.denied.retain(|other| *other != key);
        watched.withheld.retain(|(other, _)| *other != key);
        if is_told {
            let events = u32::from(c::POLLNVAL.cast_unsigned());
            watched.closed.push((Event { events, ..entry.wanted }, entry.number));
        }
        drop(watched);
        if entry.is_known {
            // What the kernel does not watch any more is as it should be.
            let _ = self.selector.remove(socket, key as u64);
        }
    }
}

/// A poller that a `wasi:io/poll` pollable waits for.
pub(crate) struct Subscription(Arc<Inner>);

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
