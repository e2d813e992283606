//! What the kernel holds for a guest's sockets.
//!
//! Linux tells what one socket holds, and asking it at each call would cost more than many calls do. So a guest has a
//! credit, from which each call takes what it could add at most. When that is used up, all of its sockets are asked, and
//! what is left of the limit makes a new credit.

use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use crate::budget::Budget;
use crate::clock;
use crate::flight::Flights;
use crate::wait::{Descriptor, PAUSE};

/// What one connection may hold that nobody has read from, as the kernel sizes it at first.
const CONNECTION: usize = 1 << 18;
/// What a message takes beside its data, and beside as much again for the kernel's rounding up.
const OVERHEAD: usize = 2048;
/// Where little is left, asking all sockets again and again takes at most one part of so many of the time.
const SELDOM: u32 = 4;
/// No buffer for reception is made smaller than this.
const LEAST_RECEPTION: usize = 4096;

/// What the kernel holds for one guest, and may.
pub(crate) struct Buffers {
    most: usize,
    /// What may be added before the sockets must be asked.
    credit: AtomicI64,
    /// What was sent by sockets that are closed, and may not have been received.
    lost: Budget,
    flights: Arc<Flights>,
    watched: Mutex<Watched>,
}

#[derive(Default)]
struct Watched {
    /// Those whose reception is their own, and those where it is the senders': there may be very many of each.
    sockets: [Vec<Weak<Descriptor>>; 2],
    /// When there are so many, those that are closed are forgotten.
    tidy_at: usize,
    /// When they may be asked again.
    again: Option<Instant>,
}

impl Watched {
    fn len(&self) -> usize {
        self.sockets.iter().map(Vec::len).sum()
    }
}

/// Whether the kernel counts what a socket receives as the receiver's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reception {
    Own,
    /// A unix socket's is the sender's.
    Senders,
}

impl Buffers {
    pub(crate) fn new(most: usize, flights: Arc<Flights>) -> Self {
        let credit = AtomicI64::new(signed(most / 2));
        Self { most, credit, lost: Budget::default(), flights, watched: Mutex::default() }
    }

    /// Counts what a new socket may hold.
    pub(crate) fn watch(&self, descriptor: &Arc<Descriptor>, reception: Reception) {
        let mut watched = self.lock();
        if watched.len() >= watched.tidy_at {
            watched.sockets.iter_mut().for_each(|sockets| sockets.retain(|socket| socket.strong_count() > 0));
            watched.tidy_at = (watched.len() * 2).max(64);
        }
        watched.sockets[reception as usize].push(Arc::downgrade(descriptor));
        drop(watched);
        self.charge(if reception == Reception::Own { CONNECTION } else { OVERHEAD });
    }

    /// Notes that a call may have added so many bytes in one message.
    pub(crate) fn charge_message(&self, bytes: usize) {
        self.charge(held_by(bytes));
    }

    /// How many messages of those sizes there is credit for: at least 1, and one more than the credit has room for.
    pub(crate) fn portion_of(&self, sizes: impl Iterator<Item = usize>) -> usize {
        let mut credit = self.credit();
        let mut count = 0;
        for size in sizes {
            count += 1;
            credit = credit.saturating_sub(signed(held_by(size)));
            if credit <= 0 {
                break;
            }
        }
        count
    }

    /// Notes that so much may be held that was not before.
    pub(crate) fn charge(&self, size: usize) {
        if self.credit.fetch_sub(signed(size), Ordering::Relaxed) <= signed(size) {
            self.settle();
        }
    }

    /// How long nothing may be sent, before it may be tried again; none if it may now.
    pub(crate) fn closed(&self) -> Option<Duration> {
        if self.credit() > 0 {
            return None;
        }
        let again = self.settle();
        // Nothing tells when some of it was received.
        (self.credit() <= 0).then(|| again.max(PAUSE))
    }

    /// How much of a stream's data may be sent by one call: at least 1 byte.
    pub(crate) fn portion(&self, wanted: usize) -> usize {
        let room = usize::try_from(self.credit() / 2).unwrap_or(0);
        wanted.min(room.max(1))
    }

    /// The largest value that a socket's own buffer may be set to.
    pub(crate) fn largest(&self) -> usize {
        self.most / 16
    }

    /// Whether a socket may be closed that has sent what was not received, which is counted for good then, as nothing tells
    /// when it is. Otherwise it must stay open to be asked.
    pub(crate) fn lose(&self, descriptor: &Descriptor) -> bool {
        let sent = descriptor.socket().memory().sent;
        sent == 0 || self.lost.take(sent, self.most / 4).map(std::mem::forget).is_some()
    }

    /// Whether the sockets were ever asked.
    #[cfg(all(test, target_os = "linux"))]
    pub(crate) fn has_asked(&self) -> bool {
        self.lock().again.is_some()
    }

    fn credit(&self) -> i64 {
        self.credit.load(Ordering::Relaxed)
    }

    /// Asks the sockets, unless it was done just now. How long until they may be asked again.
    fn settle(&self) -> Duration {
        let mut watched = self.lock();
        let begun = clock::now();
        let left = watched.again.map_or(Duration::ZERO, |again| again.saturating_duration_since(begun));
        if self.credit() > 0 || !left.is_zero() {
            return left;
        }
        let held = self.measure(&mut watched);
        // What peers send meanwhile is not known, so half of the rest is kept for it.
        let credit = (signed(self.most) - signed(held)) / 2;
        self.credit.store(credit, Ordering::Relaxed);
        let is_low = credit < signed(self.most) / 16;
        let pause = if is_low { (clock::now() - begun) * SELDOM } else { Duration::ZERO };
        watched.again = Some(begun + pause);
        pause
    }

    /// What all sockets hold. Where they could receive more than the limit, their buffers are made smaller.
    fn measure(&self, watched: &mut Watched) -> usize {
        let mut seen = HashSet::new();
        let mut held = self.lost.taken() + self.flights.passed() * CONNECTION;
        let mut receivers = Vec::new();
        for reception in [Reception::Own, Reception::Senders] {
            watched.sockets[reception as usize].retain(|socket| {
                let Some(descriptor) = socket.upgrade() else { return false };
                if !seen.insert(descriptor.file_number()) {
                    return true;
                }
                let memory = descriptor.socket().memory();
                held += memory.received + memory.sent + memory.options;
                if descriptor.file().is_listening() {
                    held += descriptor.socket().unaccepted() * CONNECTION;
                }
                if reception == Reception::Own {
                    receivers.push((descriptor, memory.receive_buffer));
                }
                true
            });
        }
        if receivers.iter().map(|(_, size)| size).sum::<usize>() > self.most {
            let share = (self.most / 2 / receivers.len()).max(LEAST_RECEPTION);
            for (descriptor, _) in receivers.iter().filter(|(_, size)| *size > share) {
                // The kernel doubles what it is told. A socket that refuses keeps what it has.
                let _ = descriptor.socket().set_receive_buffer(share / 2);
            }
        }
        held
    }

    fn lock(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a message of so many bytes may take.
fn held_by(bytes: usize) -> usize {
    bytes.saturating_mul(2).saturating_add(OVERHEAD)
}

fn signed(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX / 2)
}
