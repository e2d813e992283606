//! What observers know a socket by.

use std::sync::{Arc, Mutex, PoisonError};

use crate::address::Address;

/// The addresses at both ends of a socket.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Ends {
    pub(crate) local: Option<Address>,
    pub(crate) peer: Option<Address>,
}

impl Ends {
    /// With what was known before, where the kernel tells less: of a connection that has ended.
    fn or(self, before: Option<&Self>) -> Self {
        let Some(before) = before else { return self };
        let peer = self.peer.clone().or_else(|| before.peer.clone());
        if self.has_local() { Self { peer, ..self } } else { Self { peer, local: before.local.clone() } }
    }

    /// Whether the local address is one that others could send to.
    pub(crate) fn has_local(&self) -> bool {
        match &self.local {
            Some(Address::Unix(path)) => !path.is_empty(),
            Some(local) => local.internet().is_none_or(|local| local.port() != 0),
            None => false,
        }
    }
}

/// A socket's number, and what is known of its ends.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) number: u64,
    /// Duplicates have them in common.
    ends: Arc<Mutex<Option<Arc<Ends>>>>,
}

impl Identity {
    pub(crate) fn new(number: u64) -> Self {
        Self { number, ends: Arc::default() }
    }

    /// The same socket, referred to once more.
    #[cfg(feature = "p3")]
    pub(crate) fn again(&self) -> Self {
        Self { number: self.number, ends: self.ends.clone() }
    }

    /// Takes the ends of the socket that it is a duplicate of.
    pub(crate) fn share(&mut self, original: &Self) {
        self.ends = original.ends.clone();
    }

    /// The ends as they are known; asks for them where they are not, or may still change.
    pub(crate) fn ends(
        &self,
        settled: impl FnOnce(&Ends) -> bool,
        ask: impl FnOnce() -> Option<Ends>,
    ) -> Option<Arc<Ends>> {
        let mut known = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.as_deref().is_some_and(settled)
            && let Some(now) = ask()
        {
            let now = now.or(known.as_deref());
            if known.as_deref() != Some(&now) {
                *known = Some(Arc::new(now));
            }
        }
        known.clone()
    }

    /// The ends are about to change.
    pub(crate) fn forget(&self) {
        *self.ends.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
