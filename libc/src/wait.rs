//! Waiting for many descriptors at once.

mod kept;

use core::ffi::c_short;
use core::mem::ManuallyDrop;
use core::ops::Range;
use std::rc::Rc;
use std::time::{Duration, Instant};

use berkeley_guest::bindings::poll::{Interest, poll, subscribe};
use berkeley_guest::error::Errno;
use wasip2::clocks::monotonic_clock::subscribe_duration;
use wasip2::io::poll::{Pollable, poll as poll_all};

use self::kept::Interest as Asked;
pub(crate) use self::kept::Waitable;
use crate::alarm;
use crate::failure::Result;
use crate::memory::In;
use crate::number::event;

/// A pollable that another keeps: a stream's of wasi-libc.
pub(crate) type Borrowed = ManuallyDrop<Pollable>;

/// What is waited for. Sockets alone are one call of the contract's; beside streams of WASI they are pollables as well.
#[derive(Default)]
pub(crate) struct Wait {
    sockets: Vec<Asked>,
    streams: Vec<(Borrowed, c_short)>,
    pollables: Vec<Pollable>,
    ready: bool,
    /// The earliest point in time at which something is ready by itself.
    alarm: Option<Instant>,
    /// Of each socket the events, in Linux's numbers, and of each stream and then each pollable whether it is ready; from the
    /// last `run`.
    told: Vec<c_short>,
    flowing: Vec<bool>,
}

/// How to find out, after the wait, what became of one descriptor.
pub(crate) enum Watched {
    /// These events, whatever comes.
    Now(c_short),
    /// A socket's.
    Socket(usize),
    /// Streams', one for each direction.
    Streams(Range<usize>),
    /// POLLIN, once the pollable is ready.
    Pollable(usize),
    /// POLLIN, from that point in time on.
    From(Instant),
    /// Of a set: it can be read once one of them has any event.
    Any(Vec<Self>),
}

impl Wait {
    /// One that has room for so many sockets.
    pub(crate) fn for_sockets(count: usize) -> Self {
        Self { sockets: Vec::with_capacity(count), ..Self::default() }
    }

    /// Watches a socket for events.
    pub(crate) fn socket(&mut self, socket: &Rc<Waitable>, events: c_short) -> Watched {
        self.sockets.push((socket.clone(), event::to_linux(events)));
        Watched::Socket(self.sockets.len() - 1)
    }

    /// Watches streams, each for one event.
    pub(crate) fn streams(&mut self, streams: impl IntoIterator<Item = (Borrowed, c_short)>) -> Watched {
        let first = self.streams.len();
        self.streams.extend(streams);
        Watched::Streams(first..self.streams.len())
    }

    /// Watches a pollable.
    pub(crate) fn pollable(&mut self, pollable: Pollable) -> Watched {
        self.pollables.push(pollable);
        Watched::Pollable(self.pollables.len() - 1)
    }

    /// How long to wait elsewhere, where nothing of this becomes ready but by the time; none where something may.
    pub(crate) fn until_alarm(&self, limit: Option<u64>) -> Option<Option<u64>> {
        let sleeps = self.sockets.is_empty() && self.streams.is_empty() && self.pollables.is_empty();
        sleeps.then(|| self.limit(limit))
    }

    /// The limit, which nothing lasts longer than to the alarm, or at all if something is ready.
    fn limit(&self, limit: Option<u64>) -> Option<u64> {
        let alarm = self.alarm.map(|alarm| nanoseconds(alarm.saturating_duration_since(Instant::now())));
        if self.ready { Some(0) } else { limit.into_iter().chain(alarm).min() }
    }

    /// Tells events that are there already; without any there is nothing to wait for.
    pub(crate) fn now(&mut self, events: c_short) -> Watched {
        self.ready |= events != 0;
        Watched::Now(events)
    }

    /// Watches for a point in time.
    pub(crate) fn until(&mut self, time: Instant) -> Watched {
        self.alarm = Some(self.alarm.map_or(time, |alarm| alarm.min(time)));
        Watched::From(time)
    }

    /// The events of what was watched.
    pub(crate) fn events(&self, watched: &Watched) -> c_short {
        match watched {
            Watched::Now(events) => *events,
            Watched::Socket(at) => event::from_linux(self.told[*at]),
            Watched::Streams(range) => {
                range.clone().filter(|&at| self.flowing[at]).fold(0, |events, at| events | self.streams[at].1)
            }
            Watched::Pollable(at) => readable(self.flowing[self.streams.len() + at]),
            Watched::From(time) => readable(*time <= Instant::now()),
            Watched::Any(all) => readable(all.iter().any(|watched| self.events(watched) != 0)),
        }
    }

    /// Waits until something is ready, at most so many nanoseconds; none is for ever. EINTR: the program's alarm rang.
    pub(crate) fn run(&mut self, limit: Option<u64>) -> Result<()> {
        self.run_under(limit, In::null())
    }

    /// The same, with those signals held back meanwhile, if the pointer is not null.
    pub(crate) fn run_under(&mut self, limit: Option<u64>, mask: In<u64>) -> Result<()> {
        if !alarm::is_set() {
            return self.run_quietly(limit);
        }
        let began = Instant::now();
        while let Some(rings) = alarm::left() {
            let left = limit.map(|limit| limit.saturating_sub(nanoseconds(began.elapsed())));
            self.run_quietly(left.into_iter().chain([nanoseconds(rings)]).min())?;
            let (is_ready, interrupts) = (self.is_ready(), alarm::ring(mask));
            if is_ready {
                return Ok(());
            }
            if interrupts {
                return Err(Errno::Eintr.into());
            }
            // Or else a signal that is ignored, or held back, ended it.
            if left.is_some_and(|left| left <= nanoseconds(rings)) {
                return Ok(());
            }
        }
        self.run_quietly(limit.map(|limit| limit.saturating_sub(nanoseconds(began.elapsed()))))
    }

    /// Whether the last wait found anything.
    pub(crate) fn is_ready(&self) -> bool {
        self.ready
            || self.told.iter().any(|&events| events != 0)
            || self.flowing.contains(&true)
            || self.alarm.is_some_and(|alarm| alarm <= Instant::now())
    }

    /// The same, whatever alarm there is.
    pub(crate) fn run_quietly(&mut self, limit: Option<u64>) -> Result<()> {
        let limit = self.limit(limit);
        self.flowing = vec![false; self.streams.len() + self.pollables.len()];
        if self.flowing.is_empty() {
            return self.poll_sockets(limit);
        }
        let began = Instant::now();
        loop {
            let left = limit.map(|limit| limit.saturating_sub(nanoseconds(began.elapsed())));
            self.poll_streams(left);
            self.poll_sockets(Some(0))?;
            // A pollable may be ready a little before its socket is.
            let ready = self.told.iter().any(|&events| events != 0) || self.flowing.contains(&true);
            if ready || left == Some(0) {
                return Ok(());
            }
        }
    }

    /// One call of the contract's for all sockets.
    fn poll_sockets(&mut self, limit: Option<u64>) -> Result<()> {
        if self.sockets.is_empty() {
            self.told.clear();
            return sleep(limit);
        }
        if let Some(told) = kept::poll(&self.sockets, limit) {
            self.told = told;
            return Ok(());
        }
        let sockets = self.sockets.iter();
        let interests: Vec<_> =
            sockets.map(|(socket, events)| Interest { socket: socket.handle(), events: *events }).collect();
        self.told = poll(&interests, limit)?;
        Ok(())
    }

    /// Waits for a stream, a pollable, that of a socket, or the limit's end; tells which streams and pollables are ready.
    fn poll_streams(&mut self, limit: Option<u64>) {
        let sockets: Option<Vec<_>> =
            self.sockets.iter().map(|(socket, events)| subscribe(socket.handle(), *events).ok()).collect();
        // A socket that cannot be subscribed to has something to tell.
        let limit = if sockets.is_some() { limit } else { Some(0) };
        let sockets = sockets.unwrap_or_default();
        let clock = limit.map(subscribe_duration);
        let streams = self.streams.iter().map(|(stream, _)| &**stream);
        let all: Vec<&Pollable> = streams.chain(&self.pollables).chain(&sockets).chain(&clock).collect();
        for at in poll_all(&all) {
            if let Some(flows) = self.flowing.get_mut(at as usize) {
                *flows = true;
            }
        }
    }
}

/// Waits for what is watched, where an alarm may ring meanwhile, before a call that would wait in the host, which no alarm
/// ends. EINTR, unless the program has such calls go on; EAGAIN: the limit has come, if there is one.
pub(crate) fn heed_alarm(limit: impl FnOnce() -> Option<Duration>, watch: impl Fn(&mut Wait)) -> Result<()> {
    if !alarm::is_set() {
        return Ok(());
    }
    let limit = limit();
    loop {
        let mut wait = Wait::default();
        watch(&mut wait);
        match wait.run(limit.map(nanoseconds)) {
            Err(_) if limit.is_none() && alarm::restarts() => {}
            Ok(()) if limit.is_some() && !wait.is_ready() => return Err(Errno::Eagain.into()),
            result => return result,
        }
    }
}

fn readable(is: bool) -> c_short {
    if is { event::POLLIN } else { 0 }
}

/// Sleeps.
pub(crate) fn sleep(limit: Option<u64>) -> Result<()> {
    match limit {
        Some(0) => {}
        Some(limit) => {
            poll(&[], Some(limit))?;
        }
        None => loop {
            poll(&[], Some(u64::MAX))?;
        },
    }
    Ok(())
}

/// What is longer than 584 years is that.
pub(crate) fn nanoseconds(time: Duration) -> u64 {
    time.as_nanos().try_into().unwrap_or(u64::MAX)
}
