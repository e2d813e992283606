//! A list of sockets that is waited for again and again, of which the host keeps a part.
//!
//! poll(2) and select(2) name all sockets each time. Once a program has named about the same ones some times, the host watches
//! them by a poller of the contract's, and is told with each call only what has changed: so the call costs the host by what
//! is ready. It all stands on what sockets are and not on their numbers, which may be closed and used again in between.

use core::cell::{Cell, RefCell};
use core::ffi::c_short;
use std::rc::{Rc, Weak};

use berkeley_constants::{POLLERR, POLLHUP, POLLNVAL};
use berkeley_guest::bindings::poller::{Poller, create};
use berkeley_guest::bindings::socket::Socket as Handle;

use crate::failure::Result;

/// A socket that can be waited for.
pub(crate) struct Waitable {
    handle: Handle,
    /// Where it was in the list, if it was.
    place: Cell<usize>,
}

impl Waitable {
    pub(crate) fn new(handle: Handle) -> Rc<Self> {
        Rc::new(Self { handle, place: Cell::new(0) })
    }

    /// The contract's own.
    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }
}

/// A socket, and what is waited for, in Linux's numbers.
pub(super) type Interest = (Rc<Waitable>, c_short);

/// Fewer sockets are named to the host each time, which costs less.
const LEAST: usize = 8;

/// A list is kept from the call on that names it so often in a row, and after it was given up too early twice as often, up to
/// the second number.
const PATIENCE: [u32; 2] = [3, 256];

/// After so many waits for something else it is given up.
const OTHERS: u32 = 1024;

/// How many sockets one wait of the poller's tells of at most.
const MOST: u32 = 1024;

/// Shorter limits than this many nanoseconds are kept exactly, which a poller need not do.
const SHORT: u64 = 10_000_000;
const MILLISECOND: u64 = 1_000_000;

/// What is told without being asked for.
const ENDS: c_short = POLLERR | POLLHUP;

thread_local! {
    static LIST: RefCell<List> = const { RefCell::new(List::new(PATIENCE[0])) };
}

/// The events of each, once one has any, or the limit is over. None: the host must be asked about all of them.
pub(super) fn poll(sockets: &[Interest], limit: Option<u64>) -> Option<Vec<c_short>> {
    let is_exact = limit.is_none_or(|limit| limit % MILLISECOND == 0 || limit >= SHORT);
    LIST.with_borrow_mut(|list| match sockets.len() >= LEAST && is_exact {
        true => list.poll(sockets, limit),
        false => {
            list.pass_over();
            None
        }
    })
}

/// A socket of the list.
struct Member {
    /// It is not kept open, nor another taken for it: what remains of it stays where it is.
    socket: Weak<Waitable>,
    /// What the host knows it by, and no other at any time.
    token: u64,
    /// The call that named it last.
    call: u32,
    /// What that call asks for, and what the one before did.
    asked: c_short,
    before: c_short,
    /// What the host watches it for; none if it does not.
    watched: Option<c_short>,
    /// Which of those that this call names it is.
    at: usize,
}

struct List {
    /// Places that are free are none.
    members: Vec<Option<Member>>,
    free: Vec<usize>,
    poller: Option<Poller>,
    /// Whether it watches what is asked for.
    is_settled: bool,
    /// Whether this call names each socket once.
    is_each_once: bool,
    /// The number of this call.
    call: u32,
    /// How many tokens were given.
    tokens: u32,
    /// How many calls in a row have named about the same sockets.
    calls: u32,
    patience: u32,
    /// How many waits for something else there were since.
    others: u32,
}

impl List {
    const fn new(patience: u32) -> Self {
        Self {
            members: Vec::new(),
            free: Vec::new(),
            poller: None,
            is_settled: false,
            is_each_once: true,
            call: 0,
            tokens: 0,
            calls: 0,
            patience,
            others: 0,
        }
    }

    fn poll(&mut self, sockets: &[Interest], limit: Option<u64>) -> Option<Vec<c_short>> {
        self.others = 0;
        let changes = self.name(sockets);
        if changes > sockets.len() / 4 {
            self.give_up();
            self.name(sockets);
            return None;
        }
        self.is_settled &= changes == 0;
        self.calls = self.calls.saturating_add(1);
        if self.calls < self.patience {
            return None;
        }
        match self.settle() {
            Ok(()) => self.wait(sockets, limit),
            // Among them are two that the host knows as one, or it has no room.
            Err(_) => {
                self.give_up();
                None
            }
        }
    }

    /// Something else is waited for.
    fn pass_over(&mut self) {
        if self.members.is_empty() {
            return;
        }
        self.others += 1;
        if self.others > OTHERS {
            *self = Self::new(PATIENCE[0]);
        }
    }

    /// Keeps none of it, and the next one later if that was too early.
    fn give_up(&mut self) {
        let patience = match &self.poller {
            None => self.patience,
            Some(_) if self.calls > self.patience * 4 => PATIENCE[0],
            Some(_) => (self.patience * 2).min(PATIENCE[1]),
        };
        *self = Self::new(patience);
    }

    /// Takes note of what this call asks for, and tells at how many sockets that is not what the last one did.
    fn name(&mut self, sockets: &[Interest]) -> usize {
        self.call = self.call.wrapping_add(1);
        let (mut named, mut new, mut differs) = (0, 0, false);
        for (at, (socket, events)) in sockets.iter().enumerate() {
            match self.members.get_mut(socket.place.get()) {
                Some(Some(member)) if Weak::as_ptr(&member.socket) == Rc::as_ptr(socket) => {
                    if member.call == self.call {
                        member.asked |= events;
                        differs = true;
                    } else {
                        differs |= member.asked != *events;
                        (member.call, member.before, member.asked, member.at) = (self.call, member.asked, *events, at);
                        named += 1;
                    }
                }
                _ => {
                    self.add(socket, *events, at);
                    new += 1;
                }
            }
        }
        self.is_each_once = named + new == sockets.len();
        if !differs && new == 0 && named == self.members.len() - self.free.len() {
            return 0;
        }
        new + self.forget_others()
    }

    /// Forgets what this call does not name, and tells at how many sockets it differs from the last one, beside those that are
    /// new.
    fn forget_others(&mut self) -> usize {
        let mut changes = 0;
        for (place, of) in self.members.iter_mut().enumerate() {
            let Some(member) = of else { continue };
            changes += usize::from(member.call != self.call || member.asked != member.before);
            if member.call != self.call {
                // The host forgets by itself what is closed.
                if let (Some(poller), Some(_), Some(socket)) = (&self.poller, member.watched, member.socket.upgrade()) {
                    let _ = poller.remove(&socket.handle);
                }
                *of = None;
                self.free.push(place);
            }
        }
        changes
    }

    fn add(&mut self, socket: &Rc<Waitable>, events: c_short, at: usize) {
        self.tokens = self.tokens.wrapping_add(1);
        let place = self.free.pop().unwrap_or(self.members.len());
        let member = Member {
            socket: Rc::downgrade(socket),
            token: u64::from(self.tokens) << 32 | place as u64,
            call: self.call,
            asked: events,
            before: events,
            watched: None,
            at,
        };
        match self.members.get_mut(place) {
            Some(of) => *of = Some(member),
            None => self.members.push(Some(member)),
        }
        socket.place.set(place);
    }

    /// Has the host watch what is asked for. EMFILE, EEXIST, ENOSPC, EBADF.
    fn settle(&mut self) -> Result<()> {
        if self.is_settled {
            return Ok(());
        }
        let poller = match &self.poller {
            Some(poller) => poller,
            None => self.poller.insert(create()?),
        };
        for member in self.members.iter_mut().flatten().filter(|member| member.watched != Some(member.asked)) {
            let Some(socket) = member.socket.upgrade() else { continue };
            let events = u32::from(member.asked.cast_unsigned());
            match member.watched {
                Some(_) => poller.modify(&socket.handle, events, member.token)?,
                None => poller.add(&socket.handle, events, member.token)?,
            }
            member.watched = Some(member.asked);
        }
        self.is_settled = true;
        Ok(())
    }

    fn wait(&mut self, sockets: &[Interest], limit: Option<u64>) -> Option<Vec<c_short>> {
        let poller = self.poller.as_ref()?;
        let mut told = vec![0; sockets.len()];
        loop {
            let events = poller.wait(MOST, limit).ok()?;
            if events.is_empty() {
                return Some(told);
            }
            let mut found = 0;
            for event in &events {
                // What is closed is told of once more, without delay.
                let Some(Some(member)) = self.members.get(event.token as u32 as usize) else { continue };
                if member.token == event.token {
                    told[member.at] = event.events as c_short;
                    found |= told[member.at];
                }
            }
            if found == 0 {
                continue;
            }
            // One that the program has closed elsewhere, which the host does not watch any more.
            if found & POLLNVAL != 0 {
                self.give_up();
                return None;
            }
            if !self.is_each_once {
                self.tell_each(sockets, &mut told);
            }
            // There may be more than fit: then all are asked.
            return (events.len() < MOST as usize).then_some(told);
        }
    }

    /// What is named more than once is told where it was named first, and of all that any of these asked for.
    fn tell_each(&self, sockets: &[Interest], told: &mut [c_short]) {
        for (at, (socket, asked)) in sockets.iter().enumerate().rev() {
            let Some(Some(member)) = self.members.get(socket.place.get()) else { continue };
            told[at] = told[member.at] & (asked | ENDS);
        }
    }
}
