//! Sockets that are watched for long: by the kernel, or, of another network, here.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use super::any::AnySocket;
use super::contract::Endpoint;
use crate::error::Errno;
use crate::sys;

const EDGE: u32 = 1 << 31;
const ONE_SHOT: u32 = 1 << 30;
const EVENTS: u32 = 0x3fff;

/// Sockets that are watched, each known by a key.
pub(crate) enum Selector {
    /// The kernel's sockets.
    Kernel(sys::Selector),
    /// Another network's.
    Endpoints(Mutex<Watched>),
}

#[derive(Default)]
pub(crate) struct Watched {
    entries: BTreeMap<u64, Entry>,
    /// The key that was told last, so that others come first the next time.
    last: u64,
    /// Who waits, and is to look at what is watched newly.
    waiting: Vec<Waker>,
}

struct Entry {
    endpoint: Arc<dyn Endpoint>,
    wanted: u32,
    /// How much had changed when it was told of last.
    told: Option<u64>,
    is_spent: bool,
}

impl Entry {
    /// What is to be told of it now; 0 is nothing.
    fn news(&self) -> u32 {
        let is_old = self.wanted & EDGE != 0 && self.told == Some(self.endpoint.changes());
        if self.is_spent || is_old {
            return 0;
        }
        let holds = self.endpoint.events((self.wanted & EVENTS) as i16);
        u32::from(holds.cast_unsigned())
    }

    fn tell(&mut self) -> Option<u32> {
        let news = Some(self.news()).filter(|news| *news != 0)?;
        self.told = Some(self.endpoint.changes());
        self.is_spent = self.wanted & ONE_SHOT != 0;
        Some(news)
    }
}

impl Selector {
    /// Of the kernel's sockets, or of another network's.
    pub(crate) fn new(of_another_network: bool) -> io::Result<Self> {
        Ok(if of_another_network { Self::Endpoints(Mutex::default()) } else { Self::Kernel(sys::Selector::new()?) })
    }

    /// The selector of the kernel that it is, if it is one.
    pub(crate) fn kernel(&self) -> Option<&sys::Selector> {
        match self {
            Self::Kernel(selector) => Some(selector),
            Self::Endpoints(_) => None,
        }
    }

    /// EPOLL_CTL_ADD. EPERM: the socket is of a network that cannot be watched along with the others.
    pub(crate) fn add(&self, socket: &AnySocket, events: u32, key: u64) -> io::Result<()> {
        match (self, socket) {
            (Self::Kernel(selector), AnySocket::Kernel(socket)) => selector.add(socket, events, key),
            _ => self.watch(socket, events, key),
        }
    }

    /// EPOLL_CTL_MOD.
    pub(crate) fn modify(&self, socket: &AnySocket, events: u32, key: u64) -> io::Result<()> {
        match (self, socket) {
            (Self::Kernel(selector), AnySocket::Kernel(socket)) => selector.modify(socket, events, key),
            _ => self.watch(socket, events, key),
        }
    }

    fn watch(&self, socket: &AnySocket, wanted: u32, key: u64) -> io::Result<()> {
        let (Self::Endpoints(watched), Some(endpoint)) = (self, socket.endpoint()) else {
            return Err(Errno::EPERM.into());
        };
        let mut watched = lock(watched);
        let entry = Entry { endpoint: endpoint.clone(), wanted, told: None, is_spent: false };
        watched.entries.insert(key, entry);
        let waiting = std::mem::take(&mut watched.waiting);
        drop(watched);
        waiting.into_iter().for_each(Waker::wake);
        Ok(())
    }

    /// EPOLL_CTL_DEL.
    pub(crate) fn remove(&self, socket: &AnySocket, key: u64) -> io::Result<()> {
        match (self, socket) {
            (Self::Kernel(selector), AnySocket::Kernel(socket)) => selector.remove(socket),
            (Self::Endpoints(watched), _) => {
                let removed = lock(watched).entries.remove(&key);
                // It may be the last reference, and closing it wakes others.
                drop(removed);
                Ok(())
            }
            _ => Err(Errno::ENOENT.into()),
        }
    }

    /// epoll_wait(2): the events that hold and the key of each socket, at most so many. Other networks' are never waited
    /// for here.
    pub(crate) fn wait(&self, most: usize, limit: Option<Duration>) -> io::Result<Vec<(u32, u64)>> {
        match self {
            Self::Kernel(selector) => selector.wait(most, limit),
            Self::Endpoints(watched) => Ok(lock(watched).find(most)),
        }
    }

    /// Whether [`wait`](Self::wait) would tell something.
    pub(crate) fn is_ready(&self) -> io::Result<bool> {
        match self {
            Self::Kernel(selector) => selector.is_ready(),
            Self::Endpoints(watched) => Ok(lock(watched).entries.values().any(|entry| entry.news() != 0)),
        }
    }

    /// Waits until what is asked tells something.
    pub(crate) async fn woken<T>(&self, mut ask: impl FnMut() -> io::Result<Option<T>>) -> io::Result<T> {
        let watched = match self {
            Self::Kernel(selector) => return selector.woken(ask).await,
            Self::Endpoints(watched) => watched,
        };
        poll_fn(|context| {
            lock(watched).wake(context.waker());
            ask().transpose().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}

impl Watched {
    fn find(&mut self, most: usize) -> Vec<(u32, u64)> {
        let keys = self.entries.range(self.last + 1..).chain(self.entries.range(..=self.last));
        let keys: Vec<_> = keys.map(|(key, _)| *key).collect();
        let mut found = Vec::new();
        for key in keys {
            if found.len() == most {
                break;
            }
            found.extend(self.entries.get_mut(&key).and_then(Entry::tell).map(|events| (events, key)));
        }
        self.last = found.last().map_or(self.last, |(_, key)| *key);
        found
    }

    fn wake(&mut self, waker: &Waker) {
        if !self.waiting.iter().any(|known| known.will_wake(waker)) {
            self.waiting.push(waker.clone());
        }
        self.entries.values().for_each(|entry| entry.endpoint.wake(waker));
    }
}

fn lock(watched: &Mutex<Watched>) -> MutexGuard<'_, Watched> {
    watched.lock().unwrap_or_else(PoisonError::into_inner)
}
