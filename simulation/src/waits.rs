//! What a guest waits for, as far as its calls on sockets tell.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use berkeley_host::observer::{Began, Ended, Observer};
use berkeley_host::policy::Refusal;

use crate::trace::{Happening, Tracer};

/// Is told of one guest's calls.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    waits: Arc<Mutex<Waits>>,
    tracer: Tracer,
    host: usize,
}

/// The calls that have begun, and the last one that is over.
#[derive(Debug, Default)]
struct Waits {
    begun: BTreeMap<u64, String>,
    last: Option<String>,
}

impl Watch {
    pub(crate) fn new(tracer: Tracer, host: usize) -> Self {
        Self { waits: Arc::default(), tracer, host }
    }

    /// What it waits for.
    pub(crate) fn told(&self) -> String {
        let waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        if !waits.begun.is_empty() {
            return format!("waits in {}", waits.begun.values().cloned().collect::<Vec<_>>().join(", "));
        }
        match &waits.last {
            Some(last) => format!("waits in none of its calls on sockets, the last of which was {last}"),
            None => "waits, and has called no socket".into(),
        }
    }
}

impl Observer for Watch {
    fn began(&self, call: &Began<'_>) {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).begun.insert(call.id, call.to_string());
    }

    fn ended(&self, call: &Ended<'_>) {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = waits.begun.remove(&call.id) {
            waits.last = Some(text);
        }
    }

    fn refused(&self, refusal: &Refusal) {
        let mut operation = refusal.operation().to_string();
        if let Some(grant) = refusal.grant() {
            operation = format!("{operation}; the rule {grant} would allow it");
        }
        self.tracer.tell(Some(self.host), Happening::Refused { operation });
    }
}
