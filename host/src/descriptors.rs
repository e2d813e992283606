//! The process's descriptors, which all its guests share with the host.
//!
//! The kernel gives a new descriptor the lowest number that is free. So a number tells how many descriptors the process has
//! at least, whoever opened them, and one that is too high is one too many.

use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::error::Errno;
use crate::sys;

/// How many guests the process has.
static GUESTS: AtomicUsize = AtomicUsize::new(0);

/// The highest number that a guest was given.
static HIGHEST: AtomicU64 = AtomicU64::new(0);

/// Counts as a guest while it lasts.
#[derive(Debug)]
pub(crate) struct Guest(());

impl Guest {
    pub(crate) fn new() -> Self {
        GUESTS.fetch_add(1, Ordering::Relaxed);
        Self(())
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        GUESTS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How many descriptors the process may have, as it was told last.
static LIMIT: AtomicU64 = AtomicU64::new(0);

/// How often that was taken for granted since.
static USES: AtomicU64 = AtomicU64::new(0);

/// After so many uses the limit is asked again, which the process may change at any time; and before, where it is near.
const SELDOM: u64 = 1024;

/// How many descriptors the guests may take up, so that some are left for the host.
pub(crate) fn spare() -> u64 {
    let limit = sys::most_descriptors();
    LIMIT.store(limit, Ordering::Relaxed);
    USES.store(0, Ordering::Relaxed);
    without_reserve(limit)
}

/// The same for who has come up to that number: one far below the limit need not know it as it is now.
fn spare_at(number: u64) -> u64 {
    let limit = LIMIT.load(Ordering::Relaxed);
    if number >= limit / 4 || USES.fetch_add(1, Ordering::Relaxed) >= SELDOM {
        return spare();
    }
    without_reserve(limit)
}

fn without_reserve(limit: u64) -> u64 {
    limit - reserve(limit)
}

fn reserve(limit: u64) -> u64 {
    (limit / 4).min(64)
}

/// How many of those spare ones a guest may take up that holds so many itself: one with more than an equal share leaves a
/// quarter to others.
fn share_of(spare: u64, held: usize) -> u64 {
    let share = spare / GUESTS.load(Ordering::Relaxed).max(1) as u64;
    if held as u64 > share { spare - spare / 4 } else { spare }
}

/// Whether a guest that holds so many may keep the new descriptor. EMFILE.
pub(crate) fn admit(new: &impl sys::Numbered, held: usize) -> io::Result<()> {
    let number = sys::number(new);
    HIGHEST.fetch_max(number, Ordering::Relaxed);
    if number < share_of(spare_at(number), held) { Ok(()) } else { Err(Errno::EMFILE.into()) }
}

/// Whether a guest may keep the file that it has opened: of what sockets leave, files leave half.
pub(crate) fn admits_file(new: &impl sys::Numbered) -> bool {
    let limit = sys::most_descriptors();
    sys::number(new) < limit - reserve(limit) / 2
}

/// Whether the guests have come near to what they may take up.
pub(crate) fn are_scarce() -> bool {
    let highest = HIGHEST.load(Ordering::Relaxed);
    highest >= spare_at(highest) / 2
}

/// How many more descriptors a guest that holds so many may get, told by a duplicate of one that it has.
pub(crate) fn left(socket: &socket2::Socket, held: usize) -> usize {
    let free = socket.try_clone().map(|next| share_of(spare(), held).saturating_sub(sys::number(&next)));
    free.map_or(0, |free| usize::try_from(free).unwrap_or(usize::MAX))
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
