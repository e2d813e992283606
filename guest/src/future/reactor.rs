//! Waiting for everything at once: one call of the host's `poll` for all sockets, with the next timer as its limit.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Waker;
use std::time::{Duration, Instant};

use wasip2::clocks::monotonic_clock::subscribe_duration;
use wasip2::io::poll::{Pollable, poll as poll_pollables};

use crate::bindings::poll as wit;
use crate::endpoint::{Socket, nanoseconds};
use crate::poll::AsSocket;

/// What has a socket that somebody waits for. It may be dropped meanwhile, and then nobody waits.
pub(super) type Watched = Weak<dyn AsSocket + Send + Sync>;

/// What somebody waits for.
#[derive(Clone)]
pub(super) enum Event {
    /// The socket, for events of poll(2).
    Socket(Watched, i16),
    /// A pollable of WASI.
    Pollable(Weak<Pollable>),
}

struct Wait {
    event: Event,
    /// The socket's pollable, once one was needed.
    subscription: Option<Arc<Pollable>>,
    waker: Waker,
}

/// Who waits for what, each by a number of its own.
struct Reactor {
    last: u64,
    waits: BTreeMap<u64, Wait>,
    timers: BTreeMap<(Instant, u64), Waker>,
}

static REACTOR: Mutex<Reactor> = Mutex::new(Reactor { last: 0, waits: BTreeMap::new(), timers: BTreeMap::new() });

fn lock() -> MutexGuard<'static, Reactor> {
    REACTOR.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Reactor {
    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }
}

/// Somebody who waits for an event. Dropping it ends that.
#[derive(Debug, Default)]
pub(super) struct Registration(Option<u64>);

impl Registration {
    /// Has the waker woken once the event has come about; that of an earlier call is forgotten.
    pub(super) fn register(&mut self, waker: &Waker, event: impl FnOnce() -> Event) {
        let mut reactor = lock();
        if let Some(wait) = self.0.and_then(|number| reactor.waits.get_mut(&number)) {
            wait.waker.clone_from(waker);
            return;
        }
        let number = reactor.next();
        reactor.waits.insert(number, Wait { event: event(), subscription: None, waker: waker.clone() });
        self.0 = Some(number);
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // What it holds is dropped without the lock.
        let _wait = self.0.and_then(|number| lock().waits.remove(&number));
    }
}

/// Somebody who waits for a moment. Dropping it ends that.
#[derive(Debug, Default)]
pub(super) struct Timer(Option<(Instant, u64)>);

impl Timer {
    /// Has the waker woken at that moment; that of an earlier call is forgotten.
    pub(super) fn register(&mut self, waker: &Waker, at: Instant) {
        let mut reactor = lock();
        let known = self.0.filter(|key| key.0 == at && reactor.timers.contains_key(key));
        let old = if known.is_none() { self.0.take().and_then(|key| reactor.timers.remove(&key)) } else { None };
        let key = known.unwrap_or_else(|| (at, reactor.next()));
        let replaced = reactor.timers.insert(key, waker.clone());
        self.0 = Some(key);
        drop(reactor);
        drop((old, replaced));
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let _waker = self.0.and_then(|key| lock().timers.remove(&key));
    }
}

/// Whether anybody waits for anything.
pub(super) fn is_idle() -> bool {
    let reactor = lock();
    reactor.waits.is_empty() && reactor.timers.is_empty()
}

/// What is waited for now: copies, so that nothing is locked meanwhile.
struct Waits {
    /// By number.
    sockets: Vec<(u64, Arc<dyn AsSocket + Send + Sync>, i16)>,
    pollables: Vec<(u64, Arc<Pollable>)>,
    limit: Option<Duration>,
}

impl Waits {
    fn now(limit: Option<Duration>) -> Self {
        let reactor = lock();
        let mut all = Self { sockets: Vec::with_capacity(reactor.waits.len()), pollables: Vec::new(), limit };
        for (&number, wait) in &reactor.waits {
            match &wait.event {
                Event::Socket(socket, events) => {
                    all.sockets.extend(socket.upgrade().map(|socket| (number, socket, *events)));
                }
                Event::Pollable(pollable) => {
                    all.pollables.extend(pollable.upgrade().map(|pollable| (number, pollable)));
                }
            }
        }
        if limit != Some(Duration::ZERO)
            && let Some(((at, _), _)) = reactor.timers.first_key_value()
        {
            let left = at.saturating_duration_since(Instant::now());
            all.limit = Some(limit.map_or(left, |limit| limit.min(left)));
        }
        all
    }

    fn is_empty(&self) -> bool {
        self.sockets.is_empty() && self.pollables.is_empty()
    }

    /// Waits by the host's `poll`, and gives the numbers of what is ready, and the events of the others.
    fn poll(&self, beside: &[(&Socket, i16)]) -> crate::Result<(Vec<u64>, Vec<i16>)> {
        let ours = self.sockets.iter().map(|(_, socket, events)| (socket.as_socket(), *events));
        let interests: Vec<_> = (beside.iter().copied().chain(ours))
            .map(|(socket, events)| wit::Interest { socket: socket.handle(), events })
            .collect();
        let mut events = wit::poll(&interests, self.limit.map(nanoseconds))?;
        let ready = events[beside.len()..].iter().zip(&self.sockets).filter(|(events, _)| **events != 0);
        let ready = ready.map(|(_, (number, ..))| *number).collect();
        events.truncate(beside.len());
        Ok((ready, events))
    }

    /// The same by pollables, where some are waited for.
    fn poll_all(&self, beside: &[(&Socket, i16)]) -> (Vec<u64>, Vec<i16>) {
        let mut ready = Vec::new();
        let mut numbers = Vec::new();
        let mut all = Vec::new();
        for (number, socket, events) in &self.sockets {
            match subscription(*number, socket.as_socket(), *events) {
                Some(pollable) => {
                    numbers.push(*number);
                    all.push(pollable);
                }
                // It cannot be waited for: the call on it tells why.
                None => ready.push(*number),
            }
        }
        for (number, pollable) in &self.pollables {
            numbers.push(*number);
            all.push(pollable.clone());
        }
        let others: Option<Vec<_>> =
            beside.iter().map(|(socket, events)| wit::subscribe(socket.handle(), *events).ok()).collect();
        let at_once = !ready.is_empty() || others.is_none();
        let limit = if at_once { Some(Duration::ZERO) } else { self.limit };
        let clock = limit.map(|limit| subscribe_duration(nanoseconds(limit)));
        let list: Vec<&Pollable> =
            all.iter().map(|pollable| &**pollable).chain(others.iter().flatten()).chain(&clock).collect();
        if !list.is_empty() {
            ready.extend(poll_pollables(&list).iter().filter_map(|at| numbers.get(*at as usize)));
        }
        (ready, events_now(beside))
    }
}

/// The socket's pollable, which is kept as long as somebody waits.
fn subscription(number: u64, socket: &Socket, events: i16) -> Option<Arc<Pollable>> {
    let known = lock().waits.get(&number).and_then(|wait| wait.subscription.clone());
    if known.is_some() {
        return known;
    }
    let made = Arc::new(wit::subscribe(socket.handle(), events).ok()?);
    if let Some(wait) = lock().waits.get_mut(&number) {
        wait.subscription = Some(made.clone());
    }
    Some(made)
}

/// The events of sockets, without waiting.
fn events_now(sockets: &[(&Socket, i16)]) -> Vec<i16> {
    if sockets.is_empty() {
        return Vec::new();
    }
    let interests: Vec<_> =
        sockets.iter().map(|(socket, events)| wit::Interest { socket: socket.handle(), events: *events }).collect();
    // An error is a limit of the host's; each of them is tried then.
    wit::poll(&interests, Some(0)).unwrap_or_else(|_| sockets.iter().map(|(_, events)| *events).collect())
}

/// Waits until something is ready or the limit is over, wakes who waits for it, and tells the events of the others.
pub(super) fn turn(beside: &[(&Socket, i16)], limit: Option<Duration>) -> Vec<i16> {
    let waits = Waits::now(limit);
    if beside.is_empty() && waits.is_empty() && matches!(waits.limit, None | Some(Duration::ZERO)) {
        fire(&[]);
        return Vec::new();
    }
    // The host bounds how many sockets one call watches. Pollables, which cost more, have no such bound.
    let by_sockets = waits.pollables.is_empty().then(|| waits.poll(beside)).and_then(Result::ok);
    let (ready, events) = by_sockets.unwrap_or_else(|| waits.poll_all(beside));
    // Not before: the last one to hold a socket may be this.
    drop(waits);
    fire(&ready);
    events
}

/// Wakes who waits for what is ready, and those whose moment has come.
fn fire(ready: &[u64]) {
    let mut reactor = lock();
    let woken: Vec<_> = ready.iter().filter_map(|number| reactor.waits.remove(number)).collect();
    let mut rung = Vec::new();
    if !reactor.timers.is_empty() {
        let now = Instant::now();
        while let Some(first) = reactor.timers.first_entry().filter(|first| first.key().0 <= now) {
            rung.push(first.remove());
        }
    }
    drop(reactor);
    woken.into_iter().map(|wait| wait.waker).chain(rung).for_each(Waker::wake);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::future::wakers::tests::Count;

    #[test]
    fn a_timer_rings_for_the_last_waker_and_not_once_it_is_dropped() {
        let counts = [0; 3].map(|_| Arc::new(Count::default()));
        let [first, second, third] = counts.clone().map(Waker::from);
        let past = Instant::now();
        let (mut timer, mut dropped, mut late) = (Timer::default(), Timer::default(), Timer::default());
        timer.register(&first, past + Duration::from_secs(3600));
        timer.register(&first, past);
        timer.register(&second, past);
        dropped.register(&third, past);
        late.register(&third, past + Duration::from_secs(3600));
        drop(dropped);
        fire(&[]);
        fire(&[]);
        assert_eq!(counts.map(|count| count.get()), [0, 1, 0]);
    }
}
