//! Waiting in poll(2), by the guest's own thread.

use std::io;
use std::time::Duration;

use berkeley_constants as c;
use tokio::runtime::Handle;

use super::alarm::Watch;
use super::deadline::Deadline;
use super::descriptor::Descriptor;
use super::waiting::{Waiting, Woken};
use crate::sys::{self, PollEntry};
use crate::{clock, stopwatch};

/// Whether a wait for the sockets is one of the thread: those of networks other than the kernel's are never waited for so.
pub(super) fn waits_inline(waiting: Waiting, interests: &[(&Descriptor, i16)]) -> bool {
    let inline = waiting == Waiting::Inline || Handle::try_current().is_err();
    inline && interests.iter().all(|(descriptor, _)| descriptor.socket.kernel().is_some())
}

/// poll(2) until the deadline; a signal does not end it.
pub(super) fn poll_until(
    interests: &[(&Descriptor, i16)],
    ready: &mut [i16],
    deadline: Deadline,
    watch: &Watch<'_>,
) -> io::Result<Woken> {
    loop {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(clock::now()));
        match stopwatch::waiting(|| poll_with(interests, ready, left, watch)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// One poll(2), which the alarm ends too.
fn poll_with(
    interests: &[(&Descriptor, i16)],
    ready: &mut [i16],
    limit: Option<Duration>,
    watch: &Watch<'_>,
) -> io::Result<Woken> {
    let Some(wire) = watch.wire() else {
        return poll_once(interests, ready, limit).map(|any| if any { Woken::Ready } else { Woken::Late });
    };
    let mut entries: Vec<_> = interests.iter().filter_map(entry).chain([sys::poll_entry(wire, c::POLLIN)]).collect();
    let any = sys::poll(&mut entries, limit)?;
    for ((slot, entry), (_, events)) in ready.iter_mut().zip(&entries).zip(interests) {
        *slot = sys::polled(entry, *events);
    }
    let rung = entries.last().is_some_and(|entry| sys::polled(entry, c::POLLIN) != 0);
    if ready.iter().any(|events| *events != 0) {
        return Ok(Woken::Ready);
    }
    if rung {
        watch.quieten();
    }
    Ok(if rung && any { Woken::Rung } else { Woken::Late })
}

/// One poll(2): whether an event of one of the sockets holds, and which.
pub(super) fn poll_once(
    interests: &[(&Descriptor, i16)],
    ready: &mut [i16],
    limit: Option<Duration>,
) -> io::Result<bool> {
    // Mostly there is one socket, which needs no list on the heap.
    let (mut one, mut many);
    let entries: &mut [PollEntry<'_>] = if let [interest] = interests
        && let Some(entry) = entry(interest)
    {
        one = [entry];
        &mut one
    } else {
        many = interests.iter().filter_map(entry).collect::<Vec<_>>();
        if many.len() < interests.len() {
            return look(interests, many, ready);
        }
        &mut many
    };
    let any = sys::poll(entries, limit)?;
    for ((slot, entry), (_, events)) in ready.iter_mut().zip(entries).zip(interests) {
        *slot = sys::polled(entry, *events);
    }
    Ok(any)
}

/// The same, without waiting, where some are of a network other than the kernel's.
fn look(interests: &[(&Descriptor, i16)], mut kernels: Vec<PollEntry<'_>>, ready: &mut [i16]) -> io::Result<bool> {
    if !kernels.is_empty() {
        sys::poll(&mut kernels, Some(Duration::ZERO))?;
    }
    let mut kernels = kernels.iter();
    for (slot, (descriptor, events)) in ready.iter_mut().zip(interests) {
        *slot = match descriptor.socket.endpoint() {
            Some(endpoint) => endpoint.events(*events),
            None => kernels.next().map_or(0, |entry| sys::polled(entry, *events)),
        };
    }
    Ok(ready.iter().any(|events| *events != 0))
}

/// None: it is not the kernel's.
fn entry<'a>(&(descriptor, events): &(&'a Descriptor, i16)) -> Option<PollEntry<'a>> {
    descriptor.socket.kernel().map(|socket| sys::poll_entry(socket, events))
}
