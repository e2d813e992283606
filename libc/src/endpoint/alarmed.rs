//! Calls that an alarm ends. The host, in which they would wait, knows of none.

use core::ffi::{c_int, c_short};
use std::time::{Duration, Instant};

use berkeley_constants::{AF_UNIX, SO_RCVTIMEO, SO_SNDTIMEO};
use berkeley_guest::bindings::address::SocketAddress;
use berkeley_guest::bindings::error::Error;
use berkeley_guest::bindings::socket::Socket as Handle;
use berkeley_guest::error::Errno;
use berkeley_guest::whole;

use super::life::Socket;
use crate::alarm;
use crate::description::Description as _;
use crate::failure::Result;
use crate::memory::In;
use crate::number::event::{POLLIN, POLLOUT};
use crate::wait::{Wait, heed_alarm, nanoseconds};

/// How long to wait for room in a unix listener's queue, of which nothing tells.
const PAUSE: Duration = Duration::from_millis(1);

impl Socket {
    /// Whether a call with those flags waits while an alarm may ring.
    pub(crate) fn is_alarmed(&self, flags: c_int) -> bool {
        alarm::is_set() && self.waits(flags)
    }

    /// Before a call that waits until there is something to receive, or to accept: has an alarm end it. EINTR.
    pub(crate) fn heed_alarm(&self, flags: c_int) -> Result<()> {
        if self.is_alarmed(flags) { self.heed(SO_RCVTIMEO, POLLIN) } else { Ok(()) }
    }

    /// Waits for the event, as long as the option allows. EINTR, EAGAIN.
    fn heed(&self, limit: c_int, event: c_short) -> Result<()> {
        let watch = |wait: &mut Wait| {
            self.watch(event, wait);
        };
        heed_alarm(|| whole::limit(self.handle(), limit), watch)
    }

    /// Until when a call with those flags may send, if there is an end to it and an alarm that may come before.
    fn sends_until(&self, flags: c_int) -> Option<Instant> {
        let limit = if self.is_alarmed(flags) { whole::limit(self.handle(), SO_SNDTIMEO) } else { None };
        limit.and_then(|limit| Instant::now().checked_add(limit))
    }

    /// A call that sends with those flags. While an alarm may ring it may send a part though more is to go.
    pub(crate) fn sending<T>(&self, flags: c_int, call: impl FnMut(&Handle) -> Result<T, Error>) -> Result<T> {
        self.sending_on(flags, self.sends_until(flags), false, call)
    }

    /// The same, until then; where something was sent already the alarm ends it in any case. EINTR.
    fn sending_on<T>(
        &self,
        flags: c_int,
        until: Option<Instant>,
        is_begun: bool,
        mut call: impl FnMut(&Handle) -> Result<T, Error>,
    ) -> Result<T> {
        while self.is_alarmed(flags) {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            let piece = alarm::left().into_iter().chain(left).min();
            // No time at all would be a mode of its own.
            let answer = self.within(piece.map(|piece| nanoseconds(piece).max(1)), &mut call);
            if !matches!(answer, Err(Error::TimedOut)) {
                return Ok(answer?);
            }
            if alarm::ring(In::null()) && (is_begun || until.is_some() || !alarm::restarts()) {
                return Err(Errno::Eintr.into());
            }
            if left.is_some_and(|left| piece == Some(left)) {
                return Err(Errno::Eagain.into());
            }
        }
        Ok(call(self.writing())?)
    }

    /// send(2), as long as an alarm may ring: in as many calls of the host's as it takes.
    pub(super) fn send_alarmed(&self, data: &[u8], flags: c_int) -> Result<usize> {
        let mut until = self.sends_until(flags);
        self.in_parts(data, flags, |part, is_begun| {
            // In the kernel a unix stream has its whole limit for each part that must wait for room.
            if is_begun && until.is_some() && self.handle().family() == AF_UNIX {
                until = self.sends_until(flags);
            }
            let sent = self.sending_on(flags, until, is_begun, |handle| handle.send(part, flags))?;
            Ok((sent as usize, false))
        })
    }

    /// connect(2)
    pub(crate) fn connect(&self, address: &SocketAddress) -> Result<()> {
        let until = self.sends_until(0);
        while self.is_alarmed(0) {
            let state = match self.within(Some(0), |handle| handle.connect(address)) {
                Err(Error::Os(state @ (Errno::Einprogress | Errno::Ealready | Errno::Eagain))) => state,
                answer => return Ok(answer?),
            };
            let waited = if state == Errno::Eagain { pause(until) } else { self.heed(SO_SNDTIMEO, POLLOUT) };
            match waited {
                Err(late) if late == Errno::Eagain.into() => return Err(state.into()),
                Err(interrupted) => return Err(interrupted),
                // A call that waits tells what became of it.
                Ok(()) if state != Errno::Eagain => break,
                Ok(()) => {}
            }
        }
        Ok(self.writing().connect(address)?)
    }

    /// A call in that mode of the contract's.
    fn within<T>(&self, limit: Option<u64>, call: impl FnOnce(&Handle) -> T) -> T {
        self.handle().settimeout(limit);
        let answer = call(self.writing());
        self.handle().settimeout(None);
        answer
    }
}

/// Waits a little. EINTR, unless the program has such calls go on; EAGAIN: it is late.
fn pause(until: Option<Instant>) -> Result<()> {
    if until.is_some_and(|until| until <= Instant::now()) {
        return Err(Errno::Eagain.into());
    }
    match Wait::default().run(Some(nanoseconds(PAUSE))) {
        Err(interrupted) if until.is_some() || !alarm::restarts() => Err(interrupted),
        _ => Ok(()),
    }
}
