//! The sockets of a set, which the host watches.

use core::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::{Rc, Weak};

use berkeley_guest::bindings::error::Error;
use berkeley_guest::bindings::poller::{Poller, create};
use berkeley_guest::error::Errno;
use wasip2::io::poll::Pollable;

use super::event::Event;
use super::item::{EPOLLEXCLUSIVE, Key};
use crate::endpoint::Socket;
use crate::failure::Result;

/// A socket that was closed is told of once more. Its number means nothing to the program any more.
const EPOLLNVAL: u32 = 0x20;

/// The sockets of a set. What they are ready for costs a wait nothing as long as they are not.
pub(super) struct Sockets {
    poller: Poller,
    known: RefCell<Known>,
}

#[derive(Default)]
struct Known {
    tokens: BTreeMap<Key, u64>,
    watched: HashMap<u64, Watched>,
    last: u64,
    /// At how many those are forgotten whose sockets are gone.
    tidy_at: usize,
}

struct Watched {
    socket: Weak<Socket>,
    wanted: Event,
}

impl Sockets {
    /// EMFILE.
    pub(super) fn new() -> Result<Self> {
        Ok(Self { poller: create()?, known: RefCell::default() })
    }

    /// Whether the host watches what has that key.
    pub(super) fn has(&self, key: Key) -> bool {
        self.known.borrow().tokens.contains_key(&key)
    }

    /// Has the host watch a socket. Whether it does: not twice, by the two numbers of one description. ENOSPC.
    pub(super) fn add(&self, key: Key, socket: &Rc<Socket>, wanted: Event) -> Result<bool> {
        let mut known = self.known.borrow_mut();
        known.tidy();
        let token = known.last + 1;
        match self.poller.add(socket.handle(), wanted.events, token) {
            Err(Error::Os(Errno::Eexist)) => return Ok(false),
            result => result?,
        }
        known.last = token;
        known.tokens.insert(key, token);
        known.watched.insert(token, Watched { socket: Rc::downgrade(socket), wanted });
        Ok(true)
    }

    /// Watches it for other events, and tells of them anew. Not for EPOLLEXCLUSIVE. ENOENT.
    pub(super) fn modify(&self, key: Key, wanted: Event) -> Result<()> {
        let mut known = self.known.borrow_mut();
        let token = *known.tokens.get(&key).ok_or(Errno::Enoent)?;
        let watched = known.watched.get_mut(&token).ok_or(Errno::Enoent)?;
        if (wanted.events | watched.wanted.events) & EPOLLEXCLUSIVE != 0 {
            return Err(Errno::Einval.into());
        }
        let socket = watched.socket.upgrade().ok_or(Errno::Enoent)?;
        self.poller.modify(socket.handle(), wanted.events, token)?;
        watched.wanted = wanted;
        Ok(())
    }

    /// ENOENT.
    pub(super) fn remove(&self, key: Key) -> Result<()> {
        let mut known = self.known.borrow_mut();
        let token = known.tokens.remove(&key).ok_or(Errno::Enoent)?;
        if let Some(socket) = known.watched.remove(&token).and_then(|watched| watched.socket.upgrade()) {
            self.poller.remove(socket.handle())?;
        }
        Ok(())
    }

    /// Waits, and tells at most so many events.
    pub(super) fn wait(&self, most: usize, limit: Option<u64>) -> Result<Vec<Event>> {
        let told = self.poller.wait(most.try_into().unwrap_or(u32::MAX), limit)?;
        let known = self.known.borrow();
        let event = |token: u64, events: u32| Some(Event { events, ..known.watched.get(&token)?.wanted });
        let told = told.into_iter().filter(|event| event.events & EPOLLNVAL == 0);
        Ok(told.filter_map(|told| event(told.token, told.events)).collect())
    }

    /// A pollable that is ready when a wait would tell something.
    pub(super) fn subscribe(&self) -> Pollable {
        self.poller.subscribe()
    }
}

impl Known {
    /// The host forgets by itself what is closed.
    fn tidy(&mut self) {
        if self.watched.len() < self.tidy_at {
            return;
        }
        self.watched.retain(|_, watched| watched.socket.strong_count() > 0);
        self.tokens.retain(|_, token| self.watched.contains_key(token));
        self.tidy_at = (self.watched.len() * 2).max(16);
    }
}
