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

/// How many descriptors the guests may take up, so that some are left for the host. The process may change its limit at
/// any time.
pub(crate) fn spare() -> u64 {
    let limit = sys::most_descriptors();
    limit - (limit / 4).min(64)
}

/// How many a guest may take up that holds so many itself: one with more than an equal share leaves a quarter to others.
fn spare_for(held: usize) -> u64 {
    let spare = spare();
    let share = spare / GUESTS.load(Ordering::Relaxed).max(1) as u64;
    if held as u64 > share { spare - spare / 4 } else { spare }
}

/// Whether a guest that holds so many may keep the new descriptor. EMFILE.
pub(crate) fn admit(new: &impl sys::Numbered, held: usize) -> io::Result<()> {
    HIGHEST.fetch_max(sys::number(new), Ordering::Relaxed);
    if sys::number(new) < spare_for(held) { Ok(()) } else { Err(Errno::EMFILE.into()) }
}

/// Whether the guests have come near to what they may take up.
pub(crate) fn are_scarce() -> bool {
    HIGHEST.load(Ordering::Relaxed) >= spare() / 2
}

/// How many more descriptors a guest that holds so many may get, told by a duplicate of one that it has.
pub(crate) fn left(socket: &socket2::Socket, held: usize) -> usize {
    let free = socket.try_clone().map(|next| spare_for(held).saturating_sub(sys::number(&next)));
    free.map_or(0, |free| usize::try_from(free).unwrap_or(usize::MAX))
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
