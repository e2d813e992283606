//! The sockets of a poller, and what is kept of each.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use berkeley_constants as c;
use slab::Slab;

use super::event::{EDGE, Event};
use crate::budget::One;
use crate::clock;
use crate::endpoint::{AnySocket, Selector};
use crate::error::{Errno, Result};
use crate::limits::Limit;
use crate::poll::is_denied;
use crate::shared::Shared;
use crate::socket::Socket;
use crate::wait::{Descriptor, PAUSE, Watcher};

/// What all clones of a poller are.
pub(super) struct Inner {
    pub(super) shared: Arc<Shared>,
    pub(super) selector: Selector,
    pub(super) watched: Mutex<Watched>,
    pub(super) _lease: One,
}

/// The sockets, and what the kernel does not know of them.
pub(super) struct Watched {
    pub(super) sockets: Slab<Entry>,
    /// By which policy they were judged.
    pub(super) generation: u64,
    /// Those that it does not allow, which are ready for good.
    pub(super) denied: Vec<usize>,
    /// Those of which something is held back, and until when.
    pub(super) withheld: Vec<(usize, Instant)>,
    /// Those that were closed, of which one more thing is to be told.
    pub(super) closed: Vec<Found>,
    /// Whether the kernel watches the alarm of the policy.
    pub(super) sees_alarm: bool,
}

/// A socket that is watched.
pub(super) struct Entry {
    pub(super) descriptor: Weak<Descriptor>,
    /// What its handle is in the guest's table.
    pub(super) handle: u32,
    /// The number that observers know it by.
    pub(super) number: u64,
    pub(super) wanted: Event,
    /// Whether the kernel knows of it: not while all of it is held back.
    pub(super) is_known: bool,
    /// Whether it was told of, and is to be so only once.
    pub(super) is_spent: bool,
}

/// What was found, and the number of its socket.
pub(super) type Found = (Event, u64);

impl Inner {
    pub(super) fn watcher(self: &Arc<Self>) -> Weak<dyn Watcher> {
        let watcher: Weak<Self> = Arc::downgrade(self);
        watcher
    }

    /// ENOENT.
    pub(super) fn key(self: &Arc<Self>, descriptor: &Descriptor) -> Result<usize> {
        descriptor.key(&self.watcher()).ok_or_else(|| Errno::ENOENT.into())
    }

    pub(super) fn add(self: &Arc<Self>, socket: &Socket, handle: u32, wanted: Event) -> Result<()> {
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

    pub(super) fn modify(self: &Arc<Self>, socket: &Socket, wanted: Event) -> Result<()> {
        let descriptor = socket.descriptor()?;
        let key = self.key(descriptor)?;
        let mut watched = self.lock();
        watched.withheld.retain(|(other, _)| *other != key);
        let entry = watched.sockets.get_mut(key).ok_or(Errno::ENOENT)?;
        (entry.wanted, entry.is_spent) = (wanted, false);
        self.set(key, entry, descriptor, wanted.events)
    }

    /// Has the kernel watch a socket for these events.
    pub(super) fn set(&self, key: usize, entry: &mut Entry, descriptor: &Descriptor, events: u32) -> Result<()> {
        let key = key as u64;
        if entry.is_known {
            self.selector.modify(descriptor.socket(), events, key)?;
        } else {
            self.selector.add(descriptor.socket(), events, key)?;
        }
        entry.is_known = true;
        Ok(())
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Watched> {
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
