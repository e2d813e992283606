//! Sockets that are watched, where no kernel watches them for long: each wait asks for all of them.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use berkeley_constants as c;
use socket2::Socket;

use super::poll::LOOK;
use super::{poll, poll_entry, polled};

const EDGE: u32 = 1 << 31;
const ONE_SHOT: u32 = 1 << 30;
const EVENTS: u32 = 0x3fff;

/// Sockets that are watched, each known by a key.
#[derive(Default)]
pub(crate) struct Selector(Mutex<Watched>);

#[derive(Default)]
struct Watched {
    sockets: BTreeMap<u64, Entry>,
    /// The key that was told last, so that others come first the next time.
    last: u64,
}

struct Entry {
    socket: Arc<Socket>,
    wanted: u32,
    /// What was told and holds since, of what is told once.
    told: i16,
    is_spent: bool,
}

impl Entry {
    /// What is to be told of what holds now.
    fn tell(&mut self, holds: i16) -> Option<u32> {
        let new = if self.wanted & EDGE != 0 { holds & !self.told } else { holds };
        self.told = holds;
        if self.is_spent || new == 0 {
            return None;
        }
        self.is_spent = self.wanted & ONE_SHOT != 0;
        Some(u32::from(holds.cast_unsigned()))
    }
}

impl Selector {
    /// Watches nothing yet.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self::default())
    }

    /// The descriptor that it takes; none where it takes none.
    pub(crate) fn descriptor(&self) -> Option<&Socket> {
        None
    }

    /// EPOLL_CTL_ADD. The events are in Linux's numbers.
    pub(crate) fn add(&self, socket: &Arc<Socket>, events: u32, key: u64) -> io::Result<()> {
        self.modify(socket, events, key)
    }

    /// EPOLL_CTL_MOD.
    pub(crate) fn modify(&self, socket: &Arc<Socket>, events: u32, key: u64) -> io::Result<()> {
        let entry = Entry { socket: socket.clone(), wanted: events, told: 0, is_spent: false };
        self.lock().sockets.insert(key, entry);
        Ok(())
    }

    /// EPOLL_CTL_DEL.
    pub(crate) fn remove(&self, socket: &Arc<Socket>) -> io::Result<()> {
        self.lock().sockets.retain(|_, entry| !Arc::ptr_eq(&entry.socket, socket));
        Ok(())
    }

    /// epoll_wait(2): the events that hold and the key of each socket, at most so many.
    pub(crate) fn wait(&self, most: usize, limit: Option<Duration>) -> io::Result<Vec<(u32, u64)>> {
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        loop {
            let found = self.find(most)?;
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if !found.is_empty() || left == Some(Duration::ZERO) {
                return Ok(found);
            }
            self.sleep(left)?;
        }
    }

    /// Whether [`wait`](Self::wait) would tell something.
    pub(crate) fn is_ready(&self) -> io::Result<bool> {
        let watched = self.lock();
        let mut waiting = watched.sockets.values().filter(|entry| !entry.is_spent);
        waiting.try_fold(false, |ready, entry| {
            let told = if entry.wanted & EDGE != 0 { entry.told } else { 0 };
            Ok(ready || holds(entry)? & !told != 0)
        })
    }

    /// Waits until what is asked tells something.
    pub(crate) async fn woken<T>(&self, mut ask: impl FnMut() -> io::Result<Option<T>>) -> io::Result<T> {
        loop {
            if let Some(found) = ask()? {
                return Ok(found);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    fn find(&self, most: usize) -> io::Result<Vec<(u32, u64)>> {
        let mut watched = self.lock();
        let last = watched.last;
        let keys: Vec<_> =
            watched.sockets.range(last + 1..).chain(watched.sockets.range(..=last)).map(|(key, _)| *key).collect();
        let mut found = Vec::new();
        for key in keys {
            let Some(entry) = watched.sockets.get_mut(&key).filter(|_| found.len() < most) else { break };
            let now = holds(entry)?;
            found.extend(entry.tell(now).map(|events| (events, key)));
        }
        watched.last = found.last().map_or(last, |(_, key)| *key);
        Ok(found)
    }

    /// Waits for anything, but not for long where something was told already that holds.
    fn sleep(&self, left: Option<Duration>) -> io::Result<()> {
        let sockets: Vec<_> = {
            let watched = self.lock();
            let waiting = watched.sockets.values().filter(|entry| !entry.is_spent);
            waiting.map(|entry| (entry.socket.clone(), entry.wanted, entry.told)).collect()
        };
        let told = |wanted: u32, told: i16| wanted & EDGE != 0 && told != 0;
        let has_told = sockets.iter().any(|(_, wanted, before)| told(*wanted, *before));
        let left = if has_told { Some(left.map_or(LOOK, |left| left.min(LOOK))) } else { left };
        let waiting = sockets.iter().filter(|(_, wanted, before)| !told(*wanted, *before));
        let mut entries: Vec<_> = waiting.map(|(socket, wanted, _)| poll_entry(socket, asked(*wanted))).collect();
        if entries.is_empty() {
            std::thread::sleep(left.unwrap_or(LOOK));
            return Ok(());
        }
        match poll(&mut entries, left) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => Err(error),
            _ => Ok(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Watched> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn asked(wanted: u32) -> i16 {
    (wanted & EVENTS) as i16
}

/// The events of a socket that hold now.
fn holds(entry: &Entry) -> io::Result<i16> {
    let asked = asked(entry.wanted) | c::POLLERR | c::POLLHUP;
    let mut one = [poll_entry(&entry.socket, asked)];
    poll(&mut one, Some(Duration::ZERO))?;
    Ok(polled(&one[0], asked))
}
