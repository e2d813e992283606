//! The set.

use core::cell::{Cell, RefCell};
use core::ffi::{c_int, c_short};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Instant;

use berkeley_guest::error::Errno;

use super::event::Event;
use super::item::{Item, Key, Target};
use crate::description::{Description, Turns, downcast};
use crate::failure::Result;
use crate::number::event::POLLIN;
use crate::wait::{Wait, Watched, nanoseconds};

/// How many sets may watch each other in a row.
const DEPTH: usize = 5;

/// How long it waits at first, and at most, before it looks again at what was told and not read, in nanoseconds.
const PAUSE: u64 = 1_000_000;
const LONGEST_PAUSE: u64 = 50_000_000;

/// A set.
#[derive(Default)]
pub(crate) struct Epoll {
    items: RefCell<BTreeMap<Key, Item>>,
    /// Where the next wait begins, so that none is passed over for ever.
    next: Cell<Option<Key>>,
    nonblocking: Cell<bool>,
    turns: Turns,
}

impl Epoll {
    /// EEXIST, EPERM (a file, which is always ready), EINVAL (the set itself), ELOOP.
    pub(super) fn add(self: &Rc<Self>, target: Target, fd: c_int, event: Event) -> Result<()> {
        if let Target::Own(of) = &target
            && let Some(set) = of.upgrade().and_then(|description| downcast::<Self>(&description))
        {
            if Rc::ptr_eq(self, &set) {
                return Err(Errno::Einval.into());
            }
            if set.reaches(self, DEPTH) {
                return Err(Errno::Eloop.into());
            }
        }
        let mut items = self.items.borrow_mut();
        items.retain(|_, item| item.is_open());
        let key = Key { fd, identity: target.identity() };
        if items.contains_key(&key) {
            return Err(Errno::Eexist.into());
        }
        items.insert(key, Item::new(target, event));
        Ok(())
    }

    /// ENOENT, EINVAL.
    pub(super) fn modify(&self, key: Key, event: Event) -> Result<()> {
        self.items.borrow_mut().get_mut(&key).ok_or(Errno::Enoent)?.set(event).ok_or_else(|| Errno::Einval.into())
    }

    /// ENOENT.
    pub(super) fn remove(&self, key: Key) -> Result<()> {
        self.items.borrow_mut().remove(&key).map(drop).ok_or_else(|| Errno::Enoent.into())
    }

    /// Whether this set watches the other, be it by others, or whether there are too many between them to tell.
    fn reaches(&self, other: &Self, depth: usize) -> bool {
        depth == 0
            || self
                .items
                .borrow()
                .values()
                .filter_map(Item::description)
                .filter_map(|description| downcast::<Self>(&description))
                .any(|set| core::ptr::eq(&raw const *set, other) || set.reaches(other, depth - 1))
    }

    /// Waits, and tells at most so many events.
    pub(super) fn wait(&self, most: usize, limit: Option<u64>) -> Result<Vec<Event>> {
        self.turns.reading();
        let began = Instant::now();
        let mut pause = PAUSE;
        loop {
            let left = limit.map(|limit| limit.saturating_sub(nanoseconds(began.elapsed())));
            let looks = self.look();
            let part = if looks { Some(left.map_or(pause, |left| left.min(pause))) } else { left };
            let events = self.wait_once(most, part)?;
            if !events.is_empty() || left == Some(0) {
                return Ok(events);
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Looks at what was told and not read; tells whether to look again later.
    fn look(&self) -> bool {
        self.items.borrow().values().filter(|item| item.look()).count() > 0
    }

    fn wait_once(&self, most: usize, limit: Option<u64>) -> Result<Vec<Event>> {
        let mut wait = Wait::default();
        self.items.borrow_mut().retain(|_, item| item.is_open());
        let watched = self.watch_all(&mut wait);
        wait.run(limit)?;
        let mut found: Vec<_> = watched.iter().map(|(key, watched)| (*key, wait.events(watched))).collect();
        found.retain(|(_, events)| *events != 0);
        self.complete(&mut found)?;
        let mut events = Vec::new();
        let mut items = self.items.borrow_mut();
        for (key, found) in found {
            let Some(item) = items.get_mut(&key) else { continue };
            if let Some(event) = item.told(found, events.len() < most) {
                events.push(event);
                self.next.set(Some(key));
            }
        }
        Ok(events)
    }

    /// An edge is told with all that holds, also what was told before.
    fn complete(&self, found: &mut [(Key, c_short)]) -> Result<()> {
        let mut wait = Wait::default();
        let items = self.items.borrow();
        let watched: Vec<_> =
            found.iter().map(|(key, _)| items.get(key).and_then(|item| item.watch_anew(&mut wait))).collect();
        wait.run(Some(0))?;
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
        Watched::Any(self.watch_all(wait).into_iter().map(|(_, watched)| watched).collect())
    }

    fn turns(&self) -> [u32; 2] {
        self.turns.count()
    }
}
