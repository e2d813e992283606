//! The wait for everything at once: one call of the host for all sockets, with the next timer as its limit.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasip2::clocks::monotonic_clock::subscribe_duration;
use wasip2::io::poll::{Pollable, poll as poll_pollables};

use super::reactor::{self, Awaited, Snapshot, fire, subscription, waiting};
use super::runtime;
use crate::bindings::poll as wit;
use crate::bindings::poll::Interest;
use crate::endpoint::nanoseconds;
use crate::poll::AsSocket;
use crate::poller::Poller;

/// Who is ready, by which events, and the events of what is waited for beside.
type Told = (Vec<(u64, i16)>, Vec<i16>);

/// The events of what is woken only to try: a pollable, of which nothing is told but that it is ready; a socket that cannot
/// be waited for, of which the call on it tells why; and what a poller tells once.
const UNTOLD: i16 = 0;

/// Of how many sockets one wait tells.
const MOST: usize = 256;

/// Waits by the poller alone, which watches all that is waited for, until something comes that somebody waits for.
fn by_poller(poller: &Poller, limit: Option<Duration>) -> Vec<(u64, i16)> {
    let until = limit.and_then(|limit| Instant::now().checked_add(limit));
    let mut left = limit;
    loop {
        // It fails in no other way than by having nothing to tell.
        let told = poller.wait(MOST, left).unwrap_or_default();
        let ready = waiting(&told);
        left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if !ready.is_empty() || told.is_empty() || left == Some(Duration::ZERO) {
            return ready.into_iter().map(|number| (number, UNTOLD)).collect();
        }
    }
}

/// Waits by the host's `poll`, for sockets that the poller does not watch, too. None: a pollable is waited for, or the host
/// does not watch so many sockets at once.
fn by_list(all: &[(u64, Awaited)], beside: &[Interest<'_>], limit: Option<Duration>) -> Option<Told> {
    let mut interests: Vec<_> = beside.iter().map(copy).collect();
    for (_, awaited) in all {
        let Awaited::Socket(socket, events) = awaited else { return None };
        interests.push(Interest { socket: socket.as_socket().handle(), events: *events });
    }
    let mut events = wit::poll(&interests, limit.map(nanoseconds)).ok()?;
    let numbers = all.iter().map(|(number, _)| *number);
    let ready = numbers.zip(events[beside.len()..].iter().copied()).filter(|(_, events)| *events != 0).collect();
    events.truncate(beside.len());
    Some((ready, events))
}

/// Waits by pollables, that of the poller among them, which costs more.
fn by_pollables(snapshot: &Snapshot, beside: &[Interest<'_>], limit: Option<Duration>) -> Told {
    let (mut ready, mut numbers, mut pollables) = (Vec::new(), Vec::new(), Vec::new());
    for (number, awaited) in &snapshot.others {
        let pollable = match awaited {
            Awaited::Socket(socket, events) => subscription(*number, socket.as_socket(), *events),
            Awaited::Pollable(pollable) => Some(pollable.clone()),
        };
        match pollable {
            Some(pollable) => {
                numbers.push(*number);
                pollables.push(pollable);
            }
            None => ready.push((*number, UNTOLD)),
        }
    }
    let others: Option<Vec<_>> = beside.iter().map(|one| wit::subscribe(one.socket, one.events).ok()).collect();
    let at_once = !ready.is_empty() || others.is_none();
    let limit = if at_once { Some(Duration::ZERO) } else { limit };
    let clock = limit.map(|limit| subscribe_duration(nanoseconds(limit)));
    let watched = snapshot.poller.as_ref().map(|poller| poller.subscribe());
    let list: Vec<&Pollable> =
        pollables.iter().map(Arc::as_ref).chain(others.iter().flatten()).chain(&watched).chain(&clock).collect();
    let woken = poll_pollables(&list).into_iter().filter_map(|at| numbers.get(at as usize));
    ready.extend(woken.map(|number| (*number, UNTOLD)));
    if let Some(poller) = &snapshot.poller {
        ready.extend(by_poller(poller, Some(Duration::ZERO)));
    }
    (ready, events_now(beside))
}

fn copy<'a>(interest: &Interest<'a>) -> Interest<'a> {
    Interest { socket: interest.socket, events: interest.events }
}

/// The events of sockets, without waiting.
fn events_now(beside: &[Interest<'_>]) -> Vec<i16> {
    if beside.is_empty() {
        return Vec::new();
    }
    // They are more than the host watches at once: each is tried, then.
    wit::poll(beside, Some(0)).unwrap_or_else(|_| beside.iter().map(|one| one.events).collect())
}

/// Waits until something is ready or the limit is over, wakes who waits for it, and tells the events of what is waited for
/// beside.
pub(super) fn turn(beside: &[Interest<'_>], limit: Option<Duration>) -> Vec<i16> {
    let snapshot = reactor::snapshot(false);
    let limit = limit.into_iter().chain(snapshot.next).min();
    let (ready, events) = match &snapshot.poller {
        Some(poller) if beside.is_empty() && snapshot.others.is_empty() => (by_poller(poller, limit), Vec::new()),
        Some(_) => {
            // The list has what the poller watches, so that one call is enough.
            let all = reactor::snapshot(true);
            by_list(&all.others, beside, limit).unwrap_or_else(|| by_pollables(&snapshot, beside, limit))
        }
        None if beside.is_empty() && snapshot.others.is_empty() && matches!(limit, None | Some(Duration::ZERO)) => {
            (Vec::new(), Vec::new())
        }
        None => by_list(&snapshot.others, beside, limit).unwrap_or_else(|| by_pollables(&snapshot, beside, limit)),
    };
    fire(&ready);
    events
}

/// Waits, if anything of this module waits for a socket or a timer, until one of these is ready, and wakes who waits for
/// it; in one call of the host.
///
/// It is for runtimes that call a function before their thread would sleep, such as tokio's current-thread runtime by
/// `on_thread_park`. It returns at once if nothing waits.
pub fn park() {
    if !runtime::is_entered() {
        turn(&[], None);
    }
}

/// As [`poll`](crate::poll::poll), and wakes who waits by this module, in the same call of the host.
///
/// It is for programs that have an event loop of their own, and tasks beside it. All events are 0 when the limit runs out,
/// and also when something of this module is ready, whose tasks are to go on.
///
/// ```no_run
/// use std::time::{Duration, Instant};
/// use berkeley_guest::future::poll;
/// use berkeley_guest::poll::POLLIN;
///
/// # fn turn(socket: &berkeley_guest::Socket) {
/// let ready = poll(&[(socket, POLLIN)], Some(Duration::from_secs(1)));
/// if ready[0] & POLLIN != 0 {
///     println!("the socket can be read");
/// }
/// # }
/// ```
pub fn poll<S: AsSocket>(interests: &[(S, i16)], limit: Option<Duration>) -> Vec<i16> {
    let mut beside = Vec::with_capacity(interests.len());
    for (socket, events) in interests {
        beside.push(Interest { socket: socket.as_socket().handle(), events: *events });
    }
    turn(&beside, limit)
}

/// As [`poll`], of the contract's own handles: for libraries below, which have an event loop of their own.
#[doc(hidden)]
pub fn poll_handles(interests: &[Interest<'_>], limit: Option<Duration>) -> Vec<i16> {
    turn(interests, limit)
}
