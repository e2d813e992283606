//! Sockets that the kernel watches: epoll(7).

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::{PollFd, PollFlags, Timespec, epoll};
use rustix::io::Errno;
use socket2::Socket;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Sockets that the kernel watches, each known by a key.
pub(crate) struct Selector {
    epoll: Arc<OwnedFd>,
    /// Its place in tokio's reactor, once somebody has waited there.
    registration: Mutex<Option<Arc<AsyncFd<Arc<OwnedFd>>>>>,
}

impl Selector {
    /// epoll_create1(2)
    pub(crate) fn new() -> io::Result<Self> {
        let epoll = Arc::new(epoll::create(epoll::CreateFlags::CLOEXEC)?);
        Ok(Self { epoll, registration: Mutex::default() })
    }

    /// The descriptor that it takes; none where it takes none.
    pub(crate) fn descriptor(&self) -> Option<&OwnedFd> {
        Some(&self.epoll)
    }

    /// EPOLL_CTL_ADD. The events are in Linux's numbers. EEXIST.
    pub(crate) fn add(&self, socket: &Arc<Socket>, events: u32, key: u64) -> io::Result<()> {
        Ok(epoll::add(&self.epoll, socket, epoll::EventData::new_u64(key), flags(events))?)
    }

    /// EPOLL_CTL_MOD. ENOENT.
    pub(crate) fn modify(&self, socket: &Arc<Socket>, events: u32, key: u64) -> io::Result<()> {
        Ok(epoll::modify(&self.epoll, socket, epoll::EventData::new_u64(key), flags(events))?)
    }

    /// EPOLL_CTL_DEL. ENOENT.
    pub(crate) fn remove(&self, socket: &Arc<Socket>) -> io::Result<()> {
        Ok(epoll::delete(&self.epoll, socket)?)
    }

    /// epoll_wait(2): the events that hold and the key of each socket, at most so many. The limit is rounded up to the next
    /// millisecond. A signal ends it without any.
    pub(crate) fn wait(&self, most: usize, limit: Option<Duration>) -> io::Result<Vec<(u32, u64)>> {
        let limit = limit.map(whole_milliseconds);
        let mut events = Vec::with_capacity(most);
        match epoll::wait(&self.epoll, spare_capacity(&mut events), limit.as_ref()) {
            Ok(_) | Err(Errno::INTR) => Ok(events.into_iter().map(told).collect()),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether [`wait`](Self::wait) would tell something, as far as the kernel knows without looking.
    pub(crate) fn is_ready(&self) -> io::Result<bool> {
        let mut entry = [PollFd::from_borrowed_fd(self.epoll.as_fd(), PollFlags::IN)];
        Ok(rustix::event::poll(&mut entry, Some(&Timespec::default()))? != 0)
    }

    /// Waits in the reactor until what is asked tells something.
    ///
    /// Panics outside a runtime.
    pub(crate) async fn woken<T>(&self, mut ask: impl FnMut() -> io::Result<Option<T>>) -> io::Result<T> {
        let registration = self.registration()?;
        registration.async_io(Interest::READABLE, |_| ask()?.ok_or_else(|| io::ErrorKind::WouldBlock.into())).await
    }

    fn registration(&self) -> io::Result<Arc<AsyncFd<Arc<OwnedFd>>>> {
        let mut registration = self.registration.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(registration) = &*registration {
            return Ok(registration.clone());
        }
        // SAFETY: the descriptor is owned by what is registered, so that it stays open, and never changes.
        let new = unsafe { AsyncFd::register_with_interest(self.epoll.clone(), Interest::READABLE) }?;
        Ok(registration.insert(Arc::new(new)).clone())
    }
}

/// What is told of a socket. The structure is packed, and so its fields are copied.
fn told(epoll::Event { flags, data }: epoll::Event) -> (u32, u64) {
    (flags.bits(), data.u64())
}

fn flags(events: u32) -> epoll::EventFlags {
    // The bits are the kernel's own.
    epoll::EventFlags::from_bits_retain(events)
}

fn whole_milliseconds(limit: Duration) -> Timespec {
    let milliseconds = limit.as_nanos().div_ceil(1_000_000);
    // The kernel takes what is longer for as long as it can tell.
    let milliseconds = i64::try_from(milliseconds).unwrap_or(i64::MAX);
    Timespec { tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000 }
}
