//! The set.

use core::cell::{Cell, RefCell};
use core::ffi::{c_int, c_short};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::time::Instant;

use berkeley_guest::error::Errno;

use super::event::Event;
use super::item::{Item, Key, Target};
use super::sockets::Sockets;
use crate::alarm;
use crate::description::{Description, Turns, downcast};
use crate::endpoint::Socket;
use crate::failure::Result;
use crate::memory::In;
use crate::number::event::POLLIN;
use crate::wait::{Wait, Watched, nanoseconds};

/// How many sets a set may watch in a row.
const DEPTH: usize = 4;

/// A set. The host watches its sockets; the rest is watched here.
pub(crate) struct Epoll {
    sockets: Sockets,
    items: RefCell<BTreeMap<Key, Item>>,
    /// Sets that may watch this one.
    watchers: RefCell<Vec<Weak<Self>>>,
    /// Where the next wait begins, so that none is passed over for ever.
    next: Cell<Option<Key>>,
    /// Whether sockets are told first, where not all are told at once: each time the others.
    sockets_first: Cell<bool>,
    nonblocking: Cell<bool>,
    turns: Turns,
}

impl Epoll {
    /// EMFILE.
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            sockets: Sockets::new()?,
            items: RefCell::default(),
            watchers: RefCell::default(),
            next: Cell::default(),
            sockets_first: Cell::default(),
            nonblocking: Cell::default(),
            turns: Turns::default(),
        })
    }

    /// EEXIST, EPERM (a file, which is always ready), EINVAL (the set itself), ELOOP, ENOSPC.
    pub(super) fn add(self: &Rc<Self>, target: Target, fd: c_int, event: Event) -> Result<()> {
        let description = target.description();
        if let Some(set) = description.as_ref().and_then(downcast::<Self>) {
            if Rc::ptr_eq(self, &set) {
                return Err(Errno::Einval.into());
            }
            if set.reaches(self) || self.height() + 1 + set.depth() > DEPTH {
                return Err(Errno::Eloop.into());
            }
        }
        let mut items = self.items.borrow_mut();
        items.retain(|_, item| item.is_open());
        let key = Key { fd, identity: target.identity() };
        if items.contains_key(&key) || self.sockets.has(key) {
            return Err(Errno::Eexist.into());
        }
        if let Some(socket) = description.as_ref().and_then(downcast::<Socket>)
            && self.sockets.add(key, &socket, event)?
        {
            return Ok(());
        }
        items.insert(key, Item::new(target, event));
        if let Some(set) = description.as_ref().and_then(downcast::<Self>) {
            let mut watchers = set.watchers.borrow_mut();
            watchers.retain(|watcher| watcher.strong_count() > 0);
            watchers.push(Rc::downgrade(self));
        }
        Ok(())
    }

    /// ENOENT, EINVAL.
    pub(super) fn modify(&self, key: Key, event: Event) -> Result<()> {
        match self.items.borrow_mut().get_mut(&key) {
            Some(item) => item.set(event).ok_or_else(|| Errno::Einval.into()),
            None => self.sockets.modify(key, event),
        }
    }

    /// ENOENT.
    pub(super) fn remove(&self, key: Key) -> Result<()> {
        match self.items.borrow_mut().remove(&key) {
            Some(_) => Ok(()),
            None => self.sockets.remove(key),
        }
    }

    /// The sets that this one watches.
    fn sets(&self) -> Vec<Rc<Self>> {
        let items = self.items.borrow();
        items.values().filter_map(Item::description).filter_map(|description| downcast(&description)).collect()
    }

    /// Whether this set watches the other, be it by others.
    fn reaches(&self, other: &Self) -> bool {
        self.sets().iter().any(|set| core::ptr::eq(&raw const **set, other) || set.reaches(other))
    }

    /// How many sets this one watches in a row.
    fn depth(&self) -> usize {
        self.sets().iter().map(|set| 1 + set.depth()).max().unwrap_or_default()
    }

    /// How many sets in a row watch this one.
    fn height(&self) -> usize {
        let watchers: Vec<_> = self.watchers.borrow().iter().filter_map(Weak::upgrade).collect();
        let watches = |set: &Rc<Self>| set.sets().iter().any(|one| core::ptr::eq(&raw const **one, self));
        watchers.iter().filter(|set| watches(set)).map(|set| 1 + set.height()).max().unwrap_or_default()
    }

    /// Waits, and tells at most so many events.
    pub(super) fn wait(&self, most: usize, limit: Option<u64>, mask: In<u64>) -> Result<Vec<Event>> {
        self.turns.reading();
        let began = Instant::now();
        loop {
            let left = limit.map(|limit| limit.saturating_sub(nanoseconds(began.elapsed())));
            let rings = alarm::left().map(nanoseconds);
            let events = self.wait_once(most, left.into_iter().chain(rings).min())?;
            let interrupts = alarm::ring(mask);
            if !events.is_empty() || left == Some(0) && !interrupts {
                return Ok(events);
            }
            if interrupts {
                return Err(Errno::Eintr.into());
            }
        }
    }

    fn wait_once(&self, most: usize, limit: Option<u64>) -> Result<Vec<Event>> {
        if self.items.borrow().is_empty() {
            return self.sockets.wait(most, limit);
        }
        self.items.borrow_mut().retain(|_, item| item.is_open());
        let mut wait = Wait::default();
        let watched = self.watch_all(&mut wait);
        let sockets_first = self.sockets_first.replace(!self.sockets_first.get());
        let mut events = Vec::new();
        match wait.until_alarm(limit) {
            // Nothing of the rest becomes ready while only the host waits, but by the time.
            Some(limit) => {
                wait.run_quietly(Some(0))?;
                if !sockets_first {
                    self.tell(&wait, &watched, most, &mut events)?;
                }
                let limit = if events.is_empty() { limit } else { Some(0) };
                events.extend(self.wait_for_sockets(most - events.len(), limit)?);
            }
            None => {
                wait.pollable(self.sockets.subscribe());
                wait.run_quietly(limit)?;
                if sockets_first {
                    events = self.wait_for_sockets(most, Some(0))?;
                } else {
                    self.tell(&wait, &watched, most, &mut events)?;
                    events.extend(self.wait_for_sockets(most - events.len(), Some(0))?);
                }
            }
        }
        if sockets_first {
            self.tell(&wait, &watched, most, &mut events)?;
        }
        Ok(events)
    }

    fn wait_for_sockets(&self, most: usize, limit: Option<u64>) -> Result<Vec<Event>> {
        if most == 0 { Ok(Vec::new()) } else { self.sockets.wait(most, limit) }
    }

    /// Tells of what is watched here, as far as there is room.
    fn tell(&self, wait: &Wait, watched: &[(Key, Watched)], most: usize, events: &mut Vec<Event>) -> Result<()> {
        let mut found: Vec<_> = watched.iter().map(|(key, watched)| (*key, wait.events(watched))).collect();
        found.retain(|(_, events)| *events != 0);
        self.complete(&mut found)?;
        let mut items = self.items.borrow_mut();
        for (key, found) in found {
            let Some(item) = items.get_mut(&key) else { continue };
            if let Some(event) = item.told(found, events.len() < most) {
                events.push(event);
                self.next.set(Some(key));
            }
        }
        Ok(())
    }

    /// An edge is told with all that holds, also what was told before.
    fn complete(&self, found: &mut [(Key, c_short)]) -> Result<()> {
        let mut wait = Wait::default();
        let items = self.items.borrow();
        let watched: Vec<_> =
            found.iter().map(|(key, _)| items.get(key).and_then(|item| item.watch_anew(&mut wait))).collect();
        if watched.iter().all(Option::is_none) {
            return Ok(());
        }
        wait.run_quietly(Some(0))?;
        for ((_, events), watched) in found.iter_mut().zip(&watched) {
            *events |= watched.as_ref().map_or(0, |watched| wait.events(watched));
        }
        Ok(())
    }

    /// Each item that waits for anything, from the one on that comes after the one that was told last.
    fn watch_all(&self, wait: &mut Wait) -> Vec<(Key, Watched)> {
        let items = self.items.borrow();
        let later = |key: &&Key| self.next.get().is_none_or(|next| **key > next);
        let keys: Vec<_> = items.keys().filter(later).chain(items.keys().filter(|key| !later(key))).copied().collect();
        keys.into_iter().filter_map(|key| Some((key, items.get(&key)?.watch(wait)?))).collect()
    }
}

impl Description for Epoll {
    /// Linux has no kind for it either.
    fn kind(&self) -> u32 {
        0
    }

    fn mode(&self) -> &Cell<bool> {
        &self.nonblocking
    }

    /// A set can be read, as it were, while one of its items has an event.
    fn watch(&self, events: c_short, wait: &mut Wait) -> Watched {
        if events & POLLIN == 0 {
            return wait.now(0);
        }
        let items = self.watch_all(wait).into_iter().map(|(_, watched)| watched);
        Watched::Any(items.chain([wait.pollable(self.sockets.subscribe())]).collect())
    }

    fn turns(&self) -> [u32; 2] {
        self.turns.count()
    }
}
