//! Sockets on their way to others: sent as ancillary data, and not received yet.
//!
//! Such a socket lives on in the kernel though the guest has closed its own, and nothing counts it: a unix socket takes
//! tens of thousands before it is full, and the kernel's own limit (ETOOMANYREFS) does not hold for a privileged host.
//! So what a guest has on its way is counted here, until the kernel tells that nothing of what the socket sent waits
//! any more. A socket that is closed before that stays open, shut down, to be asked.

use std::collections::HashMap;
use std::mem;
use std::ptr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use crate::error::{Errno, Result};
use crate::sys;
use crate::wait::{Descriptor, PAUSE};

/// What one guest has on its way, by the socket that it went over: by where its [`Descriptor`] lies.
#[derive(Default)]
pub(crate) struct Flights(Mutex<HashMap<usize, Flight>>);

/// What went over one socket, and may not all have been received.
struct Flight {
    carrier: Arc<Descriptor>,
    passed: usize,
    /// Whether the guest has closed the socket.
    is_closed: bool,
}

impl Flight {
    fn is_over(&self) -> bool {
        // A kernel that cannot tell leaves nothing to count.
        self.carrier.socket().memory().sent == 0
    }
}

impl Flights {
    /// Counts so many sockets that are about to go over the carrier. ETOOMANYREFS: there would be more than `most`.
    pub(crate) fn depart(&self, carrier: &Arc<Descriptor>, passed: usize, most: usize) -> Result<()> {
        let mut flights = self.lock();
        let total = |flights: &HashMap<_, Flight>| flights.values().map(|flight| flight.passed).sum::<usize>();
        if total(&flights) + passed > most {
            flights.retain(|_, flight| !flight.is_over());
        }
        if total(&flights) + passed > most {
            return Err(Errno::ETOOMANYREFS.into());
        }
        let number = number(carrier);
        let new = || Flight { carrier: carrier.clone(), passed: 0, is_closed: false };
        let flight = flights.entry(number).or_insert_with(new);
        if flight.is_over() {
            flight.passed = 0;
        }
        flight.passed += passed;
        Ok(())
    }

    /// So many sockets were not sent over the carrier after all.
    pub(crate) fn stay(&self, carrier: &Descriptor, passed: usize) {
        if let Some(flight) = self.lock().get_mut(&number(carrier)) {
            flight.passed = flight.passed.saturating_sub(passed);
        }
    }

    /// How many sockets are on their way, as far as it is known.
    pub(crate) fn passed(&self) -> usize {
        self.lock().values().map(|flight| flight.passed).sum()
    }

    /// The guest closes the socket. Whether it stays open here, as something that went over it is on its way.
    pub(crate) fn close(self: &Arc<Self>, carrier: &Descriptor) -> bool {
        let mut flights = self.lock();
        let number = number(carrier);
        match flights.get_mut(&number) {
            Some(flight) if flight.passed > 0 && !flight.is_over() => flight.is_closed = true,
            _ => {
                flights.remove(&number);
                return false;
            }
        }
        drop(flights);
        REAPER.look_after(self);
        true
    }

    /// The guest closes a socket that nothing tells of any more: what went over it counts no longer.
    pub(crate) fn forget(&self, carrier: &Descriptor) {
        self.lock().remove(&number(carrier));
    }

    /// Keeps the socket, which the guest has closed, until what it has sent was received.
    pub(crate) fn keep(self: &Arc<Self>, carrier: Arc<Descriptor>) {
        self.lock().insert(number(&carrier), Flight { carrier, passed: 0, is_closed: true });
        REAPER.look_after(self);
    }

    /// Closes the sockets that the guest has closed, where all that went over them was received. Whether some are left.
    fn reap(&self) -> bool {
        let mut flights = self.lock();
        let over: Vec<_> = flights.extract_if(|_, flight| flight.is_closed && flight.is_over()).collect();
        let are_left = flights.values().any(|flight| flight.is_closed);
        // No guest waits for what closing them takes.
        drop(flights);
        drop(over);
        are_left
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<usize, Flight>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Flights {
    /// What the guest has closed is closed now; there may be nothing left to look after.
    fn drop(&mut self) {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
        REAPER.ended.notify_all();
    }
}

/// What tells a socket from others, as long as it is open.
fn number(carrier: &Descriptor) -> usize {
    ptr::from_ref(carrier).addr()
}

/// A thread that closes what guests have closed, once it can be: the kernel wakes nobody for that.
struct Reaper {
    guests: Mutex<Option<Vec<Weak<Flights>>>>,
    /// A guest has ended.
    ended: Condvar,
}

static REAPER: Reaper = Reaper { guests: Mutex::new(None), ended: Condvar::new() };

/// How seldom it looks, when nothing happens for long.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

impl Reaper {
    /// Looks after one more guest. The thread lasts as long as there is something to close.
    fn look_after(&'static self, flights: &Arc<Flights>) {
        let mut guests = self.lock();
        if let Some(guests) = &mut *guests {
            if !guests.iter().any(|known| known.as_ptr() == Arc::as_ptr(flights)) {
                guests.push(Arc::downgrade(flights));
            }
            return;
        }
        *guests = Some(vec![Arc::downgrade(flights)]);
        if thread::Builder::new().name("berkeley-reaper".into()).spawn(|| self.run()).is_err() {
            // They are closed once the guest has too much on its way, or ends.
            *guests = None;
        }
    }

    fn run(&self) {
        let mut pause = PAUSE;
        let mut guests = self.lock();
        loop {
            guests = self.ended.wait_timeout(guests, pause).unwrap_or_else(PoisonError::into_inner).0;
            pause = (pause * 2).min(LONGEST_PAUSE);
            let mut watched = guests.as_mut().map(mem::take).unwrap_or_default();
            drop(guests);
            watched.retain(|flights| flights.upgrade().is_some_and(|flights| flights.reap()));
            sys::collect_sockets();
            guests = self.lock();
            let new = guests.get_or_insert_default();
            new.retain(|new| !watched.iter().any(|known| known.ptr_eq(new)));
            new.append(&mut watched);
            if new.is_empty() {
                *guests = None;
                return;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Vec<Weak<Flights>>>> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
