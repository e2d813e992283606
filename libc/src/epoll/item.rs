//! A descriptor that a set watches.

use core::cell::Cell;
use core::ffi::{c_int, c_short};
use std::rc::{Rc, Weak};

use super::event::Event;
use crate::description::Description;
use crate::number::event::{self, POLLERR, POLLHUP, POLLIN, POLLOUT, POLLPRI, POLLRDHUP};
use crate::table::{Entry, lookup};
use crate::wait::{Wait, Watched};

/// Linux's numbers, which are also those of musl's header.
pub(super) const EPOLLEXCLUSIVE: u32 = 1 << 28;
const EPOLLONESHOT: u32 = 1 << 30;
const EPOLLET: u32 = 1 << 31;
const EPOLLIN: u32 = 1;
const EPOLLOUT: u32 = 4;
const EPOLLRDNORM: u32 = 0x40;
const EPOLLWRNORM: u32 = 0x100;

/// What an item is found by: its number when it was added, and what that referred to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) fd: c_int,
    pub(super) identity: usize,
}

/// What is watched.
pub(super) enum Target {
    /// A description, as long as any number refers to it.
    Own(Weak<dyn Description>),
    /// A stream of wasi-libc's own, as long as the number refers to it.
    Foreign(Key),
}

impl Target {
    pub(super) fn identity(&self) -> usize {
        match self {
            Self::Own(description) => description.as_ptr().addr(),
            Self::Foreign(key) => key.identity,
        }
    }

    /// What it is, if it is of this crate.
    pub(super) fn description(&self) -> Option<Rc<dyn Description>> {
        match self {
            Self::Own(description) => description.upgrade(),
            Self::Foreign(_) => None,
        }
    }
}

pub(super) struct Item {
    target: Target,
    wanted: Event,
    /// Of what is edge-triggered, the events that were told and have not ended.
    told: Cell<c_short>,
    /// How often its description had turned then.
    turns: Cell<[u32; 2]>,
    /// Whether it is told of no more, after EPOLLONESHOT.
    spent: bool,
}

impl Item {
    pub(super) fn new(target: Target, wanted: Event) -> Self {
        Self { target, wanted, told: Cell::new(0), turns: Cell::new([0; 2]), spent: false }
    }

    /// Watches for other events, and tells of them anew. Not for EPOLLEXCLUSIVE.
    pub(super) fn set(&mut self, wanted: Event) -> Option<()> {
        if (wanted.events | self.wanted.events) & EPOLLEXCLUSIVE != 0 {
            return None;
        }
        (self.wanted, self.spent) = (wanted, false);
        self.told.set(0);
        Some(())
    }

    /// Whether what is watched is still open.
    pub(super) fn is_open(&self) -> bool {
        match &self.target {
            Target::Own(description) => description.strong_count() > 0,
            Target::Foreign(key) => {
                matches!(lookup(key.fd), Ok(Entry::Foreign(file)) if file.identity() == key.identity)
            }
        }
    }

    /// What is watched, if it is of this crate.
    pub(super) fn description(&self) -> Option<Rc<dyn Description>> {
        self.target.description()
    }

    fn events(&self) -> c_short {
        let wanted = self.wanted.events;
        let normal =
            if wanted & EPOLLRDNORM != 0 { POLLIN } else { 0 } | if wanted & EPOLLWRNORM != 0 { POLLOUT } else { 0 };
        event::from_linux((wanted & 0x3fff) as c_short) | normal
    }

    fn is_edge_triggered(&self) -> bool {
        self.wanted.events & EPOLLET != 0
    }

    /// Has itself watched, unless there is nothing that it could be told of.
    pub(super) fn watch(&self, wait: &mut Wait) -> Option<Watched> {
        if self.spent {
            return None;
        }
        let description = self.description();
        if let Some(description) = &description {
            self.turn(description.turns());
        }
        let told = self.told.get();
        // What ended stays so, and would end each wait.
        if told & (POLLHUP | POLLERR) != 0 {
            return None;
        }
        let asked = self.events() & !told;
        match (&self.target, description) {
            (_, Some(description)) => Some(description.watch(asked, wait)),
            (Target::Foreign(key), None) => match lookup(key.fd) {
                Ok(Entry::Foreign(file)) => Some(file.watch(asked, wait)),
                _ => None,
            },
            (Target::Own(_), None) => None,
        }
    }

    /// Has itself watched for all that it asks for, whatever was told, to tell all that holds beside what is new.
    pub(super) fn watch_anew(&self, wait: &mut Wait) -> Option<Watched> {
        let description = self.description().filter(|_| self.is_edge_triggered() && self.told.get() != 0)?;
        Some(description.watch(self.events(), wait))
    }

    /// What was told may be told again once the description has turned.
    fn turn(&self, turns: [u32; 2]) {
        let before = self.turns.replace(turns);
        let mut told = self.told.get();
        if turns[0] != before[0] {
            told &= !(POLLIN | POLLPRI | POLLRDHUP | POLLHUP | POLLERR);
        }
        if turns[1] != before[1] {
            told &= !(POLLOUT | POLLHUP | POLLERR);
        }
        self.told.set(told);
    }

    /// The event to tell of what the wait found, if there is room for it.
    pub(super) fn told(&mut self, found: c_short, room: bool) -> Option<Event> {
        let found = found & (self.events() | POLLERR | POLLHUP);
        if found == 0 || !room {
            return None;
        }
        if self.is_edge_triggered() {
            self.told.set(found);
        }
        self.spent = self.wanted.events & EPOLLONESHOT != 0;
        let mut events = event::to_linux(found) as u32 & 0xffff;
        for (bit, of) in [(EPOLLRDNORM, POLLIN), (EPOLLWRNORM, POLLOUT)] {
            if self.wanted.events & bit != 0 && found & of != 0 {
                events |= bit;
            }
        }
        // What only RDNORM and WRNORM asked for is told by these alone.
        events &= self.wanted.events | !(EPOLLIN | EPOLLOUT);
        Some(Event { events, ..self.wanted })
    }
}
