//! Who waits for what.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Waker;
use std::time::{Duration, Instant};

use wasip2::io::poll::Pollable;

use crate::bindings::poll as wit;
use crate::endpoint::Socket;
use crate::poll::{AsSocket, POLLERR};

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
    /// Until when the socket is not looked at.
    rest: Option<Instant>,
    waker: Waker,
}

/// Who waits for what, each by a number of its own.
struct Reactor {
    last: u64,
    waits: BTreeMap<u64, Wait>,
    /// Whose sockets had an error to tell, and nothing else, when they were woken.
    failed: BTreeSet<u64>,
    timers: BTreeMap<(Instant, u64), Waker>,
}

static REACTOR: Mutex<Reactor> =
    Mutex::new(Reactor { last: 0, waits: BTreeMap::new(), failed: BTreeSet::new(), timers: BTreeMap::new() });

/// How long a socket is not looked at that goes on telling of an error, though the call on it would block: what is in its
/// queue of errors, recvmsg(2) with MSG_ERRQUEUE takes, which nobody may do.
const REST: Duration = Duration::from_millis(10);

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
        let again = self.0.is_some_and(|number| reactor.failed.remove(&number));
        let rest = again.then(|| Instant::now() + REST);
        let number = reactor.next();
        reactor.waits.insert(number, Wait { event: event(), subscription: None, rest, waker: waker.clone() });
        self.0 = Some(number);
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let Some(number) = self.0 else { return };
        let mut reactor = lock();
        reactor.failed.remove(&number);
        let wait = reactor.waits.remove(&number);
        // What it holds is dropped without the lock.
        drop(reactor);
        drop(wait);
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

/// A socket or a pollable that is waited for, by the number of who waits.
pub(super) enum Awaited {
    Socket(Arc<dyn AsSocket + Send + Sync>, i16),
    Pollable(Arc<Pollable>),
}

/// All that is waited for now, as copies, so that nothing is locked meanwhile; and how long until something else comes
/// about: a timer, or the end of a rest.
pub(super) fn snapshot() -> (Vec<(u64, Awaited)>, Option<Duration>) {
    let reactor = lock();
    let rests = reactor.waits.values().any(|wait| wait.rest.is_some());
    let timer = reactor.timers.first_key_value().map(|((at, _), _)| *at);
    let now = (rests || timer.is_some()).then(Instant::now);
    let mut all = Vec::with_capacity(reactor.waits.len());
    let mut next = timer;
    for (&number, wait) in &reactor.waits {
        if let Some(until) = wait.rest.filter(|until| now.is_some_and(|now| now < *until)) {
            next = next.into_iter().chain([until]).min();
            continue;
        }
        let awaited = match &wait.event {
            Event::Socket(socket, events) => socket.upgrade().map(|socket| Awaited::Socket(socket, *events)),
            Event::Pollable(pollable) => pollable.upgrade().map(Awaited::Pollable),
        };
        all.extend(awaited.map(|awaited| (number, awaited)));
    }
    (all, next.zip(now).map(|(next, now)| next.saturating_duration_since(now)))
}

/// The socket's pollable, which is kept as long as somebody waits.
pub(super) fn subscription(number: u64, socket: &Socket, events: i16) -> Option<Arc<Pollable>> {
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

/// Wakes who waits for what is ready, by these events, and those whose moment has come.
pub(super) fn fire(ready: &[(u64, i16)]) {
    fire_at(ready, Instant::now);
}

/// [`fire`] by another clock, which is asked only if there are timers.
fn fire_at(ready: &[(u64, i16)], now: impl FnOnce() -> Instant) {
    let mut reactor = lock();
    let mut woken = Vec::with_capacity(ready.len());
    for (number, events) in ready {
        woken.extend(reactor.waits.remove(number));
        if *events == POLLERR {
            reactor.failed.insert(*number);
        }
    }
    let mut rung = Vec::new();
    if !reactor.timers.is_empty() {
        let now = now();
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
    fn who_is_woken_by_an_error_alone_and_waits_again_has_a_rest() {
        let waker = Waker::from(Arc::new(Count::default()));
        let pollable = || Event::Pollable(Weak::new());
        let rests = |registration: &Registration| {
            let number = registration.0.expect("it waits");
            lock().waits[&number].rest.is_some()
        };
        let mut registration = Registration::default();
        for (events, rest) in [(POLLERR | 1, false), (POLLERR, true), (1, false)] {
            registration.register(&waker, pollable);
            fire(&[(registration.0.expect("it waits"), events)]);
            registration.register(&waker, pollable);
            assert_eq!(rests(&registration), rest, "{events}");
        }
        fire(&[(registration.0.expect("it waits"), POLLERR)]);
        let number = registration.0.expect("it waits");
        assert!(lock().failed.contains(&number));
        drop(registration);
        assert!(!lock().failed.contains(&number));
    }

    #[test]
    fn a_timer_rings_for_the_last_waker_and_not_once_it_is_dropped() {
        let counts = [0; 3].map(|_| Arc::new(Count::default()));
        let [first, second, third] = counts.clone().map(Waker::from);
        // Beyond what other tests fire meanwhile.
        let past = Instant::now() + Duration::from_secs(1800);
        let (mut timer, mut dropped, mut late) = (Timer::default(), Timer::default(), Timer::default());
        timer.register(&first, past + Duration::from_secs(3600));
        timer.register(&first, past);
        timer.register(&second, past);
        dropped.register(&third, past);
        late.register(&third, past + Duration::from_secs(3600));
        drop(dropped);
        fire_at(&[], || past);
        fire_at(&[], || past);
        assert_eq!(counts.map(|count| count.get()), [0, 1, 0]);
    }
}
