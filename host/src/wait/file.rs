//! What all duplicates of a socket have in common.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use berkeley_constants as c;

use super::past::{Origin, Past, Setting};
use crate::address::Address;
use crate::budget::{One, Share};
use crate::directory::Located;
use crate::sys::Ending;

/// What all duplicates of a socket have in common, in as little as most need: there may be very many sockets.
#[derive(Default)]
pub(crate) struct OpenFile {
    /// Whether others may hold it too, who expect its O_NONBLOCK flag to be as they left it.
    shared: AtomicBool,
    /// The time of SO_LINGER, in seconds, that the kernel was not told; 0 is none.
    linger: AtomicI32,
    /// Whether it takes connections.
    listens: AtomicBool,
    /// Whether its calls may have a limit of the kernel's: SO_RCVTIMEO or SO_SNDTIMEO was set.
    limited: AtomicBool,
    /// Whether calls that receive, and those that send, do not wait at all: the limit was negative, of which the kernel
    /// tells what it tells of none.
    hasty: [AtomicBool; 2],
    /// Whether closing it may wait in the kernel: SO_LINGER was set.
    lingers: AtomicBool,
    /// Whether something may have been sent.
    sends: AtomicBool,
    /// Whether datagrams that are sent at once must not go through the kernel as one.
    apart: AtomicBool,
    /// Whether the kernel has a protocol above TCP: TCP_ULP was set.
    layered: AtomicBool,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    past: Past,
    rest: Option<Box<Rest>>,
}

/// What few sockets have.
#[derive(Default)]
struct Rest {
    /// The directory that it is bound in, which stays open with it, and what counts its descriptor.
    bound: Option<(Located, Option<One>)>,
    /// The room for connections that wait, which counts as long as one of the duplicates is open.
    queue: Option<Share>,
    /// What was set that a policy had to allow, and is set still.
    settings: Vec<Setting>,
    /// Who waits for no peer when it closes the socket after all of the duplicates.
    ending: Option<Ending>,
}

impl Kept {
    fn rest(&mut self) -> &mut Rest {
        self.rest.get_or_insert_default()
    }
}

impl OpenFile {
    /// Keeps open what the socket was bound by.
    pub(crate) fn keep(&self, located: Located, lease: Option<One>) {
        // No socket is bound twice.
        self.kept().rest().bound.get_or_insert((located, lease));
    }

    /// Keeps who waits for no peer when it closes the socket after all of the duplicates.
    pub(super) fn end_by(&self, ending: Ending) {
        self.kept().rest().ending.get_or_insert(ending);
    }

    /// Notes where the socket comes from.
    pub(crate) fn comes_from(&self, origin: Origin) {
        self.kept().past.origin = origin;
    }

    /// Where it comes from.
    pub(crate) fn origin(&self) -> Origin {
        self.kept().past.origin.clone()
    }

    /// Notes to whom the guest has connected it.
    pub(crate) fn connected(&self, peer: &Address) {
        self.kept().past.connected(peer);
    }

    /// To whom.
    pub(crate) fn peer(&self) -> Option<Address> {
        self.kept().past.peer()
    }

    /// What was set that a policy had to allow, and is set still, for a look or a change.
    pub(crate) fn settings<R>(&self, change: impl FnOnce(&mut Vec<Setting>) -> R) -> R {
        let mut kept = self.kept();
        if let Some(rest) = &mut kept.rest {
            return change(&mut rest.settings);
        }
        let mut settings = Vec::new();
        let result = change(&mut settings);
        if !settings.is_empty() {
            kept.rest().settings = settings;
        }
        result
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the time of SO_LINGER, in seconds, that the kernel is not told; 0 is none.
    pub(crate) fn keep_linger(&self, seconds: i32) {
        self.linger.store(seconds, Ordering::Relaxed);
    }

    /// The time that is kept so.
    pub(crate) fn kept_linger(&self) -> i32 {
        self.linger.load(Ordering::Relaxed)
    }

    /// Notes that the socket takes connections from now on, and the room that it has for those that wait.
    pub(crate) fn listen(&self, queue: Option<Share>) {
        self.listens.store(true, Ordering::Relaxed);
        let mut kept = self.kept();
        if queue.is_some() || kept.rest.is_some() {
            kept.rest().queue = queue;
        }
    }

    /// Whether the socket takes connections.
    pub(crate) fn is_listening(&self) -> bool {
        self.listens.load(Ordering::Relaxed)
    }

    /// Notes that calls may have a limit of the kernel's from now on: this option has been set, to less than nothing or not.
    pub(crate) fn limit(&self, option: i32, is_negative: bool) {
        self.limited.store(true, Ordering::Relaxed);
        self.hasty(option).store(is_negative, Ordering::Relaxed);
    }

    /// Whether calls under the option's limit do not wait at all.
    pub(super) fn is_hasty(&self, option: i32) -> bool {
        self.hasty(option).load(Ordering::Relaxed)
    }

    /// Whether the kernel may have a limit. Others may have set one unseen.
    pub(super) fn may_be_limited(&self) -> bool {
        self.limited.load(Ordering::Relaxed) || self.is_shared()
    }

    fn hasty(&self, option: i32) -> &AtomicBool {
        &self.hasty[usize::from(matches!(option, c::SO_SNDTIMEO | c::SO_SNDTIMEO_NEW))]
    }

    /// Notes that closing it may wait in the kernel from now on.
    pub(crate) fn linger(&self) {
        self.lingers.store(true, Ordering::Relaxed);
    }

    /// Notes that something may be sent from now on.
    pub(crate) fn send(&self) {
        if !self.sends.load(Ordering::Relaxed) {
            self.sends.store(true, Ordering::Relaxed);
        }
    }

    /// Whether something may have been sent, of which the kernel may hold a part. Others may have done so unseen.
    pub(crate) fn may_have_sent(&self) -> bool {
        self.sends.load(Ordering::Relaxed) || self.is_shared()
    }

    /// Notes that datagrams that are sent at once must not go through the kernel as one: an option has a say in each.
    pub(crate) fn send_apart(&self) {
        self.apart.store(true, Ordering::Relaxed);
    }

    /// Whether they must not, which the kernel may tell later. Others may have set an option unseen.
    pub(crate) fn sends_apart(&self) -> &AtomicBool {
        if self.is_shared() {
            self.send_apart();
        }
        &self.apart
    }

    /// Notes that the kernel has a protocol above TCP from now on, such as TLS.
    pub(crate) fn layer(&self) {
        self.layered.store(true, Ordering::Relaxed);
    }

    /// Whether it may have one. Others may have set it unseen.
    pub(crate) fn may_be_layered(&self) -> bool {
        self.layered.load(Ordering::Relaxed) || self.is_shared()
    }

    /// Whether closing it may wait in the kernel, which is asked for it then. Others may have it so unseen.
    pub(super) fn may_linger(&self) -> bool {
        self.lingers.load(Ordering::Relaxed) || self.is_shared()
    }

    /// What was accepted has what its listener may have: also its limits, if the family `inherits_limits`, as that of unix
    /// sockets does not.
    pub(crate) fn inherit(&self, listener: &Self, inherits_limits: bool) {
        if inherits_limits {
            self.limited.store(listener.may_be_limited(), Ordering::Relaxed);
            for (own, listeners) in self.hasty.iter().zip(&listener.hasty) {
                own.store(listeners.load(Ordering::Relaxed), Ordering::Relaxed);
            }
        }
        if listener.may_linger() {
            self.linger();
        }
        if listener.may_be_layered() {
            self.layer();
        }
    }

    /// Notes that others may hold it too. False: that was known.
    pub(super) fn share(&self) -> bool {
        !self.shared.swap(true, Ordering::Relaxed)
    }

    /// Whether others may.
    pub(super) fn is_shared(&self) -> bool {
        self.shared.load(Ordering::Relaxed)
    }
}
