//! What tells of a socket's readiness in WASI 0.3.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use crate::poll::POLLIN;
use crate::stream::Readiness;

/// What tells of a socket's readiness, for reading and for writing, while nobody waits for it.
#[derive(Default)]
pub(super) struct Readinesses([Mutex<Option<Readiness>>; 2]);

impl fmt::Debug for Readinesses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readinesses").finish_non_exhaustive()
    }
}

impl Readinesses {
    /// Takes what tells of the events, and leaves that in its place.
    pub(super) fn replace(&self, events: i16, with: Option<Readiness>) -> Option<Readiness> {
        let one = &self.0[usize::from(events == POLLIN)];
        std::mem::replace(&mut one.lock().unwrap_or_else(PoisonError::into_inner), with)
    }
}
