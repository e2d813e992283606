//! Who waits for what.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Waker;
use std::time::{Duration, Instant};

use wasip2::io::poll::Pollable;

use crate::bindings::poll as wit;
use crate::endpoint::Socket;
use crate::error::{Errno, Error};
use crate::poll::{AsSocket, POLLERR, POLLIN};
use crate::poller::{EPOLLERR, EPOLLET, EPOLLHUP, EPOLLNVAL, EPOLLRDHUP, Event as Told, Poller};

/// What has a socket that somebody waits for.
pub(super) trait Source: AsSocket {
    /// What tells of its readiness.
    #[cfg(feature = "p3-library")]
    fn readiness(&self) -> &super::readinesses::Readinesses;
}

/// What has a socket that somebody waits for. It may be dropped meanwhile, and then nobody waits.
pub(super) type Watched = Weak<dyn Source + Send + Sync>;

/// What somebody waits for.
#[derive(Clone)]
pub(super) enum Event {
    /// The socket of that place, for events of poll(2).
    Socket(Watched, u64, i16),
    /// A pollable of WASI.
    Pollable(Weak<Pollable>),
}

struct Wait {
    event: Event,
    /// Whether the poller tells of it.
    is_watched: bool,
    /// The socket's pollable, once one was needed.
    subscription: Option<Arc<Pollable>>,
    /// Until when the socket is not looked at.
    rest: Option<Instant>,
    waker: Waker,
}

/// A socket that the poller watches.
struct Known {
    /// What for.
    interest: u32,
    /// Who waits for it.
    waiting: Vec<u64>,
}

/// Who waits for what, each by a number of its own.
#[derive(Default)]
struct Reactor {
    last: u64,
    waits: BTreeMap<u64, Wait>,
    /// What watches the sockets, once one was waited for.
    poller: Option<Arc<Poller>>,
    /// The sockets that the poller watches, by their places.
    places: HashMap<u64, Known>,
    /// How many wait for what the poller does not watch.
    unwatched: usize,
    /// Whose sockets had an error to tell, and nothing else, when they were woken.
    failed: BTreeSet<u64>,
    timers: BTreeMap<(Instant, u64), Waker>,
}

static REACTOR: LazyLock<Mutex<Reactor>> = LazyLock::new(Mutex::default);

/// What a socket is watched for by the poller. Who waits has tried before, so that only what comes about since is of use.
fn interest(events: i16) -> u32 {
    let closing = if events & POLLIN != 0 { EPOLLRDHUP } else { 0 };
    u32::from(events.cast_unsigned()) | closing | EPOLLET
}

/// How long a socket is not looked at that goes on telling of an error, though the call on it would block: what is in its
/// queue of errors, recvmsg(2) with MSG_ERRQUEUE takes, which nobody may do.
const REST: Duration = Duration::from_millis(10);

fn lock() -> MutexGuard<'static, Reactor> {
    REACTOR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The place of one socket among those that are waited for.
#[derive(Debug)]
pub(super) struct Place(u64);

impl Default for Place {
    fn default() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed))
    }
}

impl Place {
    pub(super) fn number(&self) -> u64 {
        self.0
    }

    /// Has the socket, which lives on, watched no longer.
    pub(super) fn leave(&self, socket: &Socket) {
        let mut reactor = lock();
        if reactor.places.remove(&self.0).is_some()
            && let Some(poller) = &reactor.poller
        {
            // One that was closed is not watched any more.
            let _ = poller.remove(socket);
        }
    }
}

impl Drop for Place {
    /// The host watches the socket as long as it is there.
    fn drop(&mut self) {
        lock().places.remove(&self.0);
    }
}

impl Reactor {
    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Has the poller watch what is waited for. None: it cannot be waited for, and the call on it tells why.
    fn watch(&mut self, event: &Event, number: u64) -> Option<bool> {
        let Event::Socket(socket, place, events) = event else { return Some(false) };
        let wanted = interest(*events);
        let socket = socket.upgrade()?;
        if let (Some(known), Some(poller)) = (self.places.get_mut(place), &self.poller) {
            if wanted & !known.interest != 0 {
                known.interest |= wanted;
                // One that was closed is told of by the next wait.
                let _ = poller.modify(&socket.as_socket(), known.interest, *place);
            }
            known.waiting.push(number);
            return Some(true);
        }
        if self.poller.is_none() {
            self.poller = Poller::new().ok().map(Arc::new);
        }
        // Where there are too many sockets for a poller, or for this one, each is waited for by a pollable.
        let Some(poller) = &self.poller else { return Some(false) };
        match poller.add(&socket.as_socket(), wanted, *place) {
            Ok(()) => {
                self.places.insert(*place, Known { interest: wanted, waiting: vec![number] });
                Some(true)
            }
            Err(Error::Os(Errno::Ebadf)) => None,
            Err(_) => Some(false),
        }
    }

    /// Takes out a wait.
    fn take(&mut self, number: u64) -> Option<Wait> {
        let wait = self.waits.remove(&number)?;
        match &wait.event {
            Event::Socket(_, place, _) if wait.is_watched => {
                if let Some(known) = self.places.get_mut(place) {
                    known.waiting.retain(|other| *other != number);
                }
            }
            _ => self.unwatched -= 1,
        }
        Some(wait)
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
        let (number, event) = (reactor.next(), event());
        let Some(is_watched) = reactor.watch(&event, number) else {
            drop(reactor);
            return waker.wake_by_ref();
        };
        reactor.unwatched += usize::from(!is_watched);
        reactor.waits.insert(number, Wait { event, is_watched, subscription: None, rest, waker: waker.clone() });
        self.0 = Some(number);
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let Some(number) = self.0 else { return };
        let mut reactor = lock();
        reactor.failed.remove(&number);
        let wait = reactor.take(number);
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

/// When the next timer rings.
#[cfg(feature = "p3-library")]
pub(super) fn next_timer() -> Option<Instant> {
    lock().timers.first_key_value().map(|((at, _), _)| *at)
}

/// Whether anybody waits for anything.
#[cfg(not(feature = "p3-library"))]
pub(super) fn is_idle() -> bool {
    let reactor = lock();
    reactor.waits.is_empty() && reactor.timers.is_empty()
}

/// A socket or a pollable that is waited for, by the number of who waits.
pub(super) enum Awaited {
    Socket(Arc<dyn Source + Send + Sync>, i16),
    Pollable(Arc<Pollable>),
}

/// What is to be waited for now: what the poller does not watch, and with `all` what it does, as copies, so that nothing is
/// locked meanwhile.
pub(super) struct Snapshot {
    pub(super) poller: Option<Arc<Poller>>,
    pub(super) others: Vec<(u64, Awaited)>,
    /// How long until something else comes about: a timer, or the end of a rest.
    pub(super) next: Option<Duration>,
}

/// A snapshot of what is waited for.
pub(super) fn snapshot(all: bool) -> Snapshot {
    let reactor = lock();
    let timer = reactor.timers.first_key_value().map(|((at, _), _)| *at);
    let mut next = timer;
    let mut others = Vec::new();
    let mut now = None;
    if all || reactor.unwatched > 0 {
        for (&number, wait) in reactor.waits.iter().filter(|(_, wait)| all || !wait.is_watched) {
            if let Some(until) = wait.rest.filter(|until| *now.get_or_insert_with(Instant::now) < *until) {
                next = next.into_iter().chain([until]).min();
                continue;
            }
            let awaited = match &wait.event {
                Event::Socket(socket, _, events) => socket.upgrade().map(|socket| Awaited::Socket(socket, *events)),
                Event::Pollable(pollable) => pollable.upgrade().map(Awaited::Pollable),
            };
            others.extend(awaited.map(|awaited| (number, awaited)));
        }
    }
    let next = next.map(|next| next.saturating_duration_since(now.unwrap_or_else(Instant::now)));
    // Nobody waits for what a poller watches, while all that was waited for is ready or gone.
    let poller = reactor.poller.clone().filter(|_| reactor.waits.len() > reactor.unwatched);
    Snapshot { poller, others, next }
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

/// Whom the poller's events wake: the numbers of the waits.
pub(super) fn waiting(told: &[Told]) -> Vec<u64> {
    let mut reactor = lock();
    let mut ready = Vec::with_capacity(told.len());
    for event in told {
        if let Some(known) = reactor.places.get(&event.token) {
            let wanted = |number: &u64| match reactor.waits.get(number).map(|wait| &wait.event) {
                Some(Event::Socket(_, _, events)) => concerns(event.events, *events),
                _ => false,
            };
            ready.extend(known.waiting.iter().copied().filter(wanted));
        }
        if event.events & EPOLLNVAL != 0 {
            // It was closed: who waits for it once more is told so.
            reactor.places.remove(&event.token);
        }
    }
    ready
}

/// Whether events of the poller concern who waits for those of poll(2).
fn concerns(told: u32, wanted: i16) -> bool {
    told & (interest(wanted) | EPOLLERR | EPOLLHUP | EPOLLNVAL) != 0
}

/// [`fire`] by another clock, which is asked only if there are timers.
fn fire_at(ready: &[(u64, i16)], now: impl FnOnce() -> Instant) {
    let mut reactor = lock();
    let mut woken = Vec::with_capacity(ready.len());
    for (number, events) in ready {
        woken.extend(reactor.take(*number));
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
