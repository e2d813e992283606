//! Waiting for sockets: poll(2), and tokio's reactor.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use berkeley_constants as c;
use futures_util::FutureExt as _;
use rustix::event::{PollFd, PollFlags, Timespec};
use socket2::Socket;
use tokio::io::unix::AsyncFd;
use tokio::io::{Interest, Ready};

use crate::number::{POLLWRBAND, POLLWRNORM, linux_events, native_events};
#[cfg(not(target_os = "linux"))]
use crate::sys::poll::look_until;

/// A socket to be waited for, and what for.
pub(crate) type PollEntry<'a> = PollFd<'a>;

/// Waits for these events of the socket.
pub(crate) fn poll_entry(socket: &Socket, events: i16) -> PollEntry<'_> {
    // The bits are the kernel's own.
    PollFd::from_borrowed_fd(socket.as_fd(), PollFlags::from_bits_retain(native_events(events) as _))
}

/// Which of the events that were asked for hold, or of error.
pub(crate) fn polled(entry: &PollEntry<'_>, asked: i16) -> i16 {
    linux_events(entry.revents().bits() as _, asked)
}

/// poll(2): whether an event of one of the sockets holds.
pub(crate) fn poll(entries: &mut [PollEntry<'_>], limit: Option<Duration>) -> io::Result<bool> {
    let limit = limit.and_then(|limit| {
        Some(Timespec { tv_sec: limit.as_secs().try_into().ok()?, tv_nsec: limit.subsec_nanos().into() })
    });
    Ok(rustix::event::poll(entries, limit.as_ref())? != 0)
}

/// A socket's place in tokio's reactor.
pub(crate) struct Registration {
    reactor: AsyncFd<Registered>,
    /// Whether there was nothing left to receive, and no room to send, when what the reactor had told was forgotten last.
    exhausted: [AtomicBool; 2],
}

/// What the reactor knows a socket by.
enum Registered {
    /// The socket itself.
    Own(Arc<Socket>),
    /// A duplicate, where the reactor still holds the number from before.
    Duplicate(OwnedFd),
}

impl AsRawFd for Registered {
    fn as_raw_fd(&self) -> RawFd {
        match self {
            Self::Own(socket) => socket.as_raw_fd(),
            Self::Duplicate(fd) => fd.as_raw_fd(),
        }
    }
}

impl Registration {
    /// Panics outside a runtime.
    pub(crate) fn new(socket: &Arc<Socket>) -> io::Result<Self> {
        match Self::of(Registered::Own(socket.clone())) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Self::of(Registered::Duplicate(socket.as_fd().try_clone_to_owned()?))
            }
            new => new,
        }
    }

    fn of(socket: Registered) -> io::Result<Self> {
        // SAFETY: what is registered owns its descriptor, so that it stays open, and never changes it.
        let reactor = unsafe { AsyncFd::register_with_interest(socket, ALL_INTERESTS) }?;
        Ok(Self { reactor, exhausted: Default::default() })
    }

    /// Makes a call that does not wait, and tells whether the next one like it would have to. Where this one would have, or
    /// the next one would, what the reactor has told before is forgotten, but nothing that it tells meanwhile.
    pub(crate) fn attempt<T>(&self, events: i16, call: impl FnOnce() -> io::Result<(T, bool)>) -> io::Result<T> {
        let interest = interest_of_call(events);
        // `try_io` knows no interests but single ones.
        let told = self.reactor.ready(interest.add(URGENT)).now_or_never();
        let result = call();
        let is_over = match &result {
            Ok((_, exhausts)) => {
                // Receiving stops before urgent data, and what is behind that is told of no more.
                let is_urgent = matches!(&told, Some(Ok(guard)) if has_urgent_data(guard.ready()));
                *exhausts && !is_urgent
            }
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
        };
        if is_over {
            self.note(events, interest);
            if let Some(Ok(mut guard)) = told {
                guard.clear_ready_matching(forgotten(interest));
            }
        } else {
            // There may be more, of which nothing tells anew.
            self.note(0, interest);
        }
        result.map(|(value, _)| value)
    }

    /// Whether the last call of those events has left nothing to do for another, and the reactor has told of nothing since.
    pub(crate) fn is_exhausted(&self, events: i16) -> bool {
        let [receives, sends] = &self.exhausted;
        let known = match events {
            c::POLLIN => receives,
            c::POLLOUT => sends,
            _ => return false,
        };
        known.load(Ordering::Relaxed) && self.reactor.ready(interest_of_call(events)).now_or_never().is_none()
    }

    /// Notes of the interest that none of these events holds, before what the reactor has told of it is forgotten. Others
    /// may hold.
    fn note(&self, events: i16, interest: Interest) {
        let [receives, sends] = &self.exhausted;
        if interest.is_readable() {
            receives.store(events & c::POLLIN != 0, Ordering::Relaxed);
        }
        if interest.is_writable() {
            sends.store(events & c::POLLOUT != 0, Ordering::Relaxed);
        }
    }

    /// Waits for what the reactor tells after an attempt. False: it would tell the same for good.
    pub(crate) async fn told(&self, events: i16, holds: impl Fn() -> io::Result<bool>) -> io::Result<bool> {
        // Urgent data that was looked at stays, and is told no more.
        if events & c::POLLPRI != 0 {
            return self.woken(events, holds).await;
        }
        let guard = self.reactor.ready(interest_of_call(events)).await?;
        Ok(!guard.ready().is_read_closed() && !guard.ready().is_write_closed())
    }

    /// Waits in the reactor until what is asked for holds. False: the reactor tells no more, though it does not yet.
    pub(crate) async fn woken(&self, events: i16, holds: impl Fn() -> io::Result<bool>) -> io::Result<bool> {
        // Where the reactor tells nothing of urgent data, only asking now and then remains.
        #[cfg(not(target_os = "linux"))]
        if events & c::POLLPRI != 0 {
            return look_until(holds).await.map(|()| true);
        }
        loop {
            let interest = interest(events);
            let mut guard = self.reactor.ready(interest).await?;
            if holds()? {
                return Ok(true);
            }
            // The reactor keeps «closed» for good, though a socket that was not connected yet is called so too.
            if guard.ready().is_read_closed() || guard.ready().is_write_closed() {
                return Ok(false);
            }
            self.note(events, interest);
            guard.clear_ready();
        }
    }
}

#[cfg(target_os = "linux")]
const ALL_INTERESTS: Interest = Interest::READABLE.add(Interest::WRITABLE).add(Interest::PRIORITY);
#[cfg(not(target_os = "linux"))]
const ALL_INTERESTS: Interest = Interest::READABLE.add(Interest::WRITABLE);

/// What tells of urgent data, where something does.
#[cfg(target_os = "linux")]
const URGENT: Interest = Interest::PRIORITY;
#[cfg(not(target_os = "linux"))]
const URGENT: Interest = Interest::ERROR;

/// Whether there may be urgent data, by what the reactor has told.
#[cfg(target_os = "linux")]
fn has_urgent_data(told: Ready) -> bool {
    told.is_priority()
}

/// Whether there may be urgent data: nothing tells.
#[cfg(not(target_os = "linux"))]
fn has_urgent_data(_: Ready) -> bool {
    true
}

/// What is forgotten of what the reactor has told of the interest. What has ended has ended for good.
fn forgotten(interest: Interest) -> Ready {
    [
        (interest.is_readable(), Ready::READABLE),
        (interest.is_writable(), Ready::WRITABLE),
        #[cfg(target_os = "linux")]
        (interest.is_priority(), Ready::PRIORITY),
    ]
    .into_iter()
    .filter(|(is_meant, _)| *is_meant)
    .fold(Ready::ERROR, |all, (_, ready)| all | ready)
}

/// What lets a call go on that waits for those events. Whatever comes to be read gives no room to send.
fn interest_of_call(events: i16) -> Interest {
    if events == c::POLLOUT { Interest::ERROR.add(Interest::WRITABLE) } else { interest(events) }
}

/// What to ask the reactor for. Errors always count, for one may come without the socket getting readable; and so does
/// reading, by which the reactor tells of a peer that hangs up.
fn interest(events: i16) -> Interest {
    let wanted = [
        (c::POLLOUT | POLLWRNORM | POLLWRBAND, Interest::WRITABLE),
        #[cfg(target_os = "linux")]
        (c::POLLPRI, Interest::PRIORITY),
    ];
    wanted
        .into_iter()
        .filter(|(bits, _)| events & bits != 0)
        .fold(Interest::ERROR.add(Interest::READABLE), |all, (_, interest)| all.add(interest))
}
