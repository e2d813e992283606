//! Where lines go, and refusals that no call has told of yet.

use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use berkeley_host::Error;
use berkeley_host::observer::{Ended, Outcome};
use berkeley_host::policy::Refusal;

/// What several calls at once write to.
pub(super) struct Output(Mutex<Inner>);

pub(super) struct Inner {
    out: Box<dyn Write + Send>,
    /// The policy refused these, and no call has failed by it so far.
    refused: Vec<(Instant, Refusal)>,
    /// The call whose line is not finished.
    pub(super) open: Option<u64>,
    failed: bool,
}

/// More refusals than that are not kept for a call to tell.
const MOST_REFUSED: usize = 64;

impl Output {
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        Self(Mutex::new(Inner { out, refused: Vec::new(), open: None, failed: false }))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn refused(&self, refusal: &Refusal) {
        let mut inner = self.lock();
        if inner.refused.len() < MOST_REFUSED {
            inner.refused.push((Instant::now(), refusal.clone()));
        }
    }
}

impl Inner {
    /// The refusals that no call tells of: those of peers that were not let in. The call that has ended is about to tell
    /// its own.
    pub(super) fn silent_refusals(&mut self, ended: Option<&Ended<'_>>) -> Vec<(Instant, Refusal)> {
        let mut refused = std::mem::take(&mut self.refused);
        if let Some(Outcome::Failed(Error::Denied(told))) = ended.map(|ended| &ended.outcome)
            && let Some(at) = refused.iter().rposition(|(_, refusal)| *refusal == **told)
        {
            refused.remove(at);
        }
        refused
    }

    /// Writes it at once. Where that fails, it is said once.
    pub(super) fn write(&mut self, text: &str) {
        if self.failed {
            return;
        }
        if let Err(error) = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()) {
            self.failed = true;
            crate::tell::tell!("the trace ends here: {error}");
        }
    }
}
