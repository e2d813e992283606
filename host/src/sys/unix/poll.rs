//! Waiting for sockets: poll(2), and tokio's reactor.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::sync::Arc;
use std::time::Duration;

use berkeley_constants as c;
use futures_util::FutureExt as _;
use rustix::event::{PollFd, PollFlags, Timespec};
use socket2::Socket;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

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
pub(crate) struct Registration(AsyncFd<Registered>);

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
        Ok(Self(unsafe { AsyncFd::register_with_interest(socket, ALL_INTERESTS) }?))
    }

    /// Makes a call that does not wait. Where it would have to, what the reactor has told before is forgotten, but nothing
    /// that it tells meanwhile.
    pub(crate) fn attempt<T>(&self, events: i16, call: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        // `try_io` knows no interests but single ones.
        let told = self.0.ready(interest_of_call(events)).now_or_never();
        let result = call();
        let would_block = result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        if let Some(Ok(mut guard)) = told.filter(|_| would_block) {
            guard.clear_ready();
        }
        result
    }

    /// Waits for what the reactor tells after an attempt. False: it would tell the same for good.
    pub(crate) async fn told(&self, events: i16, holds: impl Fn() -> io::Result<bool>) -> io::Result<bool> {
        // Urgent data that was looked at stays, and is told no more.
        if events & c::POLLPRI != 0 {
            return self.woken(events, holds).await;
        }
        let guard = self.0.ready(interest_of_call(events)).await?;
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
            let mut guard = self.0.ready(interest(events)).await?;
            if holds()? {
                return Ok(true);
            }
            // The reactor keeps «closed» for good, though a socket that was not connected yet is called so too.
            if guard.ready().is_read_closed() || guard.ready().is_write_closed() {
                return Ok(false);
            }
            guard.clear_ready();
        }
    }
}

#[cfg(target_os = "linux")]
const ALL_INTERESTS: Interest = Interest::READABLE.add(Interest::WRITABLE).add(Interest::PRIORITY);
#[cfg(not(target_os = "linux"))]
const ALL_INTERESTS: Interest = Interest::READABLE.add(Interest::WRITABLE);

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
