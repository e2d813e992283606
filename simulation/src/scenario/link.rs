//! The links of a scenario.

use wasmtime::Result;

use super::entry::LinkEntry;
use super::mistake::Mistakes;
use crate::link::Change;

/// What is different.
pub(super) fn change(mistakes: &Mistakes, link: &LinkEntry) -> Result<Change> {
    for part in [&link.loss, &link.duplicates, &link.reordered].into_iter().flatten() {
        if !(0.0..=1.0).contains(part.get_ref()) {
            return Err(mistakes.at(&part.span(), "this is a part of all: a number between 0 and 1"));
        }
    }
    Ok(Change {
        latency: link.latency.as_ref().map(|time| time.0),
        jitter: link.jitter.as_ref().map(|time| time.0),
        loss: link.loss.as_ref().map(|part| *part.get_ref()),
        duplicates: link.duplicates.as_ref().map(|part| *part.get_ref()),
        reordered: link.reordered.as_ref().map(|part| *part.get_ref()),
        bandwidth: link.bandwidth.as_ref().map(|size| size.0),
        queue: link.queue.as_ref().map(|size| size.0),
    })
}
